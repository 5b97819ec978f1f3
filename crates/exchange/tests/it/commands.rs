//! From a random choice to a signed command.

use std::collections::BTreeMap;

use assent_crypto::digest::Digest;
use assent_exchange::collection::Piece;
use assent_exchange::command::Command;
use assent_exchange::consent::command::{ConsentCommand, StatusChange};
use assent_exchange::consent::state::{Grant, GrantId, Request, RequestStatus, Status};
use assent_exchange::identity::command::IdentityCommand;
use assent_exchange::link::command::LinkCommand;
use assent_exchange::release::command::ReleaseCommand;
use assent_exchange::service::command::ServiceCommand;
use assent_model::ids::{ConsentId, StatusRecordId};
use assent_model::machine::StateKey;
use assent_model::records::consent::{
    Acknowledgement, ConsentRefusal, ConsentStatus, ConsentStatusRecord,
};
use assent_model::records::identity::{Deactivation, KeyRole, KeyRotation, Recovery};
use assent_model::records::link::LinkStatus;
use assent_model::records::release::{ReceiptBatch, UseAction};
use assent_model::time::Span;

use crate::fixture::{
    consent, description, party, pseudonym, question, receipt, registration, request, sealing_key,
    service, without,
};
use crate::run::Run;
use crate::workload::{Answering, Asking, Changing, Flaw, Op, PERSONS, SERVICES, Signer};

/// One of these, or now and then something that does not exist.
fn pick<T>(index: u16, mut things: Vec<T>) -> Option<T> {
    let place = usize::from(index) % (9 * things.len() / 8 + 1);
    (place < things.len()).then(|| things.swap_remove(place))
}

impl Run {
    /// Signs the command of a step.
    pub(crate) fn command(&mut self, op: &Op) -> Command {
        match op {
            Op::Ask(asking) => self.ask(asking),
            Op::Refuse(index, flaw) => self.refuse(*index, *flaw),
            Op::Give(answering) => self.give(answering),
            Op::Change(changing) => Command::Consent(ConsentCommand::Change(self.change(changing))),
            Op::ChangeLink(person, at, to, flaw) => {
                let name = format!("{} at {}", PERSONS[*person], SERVICES[*at]);
                self.change_link(&name, *to, *flaw)
            }
            Op::Acknowledge(index, flaw) => self.acknowledge(*index, *flaw),
            Op::ExpireRequest(index) => {
                let asked = self.any_request(*index, Flaw::None);
                let id = asked.map_or(request("nothing"), |(id, _)| request(&id));
                Command::Consent(ConsentCommand::ExpireRequest(id))
            }
            Op::ExpireConsent(index) => {
                let id = self.any_consent(*index, |status| !status.is_final());
                Command::Consent(ConsentCommand::ExpireConsent(id))
            }
            Op::MissAcknowledgement(index) => {
                let id = self.any_consent(*index, Status::is_final);
                Command::Consent(ConsentCommand::MissAcknowledgement(id))
            }
            Op::Describe(of, flaw) => self.describe(*of, *flaw),
            Op::Rotate(of, flaw) => self.rotate(*of, *flaw),
            Op::Recover(of, flaw) => self.recover(*of, *flaw),
            Op::Deactivate(of, flaw) => self.deactivate(*of, *flaw),
            Op::Record(flaw) => self.record(*flaw),
        }
    }

    fn fresh(&mut self) -> String {
        self.named += 1;
        format!("number {}", self.named)
    }

    /// The names of a request, and of the link that it was asked over; of any that was ever asked
    /// where what is wanted is stale, and else of one that is open.
    fn any_request(&self, index: u16, flaw: Flaw) -> Option<(String, String)> {
        let names = (1..=self.named).map(|number| format!("number {number}"));
        let asked = names.filter_map(|id| {
            let key = StateKey::new(Request::KIND, request(&id));
            let is_asked = self.world.ledger.store.contains_key(&key);
            let asked = is_asked.then(|| self.world.ledger.stored::<Request>(request(&id)))?;
            let is_open = matches!(asked.status, RequestStatus::Requested { .. });
            let link = self.world.keys[&asked.surrogate].clone();
            (is_open || flaw == Flaw::Stale).then_some((id, link))
        });
        pick(index, asked.collect())
    }

    /// A consent with such a status.
    fn any_consent(&self, index: u16, wanted: impl Fn(Status) -> bool) -> ConsentId {
        let mut given = self.world.given();
        given.retain(|cr_id| wanted(self.world.consent(*cr_id).status));
        pick(index, given).unwrap_or(consent("nothing"))
    }

    fn exists(&self, cr_id: ConsentId) -> bool {
        self.world.given().contains(&cr_id)
    }

