"""Signed statements: docs/reference/records.md, "The envelope"."""

from collections import namedtuple

from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from curves import is_strong_point
from encoding import Rejected, decode64, digest, key_id, parse, read, require
from shapes import STATEMENTS

STATEMENT_BYTES_MAX = 65_536

Statement = namedtuple("Statement", "compact header claims content signer digest")


def read_statement(family, compact, code):
    """A statement that has the form of its family. Nothing in it can be believed yet."""
    try:
        require(len(compact) <= STATEMENT_BYTES_MAX, code)
        header, payload, signature = map(decode64, compact.split("."))
        header = parse(header.decode())
        require(isinstance(header, dict) and header.keys() == {"alg", "kid", "typ"}, code)
        require(header["alg"] == "EdDSA" and header["typ"] == f"assent-{family}+jwt", code)
        require(isinstance(header["kid"], str) and len(decode64(header["kid"])) == 32, code)
        require(len(signature) == 64, code)
        claims = read(payload.decode(), STATEMENTS[family], code)
    except (ValueError, RecursionError):
        raise Rejected(code) from None
    signer = claims["signer"]
    return Statement(compact, header, claims, claims["statement"], signer, digest(compact))


def verify_signature(statement, code):
    """Checks that the key that a statement names has signed it."""
    require(statement.header["kid"] == key_id(statement.signer), code)
    signature = decode64(statement.compact.split(".")[2])
    require(is_strong_point(signature[:32]), code)
    token = jws.JWS()
    token.allowed_algs = ["EdDSA"]
    try:
        token.deserialize(statement.compact, jwk.JWK(**statement.signer))
    except JWException:
        raise Rejected(code) from None
