//! One attempt to pair: four messages in turn.

use assent_api::problem::Code;
use assent_api::v1::pairings::{
    Answer, AttemptView, Confirm, Hello, PairingMessage, PairingRefusal, PairingResult,
};
use assent_model::time::Timestamp;

use crate::http::failure::Failure;

/// Who takes part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The device.
    Device,
    /// The person.
    Holder,
}

/// `hello → answer → confirm → result`; either side may end it before.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) hello: Hello,
    pub(super) begun: Timestamp,
    answer: Option<Answer>,
    confirm: Option<Confirm>,
    result: Option<PairingResult>,
}

impl Attempt {
    pub(super) fn begin(hello: Hello, begun: Timestamp) -> Self {
        Self {
            hello,
            begun,
            answer: None,
            confirm: None,
            result: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.result.is_none()
    }

    pub(super) fn is_paired(&self) -> bool {
        self.result == Some(PairingResult::Paired {})
    }

    /// Ends it where neither side has.
    pub(super) fn give_up(&mut self) {
        let code = PairingRefusal::GivenUp;
        self.result.get_or_insert(PairingResult::Refused { code });
    }

    /// Takes a message whose turn it is.
    pub(super) fn take(&mut self, side: Side, message: PairingMessage) -> Result<(), Failure> {
        if self.result.is_some() {
            return Err(Code::PairingTurn.into());
        }
        match (side, message) {
            (Side::Device, PairingMessage::Answer { answer }) if self.answer.is_none() => {
                self.answer = Some(answer);
            }
            (Side::Holder, PairingMessage::Confirm { confirm })
                if self.answer.is_some() && self.confirm.is_none() =>
            {
                self.confirm = Some(confirm);
            }
            (Side::Device, PairingMessage::Result { result }) => {
                let is_told = self.confirm.is_some();
                if result == (PairingResult::Paired {}) && !is_told {
                    return Err(Code::PairingTurn.into());
                }
                self.result = Some(result);
            }
            // Who has confirmed has said all: what becomes of it is the device's to say.
            (Side::Holder, PairingMessage::Result { result })
                if self.confirm.is_none() && result != (PairingResult::Paired {}) =>
            {
                self.result = Some(result);
            }
            _ => return Err(Code::PairingTurn.into()),
        }
        Ok(())
    }

    /// What both sides see.
    pub(super) fn view(&self, attempt: u32) -> AttemptView {
        AttemptView {
            attempt,
            hello: self.hello.clone(),
            answer: self.answer.clone(),
            confirm: self.confirm.clone(),
            result: self.result,
        }
    }
}
