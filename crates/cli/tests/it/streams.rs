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
use assent_meter::datasets::{Part, Point};
use assent_meter::household::Household;
use assent_meter::zone::Zone;
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
    /// The meter is paired just before `start`; the service asks as `edit` changes its example.
    fn new(start: i64, edit: impl FnOnce(&mut Value)) -> Self {
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
        let (sink, source) = consent(&node, &folder, edit);
        let stream = pair(&node, &folder, start);
        let wallet = path("household");
        // Its telegrams are of a day long ago, or to come.
        let from = format!("{}", jiff::Timestamp::from_second(start).expect("a time"));
        let grant = ["meter", "grant", &source, "--wallet", text(&wallet)];
        let grant = [&grant[..], &["--history-from", &from]].concat();
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
        let day = ["--start", &start, "--telegrams", &count];
        let live = ["--speed", "max", "--simulate", "--datasets", "live"];
        meter(&self.folder, &self.node.url, &[&live[..], &day].concat())
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

    /// The keys that the meter gave the service, once it has. `lane` is the one to look at.
    async fn join(&self, lane: &str) -> Option<Reader> {
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
        let lane = lane.parse().expect("a lane");
        Some(Reader {
            lane: opened.lanes.number(&lane).expect("the meter has it"),
            subscriber: Subscriber::join(self.stream, offered.device_key, opened),
            points: Vec::new(),
        })
    }
}

/// The service's end of the stream.
struct Reader {
    subscriber: Subscriber,
    lane: Lane,
    /// What it read of the lane that is looked at.
    points: Vec<Point>,
}

impl Reader {
    fn take(&mut self, record: &[u8]) {
        let reading = self.subscriber.read(record).expect("the record is next");
        let Reading::Measured { parts, .. } = reading else {
            assert!(!matches!(reading, Reading::Excluded { .. }), "{reading:?}");
            return;
        };
        let looked_at = parts.iter().filter(|(lane, _)| *lane == self.lane);
        for (_, part) in looked_at {
            let part = Part::from_bytes(part).expect("it is a part");
            assert_eq!(part.gaps, [], "nothing is missing");
            self.points.extend(part.points);
        }
    }
}

