//! Where settings come from, and what is shown of them.

use serde_json::{Value, json};

use crate::program::{Run, command, folder, run, text};

/// Prints the configuration that holds with this file, environment and flags.
fn printed(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Run {
    let folder = folder();
    let path = folder.path().join("assent.toml");
    std::fs::write(&path, file).expect("the file is written");
    let mut command = command();
    command.args(["serve", "--print-config", "--json", "--config", text(&path)]);
    run(command.args(flags).envs(environment.iter().copied()))
}

fn check(file: &str, environment: &[(&str, &str)], flags: &[&str], field: &str, value: &Value) {
    let printed = printed(file, environment, flags).done().json();
    assert_eq!(printed[field], *value, "{file} {environment:?} {flags:?}");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = "requests_per_minute = 1\n";
    let environment = [("ASSENT_REQUESTS_PER_MINUTE", "2")];
    let flags = ["--requests-per-minute", "3"];
    let field = "requests_per_minute";
    check("", &[], &[], field, &json!(6000));
    check(file, &[], &[], field, &json!(1));
    check(file, &environment, &[], field, &json!(2));
    check(file, &environment, &flags, field, &json!(3));
    check("", &environment, &flags, field, &json!(3));
    check(file, &[], &flags, field, &json!(3));
}

#[test]
fn every_kind_of_setting_can_be_a_flag() {
    let listen = ["--listen", "0.0.0.0:9000"];
    check("", &[], &listen, "listen", &json!("0.0.0.0:9000"));
    check(
        "",
        &[],
        &["--data-dir", "elsewhere"],
        "data_dir",
        &json!("elsewhere"),
    );
    check(
        "",
        &[],
        &["--callbacks-to-private", "true"],
        "callbacks_to_private",
        &json!(true),
    );
    check(
        "",
        &[],
        &["--chain", "assent:north"],
        "chain",
        &json!("assent:north"),
    );
}

#[test]
fn secrets_are_hidden() {
    let file = "store_url = \"postgres://node:sesame@db/assent\"\n";
    let flags = ["--mail-url", "smtp://mail:sesame@mx"];
    let shown = printed(file, &[], &flags).done();
    assert!(!shown.stdout.contains("sesame"), "{shown:?}");
    assert_eq!(shown.json()["store_url"], "(hidden)");
    assert_eq!(shown.json()["mail_url"], "(hidden)");
    assert_eq!(printed("", &[], &[]).done().json()["mail_url"], "");
    let provider = "[[identity_providers]]\nid = \"acme\"\nname = \"Acme\"\nclient_id = \"node\"\n\
        issuer = \"https://login.acme.example\"\nclient_secret = \"sesame\"\n";
    let shown = printed(provider, &[], &[]).done();
    assert!(!shown.stdout.contains("sesame"), "{shown:?}");
    assert_eq!(shown.json()["identity_providers"][0]["id"], "acme");
}

#[test]
fn a_setting_that_cannot_be_is_a_wrong_call() {
    printed("colour = \"red\"\n", &[], &[]).failed(2, "the configuration cannot be used");
    printed("body_bytes_max = 1\n", &[], &[]).failed(2, "`body_bytes_max` must be 1 KiB to 64 MiB");
    printed("", &[], &["--body-bytes-max", "1"])
        .failed(2, "`body_bytes_max` must be 1 KiB to 64 MiB");
    let provider = "[[identity_providers]]\nid = \"acme\"\nname = \"Acme\"\nclient_id = \"node\"\n\
        issuer = \"http://login.acme.example\"\n";
    printed(provider, &[], &[]).failed(2, "`identity_providers` must be providers with");
    printed("", &[("ASSENT_LISTEN", "nowhere")], &[]).failed(2, "the configuration cannot be used");
}

#[test]
fn trusted_proxies_are_networks_wherever_they_are_set() {
    let field = "trusted_proxies";
    let file = "trusted_proxies = [\"10.0.0.0/8\", \"192.0.2.1\"]\n";
    let environment = [("ASSENT_TRUSTED_PROXIES", "127.0.0.1, fd00::/8")];
    let flags = ["--trusted-proxies", "172.16.0.0/12"];
    check("", &[], &[], field, &json!([]));
    check(
        file,
        &[],
        &[],
        field,
        &json!(["10.0.0.0/8", "192.0.2.1/32"]),
    );
    let of_environment = json!(["127.0.0.1/32", "fd00::/8"]);
    check(file, &environment, &[], field, &of_environment);
    check(file, &environment, &flags, field, &json!(["172.16.0.0/12"]));
    check(
        file,
        &[("ASSENT_TRUSTED_PROXIES", "")],
        &[],
        field,
        &json!([]),
    );
    // Who trusts everybody lets everybody say who they are.
    printed("trusted_proxies = [\"0.0.0.0/0\"]\n", &[], &[])
        .failed(2, "the configuration cannot be used");
    printed("", &[], &["--trusted-proxies", "::/0"]).failed(2, "every address");
}
