//! The operations of a relay of streams.

use assent_api::problem::Code;
use assent_api::v1::Outcome;
use assent_api::v1::streams::{
    AnchorStream, ConsentStreams, PutGrant, PutKeys, RECORDS_MEDIA_TYPE, RecordsTaken,
};
use assent_exchange::stream::rejection::StreamRejection;
use serde_json::{Value, json};

use super::operation::Operation;
use crate::release::decide::Refusal;

/// What devices, holders and readers do at a relay.
pub(super) fn relay() -> Vec<Operation> {
    let all = [by_devices(), by_holders(), by_readers()];
    all.into_iter().flatten().collect()
}

fn closed() -> [&'static str; 1] {
    [StreamRejection::StreamClosed.code()]
}

/// The refusals of a reading.
fn refusals() -> impl Iterator<Item = &'static str> {
    let of_readers = |refusal: &&Refusal| {
        !matches!(
            refusal,
            Refusal::WrongPurpose | Refusal::DatasetNotCovered | Refusal::WrongRole
        )
    };
    Refusal::ALL
        .iter()
        .filter(of_readers)
        .map(|refusal| refusal.code())
        .chain(closed())
}

fn records() -> (Value, Value) {
    let schema = json!({ "type": "string", "format": "binary" });
    let example = json!("(records, each after its length in four bytes, big-endian)");
    (schema, example)
}

fn from(operation: Operation) -> Operation {
    let number = json!({ "type": "integer", "minimum": 0, "default": 0 });
    operation.query(
        "from",
        "The number of the first record.",
        &number,
        &json!(86_400),
    )
}

fn under(operation: Operation) -> Operation {
    operation.query(
        "cr_id",
        "The source's record of the consent.",
        &json!({ "type": "string" }),
        &json!("cns_df4lv4wbkp6tx43dh45ewex2m6bfa7og"),
    )
}

fn by_devices() -> Vec<Operation> {
    let (schema, example) = records();
    let anchoring = [
        StreamRejection::StreamUnknown,
        StreamRejection::StreamClosed,
        StreamRejection::WrongKey,
        StreamRejection::AnchorNotLater,
    ];
    vec![
        Operation::post(
            "/v1/streams/{stream}/anchors",
            "anchorStream",
            "Say in the ledger how far a stream has come",
        )
        .about("Whoever reads the stream holds what the relay gives out against it.")
        .takes::<AnchorStream>()
        .gives::<Outcome>("The anchor is in the log.")
        .decides(&anchoring.map(StreamRejection::code)),
        Operation::put(
            "/v1/streams/{stream}/records",
            "putRecords",
            "Upload records of a stream",
        )
        .about(
            "At most 1,024 records and 2 MiB. Records that are here already are passed over. Measurements that were sealed \
            under a checkpoint from before somebody came to read less, or one older than 60 seconds, are thrown away and \
            listed as withheld: the device publishes them again.",
        )
        .by("the device")
        .takes_other(RECORDS_MEDIA_TYPE, schema, example)
        .gives::<RecordsTaken>("What was taken.")
        .refuses(&[Code::RecordInvalid, Code::RecordsMissing, Code::StreamForked])
        .refuses_also(closed()),
        standing(),
        Operation::put(
            "/v1/streams/{stream}/keys/{consent}",
            "putStreamKeys",
            "Hand a reader its keys",
        )
        .about("Sealed to the reader. In the place of those that it had.")
        .by("the device")
        .takes::<PutKeys>()
        .gives_nothing("The reader finds them.")
        .refuses(&[Code::StatementInvalid, Code::KeysInvalid])
        .refuses_also(closed()),
    ]
}

fn standing() -> Operation {
    Operation::get(
            "/v1/streams/{stream}/standing",
            "readStanding",
            "Read who may read a stream, with proofs",
        )
        .about(
            "With `after`, the `mark` of an answer before, it answers when there is something else to say, and after 20 \
            seconds in any case. The checkpoint is less than 60 seconds old.",
        )
        .by("the device")
        .query(
            "after",
            "The mark of the answer that the device has.",
            &json!({ "type": "string" }),
            &json!("a6cXQy06yzZp2meeh3Q6uhdQjM4kmlRHbaPThqNdCQo"),
        )
        .gives_other(
            "application/json",
            standing_schema(),
            json!({ "checkpoint": "assent:example\n118\n…\n\n— assent:example …\n",
                "mark": "a6cXQy06yzZp2meeh3Q6uhdQjM4kmlRHbaPThqNdCQo", "grants": [] }),
            "Where each grant stands.",
        )
        .refuses_also(closed())
}

