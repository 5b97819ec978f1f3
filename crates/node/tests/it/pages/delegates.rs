//! Delegates: what they see and may do, and everything that they must not.

use assent_exchange::consent::state::{Pause, Status};
use assent_model::ids::{ConsentId, PartyId};
use assent_model::time::Span;

use super::browser::{Browser, attribute};
use super::consent_form::Stage;
use super::hosted::{given, status};
use crate::person::Mailbox;

const BO: &str = "bo@example.org";
const CY: &str = "cy@example.org";

/// A person with an active consent, and another whom the person can let in.
pub(super) struct Family {
    pub(super) stage: Stage,
    pub(super) cr_id: ConsentId,
    pub(super) bo: Browser,
    bo_party: PartyId,
}

impl Family {
    pub(super) async fn gather() -> Self {
        Self::around(Stage::set().await).await
    }

    pub(super) async fn around(mut stage: Stage) -> Self {
        let cr_id = given(&mut stage).await;
        let (bo, bo_party) = Browser::of_hosted(&stage.world, BO).await;
        Self {
            stage,
            cr_id,
            bo,
            bo_party,
        }
    }

    /// The path of the invitation that is mailed to an address.
    pub(super) async fn invite(&mut self, email: &'static str, scope: &str, home: &str) -> String {
        let mut mailbox = Mailbox::new(email);
        mailbox.fresh(&self.stage.world);
        let form = [
            ("email", email),
            ("name", "My daughter"),
            ("scope", scope),
            ("home", home),
        ];
        let sent = self.stage.browser.post("/home/delegates", &form).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let letters = mailbox.wait_for(&self.stage.world, 1).await;
        let letter = letters[0].replace("=\r\n", "");
        assert!(
            !letter.contains("ann@") && !letter.contains("daughter"),
            "{letter}"
        );
        let begin = letter.find("/invitations/").unwrap();
        let is_path = |letter: &char| letter.is_ascii_alphanumeric() || "/-_".contains(*letter);
        letter[begin..].chars().take_while(is_path).collect()
    }

    /// Invites Bo, who accepts and looks in.
    pub(super) async fn let_in(&mut self, scope: &str, home: &str) {
        let path = self.invite(BO, scope, home).await;
        let page = self.bo.get(&path).await;
        assert!(page.text().contains("ann@example.org"), "{}", page.text());
        assert_eq!(self.bo.post(&path, &[]).await.status, 303);
        self.open().await;
    }

    async fn open(&mut self) {
        let list = self.bo.get("/home/shared").await.text();
        let open = attribute(&list, "class=\"row\"><form method=\"post\"", "action").unwrap();
        assert_eq!(self.bo.post(&open, &[]).await.status, 303);
    }

    async fn press(&mut self, button: &str) -> u16 {
        let address = format!("/home/consents/{}/{button}", self.cr_id);
        self.bo.post(&address, &[]).await.status
    }

    async fn standing(&self) -> Status {
        status(&self.stage.world, self.cr_id).await
    }

    async fn shut_out(&mut self) {
        let page = self.stage.browser.get("/home/delegates").await.text();
        let remove = attribute(
            &page,
            "<section class=\"card\"><h2><bdi>My daughter",
            "action",
        );
        let pressed = self.stage.browser.post(&remove.unwrap(), &[]).await;
        assert_eq!(pressed.status, 303, "{}", pressed.text());
    }
}

