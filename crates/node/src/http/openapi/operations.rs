//! The table of operations.

use assent_api::problem::Code;
use assent_api::v1::Outcome;
use assent_api::v1::consents::{
    Acknowledge, AskConsent, ChangeStatus, ConsentView, FormView, GiveConsent, RefuseConsent,
    RequestView,
};
use assent_api::v1::contacts::{
    AskContact, CodeSent, ConfirmContact, ContactConfirmed, ContactView, LookUp, LookUpAnswer,
};
use assent_api::v1::identity::{
    ChainView, Challenge, ChallengeRequest, DeactivateParty, KeyHistoryView, PartyView,
    RecoverParty, RegisterParty, RotateKeys,
};
use assent_api::v1::ledger::EntryView;
use assent_api::v1::links::{ChangeLink, CreateLink, LinkView};
use assent_api::v1::redirects::{
    PushLink, PushRedirect, PushedRedirect, Redeem, RedeemedConsent, RedeemedLink,
};
use assent_api::v1::releases::{
    Decide, Decision, ReceiptView, ReportUse, TokenAnswer, TokenRequest,
};
use assent_api::v1::services::{RegisterService, ServiceView};
use assent_api::v1::sign_in::{AskSignInLink, BindingList, BindingMade, NewBinding, SignInLink};
use assent_api::v1::wallets::{PublishWallet, WalletView};
use assent_api::v1::webhooks::{
    ChangeWebhook, CreateWebhook, DeliveryView, ReplayDeliveries, Replaying, WebhookView,
};
use assent_exchange::consent::rejection::ConsentRejection;
use assent_exchange::identity::rejection::IdentityRejection;
use assent_exchange::link::rejection::LinkRejection;
use assent_exchange::service::rejection::ServiceRejection;
use serde_json::{Value, json};

use super::accounts::accounts;
use super::examples;
use super::operation::Operation;
use super::pairings::{attempts, pairings, streams};
use super::relay::relay;
use crate::release::decide::Refusal;

/// The areas of the API.
pub(super) const TAGS: &[(&str, &str)] = &[
    (
        "Parties",
        "Anyone with keys: registration, rotation, recovery, deactivation.",
    ),
    (
        "Contacts",
        "E-mail addresses, confirmed by a code, and the directory that finds parties by them.",
    ),
    (
        "Signing in",
        "At a browser: links, keys, and who may act for an organisation.",
    ),
    (
        "Accounts",
        "What the operator holds about a person: export, erasure, help after the loss of a key.",
    ),
    (
        "Services",
        "Signed, versioned descriptions of what services hold and want.",
    ),
    (
        "Links",
        "A person's account at a service, tied to Assent under a pseudonym.",
    ),
    (
        "Consents",
        "Asking, giving, changing, withdrawing, acknowledging.",
    ),
    (
        "Redirects",
        "Sending a person to the node for an answer or a link, and back.",
    ),
    (
        "Pseudonyms",
        "What a pseudonym was asked and has given, for the holder of its key.",
    ),
    ("Releases", "Tokens, decisions and use receipts."),
    (
        "Pairing",
        "A device that shows a code, and a person who enters it.",
    ),
    (
        "Streams",
        "What a paired device writes, sealed to who may read it.",
    ),
    ("Webhooks", "Signed messages to services."),
    (
        "Wallets",
        "Builds of the wallet that other sites serve, in the log for everybody to compare.",
    ),
    ("Log", "The Merkle log for foreign eyes."),
    ("Node", "Pages, problem codes and this document."),
];

/// A tag, and the operations under it.
type Area = (&'static str, fn() -> Vec<Operation>);

/// All operations.
pub fn operations() -> Vec<Operation> {
    let areas: [Area; 20] = [
        ("Parties", parties),
        ("Contacts", contacts),
        ("Signing in", signing_in),
        ("Accounts", accounts),
        ("Services", services),
        ("Links", links),
        ("Consents", requests),
        ("Redirects", redirects),
        ("Consents", consents),
        ("Pseudonyms", pseudonyms),
        ("Releases", releases),
        ("Pairing", pairings),
        ("Pairing", attempts),
        ("Streams", streams),
        ("Streams", relay),
        ("Webhooks", webhooks),
        ("Webhooks", deliveries),
        ("Wallets", wallets),
        ("Log", log),
        ("Node", node),
    ];
    areas
        .into_iter()
        .flat_map(|(tag, operations)| {
            operations()
                .into_iter()
                .map(|operation| operation.tagged(tag))
        })
        .collect()
}

fn identity_refusals() -> Vec<&'static str> {
    let own = |rejection: &&IdentityRejection| **rejection != IdentityRejection::ChainOpen;
    IdentityRejection::ALL
        .iter()
        .filter(own)
        .map(|rejection| rejection.code())
        .collect()
}

