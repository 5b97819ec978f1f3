use assent_model::records::release::{ReceiptBatch, UseAction};

use super::command::ReleaseCommand;
use super::rejection::ReleaseRejection;
use crate::command::Command;
use crate::fixture::{World, receipt};
use crate::precedence::{Row, Signed, check, check_covered, codes, outcome};

fn recording() -> Signed<ReceiptBatch> {
    Signed {
        world: World::empty(),
        signer: "tokens",
        content: ReceiptBatch {
            receipts: vec![
                receipt(UseAction::Released, None),
                receipt(UseAction::Refused, Some("consent-ended")),
            ],
        },
        wrap: |batch| Command::Release(ReleaseCommand::Record(batch)),
    }
}

const RECORDING: &[Row<Signed<ReceiptBatch>>] = &[
    (|d| d.content.receipts[1].refusal = None, "receipt-invalid"),
    (|d| d.content.receipts.clear(), "batch-empty"),
    (|d| d.signer = "operator", "wrong-key"),
];

#[test]
fn refusals_come_in_order() {
    check(recording(), RECORDING);
}

#[test]
fn every_refusal_is_walked() {
    check_covered(
        &[codes(RECORDING)],
        ReleaseRejection::ALL
            .iter()
            .map(|rejection| rejection.code()),
    );
}

#[test]
fn a_refusal_has_a_code_and_no_text() {
    let check_receipt = |action, refusal: Option<&str>, expected: &str| {
        let mut draft = recording();
        draft.content.receipts = vec![receipt(action, refusal)];
        assert_eq!(outcome(&mut draft), expected, "{action:?} {refusal:?}");
    };
    check_receipt(UseAction::TokenIssued, None, "accepted");
    check_receipt(UseAction::Released, None, "accepted");
    check_receipt(UseAction::Processed, None, "accepted");
    check_receipt(UseAction::Refused, Some("wrong-key"), "accepted");
    check_receipt(UseAction::Refused, Some(&"a".repeat(64)), "accepted");
    for text in ["", "Ann Smith", "Refused", &"a".repeat(65)] {
        check_receipt(UseAction::Refused, Some(text), "receipt-invalid");
    }
    check_receipt(UseAction::Processed, Some("wrong-key"), "receipt-invalid");
    check_receipt(UseAction::Refused, None, "receipt-invalid");
}
