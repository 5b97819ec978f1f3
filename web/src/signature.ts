/**
 * Ed25519 (RFC 8032) by WebCrypto, with the strict rule of `crates/crypto/src/signature.rs` around it: public
 * keys and `R` are reduced and not of small order. Private keys that were imported here cannot be exported again.
 */

import { type Bytes, concat, decode, encode, utf8 } from "./bytes.js";
import { digestOf } from "./digest.js";

/** What stands in front of a seed in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/** The y-coordinates of the points of small order, in hexadecimal, without the sign. */
const SMALL_ORDER = new Set([
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);
/** 2^255 − 19. */
const PRIME = (1n << 255n) - 19n;

/** A public key as JWK, with exactly these members (RFC 8037). */
export interface Jwk {
  readonly crv: "Ed25519";
  readonly kty: "OKP";
  readonly x: string;
}

/** A public key that was checked. */
export interface VerifyingKey {
  readonly bytes: Bytes;
  readonly jwk: Jwk;
  /** The RFC 7638 thumbprint. */
  readonly kid: string;
}

/** A private key that cannot be exported, with its public half. */
export interface SigningKey {
  readonly key: CryptoKey;
  readonly verifying: VerifyingKey;
}

/** @throws the bytes are not the reduced encoding of a point that is not of small order. */
export async function verifyingKey(bytes: Bytes): Promise<VerifyingKey> {
  if (bytes.length !== 32 || !isReduced(bytes) || isSmallOrder(bytes)) {
    throw new Error("not a canonical, strong Ed25519 public key");
  }
  const jwk: Jwk = { crv: "Ed25519", kty: "OKP", x: encode(bytes) };
  const kid = await digestOf(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`));
  return { bytes, jwk, kid };
}

/** @throws the value is not the JWK of such a key. */
export async function parseJwk(value: unknown): Promise<VerifyingKey> {
  const { crv, kty, x, ...rest } = Object(value) as Record<string, unknown>;
  if (crv !== "Ed25519" || kty !== "OKP" || typeof x !== "string" || Object.keys(rest).length > 0) {
    throw new Error("not the JWK of an Ed25519 public key");
  }
  return verifyingKey(decode(x, 32));
}

/** The key of a 32-byte seed. The seed itself is not kept here. */
export async function signingKey(seed: Bytes): Promise<SigningKey> {
  const pkcs8 = concat(PKCS8_PREFIX, seed);
  const readable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", readable);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  return { key, verifying: await verifyingKey(decode(x ?? "", 32)) };
}

export async function sign(key: SigningKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.key, message));
}

/** Whether the signature is this key's over the message, by the strict rule. */
export async function verify(key: VerifyingKey, message: Bytes, signature: Bytes): Promise<boolean> {
  const r = signature.slice(0, 32);
  if (signature.length !== 64 || !isReduced(r) || isSmallOrder(r)) return false;
  const imported = await crypto.subtle.importKey("raw", key.bytes, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, signature, message);
}

function isReduced(encoding: Bytes): boolean {
  return BigInt(`0x${hex(withoutSign(encoding).reverse())}`) < PRIME;
}

function isSmallOrder(encoding: Bytes): boolean {
  return SMALL_ORDER.has(hex(withoutSign(encoding)));
}

function withoutSign(encoding: Bytes): Bytes {
  const bytes = encoding.slice();
  bytes[31] = (bytes[31] ?? 0) & 0x7f;
  return bytes;
}

function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
