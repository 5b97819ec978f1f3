/**
 * Which key a party has now, traced from its id alone: the twin of `assent_client::key_history`. Nobody who knows the
 * id can be given keys of somebody else; who keeps a change back can at most show an older key.
 */

import { type Bytes, decode, equal } from "./bytes.js";
import { type PartyId, partyIdOf } from "./ids.js";
import { SEALING_KEY_LENGTH } from "./sealing.js";
import type { VerifyingKey } from "./signature.js";
import { type Verified, verify } from "./statement.js";

/** Why a statement does not continue a history, with the codes of the SDK. */
export class KeyHistoryError extends Error {
  constructor(readonly code: "unreadable" | "deactivated" | "other-party" | "wrong-key" | "possession-unproven" | "rewound") {
    super(code);
  }
}

/** What is signed about keys. Of each family it has some of these members. */
interface Said {
  readonly party?: PartyId;
  readonly operator?: PartyId;
  readonly signing?: string;
  readonly recovery?: string;
  readonly sealing_key?: string;
}

const BEGINNINGS = ["assent-registration+jwt", "assent-genesis+jwt"] as const;
const CHANGES = ["assent-key-rotation+jwt", "assent-recovery+jwt", "assent-deactivation+jwt"] as const;
type Family = (typeof BEGINNINGS)[number] | (typeof CHANGES)[number];

export interface KeyHistory {
  readonly party: PartyId;
  readonly signingKey: VerifyingKey;
  readonly recoveryKey?: VerifyingKey | undefined;
  readonly sealingKey: Bytes;
  readonly isActive: boolean;
  /** Thumbprints of all signing keys that the party had, the present one last. */
  readonly kids: readonly string[];
}

/** The keys of a party by everything that it signed about them, oldest first. @throws {KeyHistoryError} */
export async function trace(party: PartyId, chain: string, statements: readonly string[]): Promise<KeyHistory> {
  const [first, ...rest] = statements;
  const [family, beginning] = await read(BEGINNINGS, chain, first ?? "");
  let history = await begin(family, beginning, chain);
  if (history.party !== party) throw new KeyHistoryError("other-party");
  for (const compact of rest) {
    const [change, said] = await read(CHANGES, chain, compact);
    history = await follow(history, change, said, chain);
  }
  return history;
}

/** Checks that the history knows a key that the party had. @throws {KeyHistoryError} `rewound`. */
export function checkReaches(history: KeyHistory, kid: string): void {
  if (!history.kids.includes(kid)) throw new KeyHistoryError("rewound");
}

async function read<F extends Family>(families: readonly F[], chain: string, compact: string): Promise<[F, Verified<Said>]> {
  for (const family of families) {
    const said = await verify<Said>(family, chain, compact).catch(() => undefined);
    if (said !== undefined) return [family, said];
  }
  throw new KeyHistoryError("unreadable");
}

async function begin(family: Family, { signer, content }: Verified<Said>, chain: string): Promise<KeyHistory> {
  const isOperator = family === "assent-genesis+jwt";
  const party = isOperator ? content.operator : content.party;
  if (party === undefined || party !== (await partyIdOf(signer.bytes))) throw new KeyHistoryError("other-party");
  return {
    party,
    signingKey: signer,
    recoveryKey: isOperator ? undefined : await possessed(content.recovery, party, "recovery", chain),
    sealingKey: sealingKey(content.sealing_key),
    isActive: true,
    kids: [signer.kid],
  };
}

async function follow(history: KeyHistory, family: Family, said: Verified<Said>, chain: string): Promise<KeyHistory> {
  const { signer, content } = said;
  if (!history.isActive) throw new KeyHistoryError("deactivated");
  if (content.party !== history.party) throw new KeyHistoryError("other-party");
  const isRecovery = history.recoveryKey !== undefined && equal(signer.bytes, history.recoveryKey.bytes);
  const isSigning = equal(signer.bytes, history.signingKey.bytes);
  const mayBe = { "assent-key-rotation+jwt": isSigning, "assent-recovery+jwt": isRecovery } as const;
  if (!(mayBe[family as keyof typeof mayBe] ?? (isSigning || isRecovery))) throw new KeyHistoryError("wrong-key");
  if (family === "assent-deactivation+jwt") return { ...history, isActive: false };
  const signingKey = await possessed(content.signing, history.party, "signing", chain);
  const isKept = family === "assent-key-rotation+jwt" && content.sealing_key === undefined;
  return {
    ...history,
    signingKey,
    sealingKey: isKept ? history.sealingKey : sealingKey(content.sealing_key),
    kids: [...history.kids, signingKey.kid],
  };
}

/** The key that signed a proof for this party and role. */
async function possessed(
  proof: string | undefined,
  party: PartyId,
  role: "signing" | "recovery",
  chain: string,
): Promise<VerifyingKey> {
  const read = await verify<{ party: PartyId; role: string }>("assent-key-possession+jwt", chain, proof ?? "").catch(() => {
    throw new KeyHistoryError("possession-unproven");
  });
  if (read.content.party !== party || read.content.role !== role) throw new KeyHistoryError("possession-unproven");
  return read.signer;
}

function sealingKey(spelled: string | undefined): Bytes {
  try {
    return decode(spelled ?? "", SEALING_KEY_LENGTH);
  } catch {
    throw new KeyHistoryError("unreadable");
  }
}
