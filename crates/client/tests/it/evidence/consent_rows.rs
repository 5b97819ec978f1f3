//! What the consent and its history must be.

use assent_client::keys::{PartyKeys, Pseudonym};
use assent_client::statements::Signer;
use assent_client::statements::change::Change;
use assent_crypto::digest::Digest;
use assent_crypto::signature::SigningKey;
use assent_exchange::consent::committed;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::consent::state::{Author, Status};
use assent_exchange::event::Event;
use assent_exchange::identity::event::IdentityEvent;
use assent_exchange::service::event::ServiceEvent;
use assent_model::ids::{ConsentId, RequestId, ServiceId};
use assent_model::records::Custody;
use assent_model::records::consent::{ConsentRecord, ConsentStatus, RolePart};
use assent_model::time::Span;

use super::case::{
    Case, Key, check, check_bundle, check_case, is_acknowledged, is_batch, is_genesis, is_given,
    is_registration, is_status, is_superseded, resigned,
};
use crate::cast::{OPTIONAL, REQUIRED, UNASKED, resources};
use crate::world::{START, chain};

#[test]
fn the_record_says_what_was_asked_and_shown() {
    check(|case| case.regive(0, Key::Stranger, |_| {}), "wrong-key");
    check(|case| case.regive(0, Key::Requester, |_| {}), "wrong-key");
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.service.version = 2;
            });
        },
        "entry-inconsistent",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.usage_rules.conditions = Digest::ZERO;
            });
        },
        "entry-inconsistent",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.valid_until = None;
            });
        },
        "entry-inconsistent",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.custody = Custody::Hosted;
            });
        },
        "entry-inconsistent",
    );
    check(
        |case| case.regive(0, Key::Pseudonym, |said| said.common_part.cr_pair_id = None),
        "entry-inconsistent",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.resource_set = resources(&[REQUIRED, UNASKED]);
            });
        },
        "choice-invalid",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.resource_set = resources(&[OPTIONAL]);
            });
        },
        "choice-invalid",
    );
}

#[test]
fn the_record_fits_its_request_and_its_notice() {
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.notice.digest = Digest::ZERO;
            });
        },
        "notice-mismatch",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.notice.version = 2;
            });
        },
        "notice-mismatch",
    );
    check(|case| case.forgery.notice.push(' '), "notice-mismatch");
    let other_pseudonym = Pseudonym::generate().surrogate_id();
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.surrogate_id = other_pseudonym;
            });
        },
        "entry-inconsistent",
    );
    check(
        |case| {
            case.regive(0, Key::Pseudonym, |said| {
                said.common_part.request_id = RequestId::random();
            });
        },
        "entry-inconsistent",
    );
    let too_late = |case: &mut Case| {
        let place = case.place(is_given, 0);
        let given_at = case.leaves()[place].time;
        case.reask(Key::Requester, |said| said.answer_by = given_at);
    };
    check(too_late, "entry-inconsistent");
    for (n, expected) in [(0, "entry-inconsistent"), (1, "pair-inconsistent")] {
        let other_provider = |case: &mut Case| {
            let other = PartyKeys::generate().party_id();
            if let Event::Consent(ConsentEvent::Given { provider, .. }) = case.event(is_given, n) {
                *provider = other;
            }
        };
        check(other_provider, expected);
    }
}

#[test]
fn a_notice_with_another_text_is_not_the_one_of_the_descriptions() {
    let shown_otherwise = |case: &mut Case| {
        let text = case.forgery.notice.replace("altijd", "nooit");
        let key = Key::Pseudonym.of(&case.cast);
        let digest = Digest::of(text.as_bytes());
        case.forgery.notice = text;
        if let Event::Consent(ConsentEvent::Given { record, .. }) = case.event(is_given, 0) {
            *record = resigned(record, &key, |said| said.common_part.notice.digest = digest);
        }
    };
    check(shown_otherwise, "notice-mismatch");
}