#[tokio::test]
async fn who_may_pause_pauses_and_the_person_sees_who_did_it() {
    let mut family = Family::gather().await;
    family.let_in("see-and-pause", "").await;
    let home = family.bo.get("/home").await.text();
    assert!(home.contains("You are looking at the home of") && home.contains("One active consent"));
    let list = family.bo.get("/home/consents").await.text();
    assert!(
        list.contains("Bright Energy Advice") && !list.contains("Waiting for you"),
        "{list}"
    );
    assert_eq!(family.press("pause").await, 303);
    let by_person = Status::Disabled {
        cause: Pause::Person,
    };
    assert_eq!(family.standing().await, by_person);
    for button in ["pause", "resume", "narrow", "withdraw"] {
        assert_eq!(family.press(button).await, 403, "{button}");
    }
    assert_eq!(family.standing().await, by_person);
    let browser = &mut family.stage.browser;
    let page = browser.get("/home/activity").await.text();
    for words in [
        "<bdi>My daughter</bdi></strong> accepted your invitation.",
        "<bdi>My daughter</bdi></strong> looked into your home.",
        "<bdi>My daughter</bdi></strong> pressed Pause for this consent.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let detail = browser
        .get(&format!("/home/consents/{}", family.cr_id))
        .await;
    assert!(detail.text().contains("pressed Pause for this consent."));
    let told = browser.get("/home/notifications").await.text();
    assert_eq!(
        told.matches("Somebody you let in has done something")
            .count(),
        2,
        "{told}"
    );
    let export = browser.get("/home/account/export").await.text();
    assert!(export.contains("\"paused\"") && export.contains("My daughter"));
    let resumed = browser
        .post(&format!("/home/consents/{}/resume", family.cr_id), &[])
        .await;
    assert_eq!(resumed.status, 303, "the person takes it back");
}

#[tokio::test]
async fn who_may_see_changes_nothing_and_sees_neither_account_nor_questions() {
    let mut family = Family::gather().await;
    {
        let Stage {
            world,
            archive,
            adviser,
            ..
        } = &family.stage;
        adviser.ask(world, archive, None).await;
    }
    family.let_in("see", "").await;
    for button in ["pause", "resume", "narrow", "withdraw"] {
        assert_eq!(family.press(button).await, 403, "{button}");
    }
    assert_eq!(family.standing().await, Status::Active);
    let detail = format!("/home/consents/{}", family.cr_id);
    let page = family.bo.get(&detail).await.text();
    assert!(
        !page.contains("/pause\"") && !page.contains("/withdraw\""),
        "{page}"
    );
    assert_eq!(
        family.bo.get(&format!("{detail}/withdraw")).await.status,
        403
    );
    assert_eq!(
        family
            .bo
            .get(&format!("/receipts/{}", family.cr_id))
            .await
            .status,
        404
    );
    let requests = family.bo.get("/home/requests").await.text();
    assert!(!requests.contains("<article"), "{requests}");
    let timeline = family.bo.get("/home/activity").await.text();
    assert!(timeline.contains("gave consent") && !timeline.contains("opened this account"));
    assert!(!timeline.contains("linked the service") && !timeline.contains("My daughter"));
    // What is not of the shared home is the delegate's own.
    let account = family.bo.get("/home/account").await.text();
    assert!(
        account.contains(BO) && !account.contains("ann@example.org"),
        "{account}"
    );
    let services = family.bo.get("/home/services").await.text();
    assert!(!services.contains("Bright Energy Advice"), "{services}");
    let back = family.bo.post("/home/shared/close", &[]).await;
    assert_eq!(back.status, 303);
    assert_eq!(family.bo.get(&detail).await.status, 404);
}

#[tokio::test]
async fn who_was_shut_out_or_has_left_sees_nothing_at_once() {
    let mut family = Family::gather().await;
    family.let_in("see-and-pause", "").await;
    family.shut_out().await;
    assert_eq!(family.press("pause").await, 410, "the next press says so");
    assert_eq!(
        family.press("pause").await,
        404,
        "and then it is one's own home"
    );
    assert_eq!(family.standing().await, Status::Active);
    let list = family.bo.get("/home/shared").await.text();
    assert!(list.contains("id=\"empty\""), "{list}");
    let own = family.bo.get("/home").await.text();
    assert!(!own.contains("You are looking at"), "{own}");
    family.let_in("see", "").await;
    let list = family.bo.get("/home/shared").await.text();
    let leave = attribute(&list, "</form><form method=\"post\"", "action").unwrap();
    assert!(leave.ends_with("/leave"), "{leave}");
    assert_eq!(family.bo.post(&leave, &[]).await.status, 303);
    assert_eq!(family.bo.get("/home/consents").await.status, 410);
    let open = leave.replace("/leave", "/open");
    assert_eq!(family.bo.post(&open, &[]).await.status, 404);
}

#[tokio::test]
async fn an_invitation_is_good_once_for_one_address_for_a_week() {
    let mut family = Family::gather().await;
    let (mut cy, _) = Browser::of_hosted(&family.stage.world, CY).await;
    let path = family.invite(BO, "see-and-pause", "").await;
    let strange = cy.get(&path).await.text();
    assert!(
        strange.contains("for another e-mail address") && !strange.contains("ann@"),
        "{strange}"
    );
    assert_eq!(cy.post(&path, &[]).await.status, 403);
    assert_eq!(
        family.stage.browser.post(&path, &[]).await.status,
        403,
        "nor the person"
    );
    let nobody = Browser::new(&family.stage.world).get(&path).await;
    assert!(
        nobody.header("location").starts_with("/sign-in?here="),
        "signs in first"
    );
    assert_eq!(family.bo.post(&path, &[]).await.status, 303);
    for browser in [&mut family.bo, &mut cy] {
        assert_eq!(browser.post(&path, &[]).await.status, 410);
        assert_eq!(browser.get(&path).await.status, 410);
    }
    let late = family.invite(CY, "see", "").await;
    family.stage.world.clock.advance(Span::from_days(7));
    let mut mailbox = Mailbox::new(CY);
    mailbox.fresh(&family.stage.world);
    cy.sign_in(&family.stage.world, &mut mailbox, "/home").await;
    assert_eq!(cy.post(&late, &[]).await.status, 410);
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_lets_nobody_in() {
    let mut family = Family::gather().await;
    let path = family.invite(BO, "see", "").await;
    family.shut_out().await;
    assert_eq!(family.bo.post(&path, &[]).await.status, 410);
    let browser = &mut family.stage.browser;
    for (email, name, scope) in [
        (BO, "x", "withdraw"),
        (BO, "x", ""),
        ("nobody", "x", "see"),
        (BO, " \u{202e} ", "see"),
    ] {
        let form = [("email", email), ("name", name), ("scope", scope)];
        let sent = browser.post("/home/delegates", &form).await;
        assert_eq!(sent.status, 422, "{email} {name} {scope}");
    }
    let unknown = [
        ("email", BO),
        ("name", "x"),
        ("scope", "see"),
        ("home", "other"),
    ];
    assert_eq!(browser.post("/home/delegates", &unknown).await.status, 404);
}

#[tokio::test]
async fn one_home_is_one_home() {
    let mut family = Family::gather().await;
    let browser = &mut family.stage.browser;
    assert_eq!(
        browser
            .post("/home/homes", &[("name", "The other flat")])
            .await
            .status,
        303
    );
    let page = browser.get("/home/homes").await.text();
    let rename = attribute(&page, "<bdi>The other flat", "action").unwrap();
    let home = rename.split('/').nth(3).unwrap().to_owned();
    family.let_in("see-and-pause", &home).await;
    let detail = format!("/home/consents/{}", family.cr_id);
    assert_eq!(
        family.bo.get(&detail).await.status,
        404,
        "it belongs to no home"
    );
    assert_eq!(family.press("pause").await, 404);
    let list = family.bo.get("/home/consents").await.text();
    assert!(
        !list.contains("<article") && list.contains("The other flat"),
        "{list}"
    );
    // Now it does.
    let adviser = page.split_once("Bright Energy Advice").unwrap().0;
    let place = adviser.rsplit("action=\"").next().unwrap();
    let place = place.split('"').next().unwrap().to_owned();
    let placed = family.stage.browser.post(&place, &[("home", &home)]).await;
    assert_eq!(placed.status, 303, "{}", placed.text());
    assert_eq!(family.bo.get(&detail).await.status, 200);
    let filtered = format!("/home/consents?home={home}");
    let list = family.stage.browser.get(&filtered).await.text();
    assert_eq!(list.matches("<article").count(), 1, "{list}");
    // A home that is forgotten shows nothing, not everything.
    let remove = rename.replace("/rename", "/remove");
    assert_eq!(family.stage.browser.post(&remove, &[]).await.status, 303);
    assert_eq!(family.bo.get(&detail).await.status, 410);
}

#[tokio::test]
async fn nothing_outlives_an_erased_account_on_either_side() {
    let mut family = Family::gather().await;
    family.let_in("see", "").await;
    let bo = family.bo_party.to_string();
    let erased = family
        .bo
        .post("/home/account/erase", &[("party", &bo)])
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    let page = family.stage.browser.get("/home/delegates").await.text();
    assert!(page.contains("id=\"empty\""), "{page}");
    let (mut cy, _) = Browser::of_hosted(&family.stage.world, CY).await;
    let path = family.invite(CY, "see", "").await;
    assert_eq!(cy.post(&path, &[]).await.status, 303);
    let list = cy.get("/home/shared").await.text();
    let open = attribute(&list, "class=\"row\"><form method=\"post\"", "action").unwrap();
    assert_eq!(cy.post(&open, &[]).await.status, 303);
    let waiting = family.invite(BO, "see", "").await;
    let browser = &mut family.stage.browser;
    let withdraw = format!("/home/consents/{}/withdraw", family.cr_id);
    assert_eq!(browser.post(&withdraw, &[]).await.status, 303);
    let page = browser.get("/home/account/erase").await.text();
    let party = page
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let erased = browser
        .post("/home/account/erase", &[("party", party)])
        .await;
    assert_eq!(erased.status, 200, "{}", erased.text());
    assert_eq!(cy.get("/home/consents").await.status, 410);
    assert!(cy.get("/home/shared").await.text().contains("id=\"empty\""));
    assert_eq!(cy.post(&open, &[]).await.status, 404);
    let (mut other, _) = Browser::of_hosted(&family.stage.world, BO).await;
    assert_eq!(other.post(&waiting, &[]).await.status, 410);
}
