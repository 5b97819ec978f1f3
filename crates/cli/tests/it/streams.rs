//! A meter, a node and a service, each a process of its own: readings go from one end to the other, and
//! stop where they must.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use assent_api::v1::releases::TokenRequest;
use assent_client::channel::{Reading, Subscriber, keys};
use assent_client::http::{ClientError, Identified, NodeClient, StreamAccess};
use assent_client::key_file;
use assent_client::keys::PartyKeys;
use assent_client::statements::Signer;
use assent_crypto::channel::Lane;
use assent_meter::datasets::Part;
use assent_model::ids::{ConsentId, StreamId};
use assent_model::records::stream::StreamKeys;
use assent_model::statement;
use assent_model::time::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Node, PROGRAM, assent, folder, repository, text};

/// 2026-06-01T00:00:00 in Amsterdam.
const MIDNIGHT: i64 = 1_780_264_800;

/// A tenth of a day of telegrams; a whole day where `ASSENT_SOAK` is set.
fn telegrams() -> usize {
    if std::env::var_os("ASSENT_SOAK").is_some() {
        86_400
    } else {
        8_640
    }
}

/// A node, a household with a meter that is paired, and a service that may read its power.
struct Street {
    folder: TempDir,
    node: Node,
    adviser: PartyKeys,
    sink: String,
    source: ConsentId,
    stream: StreamId,
}

/// Asks until there is an answer, for as long as a busy machine takes.
fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begin.elapsed() < Duration::from_mins(2), "never: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn string(value: &Value, name: &str) -> String {
    value[name].as_str().expect("a text").to_owned()
}

impl Street {
    fn new() -> Self {
        let folder = folder();
        let node = Node::new(folder.path());
        let path = |name: &str| folder.path().join(name);
        for (kind, name) in [
            ("person", "household"),
            ("organisation", "grid.json"),
            ("organisation", "adviser.json"),
        ] {
            let keys = path(name);
            let (kind, out) = (["--kind", kind], ["--out", text(&keys)]);
            assent(&[&["party", "new", "--json"], &kind[..], &out[..]].concat()).done();
            let register = ["party", "register", "--keys", text(&keys)];
            node.assent(&register).done();
        }
        let adviser = key_file::load_party(&path("adviser.json")).expect("keys");
        let (sink, source) = consent(&node, &folder);
        let stream = pair(&node, &folder);
        let wallet = path("household");
        let grant = ["meter", "grant", &source, "--wallet", text(&wallet)];
        node.assent(&grant).done();
        Self {
            node,
            adviser,
            sink,
            source: source.parse().expect("an id"),
            stream: stream.parse().expect("an id"),
            folder,
        }
    }

    /// The reader of the meter, which sends a part of a day as fast as it goes.
    fn meter(&self) -> Child {
        let (start, count) = (MIDNIGHT.to_string(), telegrams().to_string());
        let day = ["--start", &start, "--telegrams", &count, "--speed", "max"];
        meter(&self.folder, &self.node.url, &day)
    }

    /// What the service reads of the power, record by record, until there is nothing more.
    async fn read(&self, read: &mut Reader) -> Result<(), ClientError> {
        let client = NodeClient::new(&self.node.url).expect("an address");
        let chain = client.chain().await?.chain_id.parse().expect("a name");
        let signer = Signer::new(chain, now());
        let who = Identified {
            signer: &signer,
            caller: (&self.adviser).into(),
        };
        let token = client.token(who, &self.token_request()).await?.access_token;
        loop {
            let access = StreamAccess {
                key: &self.adviser.signing,
                token: &token,
                stream: self.stream,
                cr_id: self.source,
                now: now(),
            };
            let from = read.subscriber.sequence();
            let records = client.read_records(access, from, 200).await?;
            if records.is_empty() {
                return Ok(());
            }
            for record in records {
                read.take(&record);
            }
        }
    }

    fn token_request(&self) -> TokenRequest {
        TokenRequest {
            cr_id: self.sink.parse().expect("an id"),
        }
    }

    /// The keys that the meter gave the service, once it has.
    async fn join(&self) -> Option<Reader> {
        let client = NodeClient::new(&self.node.url).expect("an address");
        let chain = client.chain().await.ok()?.chain_id.parse().expect("a name");
        let signer = Signer::new(chain, now());
        let who = Identified {
            signer: &signer,
            caller: (&self.adviser).into(),
        };
        let offered = client.consent_streams(who, self.source).await.ok()?.streams;
        let offered = offered.into_iter().next()?;
        let handed = statement::verify::<StreamKeys>(&offered.keys?).expect("keys are signed");
        let opened = keys::open(&handed, &self.adviser.opening).expect("they are for the service");
        let lane = "live/power_delivered".parse().expect("a lane");
        Some(Reader {
            power: opened.lanes.number(&lane).expect("the meter has power"),
            subscriber: Subscriber::join(self.stream, offered.device_key, opened),
            seconds: Vec::new(),
        })
    }
}

/// The service's end of the stream.
struct Reader {
    subscriber: Subscriber,
    power: Lane,
    /// The time of each reading of the power.
    seconds: Vec<i64>,
}

