"""What JSON values look like: the tables of docs/reference/evidence.md and records.md.

A shape is a function that says whether a value fits. `members` makes that of an object out of the
names and shapes of its members, `name?` where one is optional; an object has no others.
"""

import re

from curves import is_sealing_key, is_strong_point
from encoding import decode64


def members(spelled):
    pairs = [member.split(":") for member in spelled.split()]
    shapes = {name.rstrip("?"): SHAPES[shape] for name, shape in pairs}
    required = {name for name, _ in pairs if not name.endswith("?")}

    def fits(value):
        if not isinstance(value, dict) or not required <= value.keys() <= shapes.keys():
            return False
        return all(shapes[name](item) for name, item in value.items())

    return fits


def matching(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def list_of(shape):
    return lambda value: isinstance(value, list) and all(map(shape, value))


def map_of(name, shape):
    return lambda value: isinstance(value, dict) and all(
        name(key) and shape(item) for key, item in value.items()
    )


def filled(shape):
    """What is left out where it would be empty."""
    return lambda value: shape(value) and len(value) > 0


def words(spelled):
    """A set of these words, in this order."""
    return lambda value: isinstance(value, list) and value == [
        word for word in spelled.split("|") if word in value
    ]


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def is_minimum_age(value):
    return is_integer(value) and 13 <= value <= 18


def is_set_of_concepts(value):
    return list_of(SHAPES["concept"])(value) and value == sorted(set(value))


def is_key(value):
    return members("crv:crv kty:kty x:digest")(value) and is_strong_point(decode64(value["x"]))


def is_sealing_key_text(value):
    is_spelled = matching("[A-Za-z0-9_-]{1621}[AQgw]")(value)
    return is_spelled and is_sealing_key(decode64(value))


def is_role(value):
    return any(shape(value) for shape in ROLES)


def is_event(value):
    if not members("component:text what:object")(value):
        return False
    what = {name: item for name, item in value["what"].items() if name != "type"}
    kind = value["what"].get("type")
    shape = EVENTS.get((value["component"], kind)) if isinstance(kind, str) else None
    return shape is not None and shape(what)


SHAPES = {
    prefix: matching(prefix + "_[a-z2-7]{32}")
    for prefix in ("prt", "sur", "svc", "slr", "crq", "cns", "cpr", "csr", "rcp")
}
SHAPES.update(
    text=lambda value: isinstance(value, str),
    boolean=lambda value: isinstance(value, bool),
    object=lambda value: isinstance(value, dict),
    integer=is_integer,
    name=matching("[A-Za-z0-9._:/-]{1,64}"),
    concept=matching("[A-Za-z0-9._:/-]{1,96}"),
    language=matching("[A-Za-z0-9._:/-]{1,35}"),
    concepts=is_set_of_concepts,
    digest=matching("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"),
    sealing_key=is_sealing_key_text,
    crv=matching("Ed25519"),
    kty=matching("OKP"),
    key=is_key,
    kind=matching("person|organisation|device|oracle|operator"),
    custody=matching("hosted|page|independent"),
    minimum_age=is_minimum_age,
    resolution=matching("day|quarter-hour|second"),
    legal_basis=matching(
        "consent|contract|legal-obligation|vital-interest|public-interest|legitimate-interest"
    ),
    status=matching("active|disabled|withdrawn"),
    author=matching("person|operator"),
    key_role=matching("signing|recovery"),
    action=matching("token-issued|released|processed|refused"),
    within=matching("within"),
    sink=matching("sink"),
    source=matching("source"),
    role=is_role,
    event=is_event,
)

# Parts of records: records.md.
SHAPES["resource_set"] = map_of(SHAPES["name"], SHAPES["concepts"])
SHAPES["reference"] = members("service_id:svc version:integer digest:digest")
SHAPES["usage_rules"] = members("purpose_id:name legal_basis:legal_basis conditions:digest")
SHAPES["notice"] = members("language:language version:integer digest:digest")
SHAPES["superseded"] = members("cr_id:cns prev:digest")
SHAPES["first_status"] = members("record_id:csr consent_status:status")
SHAPES["common_part"] = members(
    "cr_id:cns cr_pair_id?:cpr request_id:crq surrogate_id:sur service:reference"
    " resource_set:resource_set usage_rules:usage_rules notice:notice form:digest"
    " valid_from:integer valid_until?:integer custody:custody supersedes?:superseded"
)
SHAPES["dataset_outlines"] = list_of(
    members("dataset_id:name concepts:concepts resolution?:resolution")
)
SHAPES["purpose_outlines"] = list_of(
    members(
        "purpose_id:name legal_basis:legal_basis conditions:digest required:concepts"
        " optional:concepts resolution?:resolution"
    )
)
SHAPES["outline"] = members("datasets:dataset_outlines purposes:purpose_outlines")
SHAPES["receipts"] = list_of(
    members(
        "receipt_id:rcp cr_id:cns service_id:svc action:action purpose_id:name"
        " resource_set:resource_set refusal?:text at:integer"
    )
)
ROLES = [
    members("role:within slr_id:slr"),
    members("role:sink slr_id:slr source:reference source_cr_id:cns source_surrogate_id:sur"),
    members(
        "role:source alias:digest sink:reference sink_cr_id:cns pop_key:digest"
        " token_issuer_key:digest"
    ),
]

# What each family of statements says: records.md.
CONTENTS = {
    "genesis": "operator:prt token_key:key checkpoint_key:key sealing_key:sealing_key"
    " acknowledge_within:integer",
    "registration": "party:prt kind:kind custody:custody sealing_key:sealing_key recovery:text",
    "key-possession": "party:prt role:key_role",
    "key-rotation": "party:prt signing:text sealing_key?:sealing_key",
    "recovery": "party:prt signing:text sealing_key:sealing_key",
    "service-registration": "provider:prt description:reference outline:outline",
    "slr": "slr_id:slr surrogate_id:sur service:reference provider:prt pop_key:digest"
    " custody:custody account:digest",
    "slr-countersignature": "slr_id:slr slr_digest:digest provider:prt",
    "consent-request": "request_id:crq provider:prt service:reference slr_id:slr surrogate_id:sur"
    " purpose_id:name source?:reference answer_by:integer valid_until_max?:integer",
    "cr": "common_part:common_part role_specific_part:role status_record:first_status",
    "csr": "record_id:csr cr_id:cns surrogate_id:sur consent_status:status"
    " resource_set:resource_set prev:digest",
    "acknowledgement": "cr_id:cns status_digest:digest service_id:svc provider:prt",
    "receipts": "receipts:receipts",
}
STATEMENTS = {}
for family, content in CONTENTS.items():
    SHAPES["content"] = members(content)
    STATEMENTS[family] = members(
        "aud:name exp:integer iat:integer jti:name signer:key statement:content"
    )

# What an event has beside its type: evidence.md, "The entries".
SHAPES["offer"] = map_of(SHAPES["name"], members("required:concepts optional:concepts"))
EVENTS = {
    ("identity", "opened"): members("genesis:text"),
    ("identity", "registered"): members("registration:text recovery_key:key"),
    ("identity", "keys-rotated"): members("rotation:text signing_key:key"),
    ("identity", "recovered"): members("recovery:text signing_key:key"),
    ("service", "registered"): members("registration:text"),
    ("link", "created"): members("record:text countersignature:text"),
    ("consent", "requested"): members("request:text offer:offer"),
    ("consent", "given"): members("record:text provider:prt"),
    ("consent", "status-changed"): members(
        "record:text author:author by_link:boolean acknowledge_by?:integer"
    ),
    ("consent", "superseded"): members("cr_id:cns by:cns record:digest acknowledge_by:integer"),
    ("consent", "expired"): members("cr_id:cns"),
    ("consent", "acknowledged"): members("acknowledgement:text"),
    ("consent", "acknowledgement-missed"): members("cr_id:cns"),
    ("release", "recorded"): members("batch:text"),
}
LEAF = members("event:event height:integer index:integer time:integer")

# The family of each statement in an event.
FAMILIES = {
    ("identity", "opened"): {"genesis": "genesis"},
    ("identity", "registered"): {"registration": "registration"},
    ("identity", "keys-rotated"): {"rotation": "key-rotation"},
    ("identity", "recovered"): {"recovery": "recovery"},
    ("service", "registered"): {"registration": "service-registration"},
    ("link", "created"): {"record": "slr", "countersignature": "slr-countersignature"},
    ("consent", "requested"): {"request": "consent-request"},
    ("consent", "given"): {"record": "cr"},
    ("consent", "status-changed"): {"record": "csr"},
    ("consent", "acknowledged"): {"acknowledgement": "acknowledgement"},
    ("release", "recorded"): {"batch": "receipts"},
}

# The bundle itself: evidence.md, "The format".
SHAPES["digests"] = list_of(SHAPES["digest"])
SHAPES["lines"] = list_of(SHAPES["text"])
SHAPES["entries"] = list_of(members("index:integer leaf:text proof:digests"))
SHAPES["other_leaf"] = members("key:digest status:digest")
SHAPES["status_proof"] = members("siblings:digests other?:other_leaf")
BUNDLE = members(
    "format:text cr_id:cns checkpoint:text entries:entries descriptions:lines notice:text"
    " status:status_proof"
)
