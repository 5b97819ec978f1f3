"""Encodings and signed statements: docs/reference/records.md."""

import base64
import hashlib
import json
from collections import namedtuple

from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from shapes import STATEMENTS

STATEMENT_BYTES_MAX = 65_536

# A verified statement: its payload, the key that signed it, what it says, and its digest.
Statement = namedtuple("Statement", "claims signer content digest")


class Rejected(Exception):
    """The bundle is not verified; `code` names the rule that does not hold."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def require(holds, code):
    if not holds:
        raise Rejected(code)


# Bytes, hashes and ids.


def encode64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text):
    """Accepts only the one spelling of the bytes, so that no second text means the same."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def sha256(data):
    return hashlib.sha256(data).digest()


def digest(text):
    return encode64(sha256(text.encode()))


def tagged(domain, *parts):
    lengths_and_parts = (len(part).to_bytes(8, "big") + part for part in parts)
    return sha256(domain.encode() + b"".join(lengths_and_parts))


def derived_id(prefix, domain, key):
    name = tagged(domain, decode64(key["x"]))[:20]
    return prefix + base64.b32encode(name).decode().lower()


def party_id(key):
    return derived_id("prt_", "assent/v1/party-id", key)


def surrogate_id(key):
    return derived_id("sur_", "assent/v1/surrogate-id", key)


def key_id(key):
    return digest(canonical(key))


# Canonical JSON (RFC 8785), of which the formats use integers, texts, booleans, lists and objects.


def ordered(value):
    """The value with the members of its objects in the order of RFC 8785: by UTF-16 code units."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: ordered(value[name]) for name in names}
    return value


def canonical(value):
    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":"))


def without_duplicates(members):
    if len(dict(members)) != len(members):
        raise ValueError("two members of one name")
    return dict(members)


def refuse_number(spelling):
    raise ValueError(f"{spelling} is not an integer")


def parse(text):
    numbers = {"parse_float": refuse_number, "parse_constant": refuse_number}
    return json.loads(text, object_pairs_hook=without_duplicates, **numbers)


def read(text, shape, code):
    """The value of a canonical JSON text that has this shape."""
    try:
        value = parse(text)
        require(canonical(value) == text and shape(value), code)
        return value
    except (ValueError, RecursionError):
        raise Rejected(code) from None


# Statements.


def verify_statement(family, compact):
    """Checks all of a statement except whether its signer may say this, here and now."""
    code = "statement-invalid"
    try:
        require(len(compact) <= STATEMENT_BYTES_MAX, code)
        header, payload, signature = map(decode64, compact.split("."))
        claims = read(payload.decode(), STATEMENTS[family], code)
        signer = claims["signer"]
        expected = {"alg": "EdDSA", "kid": key_id(signer), "typ": f"assent-{family}+jwt"}
        require(parse(header.decode()) == expected, code)
        require(is_strong(decode64(signer["x"])) and is_strong(signature[:32]), code)
        token = jws.JWS()
        token.allowed_algs = ["EdDSA"]
        token.deserialize(compact, jwk.JWK(**signer))
        return Statement(claims, signer, claims["statement"], digest(compact))
    except (ValueError, RecursionError, JWException):
        raise Rejected(code) from None


FIELD = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, FIELD) % FIELD


def is_strong(point):
    """Whether bytes encode a point of Ed25519 canonically, and not one of small order.

    Libraries need not look at this. A point has small order where y is 0, 1 or -1, or, of the
    points of order eight, where d·y⁴ + 2·y² = 1.
    """
    y = int.from_bytes(point, "little") % 2**255
    has_order_eight = (CURVE_D * y**4 + 2 * y**2 - 1) % FIELD == 0
    return y < FIELD and y not in (0, 1, FIELD - 1) and not has_order_eight
