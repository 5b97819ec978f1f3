"""What the entries of a bundle show: step 3 of docs/reference/evidence.md."""

from description_shape import DESCRIPTION
from encoding import canonical, digest, key_id, party_id, read, require, surrogate_id
from notices import find, is_choice, make_notice, make_offer, outline
from statements import read_statement, verify_signature


class Party:
    """The keys of a party, and how many entries about them nothing has needed yet."""

    def __init__(self, signing, recovery=None, unneeded=0):
        self.signing, self.recovery, self.unneeded = signing, recovery, unneeded


class Service:
    """A registered version of a service description."""

    def __init__(self, registration, description):
        self.provider, self.reference = registration["provider"], registration["description"]
        self.datasets = registration["outline"]["datasets"]
        self.purposes = registration["outline"]["purposes"]
        self.description, self.is_named = description, False


class History:
    """What became of the subject."""

    def __init__(self, record, provider):
        self.key, self.provider = record.signer, provider
        self.said = record.content["common_part"]
        self.status = record.content["status_record"]["consent_status"]
        self.resource_set, self.head = self.said["resource_set"], record.digest
        self.owed_until, self.is_missed, self.is_acknowledged = None, False, False
        self.superseded = self.successor = None

    def has_ended(self):
        return self.status not in ("active", "disabled")


