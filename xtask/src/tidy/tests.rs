//! Each check is fed samples that it must find, and near misses that it must leave alone.

use super::packages::Package;
use super::{
    File, FileCheck, Finding, Tree, arrows, functions, links, names, packages, purity, sizes, words,
};

/// Runs a check on one file and compares the lines it finds fault with.
fn check(check: FileCheck, path: &str, text: &str, expected: &[usize]) {
    let findings = check(&File {
        path,
        bytes: text.len(),
        text,
    });
    let lines: Vec<usize> = findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, expected, "{path}: {text}\n{findings:?}");
    assert!(findings.iter().all(|finding| finding.path == path));
}

/// Compares what a check of the whole tree finds.
fn check_tree(findings: &[Finding], expected: &[&str]) {
    let findings: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(findings, expected);
}

fn tree(files: &[(&str, &str)], packages: Vec<Package>) -> Tree {
    let mut tree = Tree {
        packages,
        ..Tree::default()
    };
    for (path, text) in files {
        tree.add(&File {
            path,
            bytes: text.len(),
            text,
        });
    }
    tree
}

fn package(name: &str, dependencies: &[&str]) -> Package {
    Package {
        name: format!("assent-{name}"),
        folder: format!("crates/{name}"),
        dependencies: dependencies.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn heavy_files_are_found() {
    check(sizes::bytes, "web/logo.svg", &"x".repeat(1_000_000), &[]);
    check(sizes::bytes, "web/logo.svg", &"x".repeat(1_000_001), &[0]);
}

#[test]
fn long_source_files_are_found() {
    check(
        sizes::lines,
        "crates/node/src/lib.rs",
        &"x\n".repeat(800),
        &[],
    );
    check(
        sizes::lines,
        "crates/node/src/lib.rs",
        &"x\n".repeat(801),
        &[0],
    );
    check(sizes::lines, "web/wallet.ts", &"x\n".repeat(801), &[0]);
    check(
        sizes::lines,
        "docs/reference/codes.md",
        &"x\n".repeat(801),
        &[],
    );
}

#[test]
fn files_over_the_soft_limit_are_counted() {
    let is_long = |count: usize| {
        let text = "x\n".repeat(count);
        sizes::is_long(&File {
            path: "a.rs",
            bytes: text.len(),
            text: &text,
        })
    };
    assert!(!is_long(400));
    assert!(is_long(401));
}

#[test]
fn long_functions_are_found() {
    let function = |body: usize| format!("fn long() {{\n{}}}\n", "    step();\n".repeat(body));
    check(functions::length, "a.rs", &function(68), &[]);
    check(functions::length, "a.rs", &function(69), &[1]);
    check(functions::length, "a.md", &function(69), &[]);
}

#[test]
fn the_length_of_a_function_includes_its_signature_and_ends_at_its_own_brace() {
    let body = |count: usize| "        step();\n".repeat(count);
    let method = format!(
        "impl A {{\n    pub(crate) async fn b(\n        &self,\n    ) -> u8\n    where\n        Self: Sized,\n    {{\n{}    }}\n}}\n",
        body(64)
    );
    check(functions::length, "a.rs", &method, &[2]);
    let declared = format!(
        "trait A {{\n    fn b(\n        &self,\n    );\n{}}}\n",
        body(80)
    );
    check(functions::length, "a.rs", &declared, &[]);
    let short = format!("fn a() {{}}\n\nmod b {{\n{}}}\n", body(80));
    check(functions::length, "a.rs", &short, &[]);
}

#[test]
fn empty_names_are_found() {
    check(names::check, "crates/node/src/utils.rs", "", &[0]);
    check(names::check, "crates/node/tests/common/mod.rs", "", &[0]);
    check(names::check, "web/string-helpers.test.ts", "", &[0]);
    check(
        names::check,
        "a.rs",
        "pub(crate) struct ConsentManager {\n",
        &[1],
    );
    check(
        names::check,
        "a.rs",
        "\n    pub async fn run_misc<T>(x: T) {\n",
        &[2],
    );
    check(names::check, "a.rs", "mod common;\n", &[1]);
}

#[test]
fn names_that_only_begin_with_an_empty_word_are_left_alone() {
    check(names::check, "docs/common-prefix.md", "mod common;\n", &[]);
    check(names::check, "a.rs", "fn common_prefix(a: &str) {}\n", &[]);
    check(
        names::check,
        "a.rs",
        "// fn utils is not here\nlet manager = 1;\n",
        &[],
    );
    check(names::check, "a.rs", "struct Utility;\n", &[]);
}

#[test]
fn marks_of_unfinished_work_are_found() {
    let check =
        |text: &str, expected: &[usize]| check(words::unfinished, "docs/a.md", text, expected);
    check(concat!("a\n// TO", "DO: later\n"), &[2]);
    check(concat!("(FIX", "ME)"), &[1]);
    check(concat!("X", "XX"), &[1]);
    check(concat!("MAX", "XXI TO", "DOS"), &[]);
}

#[test]
fn foreign_files_keep_their_words() {
    let text = concat!("X", "XX");
    check(words::unfinished, "fixtures/rfc9421/keys.json", text, &[]);
    check(words::unfinished, "Cargo.lock", text, &[]);
    check(
        words::unfinished,
        "tests/judges/node/package-lock.json",
        text,
        &[],
    );
    check(words::unfinished, "docs/fixtures/a.md", text, &[1]);
}

#[test]
fn paths_of_a_machine_and_hosts_of_registries_are_found() {
    let check = |text: &str, expected: &[usize]| check(words::places, "docs/a.md", text, expected);
    check(concat!("cd /", "work/assent"), &[1]);
    check(concat!("file:///", "Users/ada/key"), &[1]);
    check(concat!("/", "home/consents"), &[]);
    check(concat!("\"/", "root/.ssh\""), &[1]);
    check(concat!("https://crates", ".io/crates/serde"), &[1]);
    check(concat!("https://files.python", "hosted.org/x"), &[1]);
    check(concat!("https://example.org/", "home/"), &[]);
    check(concat!("docs/", "work/plan.md and ~/", "home/"), &[]);
}

#[test]
fn attributes_that_switch_something_off_are_found() {
    let check = |text: &str, expected: &[usize]| check(words::attributes, "a.rs", text, expected);
    check(concat!("#[test]\n#[", "ignore]\n"), &[2]);
    check(concat!("#[", "ignore = \"slow\"]"), &[1]);
    check(concat!("#[", "allow(dead_code)]"), &[1]);
    check(concat!("#![", "allow(dead_code)]"), &[1]);
    check("#[expect(dead_code, reason = \"read by a macro\")]", &[]);
}

#[test]
fn pure_source_that_touches_the_outside_is_found() {
    let check =
        |path: &str, text: &str, expected: &[usize]| check(purity::source, path, text, expected);
    check(
        "crates/model/src/ids.rs",
        "use std::collections::HashMap;\n",
        &[1],
    );
    check(
        "crates/api/src/v1/mod.rs",
        "\nlet now = SystemTime::now();\n",
        &[2],
    );
    check(
        "crates/crypto/src/seal.rs",
        "std::fs::read(a); Instant::now()\n",
        &[1, 1],
    );
    check(
        "crates/ledger/src/log.rs",
        "use std::net::TcpStream;\n",
        &[1],
    );
    check("crates/meter/src/telegram.rs", "use std::fs;\n", &[1]);
}

#[test]
fn what_is_not_pure_source_may_touch_the_outside() {
    let check = |path: &str| check(purity::source, path, "use std::fs;\n", &[]);
    check("crates/node/src/lib.rs");
    check("crates/meter/src/main.rs");
    check("crates/meter/src/bin/assent-meter.rs");
    check("crates/model/tests/it/main.rs");
    check("crates/model/src/README.md");
    super::tests::check(
        purity::source,
        "crates/model/src/ids.rs",
        "//! Never a HashMap.\nMyHashMap\n",
        &[],
    );
}

#[test]
fn impure_dependencies_of_pure_crates_are_found() {
    let packages = vec![
        package("model", &["serde", "tokio"]),
        package("node", &["tokio"]),
    ];
    check_tree(
        &purity::dependencies(&tree(&[], packages)),
        &["crates/model/Cargo.toml: a pure crate does not depend on tokio"],
    );
}

#[test]
fn clippy_configurations_that_drift_apart_are_found() {
    let strict = "ban = [\n  \"a\",\n  \"b\",\n]\n";
    let mut files: Vec<(&str, &str)> = vec![
        ("clippy.toml", "ban = [\n  \"a\",\n]\n"),
        ("crates/crypto/clippy.toml", strict),
        ("crates/model/clippy.toml", strict),
        ("crates/exchange/clippy.toml", strict),
        ("crates/ledger/clippy.toml", strict),
        ("crates/api/clippy.toml", strict),
    ];
    check_tree(&purity::lints(&tree(&files, Vec::new())), &[]);

    files[0].1 = "ban = [\n  \"a\",\n  \"c\",\n]\n";
    files[3].1 = "";
    files.pop();
    check_tree(
        &purity::lints(&tree(&files, Vec::new())),
        &[
            "crates/crypto/clippy.toml: the root's line is missing:   \"c\",",
            "crates/exchange/clippy.toml: differs from crates/crypto/clippy.toml",
            "crates/api/clippy.toml: a pure crate has its own clippy.toml",
        ],
    );
}

const ARROWS: &str =
    "`crates/model` and `crates/node`\n```arrows\nmodel ->\nnode -> model\n```\nledger -> node\n";

#[test]
fn dependencies_against_the_arrows_are_found() {
    let check = |packages: Vec<Package>, expected: &[&str]| {
        check_tree(
            &arrows::direction(&tree(&[("ARCHITECTURE.md", ARROWS)], packages)),
            expected,
        );
    };
    check(
        vec![
            package("model", &["serde"]),
            package("node", &["assent-model"]),
        ],
        &[],
    );
    check(
        vec![package("model", &["assent-node"]), package("node", &[])],
        &["crates/model/Cargo.toml: ARCHITECTURE.md has no arrow model -> node"],
    );
    check(
        vec![package("ledger", &[])],
        &["crates/ledger/Cargo.toml: ledger has no line of arrows in ARCHITECTURE.md"],
    );
}

#[test]
fn crates_that_the_architecture_does_not_name_are_found() {
    let tree = tree(
        &[("ARCHITECTURE.md", ARROWS)],
        vec![package("model", &[]), package("ledger", &[])],
    );
    check_tree(
        &arrows::named(&tree),
        &["ARCHITECTURE.md: `crates/ledger` is not named"],
    );
}

#[test]
fn links_to_nowhere_are_found() {
    let page = "[a](../README.md) [b](missing.md)\n\
                [`c`](guides/) [d](https://example.org/x) [e](#here) [f](/README.md#top)\n\
                `[g](in-code.md)`\n\
                ```\n[h](in-code.md)\n```\n\
                [i](../../outside.md) [j](guides/start.md \"title\")\n\
                [k](mailto:ada@example.org) [l](guide)\n";
    let tree = tree(
        &[
            ("README.md", ""),
            ("docs/index.md", page),
            ("docs/guides/start.md", ""),
        ],
        Vec::new(),
    );
    check_tree(
        &links::resolve(&tree),
        &[
            "docs/index.md:1: missing.md does not exist",
            "docs/index.md:7: ../../outside.md does not exist",
            "docs/index.md:8: guide does not exist",
        ],
    );
}

#[test]
fn metadata_is_read_without_the_dependencies_of_tests() {
    let metadata = r#"{
        "workspace_root": "/repository",
        "packages": [{
            "name": "assent-model",
            "manifest_path": "/repository/crates/model/Cargo.toml",
            "dependencies": [
                {"name": "assent-crypto", "kind": null},
                {"name": "cc", "kind": "build"},
                {"name": "proptest", "kind": "dev"}
            ]
        }]
    }"#;
    let packages = packages::parse(metadata).expect("the sample is what cargo prints");
    assert_eq!(packages, [package("model", &["assent-crypto", "cc"])]);
    assert!(packages::parse("{}").is_err());
}
