//! The life of consents, command by command, with answers for programs.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{
    Node, Run, assent, command, first_line, folder, repository, run, terminate, text,
};

const ACCOUNT: &str = "member 20417";

/// A node with a household, a meter archive and an energy adviser, all registered and linked.
struct Town {
    node: Node,
    folder: TempDir,
    /// Where the archive hands data out.
    source_address: String,
    archive: String,
    archive_link: String,
    adviser: String,
    adviser_link: String,
}

/// An address that was free a moment ago.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").to_string()
}

fn string(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl Town {
    fn new() -> Self {
        let folder = folder();
        let node = Node::new(folder.path());
        let path = |name: &str| folder.path().join(name);
        for (kind, name) in [
            ("person", "household"),
            ("organisation", "archive.json"),
            ("organisation", "adviser.json"),
        ] {
            let keys = path(name);
            let made = assent(&[
                "party",
                "new",
                "--json",
                "--kind",
                kind,
                "--out",
                text(&keys),
            ]);
            let registered = node
                .assent(&["party", "register", "--keys", text(&keys)])
                .done()
                .json();
            assert_eq!(registered["party_id"], made.done().json()["party"]);
            assert_eq!(
                (&registered["kind"], &registered["custody"]),
                (&kind.into(), &"independent".into())
            );
        }
        let mut town = Self {
            node,
            folder,
            source_address: free_address(),
            archive: String::new(),
            archive_link: String::new(),
            adviser: String::new(),
            adviser_link: String::new(),
        };
        town.archive = town.register("archive.json", "meter-archive.json");
        town.adviser = town.register("adviser.json", "energy-adviser.json");
        town.archive_link = town.link("archive.json", &town.archive, ACCOUNT);
        town.adviser_link = town.link("adviser.json", &town.adviser, "customer 881");
        town
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn register(&self, keys: &str, description: &str) -> String {
        let description = repository("examples/household").join(description);
        let endpoint = format!("http://{}/data/{{dataset}}", self.source_address);
        let register = ["service", "register", "--description", text(&description)];
        let at = ["--data-endpoint", endpoint.as_str()];
        let registered = self.provider(keys, &[&register[..], &at].concat());
        string(&registered.done().json()["service_id"])
    }

    fn link(&self, keys: &str, service: &str, account: &str) -> String {
        let (wallet, keys) = (self.path("household"), self.path(keys));
        let parties = [
            "link",
            "create",
            "--wallet",
            text(&wallet),
            "--keys",
            text(&keys),
        ];
        let linked = self
            .node
            .assent(&[&parties[..], &["--service", service, "--account", account]].concat());
        let linked = linked.done().json();
        assert_eq!(linked["status"], "active");
        string(&linked["slr_id"])
    }

    /// Runs a command as the household.
    fn household(&self, arguments: &[&str]) -> Run {
        self.node
            .assent(&[arguments, &["--wallet", text(&self.path("household"))]].concat())
    }

    /// Runs a command as the provider with these keys.
    fn provider(&self, keys: &str, arguments: &[&str]) -> Run {
        self.node
            .assent(&[arguments, &["--keys", text(&self.path(keys))]].concat())
    }

    fn ask(&self) -> String {
        let purpose = [
            "request",
            "--purpose",
            "energy-advice",
            "--source",
            &self.archive,
        ];
        let asked = self.provider(
            "adviser.json",
            &[&purpose[..], &["--link", &self.adviser_link]].concat(),
        );
        string(&asked.done().json()["request_id"])
    }

    fn give(&self, arguments: &[&str]) -> String {
        let request = self.ask();
        let given = self
            .household(&[&["give", request.as_str()], arguments].concat())
            .done()
            .json();
        string(&given["cr_id"])
    }

    fn status(&self, consent: &str) -> String {
        string(
            &self
                .node
                .assent(&["consent", "show", consent])
                .done()
                .json()["status"],
        )
    }
}

/// A source of the archive, killed when it is dropped.
struct Source(Child);

impl Source {
    fn start(town: &Town) -> Self {
        let mut serve = command();
        serve
            .args(["source", "serve", "--json", "--every", "1"])
            .args(["--listen", &town.source_address, "--node", &town.node.url])
            .args(["--service", &town.archive, "--account", ACCOUNT])
            .args(["--keys", text(&town.path("archive.json"))])
            .arg("--data")
            .args(["v5.txt", "v4_2.txt"].map(|name| repository("fixtures/p1").join(name)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = serve.spawn().expect("the source runs");
        assert_eq!(first_line(&mut child)["telegrams"], 2);
        Self(child)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        // One that was stopped is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a command until it succeeds: a source learns of a change within a second or two.
fn eventually(mut attempt: impl FnMut() -> Run) -> Run {
    for _ in 0..50 {
        let run = attempt();
        if run.code == Some(0) {
            return run;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    attempt()
}

#[test]
fn a_consent_lives_and_ends() {
    let town = Town::new();
    let services = town.node.assent(&["service", "list"]).done().json();
    assert_eq!(services.as_array().map(Vec::len), Some(2));
    let request = town.ask();
    let form = town
        .node
        .assent(&["form", &request, "--language", "nl"])
        .done()
        .json();
    assert_eq!(form["notice"]["datasets"][0]["title"], "Meterstanden");

    town.household(&["give", &request, "--without", "water_delivered"])
        .failed(1, "water_delivered is not asked for");
    town.household(&["give", &request, "--without", "telegram_time"])
        .failed(1, "the choice does not fit the offer");
    let given = [
        "give",
        &request,
        "--without",
        "power_delivered",
        "--until",
        "2100-12-31",
    ];
    let given = town.household(&given).done().json();
    assert_eq!(given["valid_until"], 4_133_980_800_000_u64);
    let consent = string(&given["cr_id"]);
    let shown = town
        .node
        .assent(&["consent", "show", &consent])
        .done()
        .json();
    assert_eq!(
        (&shown["role"], &shown["counterpart"]),
        (&"sink".into(), &given["source_cr_id"])
    );
    town.household(&["give", &request])
        .failed(1, "[request-closed]");
    change_it(&town, &consent);
    end_it(&town, &consent);
    let bundle = town.path("bundle.json");
    let evidence = town
        .node
        .assent(&["evidence", &consent, "--out", text(&bundle)])
        .done()
        .json();
    assert_eq!(town.node.stop(), Some(0));
    let operator = string(&evidence["operator"]);
    let proven = assent(&["verify", "--json", "--operator", &operator, text(&bundle)]);
    assert_eq!(proven.done().json()["status"], "withdrawn");
}

/// Pauses, resumes and narrows a consent.
fn change_it(town: &Town, consent: &str) {
    town.household(&["pause", consent]).done();
    town.household(&["pause", consent])
        .failed(1, "the change changes nothing");
    town.provider("adviser.json", &["token", consent])
        .failed(1, "[consent-disabled]");
    town.household(&["resume", consent]).done();
    let token = town
        .provider("adviser.json", &["token", consent])
        .done()
        .json();
    assert_eq!(token["token_type"], "DPoP");
    town.provider("archive.json", &["token", consent])
        .failed(1, "[not-found]");
    town.household(&["narrow", consent, "--without", "gas_delivered"])
        .done();
    town.household(&["narrow", consent, "--without", "gas_delivered"])
        .failed(1, "is not in the consent");
}

/// Withdraws a consent; the service acknowledges.
fn end_it(town: &Town, consent: &str) {
    town.provider("adviser.json", &["acknowledge", consent])
        .failed(1, "[acknowledgement-not-owed]");
    town.household(&["withdraw", consent]).done();
    town.household(&["resume", consent])
        .failed(1, "the consent has ended");
    town.provider("adviser.json", &["acknowledge", consent])
        .done();
    assert_eq!(
        town.node
            .assent(&["consent", "show", consent])
            .done()
            .json()["closure"],
        "acknowledged"
    );
    let listed = town.household(&["consent", "list"]).done().json();
    assert_eq!(listed[0]["status"], "withdrawn");
    let receipts = || {
        town.household(&["consent", "receipts", consent])
            .done()
            .json()
    };
    let begun = std::time::Instant::now();
    while receipts().as_array().map(Vec::len) != Some(2) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", receipts());
    }
}

#[test]
fn a_refusal_is_an_answer() {
    let town = Town::new();
    let request = town.ask();
    town.household(&["refuse", &request]).done();
    town.household(&["give", &request])
        .failed(1, "[request-closed]");
    town.household(&["refuse", &request])
        .failed(1, "[request-closed]");
}

#[test]
fn giving_more_replaces_the_consent() {
    let town = Town::new();
    let narrow = town.give(&["--without", "power_delivered", "--without", "gas_delivered"]);
    let request = town.ask();
    town.household(&["give", &request])
        .failed(1, "[consent-exists]");
    let wide = town
        .household(&["give", &request, "--supersedes", &narrow])
        .done()
        .json();
    assert_eq!(town.status(&narrow), "superseded");
    assert_eq!(town.status(&string(&wide["cr_id"])), "active");
    assert_eq!(town.status(&string(&wide["source_cr_id"])), "active");
}

#[test]
fn removing_a_link_pauses_what_hangs_on_it() {
    let town = Town::new();
    let consent = town.give(&[]);
    town.household(&["link", "remove", &town.adviser_link])
        .done();
    assert_eq!(town.status(&consent), "disabled");
    assert_eq!(
        town.node
            .assent(&["link", "show", &town.adviser_link])
            .done()
            .json()["status"],
        "removed"
    );
    town.household(&["link", "restore", &town.adviser_link])
        .done();
    assert_eq!(town.status(&consent), "active");

    town.household(&["pause", &consent]).done();
    // Times of signatures are whole seconds: a pause and a removal in one second look alike.
    std::thread::sleep(Duration::from_millis(1100));
    town.household(&["link", "remove", &town.adviser_link])
        .done();
    town.household(&["link", "restore", &town.adviser_link])
        .done();
    assert_eq!(
        town.status(&consent),
        "disabled",
        "what the person paused stays paused"
    );
    town.household(&["resume", &consent]).done();

    town.household(&["link", "remove", &town.archive_link])
        .done();
    assert_eq!(town.status(&consent), "disabled", "the source is gone");
}

#[test]
fn keys_are_replaced_recovered_and_ended() {
    let town = Town::new();
    let (new, recovered) = (town.path("adviser-2.json"), town.path("adviser-3.json"));
    let before = town
        .provider("adviser.json", &["party", "rotate", "--out", text(&new)])
        .done()
        .json();
    town.provider("adviser.json", &["party", "rotate", "--out", text(&new)])
        .failed(1, "is not overwritten");
    let after = town
        .provider(
            "adviser.json",
            &["party", "recover", "--out", text(&recovered)],
        )
        .done()
        .json();
    assert_eq!(before["party_id"], after["party_id"]);
    assert_ne!(before["signing_key"], after["signing_key"]);
    let end = ["party", "deactivate"];
    town.provider("adviser.json", &end).failed(1, "[wrong-key]");
    assert_eq!(
        town.provider("adviser-3.json", &end).done().json()["active"],
        false
    );
    town.provider(
        "archive.json",
        &["party", "deactivate", "--with-recovery-key"],
    )
    .done();
}

#[test]
fn a_source_hands_out_what_was_consented_to() {
    let town = Town::new();
    let source = Source::start(&town);
    let consent = town.give(&["--without", "power_delivered"]);
    let fetch = || town.provider("adviser.json", &["fetch", &consent]);
    let fetched = eventually(fetch).done().json();
    let data = fetched[0]["data"].as_object().expect("data").clone();
    assert_eq!(data.len(), 6);
    assert_eq!(data["electricity_delivered_tariff_1"][0]["value"], "4.426");
    assert!(!data.contains_key("power_delivered"));

    let out = town.path("readings.json");
    let to_file = [
        "fetch",
        &consent,
        "--dataset",
        "readings",
        "--out",
        text(&out),
    ];
    town.provider("adviser.json", &to_file).done();
    assert_eq!(read(&out)["readings"], Value::from(data));
    town.provider("adviser.json", &["fetch", &consent, "--dataset", "meter"])
        .failed(1, "[dataset-not-consented]");

    town.household(&["pause", &consent]).done();
    fetch().failed(1, "[consent-disabled]");
    town.household(&["resume", &consent]).done();
    eventually(fetch).done();
    town.household(&["withdraw", &consent]).done();
    fetch().failed(1, "[consent-withdrawn]");
    let counterpart = string(
        &town
            .node
            .assent(&["consent", "show", &consent])
            .done()
            .json()["counterpart"],
    );
    let acknowledged =
        || town.node.assent(&["consent", "show", &counterpart]).json()["closure"] == "acknowledged";
    for _ in 0..50 {
        if acknowledged() {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(acknowledged(), "the source acknowledges the end by itself");
    terminate(&source.0);
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("the file")).expect("the file is JSON")
}

#[test]
fn a_description_gets_its_next_version() {
    let town = Town::new();
    let request = town.ask();
    let description = repository("examples/household/energy-adviser.json");
    let register = ["service", "register", "--description", text(&description)];
    let again = [&register[..], &["--service", &town.adviser]].concat();
    let registered = town.provider("adviser.json", &again).done().json();
    assert_eq!(registered["version"], 2);
    town.provider("archive.json", &again)
        .failed(1, "[not-the-provider]");
    // What was asked rests on conditions that no longer hold.
    town.household(&["give", &request])
        .failed(1, "[description-superseded]");
}

#[test]
fn people_get_words() {
    let town = Town::new();
    let request = town.ask();
    let words = |arguments: &[&str]| {
        run(command().args(arguments).args(["--node", &town.node.url]))
            .done()
            .stdout
    };
    let form = words(&["form", &request]);
    assert!(
        form.contains("Bright Energy Advice asks for your consent"),
        "{form}"
    );
    assert!(
        form.contains("  optional  Gas used (gas_delivered)"),
        "{form}"
    );
    let service = words(&["service", "show", &town.archive, "--language", "nl"]);
    assert!(
        service.contains("dataset readings: Meterstanden"),
        "{service}"
    );
    let list = words(&["service", "list"]);
    assert_eq!(list.lines().count(), 3, "{list}");
}
