// Verifies with `jose` what the product signs, and trusts nothing that the product says about it.
//
// Reads one JSON object a line from standard input, prints one JSON object with a verdict a line,
// and ends with 0 where every token is valid and with 1 otherwise. What a line holds is in
// ../README.md.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import {
  EmbeddedJWK,
  base64url,
  calculateJwkThumbprint,
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
} from "jose";

const ALGORITHMS = ["EdDSA"];
const DPOP = "dpop+jwt";
const ACCESS_TOKEN = "at+jwt";

// The claims that each kind of token must have: ours, RFC 9068 section 2.2, RFC 9449 section 4.2.
const STATEMENT_CLAIMS = ["aud", "exp", "iat", "jti", "signer", "statement"];
const TOKEN_CLAIMS = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "cnf"];
const PROOF_CLAIMS = ["jti", "htm", "htu", "iat", "ath"];

function expect(holds, what) {
  if (!holds) throw new Error(what);
}

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

/** The segments are the one base64url spelling of their bytes: no second token means the same. */
function checkSpelling(compact) {
  const isCanonical = (segment) => base64url.encode(base64url.decode(segment)) === segment;
  expect(compact.split(".").every(isCanonical), "a segment is not canonical base64url");
}

/** The header has exactly the members of the profile, and names or carries exactly this key. */
async function checkHeader({ compact, typ, jwk }) {
  const header = decodeProtectedHeader(compact);
  const keyMember = typ === DPOP ? "jwk" : "kid";
  expect(same(Object.keys(header).sort(), ["alg", keyMember, "typ"].sort()), "header members");
  expect(header.alg === "EdDSA", "alg");
  expect(header.typ === typ, "typ");
  const thumbprint = await calculateJwkThumbprint(jwk);
  if (typ !== DPOP) {
    expect(header.kid === thumbprint, "kid");
  } else {
    const members = Object.keys(header.jwk).sort();
    expect(same(members, ["crv", "kty", "x"]), "members of jwk");
    expect((await calculateJwkThumbprint(header.jwk)) === thumbprint, "jwk");
  }
}

/** Claims and times by jose itself; `now` is the time that the test runs at. */
function jwtOptions({ typ, aud, iss, now }, requiredClaims) {
  const currentDate = new Date(now * 1000);
  return { algorithms: ALGORITHMS, typ, audience: aud, issuer: iss, currentDate, requiredClaims };
}

/** What jose leaves to its caller. */
function checkTimes({ iat, exp }, now, lifetimeMax) {
  expect(iat <= now, "iat");
  expect(exp - iat <= lifetimeMax, "lifetime");
}

async function checkStatement(line, key) {
  const { payload } = await jwtVerify(line.compact, key, jwtOptions(line, STATEMENT_CLAIMS));
  expect(same(Object.keys(payload).sort(), STATEMENT_CLAIMS), "members of the payload");
  checkTimes(payload, line.now, 600);
  expect(payload.signer.x === line.jwk.x, "signer");
}

async function checkAccessToken(line, key) {
  const { payload } = await jwtVerify(line.compact, key, jwtOptions(line, TOKEN_CLAIMS));
  checkTimes(payload, line.now, 300);
  expect(typeof payload.cnf.jkt === "string", "cnf.jkt");
}

async function checkProof(line) {
  const options = { algorithms: ALGORITHMS, typ: DPOP, requiredClaims: PROOF_CLAIMS };
  const { payload } = await jwtVerify(line.compact, EmbeddedJWK, options);
  const { htm, htu, token } = line.use;
  expect(payload.htm === htm, "htm");
  expect(payload.htu === htu, "htu");
  expect(Math.abs(payload.iat - line.now) <= 60, "iat");
  expect(payload.ath === createHash("sha256").update(token).digest("base64url"), "ath");
  const holder = await calculateJwkThumbprint(decodeProtectedHeader(line.compact).jwk);
  expect(decodeJwt(token).cnf.jkt === holder, "cnf.jkt of the access token");
}

async function judge(line) {
  checkSpelling(line.compact);
  await checkHeader(line);
  const key = await importJWK(line.jwk, "EdDSA");
  await compactVerify(line.compact, key, { algorithms: ALGORITHMS });
  if (line.typ === DPOP) await checkProof(line);
  else if (line.typ === ACCESS_TOKEN) await checkAccessToken(line, key);
  else await checkStatement(line, key);
}

const verdicts = [];
for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  try {
    await judge(line);
    verdicts.push({ name: line.name, valid: true });
  } catch (error) {
    verdicts.push({ name: line.name, valid: false, reason: error.message });
  }
}
const valid = verdicts.length > 0 && verdicts.every((verdict) => verdict.valid);
console.log(JSON.stringify({ judge: "jose", valid, verdicts }));
process.exitCode = valid ? 0 : 1;
