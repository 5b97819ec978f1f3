//! A service believes a consent only with its whole history.

use std::collections::BTreeMap;

use assent_api::v1::consents::ConsentView;
use assent_client::chain_check::{ChainError, CheckedConsent, Pins, Standing, check, check_own};
use assent_client::keys::{Pseudonym, WalletLink};
use assent_client::statements::change::Change;
use assent_client::statements::link::PinnedLink;
use assent_client::status_chain::StatusChain;
use assent_crypto::digest::Digest;
use assent_crypto::sealing::OpeningKey;
use assent_crypto::signature::SigningKey;
use assent_exchange::consent::event::ConsentEvent;
use assent_exchange::event::Event;
use assent_model::ids::{ConsentId, LinkId, ServiceId, StatusRecordId};
use assent_model::names::ChainId;
use assent_model::records::consent::{ConsentRecord, ConsentStatus, ConsentStatusRecord, RolePart};
use assent_model::statement::Verified;

use crate::cast::{
    Cast, OPTIONAL, Pair, REQUIRED, UNASKED, chain_id, name, resources, source_view, view,
};

/// The status records of a consent, as the log has them.
pub(crate) fn statuses(cast: &Cast, cr_id: ConsentId) -> Vec<String> {
    let log = cast.world.log().into_iter();
    log.filter_map(|leaf| match leaf.event {
        Event::Consent(ConsentEvent::StatusChanged { record, .. })
            if record.content().cr_id == cr_id =>
        {
            Some(record.compact().to_owned())
        }
        _ => None,
    })
    .collect()
}

/// What the source has pinned and what a node shows to it.
struct Shown {
    cast: Cast,
    pair: Pair,
    chains: [StatusChain; 2],
    chain: ChainId,
    service_id: ServiceId,
    links: BTreeMap<LinkId, PinnedLink>,
    opening: OpeningKey,
    view: ConsentView,
}

impl Shown {
    /// A pair that was paused, resumed and narrowed.
    fn to_source() -> Self {
        let mut cast = Cast::assemble();
        let pair = cast.share();
        let mut chains = pair.chains();
        for change in [
            Change::Disable,
            Change::Enable,
            Change::Narrow(resources(&[REQUIRED])),
        ] {
            cast.change(&pair, &mut chains, &change);
        }
        let view = source_view(&pair, &chains[1], statuses(&cast, pair.source_id()));
        Self {
            chain: chain_id(),
            service_id: cast.source.description.service_id,
            links: cast.source.links(),
            opening: OpeningKey::from_seed(cast.source.keys.opening.seed()),
            cast,
            pair,
            chains,
            view,
        }
    }

    fn check(&self) -> Result<CheckedConsent, ChainError> {
        let pins = Pins {
            chain: &self.chain,
            operator_key: self.cast.world.operator.keys.signing.verifying_key(),
            service_id: self.service_id,
            links: &self.links,
            opening: &self.opening,
        };
        check(self.view.clone(), pins)
    }

    fn alias_key(&self) -> &SigningKey {
        &self.pair.alias().alias.key
    }

    /// Adds a status record that is right but for what `change` does to it, and lets the node say
    /// that the history ends there.
    fn append(&mut self, key: &SigningKey, change: impl FnOnce(&mut ConsentStatusRecord)) {
        let chain = &self.chains[1];
        let mut record = ConsentStatusRecord {
            record_id: StatusRecordId::random(),
            cr_id: chain.cr_id(),
            surrogate_id: chain.surrogate_id(),
            consent_status: ConsentStatus::Disabled,
            resource_set: chain.resource_set().clone(),
            prev: chain.head(),
        };
        change(&mut record);
        let status = match record.consent_status {
            ConsentStatus::Active => "active",
            ConsentStatus::Disabled => "disabled",
            ConsentStatus::Withdrawn => "withdrawn",
        };
        status.clone_into(&mut self.view.status);
        let record = self.cast.world.signer().sign(key, record);
        self.view.head = record.digest();
        self.view.statuses.push(record.compact().to_owned());
    }

    fn append_own(&mut self, change: impl FnOnce(&mut ConsentStatusRecord)) {
        let key = SigningKey::from_seed(self.alias_key().seed());
        self.append(&key, change);
    }

