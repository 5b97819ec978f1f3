/** What a person signs to link an account at a service, and to remove or restore the link. The account itself is known to person and service alone. */

import * as canonical from "./canonical.js";
import type { Bytes } from "./bytes.js";
import type { DescriptionRef } from "./description.js";
import { type Digest, commitment } from "./digest.js";
import * as domains from "./domains.js";
import type { Custody } from "./give.js";
import { type LinkId, type PartyId, type ServiceId, randomId } from "./ids.js";
import type { Pseudonym } from "./keys.js";
import type { Signer, Verified } from "./statement.js";

export interface Linking {
  readonly service: DescriptionRef;
  readonly provider: PartyId;
  /** Thumbprint of the provider's signing key. */
  readonly holder: string;
  readonly custody: Custody;
  readonly account: Digest;
}

/** The commitment to the account certificate that stands in a link record. */
export async function commitAccount(
  service_id: ServiceId,
  account: string,
  by: Pseudonym,
  salt: Bytes,
): Promise<Digest> {
  const certificate = { service_id, account, surrogate_id: by.surrogateId };
  return commitment(domains.COMMITMENT_LINK, salt, canonical.encode(certificate));
}

export interface LinkRecord {
  readonly slr_id: LinkId;
  readonly [member: string]: unknown;
}

/** The person's half of a new link, with a random id. */
export async function linkRecord(signer: Signer, linking: Linking, by: Pseudonym): Promise<Verified<LinkRecord>> {
  const record = {
    slr_id: randomId("slr", signer.random, "slr_id"),
    surrogate_id: by.surrogateId,
    service: linking.service,
    provider: linking.provider,
    pop_key: linking.holder,
    custody: linking.custody,
    account: linking.account,
  };
  return signer.sign("assent-slr+jwt", by.key, record);
}

/** Removes or restores a link. `prev` is the digest of the last record of its chain. */
export async function linkStatus(
  signer: Signer,
  by: Pseudonym,
  slr_id: LinkId,
  sl_status: "active" | "removed",
  prev: Digest,
): Promise<string> {
  const record_id = randomId("ssr", signer.random, "record_id");
  const record = { record_id, slr_id, surrogate_id: by.surrogateId, sl_status, prev };
  return (await signer.sign("assent-ssr+jwt", by.key, record)).compact;
}
