//! The consent form from push to receipt, and every state that it can be met in.

use assent_api::v1::releases::{Decide, DecisionRequest};
use assent_client::errand::{Errand, ReturnError};
use assent_exchange::consent::state::{Consent, Role};
use assent_model::ids::{ConsentId, RequestId};
use assent_model::names::{DatasetId, Jti};
use assent_model::records::consent::ResourceSet;
use assent_model::time::Span;

use super::browser::{Browser, attribute, continues, location};
use super::relying::{ADVISER, ARCHIVE, Relying, path_of};
use crate::person::Mailbox;
use crate::world::World;

const ANN: &str = "ann@example.org";

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) archive: Relying,
    pub(super) adviser: Relying,
    pub(super) browser: Browser,
}

impl Stage {
    /// A person who is linked with the archive and the adviser, and signed in.
    pub(super) async fn set() -> Self {
        Self::with(ADVISER).await
    }

    pub(super) async fn with(adviser: &str) -> Self {
        Self::at(World::new().await, adviser).await
    }

    /// The same at a node with settings of its own.
    pub(super) async fn at(world: World, adviser: &str) -> Self {
        let mut archive = Relying::new(&world, ARCHIVE).await;
        let mut adviser = Relying::new(&world, adviser).await;
        let (mut browser, _) = Browser::of_hosted(&world, ANN).await;
        archive.link(&world, &mut browser).await;
        adviser.link(&world, &mut browser).await;
        Self {
            world,
            archive,
            adviser,
            browser,
        }
    }
}

/// A form that the adviser has sent the person to.
pub(super) struct Asked {
    pub(super) request: RequestId,
    pub(super) errand: Errand,
    /// Where the form is.
    pub(super) path: String,
    /// How it looks.
    pub(super) page: String,
}

impl Stage {
    /// The adviser asks for consent, and sends the person to the form.
    pub(super) async fn ask(&mut self) -> Asked {
        let request = self.adviser.ask(&self.world, &self.archive, None).await;
        let (errand, pushed) = self.adviser.push(&self.world, request).await;
        let path = path_of(&pushed);
        let page = self.browser.get(&path).await.text();
        Asked {
            request,
            errand,
            path,
            page,
        }
    }
}

/// What the form on a page sends beside what the person chooses.
pub(super) fn hidden(page: &str) -> Vec<(&'static str, String)> {
    ["shown", "notice", "replaces"]
        .into_iter()
        .filter_map(|name| {
            let before = format!("type=\"hidden\" name=\"{name}\"");
            Some((name, attribute(page, &before, "value")?))
        })
        .collect()
}

/// Sends the form on a page with an answer and more.
pub(super) async fn send(
    browser: &mut Browser,
    path: &str,
    page: &str,
    more: &[(&str, &str)],
) -> crate::calls::Answered {
    let hidden = hidden(page);
    let mut form: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).collect();
    form.extend(more);
    browser.post(path, &form).await
}

