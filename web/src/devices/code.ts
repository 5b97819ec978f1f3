/** Codes that people compare or type: of the key of a device, and on the paper of a recovery kit. */

import { type Bytes, concat, utf8 } from "../bytes.js";
import { tagged } from "../digest.js";
import * as domains from "../domains.js";
import type { PartyId } from "../ids.js";
import { DeviceError } from "./error.js";

/** No letter looks like another: without I, L, O and U (Crockford). */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 60 bits: who wants a device with the same code has ten minutes to find one. */
const DEVICE_LETTERS = 12;
const SECRET_LENGTH = 32;
/** 32 bytes in letters of five bits. */
const SECRET_LETTERS = 52;
/** 20 bits: of a million mistakes one is not noticed before the key does not fit. */
const CHECK_LETTERS = 4;

/** The digest of what a device is known by: whoever gives it another key gives it another digest. */
export async function deviceDigest(party: PartyId, device: string, sealingKey: Bytes): Promise<Bytes> {
  return tagged(domains.DEVICE_KEY, [utf8(party), utf8(device), sealingKey]);
}

/** The short form of such a digest, in groups of four. */
export function deviceCode(digest: Bytes): string {
  return grouped(letters(digest).slice(0, DEVICE_LETTERS));
}

/** The secret of a recovery kit as it is printed, with letters at the end that notice what was mistyped. */
export async function kitCode(secret: Bytes): Promise<string> {
  return grouped(letters(secret) + (await check(secret)));
}

/** @throws {DeviceError} `code-mistyped`. */
export async function readKitCode(typed: string): Promise<Bytes> {
  const spelled = plain(typed);
  if (spelled.length !== SECRET_LETTERS + CHECK_LETTERS) throw new DeviceError("code-mistyped");
  const secret = bytes(spelled.slice(0, SECRET_LETTERS));
  const isWhole = letters(secret) === spelled.slice(0, SECRET_LETTERS);
  if (!isWhole || (await check(secret)) !== spelled.slice(SECRET_LETTERS)) throw new DeviceError("code-mistyped");
  return secret;
}

/** What was typed, as it would be spelled: people type small letters, leave groups out, and read O for 0. */
export function plain(typed: string): string {
  const upper = typed.toUpperCase().replaceAll(/[\s\p{Pd}._]/gu, "");
  return upper.replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}

async function check(secret: Bytes): Promise<string> {
  return letters(await tagged(domains.KIT_CHECK, [secret])).slice(0, CHECK_LETTERS);
}

/** Five bits a letter, the last filled up with zeros. */
function letters(content: Bytes): string {
  let [spelled, rest, held] = ["", 0, 0];
  for (const byte of concat(content, Uint8Array.of(0))) {
    [rest, held] = [(rest << 8) | byte, held + 8];
    for (; held >= 5; held -= 5) spelled += ALPHABET[(rest >> (held - 5)) & 31];
    rest &= 31;
  }
  return spelled.slice(0, Math.ceil((content.length * 8) / 5));
}

/** @throws {DeviceError} a letter is none of ours. */
function bytes(spelled: string): Bytes {
  const read = new Uint8Array(SECRET_LENGTH);
  let [rest, held, at] = [0, 0, 0];
  for (const letter of spelled) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new DeviceError("code-mistyped");
    [rest, held] = [(rest << 5) | value, held + 5];
    if (held >= 8 && at < read.length) {
      read[at++] = rest >> (held - 8);
      [rest, held] = [rest & ((1 << (held - 8)) - 1), held - 8];
    }
  }
  return read;
}

function grouped(spelled: string): string {
  return (spelled.match(/.{1,4}/g) ?? []).join("-");
}