fn consent_refusals() -> Vec<&'static str> {
    let own = |rejection: &&ConsentRejection| **rejection != ConsentRejection::NotDue;
    ConsentRejection::ALL
        .iter()
        .filter(own)
        .map(|rejection| rejection.code())
        .collect()
}

fn link_refusals() -> Vec<&'static str> {
    LinkRejection::ALL
        .iter()
        .map(|rejection| rejection.code())
        .collect()
}

fn parties() -> Vec<Operation> {
    let refusals = identity_refusals();
    vec![
        Operation::get("/v1/chain", "readChain", "What must be known of the node before the first statement")
            .gives::<ChainView>("The chain, its keys and its clock."),
        Operation::post("/v1/challenges", "askChallenge", "Ask for a challenge to a sealing key")
            .about("Only the holder of the key can open it. Its answer shows possession in other operations.")
            .takes::<ChallengeRequest>()
            .gives::<Challenge>("The challenge, good for five minutes."),
        Operation::post("/v1/parties", "registerParty", "Register a party")
            .takes::<RegisterParty>()
            .creates::<Outcome>("The party is registered.")
            .decides(&refusals)
            .refuses(&[Code::ChallengeFailed]),
        Operation::get("/v1/parties/{party}", "readParty", "Read a party").gives::<PartyView>("The party with its current keys."),
        Operation::get("/v1/parties/{party}/keys", "readKeys", "Read everything that a party signed about its keys")
            .about("Whoever knows the id of the party can follow its keys by these statements without believing anybody.")
            .gives::<KeyHistoryView>("The statements, oldest first."),
        Operation::post("/v1/parties/{party}/keys", "rotateKeys", "Replace the keys of a party")
            .takes::<RotateKeys>()
            .gives::<Outcome>("The new keys are in force.")
            .decides(&refusals)
            .refuses(&[Code::ChallengeFailed]),
        Operation::post("/v1/parties/{party}/recovery", "recoverParty", "Install new keys with the recovery key")
            .takes::<RecoverParty>()
            .gives::<Outcome>("The new keys are in force.")
            .decides(&refusals)
            .refuses(&[Code::ChallengeFailed]),
        Operation::post("/v1/parties/{party}/deactivation", "deactivateParty", "End a party for good")
            .takes::<DeactivateParty>()
            .gives::<Outcome>("The party acts no more.")
            .decides(&refusals),
    ]
}

fn signing_in() -> Vec<Operation> {
    vec![
        Operation::post(
            "/v1/sign-in-links",
            "makeSignInLink",
            "Make a link that signs the caller in at a browser",
        )
        .about(
            "Good for ten minutes and one use. Whoever follows it acts as the party in a browser.",
        )
        .by("the party")
        .takes::<AskSignInLink>()
        .gives::<SignInLink>("The link."),
        Operation::get(
            "/v1/sign-in-bindings",
            "listSignInBindings",
            "List the subjects of identity providers that may act for the caller",
        )
        .by("the party")
        .gives::<BindingList>("The subjects, each with when it was bound."),
        Operation::post(
            "/v1/sign-in-bindings",
            "bindSignIn",
            "Let a subject of an identity provider act for the caller at a browser",
        )
        .about("For organisations and operators. One subject acts for one party. Saying so again changes nothing.")
        .by("the organisation or operator")
        .takes::<NewBinding>()
        .gives::<BindingMade>("Whoever the provider knows as this subject signs in as the caller.")
        .refuses(&[
            Code::Forbidden,
            Code::ProviderUnknown,
            Code::SubjectInvalid,
            Code::SubjectTaken,
            Code::TooManyBindings,
        ]),
        Operation::delete(
            "/v1/sign-in-bindings/{binding}",
            "unbindSignIn",
            "Let a subject act for the caller no more",
        )
        .about("Sessions that it has begun go on until they end; `POST /home/account/sign-out` ends them.")
        .by("the party")
        .gives_nothing("The subject signs in as nobody.")
        .refuses(&[Code::NotFound]),
        Operation::post(
            "/sign-in/key",
            "signIn",
            "Sign the caller in at this browser",
        )
        .about(
            "For the wallet in a browser: the answer sets the cookie of a session. Takes no body.",
        )
        .by("the party")
        .gives_nothing("Signed in."),
    ]
}