    fn append_operators(&mut self, change: impl FnOnce(&mut ConsentStatusRecord)) {
        let key = SigningKey::from_seed(self.cast.world.operator.keys.signing.seed());
        self.append(&key, change);
    }

    /// Replaces the consent record by one that is signed as before but says something else.
    fn resign(&mut self, change: impl FnOnce(&mut ConsentRecord)) {
        let record = self.pair.given.source_record.as_ref().unwrap();
        let mut content = record.content().clone();
        change(&mut content);
        let record = self.cast.world.signer().sign(self.alias_key(), content);
        self.show(&record);
    }

    /// Lets the node show this record, without any later one.
    fn show(&mut self, record: &Verified<ConsentRecord>) {
        let alias = self.view.sealed_alias.take();
        let chain = StatusChain::begin(record);
        record.compact().clone_into(&mut self.view.record);
        self.view.cr_id = record.content().common_part.cr_id;
        self.view.statuses.clear();
        self.view.head = record.digest();
        self.view.sealed_alias = alias;
        if let Ok(chain) = chain {
            self.chains[1] = chain;
        }
    }

    /// Lets the person give the pair again, with another link at the source in the wallet.
    fn give_with(&mut self, link: &WalletLink) {
        let form = self.pair.form.clone();
        let holder = self.cast.requester.holder();
        let mut answer = self.cast.sharing_answer(&form, &holder);
        answer.sharing.as_mut().unwrap().link = link;
        let given = self.cast.world.signer().give(&answer).unwrap();
        self.view
            .sealed_alias
            .clone_from(&given.request.sealed_alias);
        self.show(given.source_record.as_ref().unwrap());
    }
}

#[track_caller]
fn check_row(change: impl FnOnce(&mut Shown), expected: Result<Standing, &str>) {
    let mut shown = Shown::to_source();
    change(&mut shown);
    let checked = shown.check();
    let outcome = checked.map(|consent| consent.standing());
    assert_eq!(
        outcome.map_err(assent_client::chain_check::ChainError::code),
        expected
    );
}

fn link_at_source(shown: &Shown) -> WalletLink {
    let link = &shown.cast.source.link;
    WalletLink {
        slr_id: link.slr_id,
        service_id: link.service_id,
        provider: link.provider,
        holder: link.holder,
        pseudonym: Pseudonym {
            key: SigningKey::from_seed(link.pseudonym.key.seed()),
        },
    }
}

#[test]
fn a_true_history_is_believed() {
    check_row(|_| {}, Ok(Standing::Active));
    check_row(|shown| shown.append_own(|_| {}), Ok(Standing::Disabled));
    let withdraw =
        |record: &mut ConsentStatusRecord| record.consent_status = ConsentStatus::Withdrawn;
    check_row(|shown| shown.append_own(withdraw), Ok(Standing::Ended));
    check_row(
        |shown| shown.append_operators(withdraw),
        Ok(Standing::Ended),
    );
    check_row(
        |shown| shown.append_operators(|_| {}),
        Ok(Standing::Disabled),
    );
    check_row(
        |shown| shown.view.status = "expired".to_owned(),
        Ok(Standing::Ended),
    );
    let superseded = |shown: &mut Shown| {
        shown.view.status = "superseded".to_owned();
        shown.view.head = Digest::of(b"the record of another consent");
    };
    check_row(superseded, Ok(Standing::Ended));
}

#[test]
fn what_was_checked_says_what_was_signed() {
    let shown = Shown::to_source();
    let checked = shown.check().unwrap();
    assert_eq!(checked.cr_id(), shown.pair.source_id());
    assert_eq!(checked.link(), shown.cast.source.pinned.slr_id);
    assert_eq!(*checked.resource_set(), resources(&[REQUIRED]));
    assert_eq!(checked.purpose_id().as_str(), "advice");
    let terms = checked.as_source().unwrap();
    assert_eq!(terms.sink_cr_id, shown.pair.sink_id());
    assert_eq!(*terms.pop_key, shown.cast.requester.holder());
    assert!(checked.is_in_force(shown.cast.world.now));
    assert!(!checked.is_in_force(crate::world::START + assent_model::time::Span::from_days(30)));
}

