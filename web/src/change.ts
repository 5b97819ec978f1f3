/** Pausing, resuming, narrowing and withdrawing a consent, and saying no. A change continues a history that was checked, and never widens it. */

import * as canonical from "./canonical.js";
import { isWithin, ordered } from "./choice.js";
import type { ResourceSet } from "./description.js";
import { type RequestId, randomId } from "./ids.js";
import type { Pseudonym } from "./keys.js";
import type { SigningKey } from "./signature.js";
import type { Signer, Verified } from "./statement.js";
import type { ConsentStatus, ConsentStatusRecord, StatusChain } from "./status_chain.js";

export type Change =
  | { readonly to: "disable" | "enable" | "withdraw" }
  | { readonly to: "narrow"; readonly resourceSet: ResourceSet };

export class ChangeError extends Error {
  constructor(readonly code: "ended" | "pair-inconsistent" | "widened" | "unchanged") {
    super(code);
  }
}

/** For `POST /v1/consents/{consent}/statuses`. */
export interface ChangeStatus {
  readonly record: string;
  readonly counterpart?: string;
}

export type Side = readonly [StatusChain, SigningKey];

export async function changeStatus(signer: Signer, [chain, key]: Side, change: Change): Promise<ChangeStatus> {
  return { record: (await statusRecord(signer, chain, key, change)).compact };
}

/** Changes both records of a pair, each with the key that signed it. */
export async function changePair(signer: Signer, sink: Side, source: Side, change: Change): Promise<ChangeStatus> {
  const state = ([chain]: Side) => [chain.status, chain.resourceSet];
  if (!canonical.same(state(sink), state(source))) throw new ChangeError("pair-inconsistent");
  const record = await statusRecord(signer, ...sink, change);
  const counterpart = await statusRecord(signer, ...source, change);
  return { record: record.compact, counterpart: counterpart.compact };
}

async function statusRecord(
  signer: Signer,
  chain: StatusChain,
  key: SigningKey,
  change: Change,
): Promise<Verified<ConsentStatusRecord>> {
  if (chain.status === "withdrawn") throw new ChangeError("ended");
  const status: Record<Change["to"], ConsentStatus> = {
    disable: "disabled",
    enable: "active",
    narrow: chain.status,
    withdraw: "withdrawn",
  };
  const consent_status = status[change.to];
  const resource_set = change.to === "narrow" ? ordered(change.resourceSet) : chain.resourceSet;
  if (!isWithin(resource_set, chain.resourceSet)) throw new ChangeError("widened");
  if (consent_status === chain.status && canonical.same(resource_set, chain.resourceSet)) {
    throw new ChangeError("unchanged");
  }
  const record: ConsentStatusRecord = {
    record_id: randomId("csr", signer.random, "record_id"),
    cr_id: chain.crId,
    surrogate_id: chain.surrogateId,
    consent_status,
    resource_set,
    prev: chain.head,
  };
  return signer.sign("assent-csr+jwt", key, record);
}

/** The person's no. */
export async function refuse(signer: Signer, by: Pseudonym, request_id: RequestId): Promise<string> {
  const refusal = { request_id, surrogate_id: by.surrogateId };
  return (await signer.sign("assent-consent-refusal+jwt", by.key, refusal)).compact;
}