fn contacts() -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/contacts",
            "readContact",
            "Read the confirmed contact of the caller",
        )
        .by("the party")
        .gives::<ContactView>("The contact.")
        .refuses(&[Code::NotFound]),
        Operation::post(
            "/v1/contacts",
            "askContact",
            "Ask for a code to confirm an e-mail address",
        )
        .about("Nothing changes before the code comes back.")
        .by("the party")
        .takes::<AskContact>()
        .gives::<CodeSent>("A code was sent, or will be in a moment. The same for every address.")
        .refuses(&[Code::EmailInvalid]),
        Operation::post(
            "/v1/contacts/confirmations",
            "confirmContact",
            "Confirm an e-mail address with its code",
        )
        .by("the party that asked")
        .takes::<ConfirmContact>()
        .gives::<ContactConfirmed>("The address leads to the party, and to no other.")
        .refuses(&[Code::CodeWrong, Code::CodeSpent]),
        Operation::post(
            "/v1/directory/lookups",
            "lookUp",
            "Find a party by its e-mail address",
        )
        .about(
            "The answer has the same shape, length and time whether the address is known or not.",
        )
        .by("the asker")
        .takes::<LookUp>()
        .gives::<LookUpAnswer>("What was found, sealed to the asker.")
        .refuses(&[Code::EmailInvalid]),
    ]
}

fn services() -> Vec<Operation> {
    let refusals: Vec<&str> = ServiceRejection::ALL
        .iter()
        .map(|rejection| rejection.code())
        .collect();
    vec![
        Operation::get("/v1/services", "listServices", "List all services")
            .gives_page::<ServiceView>("Services, each in its current version."),
        Operation::post(
            "/v1/services",
            "registerService",
            "Register a version of a service description",
        )
        .takes::<RegisterService>()
        .creates::<Outcome>("The version is registered and supersedes the one before.")
        .decides(&refusals)
        .refuses(&[Code::DescriptionInvalid]),
        Operation::get(
            "/v1/services/{service}",
            "readService",
            "Read a service in its current version",
        )
        .gives::<ServiceView>("The service."),
        Operation::get(
            "/v1/services/{service}/versions/{version}",
            "readServiceVersion",
            "Read a version of a service",
        )
        .gives::<ServiceView>("The version.")
        .refuses(&[Code::MalformedTarget]),
        Operation::get(
            "/v1/services/{service}/consents",
            "listServiceConsents",
            "List the consents of a service",
        )
        .by("the service's provider")
        .gives_page::<ConsentView>("Consents of the service."),
    ]
}

fn links() -> Vec<Operation> {
    let with_consents: Vec<&str> = link_refusals()
        .into_iter()
        .chain(consent_refusals())
        .collect();
    vec![
        Operation::post("/v1/links", "createLink", "Link a person's account at a service")
            .takes::<CreateLink>()
            .creates::<Outcome>("The link is in force.")
            .decides(&link_refusals()),
        Operation::get("/v1/links/{link}", "readLink", "Read a link").gives::<LinkView>("The link with its chain of records."),
        Operation::post("/v1/links/{link}/statuses", "changeLink", "Remove or restore a link")
            .about("Removing pauses the active consents of the link, restoring resumes what the removal paused.")
            .takes::<ChangeLink>()
            .gives::<Outcome>("The new status is in force.")
            .decides(&with_consents),
    ]
}

fn requests() -> Vec<Operation> {
    let refusals = consent_refusals();
    let language = json!({ "type": "string", "default": "en" });
    vec![
        Operation::post("/v1/consent-requests", "askConsent", "Ask for consent")
            .takes::<AskConsent>()
            .creates::<Outcome>("The person is asked.")
            .decides(&refusals),
        Operation::get(
            "/v1/consent-requests/{request}",
            "readRequest",
            "Read a consent request",
        )
        .gives::<RequestView>("The request."),
        Operation::get(
            "/v1/consent-requests/{request}/form",
            "readForm",
            "Read the form of a consent request",
        )
        .about("The notice is what the digest in the consent record covers.")
        .query(
            "language",
            "A language tag (BCP 47).",
            &language,
            &json!("en"),
        )
        .gives::<FormView>("What to show the person."),
        Operation::post(
            "/v1/consent-requests/{request}/refusal",
            "refuseConsent",
            "Answer a consent request with no",
        )
        .takes::<RefuseConsent>()
        .gives::<Outcome>("The request is closed.")
        .decides(&refusals),
    ]
}