#[test]
fn the_record_must_be_the_right_one() {
    check_row(|s| s.view.record.push('A'), Err("record-invalid"));
    check_row(|s| s.chain = name("assent:other"), Err("chain-mismatch"));
    check_row(
        |s| s.view.cr_id = ConsentId::random(),
        Err("consent-mismatch"),
    );
    check_row(
        |s| s.service_id = ServiceId::random(),
        Err("service-mismatch"),
    );
    let disabled = |record: &mut ConsentRecord| {
        record.status_record.consent_status = ConsentStatus::Disabled;
    };
    check_row(|s| s.resign(disabled), Err("first-status-not-active"));
}

#[test]
fn the_alias_must_be_certified_by_the_pinned_key() {
    check_row(|s| s.view.sealed_alias = None, Err("alias-missing"));
    check_row(
        |s| s.view.sealed_alias = Some("AAAA".to_owned()),
        Err("alias-unreadable"),
    );
    check_row(
        |s| s.opening = OpeningKey::generate(),
        Err("alias-unreadable"),
    );
    let other_commitment = |record: &mut ConsentRecord| {
        if let RolePart::Source { alias, .. } = &mut record.role_specific_part {
            *alias = Digest::of(b"another certificate");
        }
    };
    check_row(|s| s.resign(other_commitment), Err("alias-not-committed"));
    check_row(|s| s.links.clear(), Err("link-unknown"));
    let other_service = |s: &mut Shown| {
        s.links
            .values_mut()
            .for_each(|l| l.service_id = ServiceId::random());
    };
    check_row(other_service, Err("link-unknown"));
    let own_pseudonym = |s: &mut Shown| {
        let mut link = link_at_source(s);
        link.pseudonym = Pseudonym::generate();
        s.give_with(&link);
    };
    check_row(own_pseudonym, Err("alias-wrong-key"));
    let other_surrogate = |s: &mut Shown| {
        let other = Pseudonym::generate().surrogate_id();
        s.links.values_mut().for_each(|l| l.surrogate_id = other);
    };
    check_row(other_surrogate, Err("alias-mismatch"));
}

#[test]
fn the_record_must_be_signed_by_the_alias() {
    let other_surrogate = |record: &mut ConsentRecord| {
        record.common_part.surrogate_id = Pseudonym::generate().surrogate_id();
    };
    check_row(|s| s.resign(other_surrogate), Err("pseudonym-mismatch"));
    let signed_by_another = |s: &mut Shown| {
        let content = s.pair.given.source_record.as_ref().unwrap().content();
        let record = s
            .cast
            .world
            .signer()
            .sign(&SigningKey::generate(), content.clone());
        s.show(&record);
    };
    check_row(signed_by_another, Err("wrong-key"));
}

#[test]
fn no_link_of_the_history_can_be_skipped_reordered_forged_or_cut() {
    for place in 0..2 {
        let skip = |s: &mut Shown| drop(s.view.statuses.remove(place));
        check_row(skip, Err("chain-broken"));
    }
    check_row(|s| s.view.statuses.swap(0, 1), Err("chain-broken"));
    check_row(|s| s.view.statuses.swap(1, 2), Err("chain-broken"));
    let repeat = |s: &mut Shown| s.view.statuses.insert(1, s.view.statuses[0].clone());
    check_row(repeat, Err("chain-broken"));
    let cut = |s: &mut Shown| drop(s.view.statuses.pop());
    check_row(cut, Err("history-truncated"));
    check_row(|s| s.view.statuses.clear(), Err("history-truncated"));
    let damage = |s: &mut Shown| s.view.statuses[1].push('A');
    check_row(damage, Err("status-record-invalid"));
    check_row(
        |s| s.append(&SigningKey::generate(), |_| {}),
        Err("wrong-key"),
    );
    check_row(
        |s| s.append_own(|record| record.prev = Digest::ZERO),
        Err("chain-broken"),
    );
}