    /// The consent that holds the place which an answer to this request would take.
    fn standing(&self, id: &str) -> Option<ConsentId> {
        let asked: Request = self.world.ledger.stored(request(id));
        let place = GrantId {
            surrogate: asked.surrogate,
            service: asked.service.service_id,
            purpose: asked.usage_rules.purpose_id,
            source: asked.source.map(|source| source.service_id),
        };
        let key = StateKey::new(Grant::KIND, &place);
        let is_taken = self.world.ledger.store.contains_key(&key);
        is_taken.then(|| self.world.ledger.stored::<Grant>(&place).cr_id)
    }
}

/// Questions and answers.
impl Run {
    fn ask(&mut self, asking: &Asking) -> Command {
        let (id, now) = (self.fresh(), self.world.now);
        let described = |place: usize| description(SERVICES[place], self.providers[place].version);
        let link = format!("{} at {}", PERSONS[asking.person], SERVICES[asking.asker]);
        let mut asked = question(&id, &link, SERVICES[asking.asker], asking.purpose, None);
        asked.service = described(asking.asker);
        asked.source = asking.source.map(described);
        asked.answer_by = now + Span::from_days(2);
        asked.valid_until_max = asking.lasts.map(|millis| now + Span::from_millis(millis));
        let asked = self.world.sign(&self.providers[asking.asker].signer, asked);
        Command::Consent(ConsentCommand::Ask(asked))
    }

    fn refuse(&mut self, index: u16, flaw: Flaw) -> Command {
        let asked = self.any_request(index, flaw);
        let (id, link) = asked.unwrap_or(("nothing".into(), "ann at gym".into()));
        let content = ConsentRefusal {
            request_id: request(&id),
            surrogate_id: pseudonym(&link),
        };
        let signer = if flaw == Flaw::None { &link } else { "gym" };
        let refusal = self.world.sign(signer, content);
        Command::Consent(ConsentCommand::Refuse(refusal))
    }

    fn give(&mut self, answering: &Answering) -> Command {
        let Some((id, _)) = self.any_request(answering.request, answering.flaw) else {
            // Where nothing is asked, something is; where there is, an unknown request is answered.
            return match answering.flaw {
                Flaw::None => self.ask(&Asking::coaching(0, None)),
                _ => self.refuse(answering.request, answering.flaw),
            };
        };
        let given = self.fresh();
        let mut answer = self.world.answer(&id, &given);
        if answering.narrow {
            answer.edit(|common| common.resource_set = without(&common.resource_set, "age"));
        }
        if let Some(old) = self.standing(&id).filter(|_| answering.supersede) {
            self.world.supersede(&mut answer, old);
        }
        match answering.flaw {
            Flaw::None => {}
            Flaw::Half => answer.source = None,
            Flaw::Stale => answer.edit(|common| common.valid_until = Some(common.valid_from)),
            Flaw::Foreign => answer.signer = "a stranger".into(),
        }
        self.world.give(answer)
    }

    fn change(&mut self, changing: &Changing) -> StatusChange {
        let is_wanted = |status: Status| !status.is_final() || changing.flaw == Flaw::Stale;
        let cr_id = self.any_consent(changing.consent, is_wanted);
        if !self.exists(cr_id) {
            return self.change_of_nothing(changing.to);
        }
        let signer = match changing.signer {
            Signer::Person => None,
            Signer::Operator => Some("operator"),
            Signer::Stranger => Some("a stranger"),
        };
        let edit = |record: &mut ConsentStatusRecord| {
            if changing.narrow {
                record.resource_set = without(&record.resource_set, "age");
            }
            match changing.flaw {
                Flaw::None | Flaw::Half => {}
                Flaw::Stale => record.prev = Digest::ZERO,
                Flaw::Foreign => record.surrogate_id = pseudonym("a stranger"),
            }
        };
        let mut change = self.world.edited_change(cr_id, changing.to, signer, edit);
        if changing.flaw == Flaw::Half {
            change.counterpart = None;
        }
        change
    }

    fn change_of_nothing(&mut self, to: ConsentStatus) -> StatusChange {
        let record = ConsentStatusRecord {
            record_id: StatusRecordId::from_bytes([0; 20]),
            cr_id: consent("nothing"),
            surrogate_id: pseudonym("a stranger"),
            consent_status: to,
            resource_set: BTreeMap::new(),
            prev: Digest::ZERO,
        };
        StatusChange {
            primary: self.world.sign("a stranger", record),
            counterpart: None,
        }
    }

