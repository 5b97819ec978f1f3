/** The history of one consent: its record and every status record after it, hash by hash. It only grows, by records that continue it. */

import { isWithin } from "./choice.js";
import * as canonical from "./canonical.js";
import type { ResourceSet } from "./description.js";
import type { Digest } from "./digest.js";
import type { ConsentRecord } from "./give.js";
import { type ConsentId, type SurrogateId, surrogateIdOf } from "./ids.js";
import { type VerifyingKey } from "./signature.js";
import { type Verified, verify } from "./statement.js";
import { equal } from "./bytes.js";

export type ConsentStatus = "active" | "disabled" | "withdrawn";

export interface ConsentStatusRecord {
  readonly record_id: string;
  readonly cr_id: ConsentId;
  readonly surrogate_id: SurrogateId;
  readonly consent_status: ConsentStatus;
  readonly resource_set: ResourceSet;
  readonly prev: Digest;
}

/** A consent as a node shows it. Nothing of it is believed. */
export interface ConsentView {
  readonly cr_id: ConsentId;
  readonly status: string;
  readonly head: Digest;
  readonly record: string;
  readonly statuses: readonly string[];
  readonly counterpart?: ConsentId;
}

/** Why a history is not whole, with the stable code of `assent_client`. */
export class ChainError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export interface StatusChain {
  readonly crId: ConsentId;
  readonly surrogateId: SurrogateId;
  readonly key: VerifyingKey;
  readonly status: ConsentStatus;
  readonly resourceSet: ResourceSet;
  /** Digest of the last record, for the next one's `prev`. */
  readonly head: Digest;
}

/** The history that a consent record begins. That its key is the person's is for the caller to know. */
export function begin(record: Verified<ConsentRecord>): StatusChain {
  const { common_part, status_record } = record.content;
  if (status_record.consent_status !== "active") throw new ChainError("first-status-not-active");
  return {
    crId: common_part.cr_id,
    surrogateId: common_part.surrogate_id,
    key: record.signer,
    status: "active",
    resourceSet: common_part.resource_set,
    head: record.digest,
  };
}

/** The history with the next status record, signed by the person or, to disable or withdraw, by the operator. */
export function extend(chain: StatusChain, record: Verified<ConsentStatusRecord>, operator: VerifyingKey): StatusChain {
  const said = record.content;
  if (chain.status === "withdrawn") throw new ChainError("consent-ended");
  if (said.cr_id !== chain.crId) throw new ChainError("consent-mismatch");
  if (said.surrogate_id !== chain.surrogateId) throw new ChainError("pseudonym-mismatch");
  checkAuthor(chain, record, operator);
  if (said.prev !== chain.head) throw new ChainError("chain-broken");
  if (!isWithin(said.resource_set, chain.resourceSet)) throw new ChainError("resource-set-widened");
  return { ...chain, status: said.consent_status, resourceSet: said.resource_set, head: record.digest };
}

function checkAuthor(chain: StatusChain, record: Verified<ConsentStatusRecord>, operator: VerifyingKey): void {
  if (equal(record.signer.bytes, chain.key.bytes)) return;
  if (!equal(record.signer.bytes, operator.bytes)) throw new ChainError("wrong-key");
  const said = record.content;
  if (said.consent_status === "active" || !canonical.same(said.resource_set, chain.resourceSet)) {
    throw new ChainError("operator-exceeds");
  }
}

/** Checks a consent with all of its history: the pseudonym is that of its key, every record continues the one before, and it ends where the node says. */
export async function follow(view: ConsentView, chainId: string, operator: VerifyingKey): Promise<StatusChain> {
  const record = await read<ConsentRecord>("assent-cr+jwt", chainId, view.record, "record-invalid");
  const { cr_id, surrogate_id } = record.content.common_part;
  if (cr_id !== view.cr_id) throw new ChainError("consent-mismatch");
  if (surrogate_id !== (await surrogateIdOf(record.signer.bytes))) throw new ChainError("pseudonym-mismatch");
  let chain = begin(record);
  for (const compact of view.statuses) {
    const status = await read<ConsentStatusRecord>("assent-csr+jwt", chainId, compact, "status-record-invalid");
    chain = extend(chain, status, operator);
  }
  // Supersession is a record of another consent, which the view does not have; it only takes away.
  if (view.status === "superseded") return chain;
  if (chain.head !== view.head) throw new ChainError("history-truncated");
  if (view.status !== "expired" && view.status !== chain.status) throw new ChainError("status-mismatch");
  return chain;
}

async function read<T>(typ: string, chain: string, compact: string, code: string): Promise<Verified<T>> {
  try {
    return await verify<T>(typ, chain, compact);
  } catch {
    throw new ChainError(code);
  }
}