#[test]
fn a_status_record_cannot_say_anything() {
    let other_consent = |record: &mut ConsentStatusRecord| record.cr_id = ConsentId::random();
    check_row(|s| s.append_own(other_consent), Err("consent-mismatch"));
    let other_pseudonym = |record: &mut ConsentStatusRecord| {
        record.surrogate_id = Pseudonym::generate().surrogate_id();
    };
    check_row(|s| s.append_own(other_pseudonym), Err("pseudonym-mismatch"));
    for wide in [&[REQUIRED, OPTIONAL][..], &[REQUIRED, UNASKED]] {
        let widen = |record: &mut ConsentStatusRecord| record.resource_set = resources(wide);
        check_row(|s| s.append_own(widen), Err("resource-set-widened"));
    }
    let more_datasets = |record: &mut ConsentStatusRecord| {
        record
            .resource_set
            .insert(name("others"), [name(REQUIRED)].into());
    };
    check_row(|s| s.append_own(more_datasets), Err("resource-set-widened"));
    let enable = |record: &mut ConsentStatusRecord| record.consent_status = ConsentStatus::Active;
    check_row(|s| s.append_operators(enable), Err("operator-exceeds"));
    let empty = |record: &mut ConsentStatusRecord| record.resource_set.clear();
    check_row(|s| s.append_operators(empty), Err("operator-exceeds"));
}

#[test]
fn nothing_follows_a_withdrawal() {
    let revive = |s: &mut Shown| {
        s.append_own(|record| record.consent_status = ConsentStatus::Withdrawn);
        let prev = s.view.head;
        s.append_own(|record| {
            record.consent_status = ConsentStatus::Active;
            record.prev = prev;
        });
    };
    check_row(revive, Err("consent-ended"));
}

#[test]
fn the_node_cannot_say_another_status_than_the_last_record() {
    for status in ["disabled", "withdrawn", "Active", ""] {
        check_row(
            |s| s.view.status = status.to_owned(),
            Err("status-mismatch"),
        );
    }
}

#[test]
fn a_sink_checks_against_its_link() {
    let mut cast = Cast::assemble();
    let pair = cast.share();
    let chains = pair.chains();
    let chain = chain_id();
    let shown = view(&pair.given.record, &chains[0], Vec::new());
    let outcome = |links: &BTreeMap<LinkId, PinnedLink>| {
        let pins = Pins {
            chain: &chain,
            operator_key: cast.world.operator.keys.signing.verifying_key(),
            service_id: cast.requester.description.service_id,
            links,
            opening: &cast.requester.keys.opening,
        };
        check(shown.clone(), pins).map(|checked| checked.standing())
    };
    let links = cast.requester.links();
    assert_eq!(outcome(&links), Ok(Standing::Active));
    assert_eq!(outcome(&BTreeMap::new()), Err(ChainError::LinkUnknown));
    let with = |change: fn(&mut PinnedLink)| {
        let mut links = links.clone();
        links.values_mut().for_each(change);
        outcome(&links)
    };
    let other_key = with(|link| link.key = *SigningKey::generate().verifying_key());
    assert_eq!(other_key, Err(ChainError::WrongKey));
    let other_pseudonym = with(|link| link.surrogate_id = Pseudonym::generate().surrogate_id());
    assert_eq!(other_pseudonym, Err(ChainError::OtherPseudonym));
}

#[test]
fn a_person_signs_only_on_top_of_the_true_history() {
    let shown = Shown::to_source();
    let operator = *shown.cast.world.operator.keys.signing.verifying_key();
    let key = shown.alias_key().verifying_key();
    let own = check_own(&shown.view, &shown.chain, key, &operator).unwrap();
    assert_eq!(own, shown.chains[1]);

    let outcome = |view: &ConsentView, key: &SigningKey| {
        check_own(view, &shown.chain, key.verifying_key(), &operator).map(|chain| chain.head())
    };
    let other = SigningKey::generate();
    assert_eq!(
        outcome(&shown.view, &other),
        Err(ChainError::OtherPseudonym)
    );
    let mut cut = shown.view.clone();
    cut.statuses.pop();
    assert_eq!(outcome(&cut, shown.alias_key()), Err(ChainError::Truncated));
}
