/** Canonical JSON (RFC 8785): the only encoding that is ever signed or hashed. */

import canonicalize from "canonicalize";
import { type Bytes, text, utf8 } from "./bytes.js";

/** What records are made of. Members that are `undefined` do not stand in the encoding. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export function encodeText(value: unknown): string {
  const encoded = canonicalize(value);
  if (encoded === undefined) throw new Error("the value has no JSON form");
  return encoded;
}

export function encode(value: unknown): Bytes {
  return utf8(encodeText(value));
}

/**
 * Reads one object and insists on its canonical spelling, which rules out duplicate members, white space
 * and second spellings of numbers; and on whole numbers, for nothing else is ever signed.
 *
 * @throws the bytes are anything else.
 */
export function decode(bytes: Bytes): { readonly [name: string]: unknown } {
  const spelled = text(bytes);
  const value: unknown = JSON.parse(spelled);
  if (!isObject(value) || !onlyIntegers(value) || encodeText(value) !== spelled) {
    throw new Error("not a canonical JSON object");
  }
  return value;
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function onlyIntegers(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "object" && value !== null) return Object.values(value).every(onlyIntegers);
  return true;
}

/** Whether two values have one canonical encoding. */
export function same(one: unknown, other: unknown): boolean {
  return encodeText(one) === encodeText(other);
}
