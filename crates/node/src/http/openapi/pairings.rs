//! The operations of pairing, and of streams as far as the ledger knows them.

use assent_api::problem::Code;
use assent_api::v1::Outcome;
use assent_api::v1::pairings::{
    AttemptBegun, AttemptView, Hello, NewestAttempt, Offer, OfferKept, OfferView, PairingMessage,
};
use assent_api::v1::streams::{CloseStream, OpenStream, StreamView};
use assent_exchange::stream::rejection::StreamRejection;
use serde_json::json;

use super::operation::Operation;

/// What stands under a nameplate.
pub(super) fn pairings() -> Vec<Operation> {
    vec![
        Operation::put(
            "/v1/pairings/{nameplate}",
            "offerPairing",
            "Offer to pair, as a device that shows a code",
        )
        .about(
            "The nameplate is the first three characters of the code; the node is told no more of it. The offer stands \
            for ten minutes, in place of what the device offered before.",
        )
        .by("the device")
        .takes::<Offer>()
        .gives::<OfferKept>("The node keeps the offer.")
        .refuses(&[Code::NameplateTaken, Code::OfferInvalid])
        .refuses_also([StreamRejection::DevicePaired.code()]),
        Operation::get(
            "/v1/pairings/{nameplate}",
            "readPairing",
            "Read what is offered under a nameplate",
        )
        .about("So often for each caller and each nameplate as people need, and not as often as guessing needs.")
        .gives::<OfferView>("The offer."),
        Operation::delete(
            "/v1/pairings/{nameplate}",
            "endPairing",
            "Take an offer back",
        )
        .by("the device")
        .gives_nothing("The code is good for nothing."),
    ]
}

/// The messages of an attempt.
pub(super) fn attempts() -> Vec<Operation> {
    vec![
        Operation::post(
            "/v1/pairings/{nameplate}/attempts",
            "beginPairing",
            "Begin an attempt, as the person who enters the code",
        )
        .about("Three for one code, one at a time; it keeps others out for a minute.")
        .by("the pseudonym that is to hold the stream")
        .takes::<Hello>()
        .creates::<AttemptBegun>("The device is told.")
        .refuses(&[Code::PairingBusy, Code::PairingSpent]),
        Operation::get(
            "/v1/pairings/{nameplate}/attempts",
            "awaitPairing",
            "Wait for somebody who enters the code",
        )
        .about("Answers when there is an attempt after the one that is named, and without one after 20 seconds.")
        .by("the device")
        .query(
            "after",
            "The number of the newest attempt that the device knows.",
            &json!({ "type": "integer", "minimum": 0, "default": 0 }),
            &json!(0),
        )
        .gives::<NewestAttempt>("The newest attempt, if there is one."),
        Operation::get(
            "/v1/pairings/{nameplate}/attempts/{attempt}",
            "followPairing",
            "Read how far an attempt has come",
        )
        .about("Answers when there are more messages than were seen, and without more after 20 seconds.")
        .by("the device, or of the pseudonym that began the attempt")
        .query(
            "seen",
            "How many of its messages the caller knows.",
            &json!({ "type": "integer", "minimum": 0, "default": 0 }),
            &json!(1),
        )
        .gives::<AttemptView>("The attempt."),
        Operation::post(
            "/v1/pairings/{nameplate}/attempts/{attempt}",
            "answerPairing",
            "Send the next message of an attempt",
        )
        .about("The answer and the result are the device's, the confirmation is the person's; either may give up.")
        .by("the device, or of the pseudonym that began the attempt")
        .takes::<PairingMessage>()
        .gives::<AttemptView>("The attempt, with the message.")
        .refuses(&[Code::PairingTurn]),
    ]
}

/// Opening, reading and closing streams.
pub(super) fn streams() -> Vec<Operation> {
    let all = StreamRejection::ALL.iter();
    let refusals: Vec<&str> = all.map(|rejection| rejection.code()).collect();
    vec![
        Operation::post(
            "/v1/streams",
            "openStream",
            "Open a stream, as a paired device",
        )
        .takes::<OpenStream>()
        .creates::<Outcome>("The stream is open.")
        .decides(&refusals),
        Operation::get("/v1/streams/{stream}", "readStream", "Read a stream")
            .about("Who writes it, who decides about it, and how far it has come.")
            .gives::<StreamView>("The stream."),
        Operation::post(
            "/v1/streams/{stream}/closing",
            "closeStream",
            "Close a stream, and unpair its device",
        )
        .about("By the device or by the holder of the stream. There is no way back: pairing again opens another.")
        .takes::<CloseStream>()
        .gives::<Outcome>("The stream is closed.")
        .decides(&refusals),
    ]
}
