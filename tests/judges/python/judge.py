"""Verifies with jwcrypto what the product signs, and trusts nothing that the product says about it.

Reads one JSON object a line from standard input, prints one JSON object with a verdict a line, and
ends with 0 where every token is valid and with 1 otherwise. What a line holds is in ../README.md.
"""

import hashlib
import json
import sys

from jwcrypto import jwk, jws
from jwcrypto.common import base64url_decode, base64url_encode

DPOP = "dpop+jwt"
ACCESS_TOKEN = "at+jwt"

# The claims that each kind of token must have: ours, RFC 9068 section 2.2, RFC 9449 section 4.2.
STATEMENT_CLAIMS = {"aud", "exp", "iat", "jti", "signer", "statement"}
TOKEN_CLAIMS = {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "cnf"}
PROOF_CLAIMS = {"jti", "htm", "htu", "iat", "ath"}


class Rejected(Exception):
    """What is wrong with a token."""


def expect(holds, what):
    if not holds:
        raise Rejected(what)


def without_duplicates(members):
    expect(len({name for name, _ in members}) == len(members), "two members of one name")
    return dict(members)


def read_json(data):
    return json.loads(data, object_pairs_hook=without_duplicates)


def check_spelling(compact):
    """The segments are the one base64url spelling of their bytes: no second token means the same."""
    for segment in compact.split("."):
        canonical = base64url_encode(base64url_decode(segment)) == segment
        expect(canonical, "a segment is not canonical base64url")


def verify(compact, key):
    """The header and the payload, once the signature holds."""
    token = jws.JWS()
    token.allowed_algs = ["EdDSA"]
    token.deserialize(compact, key)
    header, payload, _ = compact.split(".")
    expect(token.payload == base64url_decode(payload), "payload")
    return read_json(base64url_decode(header)), read_json(token.payload)


def check_header(header, line, key):
    """It has exactly the members of the profile, and names or carries exactly this key."""
    key_member = "jwk" if line["typ"] == DPOP else "kid"
    expect(set(header) == {"alg", "typ", key_member}, "header members")
    expect(header["alg"] == "EdDSA", "alg")
    expect(header["typ"] == line["typ"], "typ")
    if key_member == "kid":
        expect(header["kid"] == key.thumbprint(), "kid")
    else:
        expect(set(header["jwk"]) == {"crv", "kty", "x"}, "members of jwk")
        expect(jwk.JWK(**header["jwk"]).thumbprint() == key.thumbprint(), "jwk")


def check_times(claims, line, lifetime_max):
    expect(claims["iat"] <= line["now"] < claims["exp"], "iat or exp")
    expect(claims["exp"] - claims["iat"] <= lifetime_max, "lifetime")


def check_statement(claims, line):
    expect(set(claims) == STATEMENT_CLAIMS, "members of the payload")
    expect(claims["aud"] == line["aud"], "aud")
    check_times(claims, line, 600)
    expect(claims["signer"] == line["jwk"], "signer")


def check_access_token(claims, line):
    expect(TOKEN_CLAIMS <= set(claims), "claims")
    expect(claims["iss"] == line["iss"], "iss")
    expect(claims["aud"] == line["aud"], "aud")
    check_times(claims, line, 300)
    expect(isinstance(claims["cnf"]["jkt"], str), "cnf.jkt")


def check_proof(claims, line, key):
    expect(PROOF_CLAIMS <= set(claims), "claims")
    use = line["use"]
    expect(claims["htm"] == use["htm"], "htm")
    expect(claims["htu"] == use["htu"], "htu")
    expect(abs(claims["iat"] - line["now"]) <= 60, "iat")
    expect(claims["ath"] == base64url_encode(hashlib.sha256(use["token"].encode()).digest()), "ath")
    token = read_json(base64url_decode(use["token"].split(".")[1]))
    expect(token["cnf"]["jkt"] == key.thumbprint(), "cnf.jkt of the access token")


def judge(line):
    check_spelling(line["compact"])
    key = jwk.JWK(**line["jwk"])
    header, claims = verify(line["compact"], key)
    check_header(header, line, key)
    if line["typ"] == DPOP:
        check_proof(claims, line, key)
    elif line["typ"] == ACCESS_TOKEN:
        check_access_token(claims, line)
    else:
        check_statement(claims, line)


def verdict(line):
    try:
        judge(line)
    except Exception as error:  # Whatever a library raises on a broken token is a rejection of it.
        return {"name": line["name"], "valid": False, "reason": str(error) or type(error).__name__}
    return {"name": line["name"], "valid": True}


def main():
    verdicts = [verdict(json.loads(text)) for text in sys.stdin]
    valid = bool(verdicts) and all(verdict["valid"] for verdict in verdicts)
    print(json.dumps({"judge": "jwcrypto", "valid": valid, "verdicts": verdicts}))
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main())
