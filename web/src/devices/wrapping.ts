/**
 * The wallet key, wrapped for somebody who may open the keyring: sealed to an X-Wing key, and signed by the party.
 * The signature covers that key, what it is and how it is called. So a node can neither slip in a wallet key of its
 * own nor have the next one sealed to a key of its own: who reads a wrapping follows the party's key on the ledger.
 */

import { type Bytes, decode, encode } from "../bytes.js";
import * as canonical from "../canonical.js";
import * as domains from "../domains.js";
import type { PartyId } from "../ids.js";
import type { Wrapping } from "../agent/person.js";
import type { Session } from "../agent/session.js";
import { type Lock, importLock } from "../keystore/locking.js";
import type { PartyKeys } from "../keys.js";
import { type OpeningKey, SEALING_KEY_LENGTH, open, seal } from "../sealing.js";
import { verify } from "../statement.js";
import { DeviceError } from "./error.js";

const WRAPPING = "assent-wrapping+jwt";

/** Who may open the keyring. */
export interface Recipient {
  readonly id: string;
  readonly kind: Wrapping["kind"];
  readonly label?: string | undefined;
  readonly sealingKey: Bytes;
}

/** What the party signs. */
interface Said {
  readonly party: PartyId;
  readonly id: string;
  readonly kind: Wrapping["kind"];
  readonly label?: string;
  readonly made_at: number;
  readonly sealing_key: string;
  readonly box: string;
}

/** A wrapping that the party has signed. */
export interface Vouched {
  readonly wrapping: Wrapping;
  readonly recipient: Recipient;
  readonly box: string;
}

/** Wraps the bytes of a wallet key, which stay with the caller. */
export async function wrapFor(session: Session, by: PartyKeys, walletKey: Bytes, to: Recipient): Promise<Wrapping> {
  const sealed = await seal(to.sealingKey, domains.SEAL_WALLET_KEY, aad(by.party, to.id), walletKey);
  return signed(session, by, to, encode(sealed), session.signer().now);
}

/** The same wrapping, signed with the key that the party has now. */
export async function signAnew(session: Session, by: PartyKeys, { wrapping, recipient, box }: Vouched): Promise<Wrapping> {
  return signed(session, by, recipient, box, wrapping.made_at);
}

async function signed(session: Session, by: PartyKeys, to: Recipient, box: string, made_at: number): Promise<Wrapping> {
  const { id, kind, label } = to;
  const shown = { id, kind, ...(label === undefined ? {} : { label }), made_at };
  const said: Said = { party: by.party, ...shown, sealing_key: encode(to.sealingKey), box };
  return { ...shown, wrapped: encodeStatement((await session.signer().sign(WRAPPING, by.signing, said)).compact) };
}

/** Reads a wrapping. @throws {DeviceError} the party did not sign it, with one of these keys (thumbprints). */
export async function vouched(session: Session, party: PartyId, kids: readonly string[], wrapping: Wrapping): Promise<Vouched> {
  const altered = () => new DeviceError("wrapping-altered");
  const compact = decodeStatement(wrapping.wrapped);
  const read = await verify<Said>(WRAPPING, session.chain.chain, compact).catch(() => {
    throw altered();
  });
  const { party: of, sealing_key, box, ...shown } = read.content;
  const { wrapped: _, ...does } = wrapping;
  if (of !== party || !kids.includes(read.signer.kid) || !canonical.same(shown, does)) throw altered();
  const { id, kind, label } = wrapping;
  return { wrapping, recipient: { id, kind, label, sealingKey: decode(sealing_key, SEALING_KEY_LENGTH) }, box };
}

/** The wallet key of a wrapping. @throws {DeviceError} it was sealed to somebody else. */
export async function unwrap(party: PartyId, { recipient, box }: Vouched, by: OpeningKey): Promise<Lock> {
  const opening = open(by, domains.SEAL_WALLET_KEY, aad(party, recipient.id), decode(box));
  const walletKey = await opening.catch(() => {
    throw new DeviceError("wrapping-altered");
  });
  return importLock(walletKey, true);
}

function aad(party: PartyId, id: string): string {
  return canonical.encodeText({ id, party });
}

/** Statements have dots in them, and wrappings are base64url. */
function encodeStatement(compact: string): string {
  return encode(new TextEncoder().encode(compact));
}

function decodeStatement(wrapped: string): string {
  try {
    return new TextDecoder().decode(decode(wrapped));
  } catch {
    return "";
  }
}
