/** Byte strings and base64url (RFC 4648, section 5). One text for each byte string: padding, other alphabets and set trailing bits are refused. */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

/** @throws the bytes are not UTF-8. */
export function text(bytes: Bytes): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** For public values: the time that it takes tells where they differ. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function encode(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws the text is not the canonical spelling of `length` bytes (of any number where it is absent). */
export function decode(spelled: string, length?: number): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(spelled)) throw new Error("not base64url");
  const bytes = fromBinary(atob(spelled.replaceAll("-", "+").replaceAll("_", "/")));
  if (encode(bytes) !== spelled || (length !== undefined && bytes.length !== length)) {
    throw new Error("not canonical base64url of the expected length");
  }
  return bytes;
}

/** Base64 with padding (RFC 4648, section 4), as C2SP notes have it. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** @throws the text is not the one spelling of its bytes. */
export function unbase64(spelled: string): Bytes {
  const bytes = fromBinary(atob(spelled));
  if (base64(bytes) !== spelled) throw new Error("not canonical base64");
  return bytes;
}

function fromBinary(binary: string): Bytes {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
