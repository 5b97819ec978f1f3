//! Who is in the story: their keys, what they register, and how they link.

use std::collections::BTreeSet;
use std::future;
use std::sync::Arc;

use assent_model::ids::{LinkId, ServiceId};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::agents::keys::records_beside;
use crate::agents::person::Person;
use crate::agents::provider::Provider;
use crate::demo::Stage;
use crate::demo::checks::{counted, ensure, short};
use crate::descriptions::Draft;
use crate::failure::{Doing, Failure};
use crate::session::Session;
use crate::source::{Archive, SourceService, serve};

/// How the archive and the adviser name the household. Nobody else ever learns it.
pub(super) const ARCHIVE_ACCOUNT: &str = "member 20417";
pub(super) const ADVISER_ACCOUNT: &str = "customer 881 at Kattendiep";

/// The number of one of its meters, as the meter prints it.
pub(super) const METER_NUMBER: &str = "K8EG004046395507";

pub(in crate::demo) const ARCHIVE: &[u8] =
    include_bytes!("../../../../../examples/household/meter-archive.json");
pub(in crate::demo) const ADVISER: &[u8] =
    include_bytes!("../../../../../examples/household/energy-adviser.json");

/// The telegrams of the household: those of the meters that it has had over the years.
const TELEGRAMS: [&[u8]; 7] = [
    include_bytes!("../../../../../fixtures/p1/v2_2.txt"),
    include_bytes!("../../../../../fixtures/p1/v3.txt"),
    include_bytes!("../../../../../fixtures/p1/v4_2.txt"),
    include_bytes!("../../../../../fixtures/p1/v5.txt"),
    include_bytes!("../../../../../fixtures/p1/v5_two_mbus.txt"),
    include_bytes!("../../../../../fixtures/p1/fluvius_v171.txt"),
    include_bytes!("../../../../../fixtures/p1/unpadded_crc.txt"),
];

/// Everybody, and what they know of each other.
pub(super) struct Cast {
    pub(super) session: Session,
    pub(super) household: Person,
    pub(super) adviser: Provider,
    pub(super) adviser_service: ServiceId,
    pub(super) adviser_link: LinkId,
    pub(super) archive_service: ServiceId,
    /// The archive, as the service that hands data out.
    pub(super) source: Arc<SourceService>,
    server: JoinHandle<Result<(), Failure>>,
}

impl Drop for Cast {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Cast {
    /// Makes everybody's keys, registers and links them.
    pub(super) async fn gather(stage: &mut Stage<'_>) -> Result<Self, Failure> {
        let session = Session::open(stage.url).await?;
        let mut household = Person::create(&stage.folder.join("household"), session.clone())?;
        household.enrol().await?;
        let party = household.party();
        stage
            .narrator
            .step("household", "makes its keys and registers", &short(&party));
        let archive = organisation("archive", "meter archive", &session, stage).await?;
        let adviser = organisation("adviser", "energy adviser", &session, stage).await?;

        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.doing("the meter archive cannot listen")?;
        let endpoint = format!("http://{}/data/{{dataset}}", listener.local_addr()?);
        let archive_service =
            describe(&archive, ARCHIVE, Some(&endpoint), "meter archive", stage).await?;
        let adviser_service = describe(&adviser, ADVISER, None, "energy adviser", stage).await?;
        let source = open_source(&session, stage, archive_service).await?;
        let server = tokio::spawn(serve(Arc::clone(&source), listener, future::pending()));

        let archive_link = household
            .link(archive_service, ARCHIVE_ACCOUNT, &archive)
            .await?;
        let adviser_link = household
            .link(adviser_service, ADVISER_ACCOUNT, &adviser)
            .await?;
        check_pseudonyms(&session, &household, [archive_link, adviser_link], stage).await?;
        Ok(Self {
            session,
            household,
            adviser,
            adviser_service,
            adviser_link,
            archive_service,
            source,
            server,
        })
    }
}

pub(in crate::demo) async fn organisation(
    name: &str,
    who: &str,
    session: &Session,
    stage: &mut Stage<'_>,
) -> Result<Provider, Failure> {
    let keys = stage.folder.join(format!("{name}.json"));
    let provider = Provider::create(&keys, &records_beside(&keys), session.clone())?;
    provider.enrol().await?;
    stage.narrator.step(
        who,
        "makes its keys and registers",
        &short(&provider.party()),
    );
    Ok(provider)
}

/// Registers a description of the examples.
pub(in crate::demo) async fn describe(
    provider: &Provider,
    text: &[u8],
    endpoint: Option<&str>,
    who: &str,
    stage: &mut Stage<'_>,
) -> Result<ServiceId, Failure> {
    let mut draft = Draft::parse(text).doing("the example is not a description")?;
    if let Some(endpoint) = endpoint {
        draft.set_data_endpoint(endpoint);
    }
    let service = ServiceId::random();
    let description = draft.complete(provider.party(), service, 1)?;
    provider.register(&description).await?;
    let known = provider.session.service(service).await?;
    ensure(
        known.description == description,
        "the node shows the description that was signed",
    )?;
    let datasets = counted(description.datasets.len(), "dataset");
    let purposes = counted(description.purposes.len(), "purpose");
    let shown = format!("{datasets}, {purposes}: {}", short(&service));
    stage
        .narrator
        .step(who, "registers its signed description", &shown);
    Ok(service)
}

/// The archive once more, as the process that answers requests for data.
async fn open_source(
    session: &Session,
    stage: &mut Stage<'_>,
    service: ServiceId,
) -> Result<Arc<SourceService>, Failure> {
    let mut archive = Archive::default();
    let mut telegrams = 0;
    for bytes in TELEGRAMS {
        telegrams += archive.add(ARCHIVE_ACCOUNT, bytes)?;
    }
    ensure(telegrams == TELEGRAMS.len(), "every telegram is taken in")?;
    let keys = stage.folder.join("archive.json");
    let provider = Provider::open(&keys, &records_beside(&keys), session.clone())?;
    let source = SourceService::open(provider, service, archive).await?;
    let shown = format!("{telegrams} telegrams, checksums right");
    stage.narrator.step(
        "meter archive",
        "listens, with the household's readings",
        &shown,
    );
    Ok(Arc::new(source))
}

/// Whoever compares what two services know finds nothing in common.
async fn check_pseudonyms(
    session: &Session,
    household: &Person,
    links: [LinkId; 2],
    stage: &mut Stage<'_>,
) -> Result<(), Failure> {
    let mut pseudonyms = BTreeSet::new();
    for link in links {
        let view = session.client.link(link).await?;
        ensure(
            !view.record.is_empty() && !view.countersignature.is_empty(),
            "both sides signed the link",
        )?;
        pseudonyms.insert(view.surrogate_id);
    }
    ensure(
        pseudonyms.len() == 2,
        "each service knows the household by another pseudonym",
    )?;
    ensure(
        household.consents().await?.is_empty(),
        "a link is not a consent",
    )?;
    let shown: Vec<String> = pseudonyms.iter().map(short).collect();
    stage.narrator.step(
        "household",
        "links both, a pseudonym for each",
        &shown.join(" "),
    );
    Ok(())
}
