/**
 * Signed statements: a compact JWS in the strict profile (RFC 7515, RFC 8037) over an envelope of audience, times,
 * number used once, signer and content. A [`Verified`] statement comes from [`sign`] or [`verify`] alone. That its
 * key belongs to whom it claims is for the caller to compare.
 */

import { decode, encode, utf8 } from "./bytes.js";
import * as canonical from "./canonical.js";
import { type Digest, digestOf } from "./digest.js";
import { type Random, platformRandom } from "./random.js";
import * as signature from "./signature.js";

const STATEMENT_CHARACTERS_MAX = 64 * 1024;
/** Seconds for which a statement can be submitted. */
const LIFETIME = 300;

export interface Envelope<T> {
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly signer: signature.Jwk;
  readonly statement: T;
}

/** A statement whose signature was made or checked here. */
export interface Verified<T> {
  readonly compact: string;
  /** SHA-256 of the compact form: how other records refer to this one. */
  readonly digest: Digest;
  readonly signer: signature.VerifyingKey;
  readonly envelope: Envelope<T>;
  readonly content: T;
}

/** For which chain something is signed, and when (milliseconds since the epoch). */
export class Signer {
  constructor(
    readonly chain: string,
    readonly now: number,
    readonly random: Random = platformRandom,
  ) {}

  /** Signs any content; `lifetime` in seconds. */
  async sign<T>(typ: string, key: signature.SigningKey, content: T, lifetime = LIFETIME): Promise<Verified<T>> {
    const envelope: Envelope<T> = {
      aud: this.chain,
      exp: Math.floor((this.now + lifetime * 1000) / 1000),
      iat: Math.floor(this.now / 1000),
      jti: Array.from(this.random(16, "jti"), (byte) => byte.toString(16).padStart(2, "0")).join(""),
      signer: key.verifying.jwk,
      statement: content,
    };
    const signed = `${encode(utf8(header(typ, key.verifying.kid)))}.${encode(canonical.encode(envelope))}`;
    const compact = `${signed}.${encode(await signature.sign(key, utf8(signed)))}`;
    return { compact, digest: await digestOf(utf8(compact)), signer: key.verifying, envelope, content };
  }
}

/** The one spelling of a header. */
function header(typ: string, kid: string): string {
  return `{"alg":"EdDSA","kid":"${kid}","typ":"${typ}"}`;
}

/**
 * Reads a compact JWS and checks that it is a statement of this family, in canonical encoding, for this chain and
 * signed by the key that it names. The members of the content are for the caller to check.
 *
 * @throws anything of this does not hold.
 */
export async function verify<T>(typ: string, chain: string, compact: string): Promise<Verified<T>> {
  const [head, payload, spelled, ...rest] = compact.split(".");
  if (compact.length > STATEMENT_CHARACTERS_MAX || !head || !payload || !spelled || rest.length > 0) {
    throw new Error("not a compact JWS");
  }
  const envelope = canonical.decode(decode(payload));
  if (Object.keys(envelope).join() !== "aud,exp,iat,jti,signer,statement") {
    throw new Error("the statement has other members than an envelope");
  }
  const signer = await signature.parseJwk(envelope["signer"]);
  if (head !== encode(utf8(header(typ, signer.kid)))) {
    throw new Error("the header is not that of this family and key");
  }
  if (!(await signature.verify(signer, utf8(`${head}.${payload}`), decode(spelled, 64)))) {
    throw new Error("the signature does not verify");
  }
  if (envelope["aud"] !== chain) throw new Error("the statement is addressed to another chain");
  const read = envelope as unknown as Envelope<T>;
  return { compact, digest: await digestOf(utf8(compact)), signer, envelope: read, content: read.statement };
}
