"""What JSON values look like: the tables of docs/reference/evidence.md and records.md.

A shape is a function that says whether a value fits. `members` makes that of an object out of the
names and shapes of its members, `name?` where one is optional; an object has no others.
"""

import re


def members(spelled):
    pairs = [member.split(":") for member in spelled.split()]
    shapes = {name.rstrip("?"): SHAPES[shape] for name, shape in pairs}
    required = {name for name, _ in pairs if not name.endswith("?")}

    def fits(value):
        if not isinstance(value, dict) or not required <= value.keys() <= shapes.keys():
            return False
        return all(shapes[name](item) for name, item in value.items())

    return fits


def members_and_more(spelled):
    """An object with these members and any others."""
    fits, names = members(spelled), {member.split(":")[0] for member in spelled.split()}
    return lambda value: isinstance(value, dict) and fits(
        {name: item for name, item in value.items() if name in names}
    )


def matching(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def list_of(shape):
    return lambda value: isinstance(value, list) and all(map(shape, value))


def map_to(shape):
    """An object whose members have names that parties choose."""
    return lambda value: isinstance(value, dict) and all(
        SHAPES["name"](name) and shape(item) for name, item in value.items()
    )


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def is_set(value):
    return list_of(SHAPES["name"])(value) and value == sorted(set(value))


def is_event(value):
    if not SHAPES["event"](value) or not SHAPES["typed"](value["what"]):
        return False
    what = {name: item for name, item in value["what"].items() if name != "type"}
    shape = EVENTS.get((value["component"], value["what"]["type"]))
    return shape is not None and shape(what)


def has_role(value):
    return isinstance(value, dict) and any(shape(value) for shape in ROLES)


SHAPES = {
    prefix: matching(prefix + "_[a-z2-7]{32}")
    for prefix in ("prt", "sur", "svc", "slr", "crq", "cns", "cpr", "csr", "rcp")
}
SHAPES.update(
    text=lambda value: isinstance(value, str),
    boolean=lambda value: isinstance(value, bool),
    object=lambda value: isinstance(value, dict),
    integer=is_integer,
    name=matching("[A-Za-z0-9._:/-]+"),
    names=is_set,
    digest=matching("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"),
    sealing_key=matching("[A-Za-z0-9_-]{1621}[AQgw]"),
    crv=matching("Ed25519"),
    kty=matching("OKP"),
    kind=matching("person|organisation|device|oracle|operator"),
    custody=matching("hosted|page|independent"),
    status=matching("active|disabled|withdrawn"),
    author=matching("person|operator"),
    key_role=matching("signing|recovery"),
    action=matching("token-issued|released|processed|refused"),
    within=matching("within"),
    sink=matching("sink"),
    source=matching("source"),
    role=has_role,
)
SHAPES["key"] = members("crv:crv kty:kty x:digest")
SHAPES["texts"] = lambda value: map_to(SHAPES["text"])(value) and len(value) > 0
SHAPES["resource_set"] = map_to(SHAPES["names"])
SHAPES["reference"] = members("service_id:svc version:integer digest:digest")
SHAPES["usage_rules"] = members("purpose_id:name legal_basis:text conditions:digest")
SHAPES["notice"] = members("language:name version:integer digest:digest")
SHAPES["superseded"] = members("cr_id:cns prev:digest")
SHAPES["first_status"] = members("record_id:csr consent_status:status")
SHAPES["common_part"] = members(
    "cr_id:cns cr_pair_id?:cpr request_id:crq surrogate_id:sur service:reference"
    " resource_set:resource_set usage_rules:usage_rules notice:notice form:digest"
    " valid_from:integer valid_until?:integer custody:custody supersedes?:superseded"
)
SHAPES["dataset_outlines"] = list_of(members("dataset_id:name concepts:names"))
SHAPES["purpose_outlines"] = list_of(
    members("purpose_id:name legal_basis:text conditions:digest required:names optional:names")
)
SHAPES["outline"] = members("datasets:dataset_outlines purposes:purpose_outlines")
SHAPES["offer"] = map_to(members("required:names optional:names"))
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
SHAPES["event"] = members("component:text what:object")
SHAPES["typed"] = members_and_more("type:text")
SHAPES["known_event"] = is_event
LEAF = members("event:known_event height:integer index:integer time:integer")

# The bundle itself: evidence.md, "The format".
SHAPES["digests"] = list_of(SHAPES["digest"])
SHAPES["lists"] = list_of(SHAPES["text"])
SHAPES["entries"] = list_of(members("index:integer leaf:text proof:digests"))
SHAPES["other_leaf"] = members("key:digest status:digest")
SHAPES["status_proof"] = members("siblings:digests other?:other_leaf")
BUNDLE = members(
    "format:text cr_id:cns checkpoint:text entries:entries descriptions:lists notice:text"
    " status:status_proof"
)

# Of a description, what the verification reads.
SHAPES["mappings"] = list_of(members_and_more("concept_id:name name:texts"))
SHAPES["datasets"] = list_of(
    members_and_more("dataset_id:name title:texts data_mappings:mappings")
)
SHAPES["purposes"] = list_of(
    members_and_more(
        "purpose_id:name legal_basis:text required_concepts:names optional_concepts:names"
    )
)
SHAPES["provider"] = members_and_more("party_id:prt")
DESCRIPTION = members_and_more(
    "service_id:svc version:integer name:text provider:provider datasets:datasets purposes:purposes"
)
