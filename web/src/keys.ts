/** What a person keeps: a pseudonym in each relationship, an alias of each pair. Keys here sign and cannot be exported. */

import type { LinkId, PairId, PartyId, ServiceId, SurrogateId } from "./ids.js";
import { surrogateIdOf } from "./ids.js";
import type { Bytes } from "./bytes.js";
import { type SigningKey, signingKey } from "./signature.js";

/** A pseudonym or alias: an id and the key that it is derived from. */
export interface Pseudonym {
  readonly key: SigningKey;
  readonly surrogateId: SurrogateId;
}

/** The keys of a party that sign. */
export interface PartyKeys {
  readonly party: PartyId;
  readonly signing: SigningKey;
}

/** What a person keeps of a service link. */
export interface WalletLink {
  readonly slrId: LinkId;
  readonly serviceId: ServiceId;
  readonly provider: PartyId;
  readonly pseudonym: Pseudonym;
}

/** What a person keeps of a consent pair. Without it the pair cannot be changed. */
export interface PairAlias {
  readonly pair: PairId;
  readonly sourceLink: LinkId;
  readonly alias: Pseudonym;
}

export async function pseudonym(seed: Bytes): Promise<Pseudonym> {
  const key = await signingKey(seed);
  return { key, surrogateId: await surrogateIdOf(key.verifying.bytes) };
}