fn redirects() -> Vec<Operation> {
    let spent = [Code::CodeSpent, Code::VerifierWrong];
    vec![
        Operation::post(
            "/v1/consent-requests/{request}/redirect",
            "pushRedirect",
            "Say where the person goes back to after answering",
        )
        .about("Send the person to `url`. The answer comes to `redirect_uri` with `state`, `iss` and `code` or `error`.")
        .by("the requester")
        .takes::<PushRedirect>()
        .gives::<PushedRedirect>("Where to send the person.")
        .refuses(&[Code::RedirectUnregistered])
        .refuses_also([ConsentRejection::RequestClosed.code()]),
        Operation::post(
            "/v1/consent-requests/redemptions",
            "redeemConsent",
            "Learn what became of a consent request",
        )
        .about("A code is good for five minutes and one attempt.")
        .by("the requester")
        .takes::<Redeem>()
        .gives::<RedeemedConsent>("What was granted.")
        .refuses(&spent),
        Operation::post(
            "/v1/link-requests",
            "pushLink",
            "Ask for a link with a person",
        )
        .about("Send the person to `url`. The answer comes to `redirect_uri` with `state`, `iss` and `code` or `error`.")
        .by("the service's provider")
        .takes::<PushLink>()
        .gives::<PushedRedirect>("Where to send the person.")
        .refuses(&[Code::NotFound, Code::RedirectUnregistered])
        .refuses_also([LinkRejection::DescriptionSuperseded.code()]),
        Operation::post(
            "/v1/link-requests/redemptions",
            "redeemLink",
            "Get the link record that a person signed",
        )
        .about("A code is good for five minutes and one attempt.")
        .by("the service's provider")
        .takes::<Redeem>()
        .gives::<RedeemedLink>("The record, to be countersigned.")
        .refuses(&spent),
    ]
}

fn consents() -> Vec<Operation> {
    let refusals = consent_refusals();
    let format = json!({ "type": "string", "enum": ["iso-27560", "kantara-1.1"] });
    let object = json!({ "type": "object" });
    vec![
        Operation::post(
            "/v1/consents",
            "giveConsent",
            "Answer a consent request with yes",
        )
        .takes::<GiveConsent>()
        .creates::<Outcome>("The consent, or the pair, is active.")
        .decides(&refusals)
        .refuses(&[Code::CommitmentMismatch, Code::AgeUnconfirmed]),
        Operation::get("/v1/consents/{consent}", "readConsent", "Read a consent")
            .maybe_by("the source's provider", "the answer has `sealed_alias`")
            .gives::<ConsentView>("The consent with its chain of records."),
        Operation::post(
            "/v1/consents/{consent}/statuses",
            "changeConsent",
            "Pause, resume, narrow or withdraw a consent",
        )
        .about(
            "Releases of what is taken away stop when the request arrives, before it is answered.",
        )
        .takes::<ChangeStatus>()
        .gives::<Outcome>("The new status is in force.")
        .decides(&refusals),
        Operation::get(
            "/v1/consents/{consent}/evidence",
            "readEvidence",
            "Export the evidence of a consent",
        )
        .about("Canonical JSON: its bytes are what is verified, offline, by anyone.")
        .gives_other(
            "application/json",
            object.clone(),
            examples::of("EvidenceBundle"),
            "The evidence bundle.",
        ),
        Operation::get(
            "/v1/consents/{consent}/receipt",
            "readReceipt",
            "Read the receipt of a consent in a foreign format",
        )
        .by("the pseudonym that gave it, or the service's provider")
        .query("format", "Which format.", &format, &json!("kantara-1.1"))
        .gives_other(
            "application/json",
            object,
            json!({ "version": "KI-CR-v1.1.0" }),
            "The receipt.",
        ),
        Operation::post(
            "/v1/acknowledgements",
            "acknowledge",
            "Acknowledge the end of a consent",
        )
        .takes::<Acknowledge>()
        .gives::<Outcome>("The acknowledgement is recorded.")
        .decides(&refusals),
    ]
}