#[test]
fn the_records_of_a_pair_agree() {
    let case = Case::superseded;
    check_case(
        case,
        |case| case.regive(1, Key::Stranger, |_| {}),
        "wrong-key",
    );
    let changes: [fn(&mut ConsentRecord); 9] = [
        |said| said.common_part.custody = Custody::Page,
        |said| said.common_part.resource_set = resources(&[REQUIRED]),
        |said| said.common_part.valid_from = START + Span::from_seconds(1),
        |said| said.common_part.cr_pair_id = None,
        |said| said.common_part.cr_id = ConsentId::random(),
        |said| said.common_part.notice.digest = Digest::ZERO,
        |said| {
            if let RolePart::Source { pop_key, .. } = &mut said.role_specific_part {
                *pop_key = SigningKey::generate().verifying_key().thumbprint();
            }
        },
        |said| {
            if let RolePart::Source {
                token_issuer_key, ..
            } = &mut said.role_specific_part
            {
                *token_issuer_key = SigningKey::generate().verifying_key().thumbprint();
            }
        },
        |said| {
            if let RolePart::Source { sink_cr_id, .. } = &mut said.role_specific_part {
                *sink_cr_id = ConsentId::random();
            }
        },
    ];
    for change in changes {
        let falsify = |case: &mut Case| case.regive(1, Key::Pseudonym, change);
        check_case(case, falsify, "pair-inconsistent");
    }
    let apart = |case: &mut Case| {
        let place = case.place(is_given, 1);
        for leaf in &mut case.leaves()[place..] {
            leaf.height += 1;
        }
    };
    check_case(case, apart, "pair-inconsistent");
    let alone = |case: &mut Case| {
        case.remove(is_status, 1);
        case.remove(is_status, 0);
        case.remove(is_acknowledged, 0);
        case.remove(is_batch, 0);
        case.remove(is_given, 1);
        // Nothing else needs the keys that remain but for this.
        let head = case.pair.given.record.digest();
        case.forgery.status = committed(head, Status::Active);
    };
    check(alone, "bundle-incomplete");
}

#[test]
fn the_history_is_followed_link_by_link() {
    check(|case| case.remove(is_status, 0), "history-broken");
    check(|case| case.repeat(is_status), "history-broken");
    let swap = |case: &mut Case| {
        let (first, second) = (case.place(is_status, 0), case.place(is_status, 1));
        let (one, other) = (
            case.leaves()[first].event.clone(),
            case.leaves()[second].event.clone(),
        );
        case.leaves()[first].event = other;
        case.leaves()[second].event = one;
    };
    // The deadline is that of another block, which is noticed first.
    check(swap, "entry-inconsistent");
    check(
        |case| case.restate(0, Key::Stranger, |_| {}),
        "history-broken",
    );
    check(
        |case| {
            case.restate(0, Key::Pseudonym, |said| {
                said.resource_set = resources(&[REQUIRED, UNASKED]);
            });
        },
        "history-broken",
    );
    check(
        |case| case.restate(0, Key::Pseudonym, |said| said.prev = Digest::ZERO),
        "history-broken",
    );
    check(
        |case| case.restate(0, Key::Pseudonym, |said| said.cr_id = ConsentId::random()),
        "entry-superfluous",
    );
    let disabled_from_the_start = |case: &mut Case| {
        case.regive(0, Key::Pseudonym, |said| {
            said.status_record.consent_status = ConsentStatus::Disabled;
        });
    };
    check(disabled_from_the_start, "history-broken");
}

#[test]
fn the_operator_only_takes_away() {
    let case = Case::withdrawn_by_operator;
    let enable = |case: &mut Case| {
        case.restate(0, Key::Operator, |said| {
            said.consent_status = ConsentStatus::Active;
        });
        if let Event::Consent(ConsentEvent::StatusChanged { acknowledge_by, .. }) =
            case.event(is_status, 0)
        {
            *acknowledge_by = None;
        }
    };
    check_case(case, enable, "history-broken");
    let narrow = |case: &mut Case| {
        case.restate(0, Key::Operator, |said| {
            said.resource_set = resources(&[REQUIRED]);
        });
    };
    check_case(case, narrow, "history-broken");
    let as_person = |case: &mut Case| {
        if let Event::Consent(ConsentEvent::StatusChanged { author, .. }) = case.event(is_status, 0)
        {
            *author = Author::Person;
        }
    };
    check_case(case, as_person, "entry-inconsistent");
}

