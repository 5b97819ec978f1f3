/** What a person signs about the own keys: registration, recovery, who calls, which pseudonyms belong to the account. */

import { type Bytes, decode, encode } from "./bytes.js";
import { digestOf } from "./digest.js";
import * as domains from "./domains.js";
import type { Custody } from "./give.js";
import type { PartyId } from "./ids.js";
import type { PartyKeys, Pseudonym } from "./keys.js";
import { type OpeningKey, open } from "./sealing.js";
import type { SigningKey } from "./signature.js";
import type { Signer } from "./statement.js";

/** Seconds for which a request proof is good: it is made for one request, at once. */
const PROOF_LIFETIME = 60;

async function possession(signer: Signer, party: PartyId, role: "signing" | "recovery", key: SigningKey) {
  return (await signer.sign("assent-key-possession+jwt", key, { party, role })).compact;
}

/** Registers a person who has these keys. */
export async function register(
  signer: Signer,
  keys: PartyKeys,
  recovery: SigningKey,
  opening: OpeningKey,
  custody: Custody,
): Promise<string> {
  const registration = {
    party: keys.party,
    kind: "person",
    custody,
    sealing_key: encode(opening.sealingKey),
    recovery: await possession(signer, keys.party, "recovery", recovery),
  };
  return (await signer.sign("assent-registration+jwt", keys.signing, registration)).compact;
}

/** Replaces the signing key, with the one before. */
export async function rotate(signer: Signer, keys: PartyKeys, next: SigningKey): Promise<string> {
  const content = { party: keys.party, signing: await possession(signer, keys.party, "signing", next) };
  return (await signer.sign("assent-key-rotation+jwt", keys.signing, content)).compact;
}

/** Installs new keys with the recovery key, after the signing key was lost. */
export async function recover(
  signer: Signer,
  party: PartyId,
  recovery: SigningKey,
  signing: SigningKey,
  opening: OpeningKey,
): Promise<string> {
  const content = {
    party,
    signing: await possession(signer, party, "signing", signing),
    sealing_key: encode(opening.sealingKey),
  };
  return (await signer.sign("assent-recovery+jwt", recovery, content)).compact;
}

export interface Challenge {
  readonly challenge: string;
  readonly sealed: string;
}

/** Answers a node's challenge, which shows possession of the opening key. @throws it was sealed to another key. */
export async function answerChallenge(opening: OpeningKey, { challenge, sealed }: Challenge) {
  const answer = await open(opening, domains.SEAL_CHALLENGE, challenge, decode(sealed));
  return { challenge, answer: encode(answer) };
}

/** Says that a pseudonym, or the alias of a pair, belongs to a party's account. */
export async function accountPseudonym(signer: Signer, party: PartyId, by: Pseudonym): Promise<string> {
  const content = { party, surrogate_id: by.surrogateId };
  return (await signer.sign("assent-account-pseudonym+jwt", by.key, content)).compact;
}

/** The `Authorization` header of one request: its method in capitals, its path and query as sent, its body. */
export async function requestProof(
  signer: Signer,
  caller: PartyKeys | Pseudonym,
  method: string,
  target: string,
  body?: Bytes,
): Promise<string> {
  const isParty = "party" in caller;
  const proof = {
    actor: isParty ? { party: caller.party } : { surrogate: caller.surrogateId },
    htm: method,
    htu: target,
    body: body && (await digestOf(body)),
  };
  const key = isParty ? caller.signing : caller.key;
  return `Assent ${(await signer.sign("assent-request+jwt", key, proof, PROOF_LIFETIME)).compact}`;
}