fn pseudonyms() -> Vec<Operation> {
    let holder = "the pseudonym";
    vec![
        Operation::get(
            "/v1/pseudonyms/{surrogate}/requests",
            "listRequests",
            "List what a pseudonym was asked",
        )
        .by(holder)
        .gives_page::<RequestView>("Consent requests."),
        Operation::get(
            "/v1/pseudonyms/{surrogate}/consents",
            "listConsents",
            "List what a pseudonym has consented to",
        )
        .by(holder)
        .gives_page::<ConsentView>("Consents."),
        Operation::get(
            "/v1/pseudonyms/{surrogate}/links",
            "listLinks",
            "List the links of a pseudonym",
        )
        .by(holder)
        .gives_page::<LinkView>("Links."),
        Operation::get(
            "/v1/pseudonyms/{surrogate}/consents/{consent}/receipts",
            "listReceipts",
            "List the uses of a consent, refusals included",
        )
        .by(holder)
        .gives_page_of(
            "UseReceipt",
            &use_receipt(),
            "Use receipts, as far as blocks have taken them in.",
        ),
    ]
}

fn releases() -> Vec<Operation> {
    let refusals = || Refusal::ALL.iter().map(|refusal| refusal.code());
    let standing = || refusals().filter(|code| code.starts_with("consent-"));
    vec![
        Operation::post("/v1/tokens", "issueToken", "Get an authorisation token for a consent")
            .about("At most five minutes, bound to the holder's key (DPoP, RFC 9449). Issue and refusal are receipted.")
            .by("the sink's provider")
            .takes::<TokenRequest>()
            .gives::<TokenAnswer>("A token.")
            .refuses(&[Code::NotFound])
            .refuses_also(standing()),
        Operation::post("/v1/decisions", "decide", "Ask whether data may be released now")
            .about("Asked by the source before each release; authenticated by the statement. The use receipt is durable \
                before the answer, whichever it is. A refusal is a success of this operation: `allowed` is false.")
            .takes::<Decide>()
            .gives::<Decision>("The decision.")
            .verifies()
            .refuses(&[Code::NotFound, Code::ProofReplayed]),
        Operation::post("/v1/receipts", "reportUse", "Report that data was processed")
            .about("Authenticated by the statement, signed by the requester's provider.")
            .takes::<ReportUse>()
            .gives::<ReceiptView>("The receipt.")
            .verifies()
            .refuses(&[Code::NotFound, Code::ProofReplayed]),
    ]
}

fn webhooks() -> Vec<Operation> {
    let owner = "the service's provider";
    vec![
        Operation::get(
            "/v1/webhooks",
            "listWebhooks",
            "List the webhook endpoints of the caller",
        )
        .by("a provider")
        .gives_page::<WebhookView>("Endpoints."),
        Operation::post(
            "/v1/webhooks",
            "createWebhook",
            "Make a webhook endpoint for a service",
        )
        .about("Keep `public_key`: messages are verified with it.")
        .by(owner)
        .takes::<CreateWebhook>()
        .creates::<WebhookView>("The endpoint is told what happens from now on.")
        .refuses(&[Code::NotFound, Code::CallbackRefused, Code::TooManyWebhooks]),
        Operation::get(
            "/v1/webhooks/{webhook}",
            "readWebhook",
            "Read a webhook endpoint",
        )
        .by(owner)
        .gives::<WebhookView>("The endpoint."),
        Operation::delete(
            "/v1/webhooks/{webhook}",
            "deleteWebhook",
            "Remove a webhook endpoint",
        )
        .by(owner)
        .if_match()
        .gives_nothing("The endpoint is told nothing any more."),
        Operation::post(
            "/v1/webhooks/{webhook}/state",
            "changeWebhook",
            "Have a webhook endpoint tried, or not any more",
        )
        .about("What happens while it is not tried is not sent later.")
        .by(owner)
        .if_match()
        .takes::<ChangeWebhook>()
        .gives::<WebhookView>("The endpoint as it is now."),
    ]
}

