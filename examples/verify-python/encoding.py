"""Encodings and digests: docs/reference/records.md, "Encodings"."""

import base64
import hashlib
import json


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
