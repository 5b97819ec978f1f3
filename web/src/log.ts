/** The log for a wallet: RFC 6962 inclusion under a C2SP signed checkpoint. Believes nothing that the checkpoint key did not sign. */

import { type Bytes, base64, concat, equal, unbase64, utf8 } from "./bytes.js";
import { sha256 } from "./digest.js";
import { type VerifyingKey, verify } from "./signature.js";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  readonly time: number;
}

/** @throws the note is not a checkpoint of this product, or not signed by this key under its origin. */
export async function parseCheckpoint(note: string, key: VerifyingKey): Promise<Checkpoint> {
  const end = note.lastIndexOf("\n\n") + 1;
  const signed = note.slice(0, end);
  const lines =
    /^(?<origin>[^\s+]+)\n(?<size>0|[1-9]\d{0,15})\n(?<root>[A-Za-z0-9+/]{43}=)\nstatus [A-Za-z0-9+/]{43}=\nheight \d+\ntime (?<time>\d{1,16})\n$/u.exec(signed);
  const { origin, size, root, time } = lines?.groups ?? {};
  if (!origin || !size || !root || !time) throw new Error("not a checkpoint");
  const signatures = note.slice(end + 1).split("\n").filter((line) => line.startsWith(`— ${origin} `));
  const typed = concat(Uint8Array.of(1), key.bytes);
  const keyId = (await sha256(concat(utf8(`${origin}\n`), typed))).slice(0, 4);
  const ours = signatures
    .map((line) => unbase64(line.slice(origin.length + 3)))
    .filter((bytes) => equal(bytes.slice(0, 4), keyId));
  const verdicts = await Promise.all(ours.map((bytes) => verify(key, utf8(signed), bytes.slice(4))));
  if (verdicts.length === 0 || !verdicts.every(Boolean)) throw new Error("the checkpoint is not signed by the log");
  return { origin, size: Number(size), root: unbase64(root), time: Number(time) };
}

/** Whether the bytes are entry `index` of the log (RFC 9162, section 2.1.3.2). */
export async function isIncluded(
  leaf: Bytes,
  index: number,
  proof: readonly Bytes[],
  { size, root }: Pick<Checkpoint, "size" | "root">,
): Promise<boolean> {
  if (index >= size) return false;
  let [node, last] = [BigInt(index), BigInt(size) - 1n];
  let hash = await sha256(concat(Uint8Array.of(0), leaf));
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (node % 2n === 1n || node === last) {
      hash = await sha256(concat(Uint8Array.of(1), sibling, hash));
      while (node % 2n === 0n && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = await sha256(concat(Uint8Array.of(1), hash, sibling));
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  return last === 0n && equal(hash, root);
}

/** Base64 of a root, for people who compare. */
export function rootText({ root }: Checkpoint): string {
  return base64(root);
}
