/** SHA-256, digests for one purpose and salted commitments, as `crates/crypto/src/digest.rs` makes them. */

import { type Bytes, concat, encode, utf8 } from "./bytes.js";
import * as canonical from "./canonical.js";

/** A SHA-256 digest as text: 43 characters of base64url. */
export type Digest = string;

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The plain SHA-256 of some bytes, as text. */
export async function digestOf(bytes: Bytes): Promise<Digest> {
  return encode(await sha256(bytes));
}

/** The plain SHA-256 of the canonical encoding of a value. */
export async function digestOfJson(value: unknown): Promise<Digest> {
  return digestOf(canonical.encode(value));
}

/** The digest of `parts` for one purpose. */
export async function tagged(domain: string, parts: readonly Bytes[]): Promise<Bytes> {
  return sha256(taggedInput(domain, parts));
}

/** The salted digest that stands on the ledger for `content`. */
export async function commitment(domain: string, salt: Bytes, content: Bytes): Promise<Digest> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", salt, hmac, false, ["sign"]);
  return encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, taggedInput(domain, [content]))));
}

/** The domain, then each part after its length (8 bytes, big-endian). */
function taggedInput(domain: string, parts: readonly Bytes[]): Bytes {
  const length = (part: Bytes): Bytes => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(part.length));
    return bytes;
  };
  return concat(utf8(domain), ...parts.flatMap((part) => [length(part), part]));
}
