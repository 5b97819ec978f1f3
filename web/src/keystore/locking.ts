/**
 * How keys are kept: encrypted with AES-256-GCM under another key, bound to what they are. Signing keys go in and come
 * out by WebCrypto alone, so that their seeds are never values in JavaScript.
 */

import { type Bytes, concat, decode, encode } from "../bytes.js";
import * as canonical from "../canonical.js";
import type { PartyId } from "../ids.js";
import { type SigningKey, verifyingKey } from "../signature.js";

/** The format of the keyring, which every binding begins with. */
export const FORMAT = "assent-keyring/1";

const NONCE_LENGTH = 12;
const AES: AesKeyGenParams = { name: "AES-GCM", length: 256 };
const LOCK_USAGES: readonly KeyUsage[] = ["wrapKey", "unwrapKey", "encrypt", "decrypt"];

/** A key that keeps others, and can keep nothing else. */
export type Lock = CryptoKey;

/** What a kept key is and whose: decides with which bytes it opens. */
export interface Binding {
  readonly party: PartyId;
  readonly key: "signing" | "recovery" | "next" | "opening" | "wallet" | "device";
  /** Everything else that is known of the key without opening it. */
  readonly of: unknown;
}

/** A new lock. One that can be exported is for being wrapped, and is not kept. */
export async function makeLock(extractable: boolean): Promise<Lock> {
  return crypto.subtle.generateKey(AES, extractable, [...LOCK_USAGES]);
}

/** Encrypts bytes; the nonce stands in front. */
export async function lock(by: Lock, binding: Binding, plain: Bytes): Promise<string> {
  const parameters = fresh(binding);
  return joined(parameters, await crypto.subtle.encrypt(parameters, by, plain));
}

/** @throws they were locked by another key, as something else, or altered. */
export async function unlock(by: Lock, binding: Binding, locked: string): Promise<Bytes> {
  const [parameters, content] = split(binding, locked);
  return new Uint8Array(await crypto.subtle.decrypt(parameters, by, content));
}

/** Wraps a lock, which must be one that can be exported. */
export async function wrapLock(by: Lock, binding: Binding, wrapped: Lock): Promise<string> {
  const parameters = fresh(binding);
  return joined(parameters, await crypto.subtle.wrapKey("raw", wrapped, by, parameters));
}

/** @throws as [`unlock`]. */
export async function unwrapLock(by: Lock, binding: Binding, locked: string, extractable = false): Promise<Lock> {
  const [parameters, content] = split(binding, locked);
  return crypto.subtle.unwrapKey("raw", content, by, parameters, AES, extractable, [...LOCK_USAGES]);
}

/** The lock of 32 bytes that came from elsewhere. The bytes are wiped. */
export async function importLock(raw: Bytes, extractable = false): Promise<Lock> {
  const key = await crypto.subtle.importKey("raw", raw, AES, extractable, [...LOCK_USAGES]);
  raw.fill(0);
  return key;
}

/** A signing key that was just made and can still be wrapped. */
export async function makeSigningKey(): Promise<SigningKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { key: pair.privateKey, verifying: await verifyingKey(raw) };
}

/** Wraps a signing key, which must be one that can be exported. */
export async function wrapSigningKey(by: Lock, binding: Binding, wrapped: SigningKey): Promise<string> {
  const parameters = fresh(binding);
  return joined(parameters, await crypto.subtle.wrapKey("pkcs8", wrapped.key, by, parameters));
}

/** The signing key with the public half `x`. @throws as [`unlock`]. */
export async function unwrapSigningKey(
  by: Lock,
  binding: Binding,
  x: string,
  locked: string,
  extractable = false,
): Promise<SigningKey> {
  const [parameters, content] = split(binding, locked);
  const key = await crypto.subtle.unwrapKey("pkcs8", content, by, parameters, "Ed25519", extractable, ["sign"]);
  return { key, verifying: await verifyingKey(decode(x, 32)) };
}

interface Parameters {
  readonly name: "AES-GCM";
  readonly iv: Bytes;
  readonly additionalData: Bytes;
}

function fresh(binding: Binding): Parameters {
  return parametersOf(binding, crypto.getRandomValues(new Uint8Array(NONCE_LENGTH)));
}

function parametersOf(binding: Binding, iv: Bytes): Parameters {
  return { name: "AES-GCM", iv, additionalData: canonical.encode({ format: FORMAT, ...binding }) };
}

function joined({ iv }: Parameters, content: ArrayBuffer): string {
  return encode(concat(iv, new Uint8Array(content)));
}

function split(binding: Binding, locked: string): [Parameters, Bytes] {
  const bytes = decode(locked);
  return [parametersOf(binding, bytes.slice(0, NONCE_LENGTH)), bytes.slice(NONCE_LENGTH)];
}