#[tokio::test]
async fn a_consent_goes_from_push_to_data_and_the_person_keeps_a_receipt() {
    let mut stage = Stage::set().await;
    let Asked {
        request,
        errand,
        path,
        page,
        ..
    } = stage.ask().await;
    for shown in [
        "Bright Energy Advice",
        "https://bright-energy.example",
        "Personal energy advice",
        ANN,
        "Not you?",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("\" checked>"), "optional data is off");
    let optional = attribute(&page, "name=\"optional\"", "value").unwrap();
    let sent = send(
        &mut stage.browser,
        &path,
        &page,
        &[
            ("answer", "give"),
            ("optional", &optional),
            ("until", "2026-06-30"),
        ],
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let receipt = sent.text();
    let address = continues(&receipt).unwrap();
    let redeemed = stage
        .adviser
        .welcome(&stage.world, &errand, &address)
        .await
        .unwrap();
    assert_eq!(
        (redeemed.request_id, redeemed.outcome.as_str()),
        (request, "given")
    );
    let granted = redeemed.resource_set.unwrap();
    let (dataset, concept) = optional.split_once('~').unwrap();
    let purpose = &stage.adviser.provider.description.purposes[0];
    let all: usize = granted.values().map(std::collections::BTreeSet::len).sum();
    assert_eq!(all, purpose.required_concepts.len() + 1, "{granted:?}");
    assert!(granted[&dataset.parse().unwrap()].contains(&concept.parse().unwrap()));

    let cr_id = redeemed.cr_id.unwrap();
    let dataset = dataset.parse().unwrap();
    assert_eq!(
        let_out(&stage.world, &stage.archive, &stage.adviser, cr_id, dataset).await,
        granted
    );

    // The receipt says the digest of the notice that was on the screen, and can be had again.
    let digest = hidden(&page)
        .into_iter()
        .find(|(name, _)| *name == "notice")
        .unwrap()
        .1;
    check_receipt(&stage.world, &mut stage.browser, cr_id, &receipt, &digest).await;
}

/// What the source lets out at the next request: all that the consent allows.
pub(super) async fn let_out(
    world: &World,
    archive: &Relying,
    adviser: &Relying,
    cr_id: ConsentId,
    dataset_id: DatasetId,
) -> ResourceSet {
    let node = world.running.node();
    let consent = node.state.get::<Consent>(&cr_id).await.unwrap().unwrap();
    let Role::Sink { counterpart, .. } = consent.role else {
        panic!("a pair")
    };
    let purpose = &adviser.provider.description.purposes[0];
    let asked = DecisionRequest {
        cr_id: counterpart,
        holder: adviser.provider.keys.signing.verifying_key().thumbprint(),
        token: Jti::random(),
        purpose_id: purpose.purpose_id.clone(),
        dataset_id,
    };
    let asked = world.signer().sign(&archive.provider.keys.signing, asked);
    let body = Decide {
        request: asked.compact().to_owned(),
    };
    let decision = archive.client.decide(&body).await.unwrap();
    assert!(decision.allowed);
    consent.resource_set.clone()
}

async fn check_receipt(
    world: &World,
    browser: &mut Browser,
    cr_id: ConsentId,
    receipt: &str,
    digest: &str,
) {
    let kept = browser.get(&format!("/receipts/{cr_id}")).await.text();
    for text in [receipt, &kept] {
        assert!(
            text.contains(digest) && text.contains("2026-06-30"),
            "{text}"
        );
    }
    for format in ["iso-27560", "kantara-1.1"] {
        let file = browser.get(&format!("/receipts/{cr_id}/{format}")).await;
        let _: serde_json::Value = file.json();
    }
    let mut mailbox = Mailbox::new(ANN);
    let letter = mailbox.about(world, "Your receipt for a consent").await;
    assert!(letter.contains(&format!("/receipts/{cr_id}")) && !letter.contains("Bright"));
    assert!(
        letter.contains(digest),
        "the letter pins the notice: {letter}"
    );
}

#[tokio::test]
async fn a_refusal_goes_back_with_a_reason() {
    let mut stage = Stage::set().await;
    let Asked {
        request,
        errand,
        path,
        page,
        ..
    } = stage.ask().await;
    let sent = send(&mut stage.browser, &path, &page, &[("answer", "refuse")]).await;
    let address = continues(&sent.text()).unwrap();
    let refused = stage
        .adviser
        .welcome(&stage.world, &errand, &address)
        .await
        .unwrap_err();
    assert_eq!(refused, ReturnError::Refused("access_denied".into()));
    assert_eq!(stage.browser.get(&path).await.status, 410);
    assert_eq!(
        stage
            .adviser
            .client
            .consent_request(request)
            .await
            .unwrap()
            .status,
        "refused"
    );
}

#[tokio::test]
async fn choices_survive_signing_in_and_another_language() {
    let mut stage = Stage::set().await;
    let Asked { path, page, .. } = stage.ask().await;
    let optional = attribute(&page, "name=\"optional\"", "value").unwrap();
    let chosen = [("optional", optional.as_str()), ("until", "2026-05-05")];
    let mut dutch = chosen.to_vec();
    dutch.push(("language", "nl"));
    let moved = send(&mut stage.browser, &path, &page, &dutch).await;
    let page = stage.browser.get(&location(&moved)).await.text();
    for kept in [
        "lang=\"nl\"",
        " checked",
        "value=\"2026-05-05\"",
        "Persoonlijk energieadvies",
        "U kunt deze toestemming altijd intrekken",
    ] {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    // The session is over when the form is sent.
    stage.browser.post("/sign-out", &[]).await;
    let mut give = chosen.to_vec();
    give.push(("answer", "give"));
    let moved = send(&mut stage.browser, &path, &page, &give).await;
    let sign_in = location(&moved);
    assert!(
        sign_in.starts_with("/sign-in?here=%2F") || sign_in.starts_with("/sign-in?here=/"),
        "{sign_in}"
    );
    let here = attribute(
        &stage.browser.get(&sign_in).await.text(),
        "name=\"here\"",
        "value",
    )
    .unwrap();
    let mut mailbox = Mailbox::new(ANN);
    mailbox.fresh(&stage.world);
    let back = stage
        .browser
        .sign_in(&stage.world, &mut mailbox, &here)
        .await;
    let page = stage.browser.get(&back).await.text();
    assert!(
        page.contains(" checked") && page.contains("value=\"2026-05-05\""),
        "{page}"
    );
}

#[tokio::test]
async fn an_end_is_chosen_within_what_is_offered() {
    let mut stage = Stage::set().await;
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let max = world.clock.now() + Span::from_days(30);
    let request = adviser.ask(world, archive, Some(max)).await;
    let path = format!("/home/requests/{request}");
    let page = browser.get(&path).await.text();
    assert!(
        page.contains("max=\"2026-01-30\"") && page.contains("value=\"2026-01-30\""),
        "{page}"
    );
    for wrong in ["", "2026-01-31", "2025-12-31", "soon"] {
        let sent = send(
            browser,
            &path,
            &page,
            &[("answer", "give"), ("until", wrong)],
        )
        .await;
        assert_eq!(sent.status, 422, "{wrong}");
        assert!(sent.text().contains("role=\"alert\""), "{wrong}");
    }
    let sent = send(
        browser,
        &path,
        &page,
        &[("answer", "give"), ("until", "2026-01-30")],
    )
    .await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    assert_eq!(continues(&sent.text()), None, "nobody sent the person here");
}

#[tokio::test]
async fn a_new_consent_shows_what_changed_and_replaces_the_old_one() {
    let mut stage = Stage::set().await;
    let Stage {
        world,
        archive,
        adviser,
        browser,
    } = &mut stage;
    let first = adviser.ask(world, archive, None).await;
    let path = format!("/home/requests/{first}");
    let page = browser.get(&path).await.text();
    assert!(!page.contains("id=\"replaces\""));
    let sent = send(browser, &path, &page, &[("answer", "give"), ("until", "")]).await;
    assert_eq!(sent.status, 200, "{}", sent.text());

    let waiting = adviser.ask(world, archive, None).await;
    let mut description = adviser.provider.description.clone();
    description.version = 2;
    let period = description.purposes[0].storage.period.values_mut();
    period.for_each(|text| *text = "ninety years".into());
    let body = world
        .signer()
        .register_service(&adviser.provider.keys, &description)
        .unwrap();
    adviser.client.register_service(&body).await.unwrap();
    adviser.provider.description = description;
    let outdated = browser.get(&format!("/home/requests/{waiting}")).await;
    assert_eq!(outdated.status, 410);
    assert!(outdated.text().contains("The conditions have changed"));

    let second = adviser.ask(world, archive, None).await;
    let path = format!("/home/requests/{second}");
    let page = browser.get(&path).await.text();
    assert!(page.contains("This replaces your consent of"), "{page}");
    assert!(
        page.contains("<ins><bdi data-said=\"now:notice-period\">ninety years</bdi></ins>"),
        "{page}"
    );
    // Whoever has not seen that it replaces one cannot have it replaced.
    let hidden = hidden(&page);
    let blind: Vec<(&str, &str)> = hidden
        .iter()
        .filter(|(name, _)| *name != "replaces")
        .map(|(n, v)| (*n, v.as_str()))
        .collect();
    let sent = browser
        .post(&path, &[blind, vec![("answer", "give")]].concat())
        .await;
    assert_eq!(sent.status, 409);
    let sent = send(browser, &path, &page, &[("answer", "give")]).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let [old, new] = [first, second].map(|request| adviser.client.consent_request(request));
    let (old, new) = (
        old.await.unwrap().cr_id.unwrap(),
        new.await.unwrap().cr_id.unwrap(),
    );
    assert_eq!(
        adviser.client.consent(old).await.unwrap().status,
        "superseded"
    );
    assert_eq!(adviser.client.consent(new).await.unwrap().status, "active");
}
