//! `bench pages`: how long the node takes for the pages of a person with ten thousand consents.
//!
//! One client asks for one page at a time over a connection that stays open, so what is measured is
//! the node's work and little else. The first look after a start reads everything that belongs to
//! the person; later ones read what is new in the log, which is measured by itself.

use std::path::Path;
use std::time::Duration;

use assent_api::v1::accounts::AddPseudonym;
use assent_client::http::Identified;
use assent_client::keys::{PartyKeys, Pseudonym};
use assent_model::ids::ConsentId;
use assent_model::records::Custody;
use assent_model::records::account::AccountPseudonym;
use assent_model::records::identity::PartyKind;

use crate::Outcome;
use crate::consent::bulk;
use crate::consent::stage::Stage;
use crate::figures::{Figure, Figures};
use crate::load::{Request, head_of};
use crate::statistics::{ROUNDS, float, median, percentile};

/// How many consents the person has, each a pair.
const CONSENTS: usize = 10_000;
/// As many links, each under a pseudonym of its own, as hold these.
const LINKS: usize = 40;
/// How often a page is asked for in a round.
const LOOKS: usize = 40;
/// What a page may take.
const BOUND_MILLIS: f64 = 10.0;

/// Measures every page.
pub(crate) fn run() -> Outcome<Figures> {
    let mut figures = Figures::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(measure(&mut figures))?;
    Ok(figures)
}

async fn measure(figures: &mut Figures) -> Outcome<()> {
    let stage = Stage::start().await?;
    let pair = stage.cast.pairs(1).pop().expect("one was made");
    let source_id = pair.source_id;
    let answer = stage.prepare(vec![pair]).await?;
    stage.send(1, answer).await?;
    let keys = PartyKeys::generate();
    let kind = PartyKind::Person;
    let signer = stage.cast.signer();
    stage
        .client
        .enrol(&signer, &keys, kind, Custody::Independent)
        .await?;
    let pseudonyms = name_pseudonyms(&stage, &keys).await?;
    let load =
        async |data_dir: &Path| bulk::load(data_dir, source_id, 2 * CONSENTS, pseudonyms).await;
    let (stage, sources) = stage.restarted_after(load).await?;
    let cookie = sign_in(&stage, &keys).await?;
    let some = sources[sources.len() / 2];
    measure_first(&stage, &cookie, figures).await?;
    for (name, path) in pages(some) {
        measure_page(&stage, &cookie, name, &path, figures).await?;
    }
    measure_after_blocks(&stage, &cookie, figures).await?;
    stage.stop()
}

fn pages(consent: ConsentId) -> [(&'static str, String); 6] {
    [
        ("overview", "/home".into()),
        ("list of consents", "/home/consents".into()),
        (
            "list of consents, page 200",
            "/home/consents?page=200".into(),
        ),
        ("one consent", format!("/home/consents/{consent}")),
        ("timeline", "/home/activity".into()),
        ("numbers", "/home/numbers".into()),
    ]
}

/// The person says which pseudonyms are theirs.
async fn name_pseudonyms(
    stage: &Stage,
    keys: &PartyKeys,
) -> Outcome<Vec<assent_model::ids::SurrogateId>> {
    let signer = stage.cast.signer();
    let mut named = Vec::new();
    for _ in 0..LINKS {
        let pseudonym = Pseudonym::generate();
        let statement = AccountPseudonym {
            party: keys.party_id(),
            surrogate_id: pseudonym.surrogate_id(),
        };
        let signed = signer.sign(&pseudonym.key, statement);
        let body = AddPseudonym {
            statement: signed.compact().to_owned(),
        };
        let who = Identified {
            signer: &signer,
            caller: keys.into(),
        };
        stage.client.add_pseudonym(who, &body).await?;
        named.push(pseudonym.surrogate_id());
    }
    Ok(named)
}

/// Signs in as a wallet does; the cookie.
async fn sign_in(stage: &Stage, keys: &PartyKeys) -> Outcome<String> {
    let path = "/sign-in/key";
    let proof = stage
        .cast
        .signer()
        .request_proof(keys.into(), "POST", path, None);
    let request = Request::bare("POST", path, &[("authorization", &proof)]);
    let head = head_of(stage.server.address, &request).await?;
    let line = head
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"));
    let (_, cookie) = line
        .and_then(|line| line.split_once(':'))
        .ok_or("nobody was signed in")?;
    let pair = cookie.trim().split(';').next().unwrap_or_default();
    Ok(pair.to_owned())
}

fn look(path: &str, cookie: &str) -> Request {
    Request::bare(
        "GET",
        path,
        &[("cookie", cookie), ("accept-language", "en")],
    )
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

async fn measure_first(stage: &Stage, cookie: &str, figures: &mut Figures) -> Outcome<()> {
    rest(stage).await?;
    let turn = stage.turn(1, vec![look("/home", cookie)]).await?;
    let took = millis(turn.load.elapsed);
    figures.push(Figure::new("first look after a start", took, "ms"));
    let cpu = millis(turn.cpu);
    figures.push(Figure::new("first look after a start, CPU", cpu, "ms"));
    Ok(())
}

/// Waits until the node does nothing of its own any more: it follows the log that was written while it
/// stood still, which is no part of a look.
async fn rest(stage: &Stage) -> Outcome<()> {
    loop {
        let before = stage.server.cpu()?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        if stage.server.cpu()?.saturating_sub(before) < Duration::from_millis(60) {
            return Ok(());
        }
    }
}

async fn measure_page(
    stage: &Stage,
    cookie: &str,
    name: &str,
    path: &str,
    figures: &mut Figures,
) -> Outcome<()> {
    let requests = vec![look(path, cookie); LOOKS];
    stage.send(1, requests[..2].to_vec()).await?;
    let (mut reached, mut cpu, mut bytes) = (Vec::new(), Duration::ZERO, 0);
    for _ in 0..ROUNDS {
        let turn = stage.turn(1, requests.clone()).await?;
        cpu += turn.cpu;
        bytes = turn.load.answers[0].body.len();
        let mut times: Vec<Duration> = turn.load.answers.iter().map(|answer| answer.took).collect();
        reached.push(millis(percentile(&mut times, 50)));
    }
    let p50 = Figure::new(format!("{name}, p50"), median(reached), "ms");
    figures.push(p50.at_most(BOUND_MILLIS));
    let each = millis(cpu) / float(LOOKS * ROUNDS);
    figures.push(Figure::new(format!("{name}, CPU"), each, "ms"));
    figures.push(Figure::new(format!("{name}, size"), float(bytes) / 1000.0, "kB").at_most(150.0));
    Ok(())
}

/// As it is on a node where much happens: the log has grown before each look.
async fn measure_after_blocks(stage: &Stage, cookie: &str, figures: &mut Figures) -> Outcome<()> {
    let mut times = Vec::new();
    for _ in 0..LOOKS {
        let keys = PartyKeys::generate();
        let kind = PartyKind::Person;
        let signer = stage.cast.signer();
        stage
            .client
            .enrol(&signer, &keys, kind, Custody::Independent)
            .await?;
        let load = stage.send(1, vec![look("/home/consents", cookie)]).await?;
        times.push(load.answers[0].took);
    }
    let p50 = millis(percentile(&mut times, 50));
    let figure = Figure::new("list of consents after a block, p50", p50, "ms");
    figures.push(figure.at_most(BOUND_MILLIS));
    Ok(())
}