#[test]
fn an_end_is_an_end() {
    let revive = |case: &mut Case| {
        let place = case.place(is_status, 0);
        let event = case.leaves()[place].event.clone();
        case.append(event);
    };
    check(revive, "entry-after-end");
    let expire = |case: &mut Case| {
        let cr_id = case.forgery.cr_id;
        case.append(Event::Consent(ConsentEvent::Expired { cr_id }));
    };
    check(expire, "entry-after-end");
    check_case(Case::superseded, expire, "entry-after-end");
    let expire_early = |case: &mut Case| {
        case.remove(is_superseded, 0);
        case.remove(is_given, 2);
        expire(case);
    };
    check_case(Case::superseded, expire_early, "entry-inconsistent");
    let after_the_agreed_end = |case: &mut Case| {
        case.remove(is_superseded, 0);
        case.remove(is_given, 2);
        let history = &case.pair.chains()[0];
        let late = START + Span::from_days(31);
        let key = Key::Pseudonym.of(&case.cast);
        let signer = Signer::new(chain(), late);
        let record = signer
            .status_record(history, &key, &Change::Disable)
            .unwrap();
        case.append(Event::Consent(ConsentEvent::StatusChanged {
            record: record.record(),
            author: Author::Person,
            by_link: false,
            acknowledge_by: None,
        }));
        case.leaves().last_mut().unwrap().time = late;
    };
    check_case(Case::superseded, after_the_agreed_end, "entry-after-end");
    let no_deadline = |case: &mut Case| {
        if let Event::Consent(ConsentEvent::StatusChanged { acknowledge_by, .. }) =
            case.event(is_status, 1)
        {
            *acknowledge_by = None;
        }
    };
    check(no_deadline, "entry-inconsistent");
}

#[test]
fn what_supersedes_is_signed_by_the_same_key() {
    let case = Case::superseded;
    check_case(case, |case| case.remove(is_given, 2), "bundle-incomplete");
    check_case(
        case,
        |case| case.remove(is_superseded, 0),
        "entry-superfluous",
    );
    let twice = |case: &mut Case| {
        let place = case.place(is_given, 2);
        let event = case.leaves()[place].event.clone();
        case.append(event);
    };
    check_case(case, twice, "entry-superfluous");
    check_case(
        case,
        |case| case.regive(2, Key::Stranger, |_| {}),
        "wrong-key",
    );
    let changes: [fn(&mut ConsentRecord); 5] = [
        |said| said.common_part.supersedes.as_mut().unwrap().prev = Digest::ZERO,
        |said| said.common_part.supersedes.as_mut().unwrap().cr_id = ConsentId::random(),
        |said| said.common_part.supersedes = None,
        |said| said.common_part.cr_id = ConsentId::random(),
        |said| said.common_part.surrogate_id = Pseudonym::generate().surrogate_id(),
    ];
    for change in changes {
        check_case(case, |case| case.resucceed(change), "entry-inconsistent");
    }
    let other_record = |case: &mut Case| case.regive(2, Key::Pseudonym, |_| {});
    check_case(case, other_record, "entry-inconsistent");
    let other_deadline = |case: &mut Case| {
        if let Event::Consent(ConsentEvent::Superseded { acknowledge_by, .. }) =
            case.event(is_superseded, 0)
        {
            *acknowledge_by = START;
        }
    };
    check_case(case, other_deadline, "entry-inconsistent");
}

