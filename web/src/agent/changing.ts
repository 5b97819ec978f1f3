/** Pausing, resuming, narrowing and withdrawing, on histories that were checked. */

import { type Change, type ChangeStatus, type Side, changePair, changeStatus } from "../change.js";
import type { ResourceSet } from "../description.js";
import type { ConsentRecord } from "../give.js";
import type { ConsentId } from "../ids.js";
import type { Signer } from "../statement.js";
import { verify } from "../statement.js";
import { type ConsentView, type StatusChain, follow } from "../status_chain.js";
import type { Person } from "./person.js";
import { Distrust } from "./session.js";

/** A consent of the person: what was signed, its history, the key that continues it. */
export interface Held {
  readonly record: ConsentRecord;
  readonly chain: StatusChain;
  readonly side: Side;
  /** The other record of a pair, as this one names it. */
  readonly counterpart: ConsentId | undefined;
}

/** Checks a consent that a node shows, and finds the key that signed it. */
export async function held(person: Person, view: ConsentView): Promise<Held> {
  const { chain: chainId, operatorKey } = person.session.pins;
  const chain = await follow(view, chainId, operatorKey);
  const { key } = await person.wallet.keyring.pseudonym(chain.surrogateId);
  const { content } = await verify<ConsentRecord>("assent-cr+jwt", chainId, view.record);
  const part = content.role_specific_part;
  const counterpart = part.role === "sink" ? part["source_cr_id"] : part["sink_cr_id"];
  return { record: content, chain, side: [chain, key], counterpart: counterpart as ConsentId | undefined };
}

export async function heldConsent(person: Person, cr_id: ConsentId): Promise<Held> {
  const view = await person.client.get<ConsentView>(`/v1/consents/${cr_id}`);
  const found = await held(person, view);
  if (found.chain.crId !== cr_id) throw new Distrust("consent-mismatch");
  return found;
}

/** The signed status records of a change: of both records of a pair, the one at hand first. */
export async function signedChange(
  person: Person,
  signer: Signer,
  one: Held,
  change: (now: ResourceSet) => Change,
): Promise<ChangeStatus> {
  const wanted = change(one.chain.resourceSet);
  if (one.counterpart === undefined) return changeStatus(signer, one.side, wanted);
  const other = await heldConsent(person, one.counterpart);
  return changePair(signer, one.side, other.side, wanted);
}

/** A change of which nothing needs to be known. */
export function changeOf(to: "disable" | "enable" | "withdraw"): () => Change {
  return () => ({ to });
}

/** Leaves these concepts out from now on. */
export function without(concepts: ReadonlySet<string>): (now: ResourceSet) => Change {
  return (now) => {
    const kept = Object.entries(now).map(([set, ids]) => [set, ids.filter((id) => !concepts.has(id))] as const);
    return { to: "narrow", resourceSet: Object.fromEntries(kept.filter(([, ids]) => ids.length > 0)) };
  };
}

/** Changes a consent of the person, and with it the other record of a pair. */
export async function changeConsent(person: Person, cr_id: ConsentId, change: (now: ResourceSet) => Change): Promise<void> {
  const one = await heldConsent(person, cr_id);
  const body = await signedChange(person, person.session.signer(), one, change);
  await person.client.post(`/v1/consents/${cr_id}/statuses`, body);
}
