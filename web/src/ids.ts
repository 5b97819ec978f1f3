/** Typed ids: a prefix and 20 bytes in lower-case base32. Ids of key holders are derived from their first key, all others are random. */

import type { Bytes } from "./bytes.js";
import { tagged } from "./digest.js";
import * as domains from "./domains.js";
import type { Purpose, Random } from "./random.js";

export type Id<Prefix extends string> = `${Prefix}_${string}`;
export type PartyId = Id<"prt">;
export type SurrogateId = Id<"sur">;
export type ServiceId = Id<"svc">;
export type LinkId = Id<"slr">;
export type RequestId = Id<"crq">;
export type ConsentId = Id<"cns">;
export type PairId = Id<"cpr">;
export type StreamId = Id<"str">;

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const LENGTH = 20;

export function spell<Prefix extends string>(prefix: Prefix, bytes: Bytes): Id<Prefix> {
  let word = 0n;
  for (const byte of bytes) word = (word << 8n) | BigInt(byte);
  let spelled = "";
  for (let place = 31n; place >= 0n; place -= 1n) {
    spelled += ALPHABET.charAt(Number((word >> (place * 5n)) & 31n));
  }
  return `${prefix}_${spelled}`;
}

/** @throws the text is no id of this kind. */
export function parse<Prefix extends string>(prefix: Prefix, value: unknown): Id<Prefix> {
  if (typeof value !== "string" || !new RegExp(`^${prefix}_[a-z2-7]{32}$`).test(value)) {
    throw new Error(`not an id of the form ${prefix}_ and 32 characters`);
  }
  return value as Id<Prefix>;
}

export function randomId<Prefix extends string>(prefix: Prefix, random: Random, purpose: Purpose): Id<Prefix> {
  return spell(prefix, random(LENGTH, purpose));
}

export async function partyIdOf(inception: Bytes): Promise<PartyId> {
  return spell("prt", (await tagged(domains.PARTY_ID, [inception])).slice(0, LENGTH));
}

export async function surrogateIdOf(key: Bytes): Promise<SurrogateId> {
  return spell("sur", (await tagged(domains.SURROGATE_ID, [key])).slice(0, LENGTH));
}