#[test]
fn an_acknowledgement_is_the_services_for_that_end() {
    check(
        |case| case.reacknowledge(Key::Stranger, |_| {}),
        "wrong-key",
    );
    check(|case| case.reacknowledge(Key::Source, |_| {}), "wrong-key");
    check(
        |case| case.reacknowledge(Key::Requester, |said| said.status_digest = Digest::ZERO),
        "entry-inconsistent",
    );
    check(|case| case.repeat(is_acknowledged), "entry-inconsistent");
    check(
        |case| {
            case.reacknowledge(Key::Requester, |said| said.service_id = ServiceId::random());
        },
        "entry-inconsistent",
    );
    let by_the_source = |case: &mut Case| {
        let source = case.cast.source.keys.party_id();
        case.reacknowledge(Key::Source, |said| said.provider = source);
    };
    check(by_the_source, "entry-inconsistent");
    let not_owed = |case: &mut Case| case.remove(is_status, 1);
    check(not_owed, "entry-inconsistent");
    let missed = |case: &mut Case| {
        let cr_id = case.forgery.cr_id;
        case.remove(is_acknowledged, 0);
        case.append(Event::Consent(ConsentEvent::AcknowledgementMissed {
            cr_id,
        }));
    };
    check(missed, "entry-inconsistent");
}

#[test]
fn receipts_are_the_operators_and_about_the_consent() {
    check(|case| case.rebatch(Key::Operator, |_| {}), "wrong-key");
    check(|case| case.rebatch(Key::Stranger, |_| {}), "wrong-key");
    check(
        |case| {
            case.rebatch(Key::Token, |said| {
                said.receipts[0].cr_id = ConsentId::random();
            });
        },
        "entry-superfluous",
    );
}

#[test]
fn the_status_is_the_current_one() {
    let active = |case: &mut Case| {
        let head = case.pair.given.record.digest();
        case.forgery.status = committed(head, Status::Active);
    };
    check(active, "status-not-proven");
    let withhold = |case: &mut Case| {
        case.remove(is_acknowledged, 0);
        case.remove(is_status, 1);
    };
    check(withhold, "status-not-proven");
    check(
        |case| case.forgery.status = Digest::ZERO,
        "status-not-proven",
    );
    check_bundle(
        |b| b.status.siblings.push(Digest::ZERO),
        "status-not-proven",
    );
    let others = |case: &mut Case| case.forgery.cr_id = ConsentId::random();
    check(others, "entry-superfluous");
}

#[test]
fn nothing_superfluous_travels_along() {
    check(|case| case.repeat(is_genesis), "entry-superfluous");
    check(|case| case.repeat(is_registration), "entry-superfluous");
    let deactivated = |case: &mut Case| {
        let keys = &case.cast.requester.keys;
        let signer = Signer::new(chain(), case.cast.world.now);
        let deactivation = signer.deactivate(keys.party_id(), &keys.signing).record();
        case.append(Event::Identity(IdentityEvent::Deactivated { deactivation }));
    };
    check(deactivated, "entry-superfluous");
    let late_rotation = |case: &mut Case| {
        let signing = SigningKey::generate();
        let signer = Signer::new(chain(), case.cast.world.now);
        let rotation = signer.rotate(&case.cast.requester.keys, &signing, None);
        case.append(Event::Identity(IdentityEvent::KeysRotated {
            rotation: rotation.record(),
            signing_key: *signing.verifying_key(),
        }));
    };
    check(late_rotation, "entry-superfluous");
    let refusal = |case: &mut Case| {
        let signer = Signer::new(chain(), case.cast.world.now);
        let request_id = case.pair.form.request_id;
        let refusal = signer.refuse(&Pseudonym::generate(), request_id).record();
        case.append(Event::Consent(ConsentEvent::Refused { refusal }));
    };
    check(refusal, "entry-superfluous");
    let next_version = |case: &mut Case| {
        let mut description = case.cast.source.description.clone();
        description.version = 2;
        let signer = Signer::new(chain(), case.cast.world.now);
        let keys = &case.cast.source.keys;
        let body = signer.register_service(keys, &description).unwrap();
        let registration = serde_json::from_value(body.registration.into()).unwrap();
        case.append(Event::Service(ServiceEvent::Registered { registration }));
        let text = assent_model::canonical::encode(&description);
        case.forgery
            .descriptions
            .push(String::from_utf8(text).unwrap());
    };
    check(next_version, "entry-superfluous");
}