impl Reader {
    fn take(&mut self, record: &[u8]) {
        let reading = self.subscriber.read(record).expect("the record is next");
        let Reading::Measured { parts, .. } = reading else {
            assert!(!matches!(reading, Reading::Excluded { .. }), "{reading:?}");
            return;
        };
        let power = parts.iter().filter(|(lane, _)| *lane == self.power);
        for (_, part) in power {
            let part = Part::from_bytes(part).expect("it is a part");
            assert_eq!(part.gaps, [], "nothing is missing");
            self.seconds
                .extend(part.points.iter().map(|point| point.from));
        }
    }
}

/// The household shares the power of its meter.
fn consent(node: &Node, folder: &TempDir) -> (String, String) {
    let path = |name: &str| folder.path().join(name);
    let register = |keys: &str, description: &PathBuf| {
        let keys = path(keys);
        let register = [
            "service",
            "register",
            "--keys",
            text(&keys),
            "--description",
        ];
        let registered = node.assent(&[&register[..], &[text(description)]].concat());
        string(&registered.done().json(), "service_id")
    };
    let examples = repository("examples/insights");
    let grid = register("grid.json", &examples.join("home-meter.json"));
    let insights = fs::read_to_string(examples.join("insights.json")).expect("the example");
    let description = path("insights-here.json");
    let insights = insights.replace("{origin}", "http://127.0.0.1:1");
    fs::write(&description, insights).expect("a file");
    let insights = register("adviser.json", &description);
    let wallet = path("household");
    let link = |keys: &str, service: &str| {
        let keys = path(keys);
        let parties = ["--wallet", text(&wallet), "--keys", text(&keys)];
        let account = ["--service", service, "--account", "17"];
        let linked = node.assent(&[&["link", "create"], &parties[..], &account[..]].concat());
        string(&linked.done().json(), "slr_id")
    };
    link("grid.json", &grid);
    let slr_id = link("adviser.json", &insights);
    let keys = path("adviser.json");
    let asked = node.assent(&[
        "request",
        "--keys",
        text(&keys),
        "--link",
        &slr_id,
        "--purpose",
        "live-energy",
        "--source",
        &grid,
    ]);
    let request = string(&asked.done().json(), "request_id");
    let given = node.assent(&["give", &request, "--wallet", text(&wallet)]);
    let given = given.done().json();
    (string(&given, "cr_id"), string(&given, "source_cr_id"))
}

/// The household enters the code that its meter shows.
fn pair(node: &Node, folder: &TempDir) -> String {
    let before = (MIDNIGHT - 60).to_string();
    let few = ["--start", &before, "--telegrams", "3", "--speed", "max"];
    let mut reader = meter(folder, &node.url, &few);
    let journal = folder.path().join("journal");
    let code = eventually("the meter shows a code", || {
        let said = fs::read_to_string(&journal).ok()?;
        let (_, rest) = said.split_once("enter ")?;
        rest.split_once(" at ").map(|(code, _)| code.to_owned())
    });
    let wallet = folder.path().join("household");
    let entered = ["meter", "pair", &code, "--yes", "--wallet", text(&wallet)];
    node.assent(&entered).done();
    let ended = reader.wait().expect("the reader ends");
    assert!(ended.success(), "what nobody may read is let go: {ended}");
    let listed = node.assent(&["meter", "list", "--wallet", text(&wallet)]);
    let listed = listed.done().json();
    let meters = listed.as_array().or_else(|| listed["items"].as_array());
    string(&meters.expect("a list")[0], "stream_id")
}

fn meter(folder: &TempDir, node: &str, arguments: &[&str]) -> Child {
    let journal = fs::File::options()
        .append(true)
        .create(true)
        .open(folder.path().join("journal"));
    Command::new(PathBuf::from(PROGRAM).with_file_name("assent-meter"))
        .args(["--simulate", "--datasets", "live", "--node", node])
        .arg("--buffer")
        .arg(folder.path().join("meter"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(journal.expect("a file"))
        .spawn()
        .expect("`cargo test --workspace` builds the reader")
}

fn now() -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    Timestamp::from_millis(u64::try_from(since.as_millis()).expect("a time"))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

/// Reader and node are killed as `kill -9` does, at moments that do not differ from run to run. Every
/// second comes, once and in order; and none after the household has ended it.
#[test]
fn a_day_comes_whole_whatever_is_killed_until_the_household_ends_it() {
    let mut street = Street::new();
    for (round, milliseconds) in [350, 900, 120, 1_700, 600].into_iter().enumerate() {
        let mut reader = street.meter();
        thread::sleep(Duration::from_millis(milliseconds));
        if round % 2 == 1 {
            street.node = street.node.killed();
            thread::sleep(Duration::from_millis(milliseconds));
        }
        reader.kill().expect("it runs, or has ended");
        reader.wait().expect("a child can be waited for");
    }
    let ended = street.meter().wait().expect("the reader ends");
    let journal = fs::read_to_string(street.folder.path().join("journal"));
    assert!(ended.success(), "{journal:?}");

    let mut read = eventually("the service has keys", || wait(street.join()));
    wait(street.read(&mut read)).expect("the service may read");
    let until = MIDNIGHT + i64::try_from(telegrams()).expect("few");
    assert_eq!(read.seconds, (MIDNIGHT..until).collect::<Vec<i64>>());

    let wallet = street.folder.path().join("household");
    let withdraw = ["withdraw", &street.sink, "--wallet", text(&wallet)];
    street.node.assent(&withdraw).done();
    let refused = wait(street.read(&mut read)).expect_err("the service is shut out");
    assert_eq!(refused.code(), Some("consent-withdrawn"));
}