fn deliveries() -> Vec<Operation> {
    let owner = "the service's provider";
    vec![
        Operation::post(
            "/v1/webhooks/{webhook}/test",
            "testWebhook",
            "Send a test message to a webhook endpoint",
        )
        .about("Sent once, before the answer. Takes no body.")
        .by(owner)
        .gives::<DeliveryView>("The attempt and what became of it."),
        Operation::get(
            "/v1/webhooks/{webhook}/deliveries",
            "listDeliveries",
            "List the messages to a webhook endpoint",
        )
        .about("Kept for 30 days, with every attempt.")
        .by(owner)
        .gives_page::<DeliveryView>("Messages and what became of them."),
        Operation::post(
            "/v1/webhooks/{webhook}/deliveries/{delivery}/replay",
            "replayDelivery",
            "Send a message to a webhook endpoint again",
        )
        .about("Sent once, before the answer, with the same id and body. Takes no body.")
        .by(owner)
        .gives::<DeliveryView>("The message with the new attempt."),
        Operation::post(
            "/v1/webhooks/{webhook}/replays",
            "replayDeliveries",
            "Send the messages of a time to a webhook endpoint again",
        )
        .about("Each once, after the answer. What becomes of them shows in the deliveries.")
        .by(owner)
        .takes::<ReplayDeliveries>()
        .gives::<Replaying>("How many are sent again."),
    ]
}

fn wallets() -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/wallets",
            "listWallets",
            "List the builds of the wallet that were published",
        )
        .gives_page::<WalletView>("Builds."),
        Operation::post(
            "/v1/wallets",
            "publishWallet",
            "Publish a build of the wallet",
        )
        .about("By the operator of the chain. A build that was published stays so.")
        .takes::<PublishWallet>()
        .creates::<Outcome>("The build is in the log.")
        .decides(&identity_refusals()),
        Operation::get(
            "/v1/wallets/{digest}",
            "readWallet",
            "Read a build of the wallet that was published",
        )
        .gives::<WalletView>("The build."),
    ]
}

fn log() -> Vec<Operation> {
    let text = json!({ "type": "string" });
    vec![
        Operation::get(
            "/v1/log/checkpoint",
            "readCheckpoint",
            "Read the newest signed checkpoint",
        )
        .about("A signed note (C2SP tlog-checkpoint).")
        .gives_other(
            "text/plain",
            text,
            json!("assent:example\n118\n…\n\n— assent:example …\n"),
            "The checkpoint.",
        ),
        Operation::get(
            "/v1/log/tile/{level}/{index}",
            "readTile",
            "Read a tile of the log",
        )
        .about(
            "As C2SP tlog-tiles spells it: `index` in groups of three digits (`x001/234`), with \
                `.p/{width}` behind it for a tile that is not full. Slashes in it are not escaped.",
        )
        .gives_other(
            "application/octet-stream",
            json!({ "type": "string", "format": "binary" }),
            json!("(up to 256 hashes of 32 bytes each)"),
            "The hashes of the tile.",
        ),
        Operation::get(
            "/v1/log/entries/{index}",
            "readEntry",
            "Read an entry of the log with its proof",
        )
        .gives::<EntryView>("The entry and its audit path."),
    ]
}

fn node() -> Vec<Operation> {
    let page = || json!({ "type": "string", "description": "A page." });
    let html = || json!("<!doctype html>…");
    vec![
        Operation::get("/", "readIndex", "What this is").gives_other(
            "text/html",
            page(),
            html(),
            "A page for people.",
        ),
        Operation::get("/problems", "listProblems", "All problem codes").gives_other(
            "text/html",
            page(),
            html(),
            "A page for people.",
        ),
        Operation::get(
            "/problems/{code}",
            "readProblem",
            "What a problem code means and what to do about it",
        )
        .gives_other("text/html", page(), html(), "A page for people."),
        Operation::get("/openapi.json", "readOpenApi", "This document").gives_other(
            "application/json",
            json!({ "type": "object" }),
            json!({ "openapi": "3.1.0" }),
            "OpenAPI 3.1.",
        ),
    ]
}

/// The schema of a use receipt, which is a record of the ledger and no transfer object.
fn use_receipt() -> Value {
    json!({
        "type": "object",
        "description": "What a service did, or tried to do, with a consent.",
        "required": ["receipt_id", "cr_id", "service_id", "action", "purpose_id", "resource_set", "at"],
        "properties": {
            "receipt_id": { "type": "string" },
            "cr_id": { "type": "string" },
            "service_id": { "type": "string" },
            "action": { "type": "string", "enum": ["token-issued", "released", "processed", "refused"] },
            "purpose_id": { "type": "string" },
            "resource_set": {
                "type": "object",
                "description": "Concepts by dataset.",
                "additionalProperties": { "type": "array", "items": { "type": "string" } },
            },
            "refusal": { "type": "string", "description": "The code of the refusal, where it was refused." },
            "at": { "type": "integer", "description": "In milliseconds since the epoch." },
        },
    })
}