/// The household shares what its meter measures.
fn consent(node: &Node, folder: &TempDir, edit: impl FnOnce(&mut Value)) -> (String, String) {
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
    let mut insights: Value = serde_json::from_str(&insights).expect("JSON");
    edit(&mut insights);
    fs::write(&description, insights.to_string()).expect("a file");
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

/// The household enters the code that its meter shows, a day before `start`. Nothing of that is kept: nobody
/// had the meter yet.
fn pair(node: &Node, folder: &TempDir, start: i64) -> String {
    let before = (start - 86_400).to_string();
    let life = ["--speed", "1", "--simulate", "--start", &before];
    let mut reader = meter(folder, &node.url, &life);
    let journal = folder.path().join("journal");
    let code = eventually("the meter shows a code", || {
        let said = fs::read_to_string(&journal).ok()?;
        let (_, rest) = said.split_once("enter ")?;
        rest.split_once(" at ").map(|(code, _)| code.to_owned())
    });
    let wallet = folder.path().join("household");
    let entered = ["meter", "pair", &code, "--yes", "--wallet", text(&wallet)];
    node.assent(&entered).done();
    eventually("the meter knows", || {
        let said = fs::read_to_string(&journal).ok()?;
        said.lines().any(|line| line == "paired").then_some(())
    });
    reader.kill().expect("it runs");
    reader.wait().expect("a child can be waited for");
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
        .args(["--node", node])
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
    let mut street = Street::new(MIDNIGHT, |_| ());
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

    let mut read = eventually("the service has keys", || {
        wait(street.join("live/power_delivered"))
    });
    wait(street.read(&mut read)).expect("the service may read");
    let until = MIDNIGHT + i64::try_from(telegrams()).expect("few");
    let seconds: Vec<i64> = read.points.iter().map(|point| point.from).collect();
    assert_eq!(seconds, (MIDNIGHT..until).collect::<Vec<i64>>());

    let wallet = street.folder.path().join("household");
    let withdraw = ["withdraw", &street.sink, "--wallet", text(&wallet)];
    street.node.assent(&withdraw).done();
    let refused = wait(street.read(&mut read)).expect_err("the service is shut out");
    assert_eq!(refused.code(), Some("consent-withdrawn"));
}

/// 2026-10-25T00:00:00 in Amsterdam, a day of 25 hours.
const LONG_DAY: i64 = 1_792_879_200;
const LONG_DAY_SECONDS: i64 = 25 * 3_600;

/// The register of tariff 1 at every quarter of an hour of the long day, in watt-hours, read off the
/// telegrams; and a file with a telegram of each minute of the day.
fn long_day(file: &std::path::Path) -> Vec<i64> {
    let spare = 1_800;
    let minutes = usize::try_from((LONG_DAY_SECONDS + spare) / 60).expect("few");
    let household = Household::new(Zone::default(), LONG_DAY, 1);
    let telegrams: Vec<Vec<u8>> = household.step_by(60).take(minutes).collect();
    fs::write(file, telegrams.concat()).expect("a file");
    let register = |telegram: &Vec<u8>| {
        let text = str::from_utf8(telegram).expect("ASCII");
        let (_, rest) = text.split_once("1-0:1.8.1(").expect("a register");
        let (kilowatt_hours, _) = rest.split_once('*').expect("a unit");
        kilowatt_hours.replace('.', "").parse().expect("digits")
    };
    let quarters = telegrams.iter().step_by(15).map(register);
    quarters
        .take(usize::try_from(LONG_DAY_SECONDS / 900).expect("few") + 1)
        .collect()
}

/// A service that asks for a resolution gets the values of it, as the registers have them, and keys
/// of nothing else.
#[track_caller]
fn check_long_day(resolution: &str, dataset: &str, step: usize) {
    let street = Street::new(LONG_DAY, |insights| {
        let purpose = &mut insights["purposes"][0];
        purpose["resolution"] = resolution.into();
        purpose["required_concepts"] = serde_json::json!(["electricity_delivered_tariff_1"]);
        purpose["optional_concepts"] = serde_json::json!([]);
    });
    let file = street.folder.path().join("telegrams");
    let registers = long_day(&file);
    let arguments = ["--speed", "max", "--file", text(&file)];
    let ended = meter(&street.folder, &street.node.url, &arguments).wait();
    let journal = fs::read_to_string(street.folder.path().join("journal"));
    assert!(ended.expect("the reader ends").success(), "{journal:?}");

    let lane = format!("{dataset}/electricity_delivered_tariff_1");
    let mut read = eventually("the service has keys", || wait(street.join(&lane)));
    let readable: Vec<String> = read
        .subscriber
        .readable()
        .map(ToString::to_string)
        .collect();
    assert_eq!(readable, [lane]);
    wait(street.read(&mut read)).expect("the service may read");
    let in_day = |point: &&Point| LONG_DAY <= point.from && point.to <= LONG_DAY + LONG_DAY_SECONDS;
    let read: Vec<(i64, i64, i64)> = read
        .points
        .iter()
        .filter(in_day)
        .map(|point| {
            let value = point.amount.value.replace('.', "");
            (point.from, point.to, value.parse().expect("digits"))
        })
        .collect();
    let times = (LONG_DAY..=LONG_DAY + LONG_DAY_SECONDS).step_by(900 * step);
    let stands: Vec<(i64, i64)> = times.zip(registers.into_iter().step_by(step)).collect();
    let expected: Vec<(i64, i64, i64)> = stands
        .windows(2)
        .map(|pair| (pair[0].0, pair[1].0, pair[1].1 - pair[0].1))
        .collect();
    assert_eq!(read, expected);
}

#[test]
fn quarter_hours_of_a_long_day_are_what_the_register_counted() {
    check_long_day("quarter-hour", "quarter-hours", 1);
}

#[test]
fn a_long_day_is_one_value() {
    check_long_day("day", "days", 100);
}