fn by_holders() -> Vec<Operation> {
    vec![
        Operation::put(
            "/v1/streams/{stream}/grants/{consent}",
            "putGrant",
            "Grant a consent at a stream",
        )
        .about(
            "`consent` is the source's record. The grant is sealed to the device; the naming is signed with the key that \
            signed the record, so that nobody hangs a stream on a consent of somebody else.",
        )
        .by("the holder's pseudonym")
        .takes::<PutGrant>()
        .gives_nothing("The device is told.")
        .verifies()
        .refuses(&[Code::NamingInvalid, Code::TooManyGrants])
        .refuses_also(refusals()),
        Operation::delete(
            "/v1/streams/{stream}/grants/{consent}",
            "deleteGrant",
            "Take a grant at a stream back",
        )
        .about("The consent stays as it is.")
        .by("the holder's pseudonym")
        .gives_nothing("Nothing is given out under it any more, and the device is told."),
    ]
}

fn by_readers() -> Vec<Operation> {
    const TOKEN: &str = "Needs a token for the consent and a proof of possession (RFC 9449) in `Authorization` and `DPoP`.";
    let (schema, example) = records();
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 1024, "default": 256 });
    let owner = "the requester's provider";
    vec![
        under(from(Operation::get(
            "/v1/streams/{stream}/records",
            "readRecords",
            "Read records of a stream",
        )))
        .query("limit", "The most records of the answer.", &limit, &json!(256))
        .about(TOKEN)
        .about("The answer has about 1 MiB at most, and no record where the stream ends. Every reading leaves a use receipt.")
        .maybe_by("the device", "it reads its own without a consent")
        .gives_other(RECORDS_MEDIA_TYPE, schema, example, "Records in their order.")
        .refuses(&[Code::RecordsGone])
        .refuses_also(refusals()),
        under(from(Operation::get(
            "/v1/streams/{stream}/tail",
            "tailStream",
            "Follow a stream",
        )))
        .about(TOKEN)
        .about(
            "Server-sent events: `record` with the number as `id` and the record in base64url, and `ended` with the code of \
            the reason. Before each event the consent is looked at again. `Last-Event-ID` goes on after the last.",
        )
        .gives_other(
            "text/event-stream",
            json!({ "type": "string" }),
            json!("id: 86400\nevent: record\ndata: AAAA…\n\n"),
            "Records as they come.",
        )
        .refuses(&[Code::Unauthenticated, Code::ProofReplayed, Code::RecordsGone])
        .refuses_also(refusals()),
        Operation::get(
            "/v1/consents/{consent}/streams",
            "listConsentStreams",
            "List the streams that may be read under a consent",
        )
        .about("`consent` is the source's record.")
        .by(owner)
        .gives::<ConsentStreams>("The streams, with the keys that the device has handed over.")
        .refuses_also(refusals()),
        Operation::post(
            "/v1/streams/{stream}/keys/{consent}/requests",
            "askStreamKeys",
            "Ask the device of a stream for keys",
        )
        .about("For a reader that has lost its own: once a minute. Takes no body.")
        .by(owner)
        .gives_nothing("The device is told.")
        .refuses_also(refusals()),
    ]
}

/// The schema of a standing, whose proofs are no transfer objects.
fn standing_schema() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["checkpoint", "mark", "grants"],
        "properties": {
            "checkpoint": { "type": "string", "description": "A signed note (C2SP tlog-checkpoint)." },
            "mark": { "type": "string", "description": "Names what is said here: pass it as `after`." },
            "grants": { "type": "array", "items": {
                "type": "object",
                "required": ["cr_id", "grant", "naming", "wants_keys", "entry", "statuses", "status", "proof"],
                "properties": {
                    "cr_id": text(),
                    "grant": { "type": "string", "description": "A `StreamGrant` statement, sealed to the device." },
                    "naming": { "type": "string", "description": "A `StreamNaming` statement." },
                    "wants_keys": { "type": "boolean" },
                    "entry": { "type": "object", "description": "The consent record's entry of the log, as in an evidence bundle." },
                    "statuses": { "type": "array", "items": text() },
                    "status": { "type": "string", "enum": ["active", "disabled", "withdrawn", "superseded", "expired"] },
                    "proof": { "type": "object", "description": "That this is the status as of the checkpoint." },
                },
            } },
        },
    })
}