    fn change_link(&mut self, name: &str, to: LinkStatus, flaw: Flaw) -> Command {
        let mut record = self.world.link_status(name, to);
        let mut consents = self.world.followers(name, to);
        match flaw {
            Flaw::None => {}
            Flaw::Half => drop(consents.pop()),
            Flaw::Stale => record.prev = Digest::ZERO,
            Flaw::Foreign => {
                let to = match to {
                    LinkStatus::Active => ConsentStatus::Active,
                    LinkStatus::Removed => ConsentStatus::Disabled,
                };
                // As many as are expected, but one of them is any other.
                let last = self.world.given().last().copied();
                let foreign = last.map(|cr_id| self.world.change(cr_id, to));
                consents.pop();
                consents.extend(foreign);
            }
        }
        let record = self.world.sign(name, record);
        Command::Link(LinkCommand::Change { record, consents })
    }

    fn acknowledge(&mut self, index: u16, flaw: Flaw) -> Command {
        let is_wanted = |status: Status| status.is_final() || flaw == Flaw::Half;
        let cr_id = self.any_consent(index, is_wanted);
        let ended = self.exists(cr_id).then(|| self.world.consent(cr_id));
        let owner = ended.as_ref().map_or(0, |ended| {
            let is_of = |name: &&str| service(name) == ended.service.service_id;
            let place = SERVICES.iter().position(is_of);
            place.expect("one of the services")
        });
        let by = (owner + usize::from(flaw == Flaw::Foreign)) % SERVICES.len();
        let head = ended
            .filter(|_| flaw != Flaw::Stale)
            .map(|ended| ended.head);
        let content = Acknowledgement {
            cr_id,
            status_digest: head.unwrap_or(Digest::ZERO),
            service_id: service(SERVICES[by]),
            provider: party(SERVICES[by]),
        };
        let acknowledgement = self.world.sign(&self.providers[by].signer, content);
        Command::Consent(ConsentCommand::Acknowledge(acknowledgement))
    }
}

/// Organisations and the operator.
impl Run {
    /// Whose key signs for a provider, or does so no longer.
    fn signer(&self, of: usize, flaw: Flaw) -> String {
        let provider = &self.providers[of];
        match flaw {
            Flaw::None | Flaw::Half => provider.signer.clone(),
            Flaw::Stale => provider.former_signer.clone(),
            Flaw::Foreign => "operator".into(),
        }
    }

    fn describe(&mut self, of: usize, flaw: Flaw) -> Command {
        let next = self.providers[of].version + 1 + u32::from(flaw == Flaw::Half);
        let signer = self.signer(of, flaw);
        let registration = self.world.sign(&signer, registration(SERVICES[of], next));
        Command::Service(ServiceCommand::Register(registration))
    }

    fn rotate(&mut self, of: usize, flaw: Flaw) -> Command {
        let next = self.fresh();
        let role = possession_role(flaw);
        let content = KeyRotation {
            party: party(SERVICES[of]),
            signing: self.world.possession(&next, SERVICES[of], role),
            sealing_key: None,
        };
        let signer = self.signer(of, flaw);
        self.next_signer = next;
        let rotation = self.world.sign(&signer, content);
        Command::Identity(IdentityCommand::Rotate(rotation))
    }

    fn recover(&mut self, of: usize, flaw: Flaw) -> Command {
        let next = self.fresh();
        let role = possession_role(flaw);
        let content = Recovery {
            party: party(SERVICES[of]),
            signing: self.world.possession(&next, SERVICES[of], role),
            sealing_key: sealing_key(&next),
        };
        let signer = match flaw {
            Flaw::None | Flaw::Half => format!("{} recovery", SERVICES[of]),
            Flaw::Stale | Flaw::Foreign => self.signer(of, Flaw::None),
        };
        self.next_signer = next;
        let recovery = self.world.sign(&signer, content);
        Command::Identity(IdentityCommand::Recover(recovery))
    }

    fn deactivate(&mut self, of: usize, flaw: Flaw) -> Command {
        let content = Deactivation {
            party: party(SERVICES[of]),
        };
        let signer = self.signer(of, flaw);
        let deactivation = self.world.sign(&signer, content);
        Command::Identity(IdentityCommand::Deactivate(deactivation))
    }

    fn record(&mut self, flaw: Flaw) -> Command {
        let refusal = (flaw == Flaw::Stale).then_some("not-a-refusal");
        let mut receipts = vec![receipt(UseAction::Released, refusal)];
        receipts.truncate(usize::from(flaw != Flaw::Half));
        let signer = if flaw == Flaw::Foreign {
            "operator"
        } else {
            "tokens"
        };
        let batch = self.world.sign(signer, ReceiptBatch { receipts });
        Command::Release(ReleaseCommand::Record(batch))
    }
}

fn possession_role(flaw: Flaw) -> KeyRole {
    if flaw == Flaw::Half {
        KeyRole::Recovery
    } else {
        KeyRole::Signing
    }
}
