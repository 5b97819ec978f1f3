//! Random commands, valid and invalid.

use assent_model::records::consent::ConsentStatus;
use assent_model::records::link::LinkStatus;
use proptest::prelude::*;

/// Those who offer services.
pub(crate) const SERVICES: [&str; 3] = ["gym", "lab", "shop"];
/// Those who are asked.
pub(crate) const PERSONS: [&str; 2] = ["ann", "bob"];

/// What is wrong with the claims of every statement of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claims {
    Sound,
    OtherAudience,
    Expired,
    FromTheFuture,
}

/// Who signs a status record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer {
    Person,
    Operator,
    Stranger,
}

/// One more way to make a command invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// One record less, where there are several.
    Half,
    /// A record that was current once.
    Stale,
    /// Something that belongs to another.
    Foreign,
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) person: usize,
    pub(crate) asker: usize,
    pub(crate) source: Option<usize>,
    pub(crate) purpose: &'static str,
    /// For how many milliseconds a consent is wanted at most.
    pub(crate) lasts: Option<u64>,
}

impl Asking {
    /// *gym* asks for coaching.
    pub(crate) fn coaching(person: usize, source: Option<usize>) -> Self {
        Self {
            person,
            asker: 0,
            source,
            purpose: "coaching",
            lasts: None,
        }
    }
}

/// A yes.
#[derive(Debug, Clone)]
pub(crate) struct Answering {
    pub(crate) request: u16,
    pub(crate) narrow: bool,
    pub(crate) supersede: bool,
    pub(crate) flaw: Flaw,
}

impl Answering {
    /// Yes to everything that the only open request asks for.
    pub(crate) fn everything() -> Self {
        Self {
            request: 0,
            narrow: false,
            supersede: false,
            flaw: Flaw::None,
        }
    }
}

/// A change of mind.
#[derive(Debug, Clone)]
pub(crate) struct Changing {
    pub(crate) consent: u16,
    pub(crate) to: ConsentStatus,
    pub(crate) narrow: bool,
    pub(crate) signer: Signer,
    pub(crate) flaw: Flaw,
}

/// One command. Sizes are places among [`PERSONS`] and [`SERVICES`]; other numbers choose from what
/// there is by then.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Ask(Asking),
    Refuse(u16, Flaw),
    Give(Answering),
    Change(Changing),
    ChangeLink(usize, usize, LinkStatus, Flaw),
    Acknowledge(u16, Flaw),
    ExpireRequest(u16),
    ExpireConsent(u16),
    MissAcknowledgement(u16),
    Describe(usize, Flaw),
    Rotate(usize, Flaw),
    Recover(usize, Flaw),
    Deactivate(usize, Flaw),
    Record(Flaw),
}

/// A command, how much time passes before it, and how much stays in memory after it.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) wait: u64,
    pub(crate) claims: Claims,
    pub(crate) op: Op,
    pub(crate) pieces: usize,
}

impl Step {
    /// A command with nothing wrong in its claims, at once.
    pub(crate) fn sound(op: Op) -> Self {
        Self {
            wait: 0,
            claims: Claims::Sound,
            op,
            pieces: 0,
        }
    }
}

fn flaw() -> impl Strategy<Value = Flaw> {
    prop_oneof![
        7 => Just(Flaw::None),
        1 => Just(Flaw::Half),
        1 => Just(Flaw::Stale),
        1 => Just(Flaw::Foreign),
    ]
}

fn asking() -> impl Strategy<Value = Op> {
    // Much is asked of one kind, so that consents meet others that stand in their place.
    let asker = prop_oneof![4 => Just(0), 1 => 0..SERVICES.len()];
    let source = prop_oneof![
        3 => Just(None),
        3 => Just(Some(1)),
        1 => (0..SERVICES.len()).prop_map(Some),
    ];
    let purpose = prop_oneof![8 => Just("coaching"), 2 => Just("research"), 1 => Just("billing")];
    let lasts = proptest::option::weighted(0.4, 1..40_000u64);
    (0..PERSONS.len(), asker, source, purpose, lasts).prop_map(
        |(person, asker, source, purpose, lasts)| {
            Op::Ask(Asking {
                person,
                asker,
                source,
                purpose,
                lasts,
            })
        },
    )
}

fn answering() -> impl Strategy<Value = Op> {
    let narrow = proptest::bool::weighted(0.2);
    (any::<u16>(), narrow, any::<bool>(), flaw()).prop_map(|(request, narrow, supersede, flaw)| {
        Op::Give(Answering {
            request,
            narrow,
            supersede,
            flaw,
        })
    })
}

fn changing() -> impl Strategy<Value = Op> {
    let to = prop_oneof![
        3 => Just(ConsentStatus::Active),
        3 => Just(ConsentStatus::Disabled),
        2 => Just(ConsentStatus::Withdrawn),
    ];
    let signer = prop_oneof![
        6 => Just(Signer::Person),
        2 => Just(Signer::Operator),
        1 => Just(Signer::Stranger),
    ];
    let narrow = proptest::bool::weighted(0.3);
    (any::<u16>(), to, narrow, signer, flaw()).prop_map(|(consent, to, narrow, signer, flaw)| {
        Op::Change(Changing {
            consent,
            to,
            narrow,
            signer,
            flaw,
        })
    })
}

fn op() -> impl Strategy<Value = Op> {
    let index = any::<u16>;
    let service = || 0..SERVICES.len();
    let link_status = prop_oneof![
        2 => Just(LinkStatus::Active),
        1 => Just(LinkStatus::Removed),
    ];
    let link = (0..PERSONS.len(), service(), link_status, flaw());
    prop_oneof![
        20 => asking(),
        2 => (index(), flaw()).prop_map(|(request, flaw)| Op::Refuse(request, flaw)),
        25 => answering(),
        25 => changing(),
        12 => link.prop_map(|(person, at, to, flaw)| Op::ChangeLink(person, at, to, flaw)),
        8 => (index(), flaw()).prop_map(|(consent, flaw)| Op::Acknowledge(consent, flaw)),
        4 => index().prop_map(Op::ExpireRequest),
        6 => index().prop_map(Op::ExpireConsent),
        6 => index().prop_map(Op::MissAcknowledgement),
        2 => (service(), flaw()).prop_map(|(of, flaw)| Op::Describe(of, flaw)),
        2 => (service(), flaw()).prop_map(|(of, flaw)| Op::Rotate(of, flaw)),
        2 => (service(), flaw()).prop_map(|(of, flaw)| Op::Recover(of, flaw)),
        1 => (service(), flaw()).prop_map(|(of, flaw)| Op::Deactivate(of, flaw)),
        2 => flaw().prop_map(Op::Record),
    ]
}

/// One step.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let claims = prop_oneof![
        20 => Just(Claims::Sound),
        1 => Just(Claims::OtherAudience),
        1 => Just(Claims::Expired),
        1 => Just(Claims::FromTheFuture),
    ];
    let wait = prop_oneof![
        40 => 0..2_000u64,
        1 => Just(2 * 24 * 3_600_000),
    ];
    (wait, claims, op(), 0..12usize).prop_map(|(wait, claims, op, pieces)| Step {
        wait,
        claims,
        op,
        pieces,
    })
}