class Case:
    """What the entries so far have shown: a method an event."""

    def __init__(self, bundle, genesis):
        self.subject, self.notice = bundle["cr_id"], bundle["notice"]
        self.descriptions = list(bundle["descriptions"])
        self.genesis, self.chain = genesis.content, genesis.claims["aud"]
        self.parties, self.services = {}, {}
        self.link = self.request = self.purpose = self.holder = self.offer = None
        self.primary = self.source = self.history = None
        self.receipts = []

    def take(self, leaf):
        self.index, self.height, self.time = leaf["index"], leaf["height"], leaf["time"]
        event, what = leaf["event"], leaf["event"]["what"]
        STEPS[event["component"], what["type"]](self, what)

    def verify(self, statement):
        """Verifies a statement, which must fit the entry that it stands in."""
        verify_signature(statement, "statement-invalid")
        claims, now = statement.claims, self.time
        require(claims["aud"] == self.chain, "claims-invalid")
        require(0 < claims["exp"] - claims["iat"] <= 600, "claims-invalid")
        require(claims["iat"] <= (now + 60_000) // 1000, "claims-invalid")
        require(claims["exp"] > now // 1000, "claims-invalid")
        return statement

    def party(self, name):
        require(name in self.parties, "party-unknown")
        return self.parties[name]

    def signing_key(self, name):
        """The key of a party that decides something now: all entries about it were needed."""
        self.party(name).unneeded = 0
        return self.parties[name].signing

    def require_signed_by(self, name, statement):
        require(statement.signer == self.signing_key(name), "wrong-key")

    def service(self, reference):
        service = self.services.get((reference["service_id"], reference["version"]))
        require(service and service.reference == reference, "reference-unknown")
        service.is_named = True
        return service

    # Parties and their keys.

    def opened(self, what):
        genesis = what["genesis"]
        operator = genesis.content["operator"]
        require(operator == party_id(genesis.signer), "key-change-invalid")
        require(not self.parties, "entry-superfluous")
        self.parties[operator] = Party(genesis.signer)

    def party_registered(self, what):
        registration = self.verify(what["registration"])
        name = registration.content["party"]
        require(name == party_id(registration.signer), "key-change-invalid")
        recovery = possessed(registration, "recovery", what["recovery_key"])
        require(name not in self.parties, "entry-superfluous")
        self.parties[name] = Party(registration.signer, recovery, unneeded=1)

    def keys_rotated(self, what):
        rotation = self.verify(what["rotation"])
        party = self.party(rotation.content["party"])
        require(rotation.signer == party.signing, "key-change-invalid")
        party.signing = possessed(rotation, "signing", what["signing_key"])
        party.unneeded += 1

    def recovered(self, what):
        recovery = self.verify(what["recovery"])
        party = self.party(recovery.content["party"])
        require(recovery.signer == party.recovery, "key-change-invalid")
        party.signing = possessed(recovery, "signing", what["signing_key"])
        party.unneeded += 1

    # Services, link and request.

    def service_registered(self, what):
        registration = self.verify(what["registration"])
        said, code = registration.content, "description-mismatch"
        self.require_signed_by(said["provider"], registration)
        require(self.descriptions, code)
        text = self.descriptions.pop(0)
        description = read(text, DESCRIPTION, code)
        service_id, version = description["service_id"], description["version"]
        reference = {"service_id": service_id, "version": version, "digest": digest(text)}
        require(said["description"] == reference, code)
        require(description["provider"]["party_id"] == said["provider"], code)
        require(said["outline"] == outline(description), code)
        require((service_id, version) not in self.services, "entry-superfluous")
        self.services[service_id, version] = Service(said, description)

    def linked(self, what):
        require(self.link is None, "entry-superfluous")
        record = self.verify(what["record"])
        countersignature = self.verify(what["countersignature"])
        said, provider = record.content, record.content["provider"]
        require(self.service(said["service"]).provider == provider, "entry-inconsistent")
        self.require_signed_by(provider, countersignature)
        require(said["surrogate_id"] == surrogate_id(record.signer), "wrong-key")
        expected = {"slr_id": said["slr_id"], "slr_digest": record.digest, "provider": provider}
        require(countersignature.content == expected, "entry-inconsistent")
        require(said["pop_key"] == key_id(countersignature.signer), "entry-inconsistent")
        self.link = record

    def requested(self, what):
        require(self.request is None, "entry-superfluous")
        request = self.verify(what["request"])
        said, code = request.content, "entry-inconsistent"
        require(self.link, "reference-unknown")
        link, service = self.link.content, self.service(said["service"])
        require(said["slr_id"] == link["slr_id"], code)
        require(said["surrogate_id"] == link["surrogate_id"], code)
        require(said["service"]["service_id"] == link["service"]["service_id"], code)
        require(said["provider"] == service.provider, code)
        require(self.time < said["answer_by"], code)
        self.require_signed_by(said["provider"], request)
        self.holder = self.service(said["source"]) if "source" in said else service
        self.purpose = find(service.purposes, "purpose_id", said["purpose_id"])
        require(self.purpose, "reference-unknown")
        require(self.purpose["legal_basis"] == "consent", code)
        self.offer = make_offer(self.purpose, self.holder.datasets)
        require(what["offer"] == self.offer, "offer-mismatch")
        self.request = said

    # Consent records.

    def given(self, what):
        record = self.verify(what["record"])
        if self.primary is None:
            self.check_primary(record, what["provider"])
            self.primary, self.primary_place = record.content, (self.index, self.height)
        elif self.source is None and "source" in self.request:
            self.check_source(record, what["provider"])
            self.source = record.content
        else:
            self.continue_by_successor(record)
        if record.content["common_part"]["cr_id"] == self.subject:
            self.history = History(record, what["provider"])
            require(self.history.status == "active", "history-broken")

    def check_primary(self, record, provider):
        require(self.link and self.request, "reference-unknown")
        require(record.signer == self.link.signer, "wrong-key")
        said, asked, code = record.content["common_part"], self.request, "entry-inconsistent"
        for name in ("request_id", "surrogate_id", "service"):
            require(said[name] == asked[name], code)
        for name in ("purpose_id", "legal_basis", "conditions"):
            require(said["usage_rules"][name] == self.purpose[name], code)
        require(said["custody"] == self.link.content["custody"], code)
        require(provider == asked["provider"] and self.time < asked["answer_by"], code)
        role = record.content["role_specific_part"]
        require(role["role"] == ("sink" if "source" in asked else "within"), code)
        require(role["slr_id"] == asked["slr_id"], code)
        require(role.get("source") == asked.get("source"), code)
        require(("cr_pair_id" in said) == ("source" in asked), code)
        until, latest = said.get("valid_until"), asked.get("valid_until_max")
        require(until is None or until > max(said["valid_from"], self.time), code)
        require(latest is None or (until is not None and until <= latest), code)
        require(is_choice(said["resource_set"], self.offer), "choice-invalid")
        self.check_notice(said["notice"])

    def check_notice(self, said):
        code, service = "notice-mismatch", self.service(self.request["service"])
        descriptions = service.description, self.holder.description
        notice = make_notice(self.request, self.offer, *descriptions, said["language"])
        require(said["version"] == 1, code)
        require(said["digest"] == digest(self.notice), code)
        require(self.notice == canonical(notice), code)

    def check_source(self, record, provider):
        sink, said = self.primary["common_part"], record.content["common_part"]
        of_sink, role = self.primary["role_specific_part"], record.content["role_specific_part"]
        code, (index, height) = "pair-inconsistent", self.primary_place
        require(said["surrogate_id"] == surrogate_id(record.signer), "wrong-key")
        require((self.index, self.height) == (index + 1, height), code)
        require(role["role"] == "source", code)
        require(said["service"] == of_sink["source"], code)
        require(said["cr_id"] == of_sink["source_cr_id"] != sink["cr_id"], code)
        require(said["surrogate_id"] == of_sink["source_surrogate_id"], code)
        require((role["sink"], role["sink_cr_id"]) == (sink["service"], sink["cr_id"]), code)
        for name in ("cr_pair_id", "request_id", "resource_set", "usage_rules", "notice", "custody"):
            require(said.get(name) == sink[name], code)
        for name in ("valid_from", "valid_until"):
            require(said.get(name) == sink.get(name), code)
        require(("supersedes" in said) == ("supersedes" in sink), code)
        require(provider == self.holder.provider, code)
        requester = self.signing_key(self.request["provider"])
        require(role["pop_key"] == key_id(requester), code)
        require(role["token_issuer_key"] == key_id(self.genesis["token_key"]), code)

    def continue_by_successor(self, record):
        history, said, code = self.history, record.content["common_part"], "entry-inconsistent"
        is_due = history and history.superseded and not history.successor
        require(is_due, "entry-superfluous")
        require(record.signer == history.key, "wrong-key")
        require(said.get("supersedes") == {"cr_id": self.subject, "prev": history.head}, code)
        require(said["cr_id"] == history.superseded["by"], code)
        require(record.digest == history.superseded["record"], code)
        require(said["surrogate_id"] == history.said["surrogate_id"], code)
        history.successor, history.head = said["cr_id"], record.digest

    # The history of the subject.

    def history_of(self, cr_id):
        require(cr_id == self.subject, "entry-superfluous")
        require(self.history, "reference-unknown")
        return self.history

    def open_history_of(self, cr_id):
        history = self.history_of(cr_id)
        require(not history.has_ended(), "entry-after-end")
        return history

    def deadline(self):
        return self.time + self.genesis["acknowledge_within"]

    def status_changed(self, what):
        record, said, code = what["record"], what["record"].content, "history-broken"
        history = self.open_history_of(said["cr_id"])
        deadline = self.deadline() if said["consent_status"] == "withdrawn" else None
        require(what.get("acknowledge_by") == deadline, "entry-inconsistent")
        self.verify(record)
        until = history.said.get("valid_until")
        require(until is None or self.time < until, "entry-after-end")
        require(said["surrogate_id"] == history.said["surrogate_id"], code)
        is_operators = record.signer != history.key
        if is_operators:
            takes_away = said["consent_status"] != "active"
            require(takes_away and said["resource_set"] == history.resource_set, code)
            require(record.signer == self.signing_key(self.genesis["operator"]), code)
        require(said["prev"] == history.head, code)
        for dataset, concepts in said["resource_set"].items():
            require(dataset in history.resource_set, code)
            require(set(concepts) <= set(history.resource_set[dataset]), code)
        author = "operator" if is_operators else "person"
        require(what["author"] == author, "entry-inconsistent")
        history.status, history.resource_set = said["consent_status"], said["resource_set"]
        history.head, history.owed_until = record.digest, deadline

    def superseded(self, what):
        history = self.open_history_of(what["cr_id"])
        require(what["acknowledge_by"] == self.deadline(), "entry-inconsistent")
        history.status, history.superseded = "superseded", what
        history.owed_until = self.deadline()

    def expired(self, what):
        history = self.open_history_of(what["cr_id"])
        until = history.said.get("valid_until")
        require(until is not None and until <= self.time, "entry-inconsistent")
        history.status = "expired"

    def acknowledged(self, what):
        history = self.history_of(what["acknowledgement"].content["cr_id"])
        acknowledgement = self.verify(what["acknowledgement"])
        said, code = acknowledgement.content, "entry-inconsistent"
        self.require_signed_by(said["provider"], acknowledgement)
        require(history.owed_until is not None or history.is_missed, code)
        require(said["provider"] == history.provider, code)
        require(said["service_id"] == history.said["service"]["service_id"], code)
        require(said["status_digest"] == history.head, code)
        history.owed_until, history.is_missed, history.is_acknowledged = None, False, True

    def acknowledgement_missed(self, what):
        history = self.history_of(what["cr_id"])
        is_late = history.owed_until is not None and history.owed_until <= self.time
        require(is_late, "entry-inconsistent")
        history.owed_until, history.is_missed = None, True

    def uses_recorded(self, what):
        batch = self.verify(what["batch"])
        require(batch.signer == self.genesis["token_key"], "wrong-key")
        receipts = [r for r in batch.content["receipts"] if r["cr_id"] == self.subject]
        require(receipts, "entry-superfluous")
        require(self.history, "reference-unknown")
        self.receipts += receipts


STEPS = {
    ("identity", "opened"): Case.opened,
    ("identity", "registered"): Case.party_registered,
    ("identity", "keys-rotated"): Case.keys_rotated,
    ("identity", "recovered"): Case.recovered,
    ("service", "registered"): Case.service_registered,
    ("link", "created"): Case.linked,
    ("consent", "requested"): Case.requested,
    ("consent", "given"): Case.given,
    ("consent", "status-changed"): Case.status_changed,
    ("consent", "superseded"): Case.superseded,
    ("consent", "expired"): Case.expired,
    ("consent", "acknowledged"): Case.acknowledged,
    ("consent", "acknowledgement-missed"): Case.acknowledgement_missed,
    ("release", "recorded"): Case.uses_recorded,
}


def possessed(change, role, repeated):
    """The new key that a change of keys proves possession of, and that its event repeats."""
    code = "key-change-invalid"
    proof = read_statement("key-possession", change.content[role], code)
    verify_signature(proof, code)
    require(proof.claims["aud"] == change.claims["aud"], code)
    require(proof.content == {"party": change.content["party"], "role": role}, code)
    require(proof.signer == repeated, "entry-inconsistent")
    return proof.signer
