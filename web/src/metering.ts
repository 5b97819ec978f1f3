/**
 * What a person signs about a meter: that they hold its stream, that a consent may read it, that it is over. The twin
 * of `assent_client::streams::granting` and of the statements there.
 */

import { type Bytes, encode, utf8 } from "./bytes.js";
import * as canonical from "./canonical.js";
import { RESOLUTIONS, type Resolution, type ResourceSet, type ServiceDescription } from "./description.js";
import { isConsistent } from "./description_check.js";
import type { Digest } from "./digest.js";
import * as domains from "./domains.js";
import type { ConsentId, PartyId, StreamId, SurrogateId } from "./ids.js";
import type { Pseudonym } from "./keys.js";
import { seal } from "./sealing.js";
import type { Jwk, SigningKey } from "./signature.js";
import type { Signer, Verified } from "./statement.js";

/** What a device offers to whoever enters its code. */
export interface MeterOffer {
  readonly device: PartyId;
  readonly device_key: Jwk;
  readonly label: string;
  readonly root: Digest;
  readonly stream: StreamId;
}

export interface StreamHolding {
  readonly stream_id: StreamId;
  readonly device: PartyId;
  readonly holder: SurrogateId;
}

export interface StreamGrant {
  readonly stream_id: StreamId;
  readonly cr_id: ConsentId;
  readonly requester: PartyId;
  readonly sealing_key: string;
  readonly resource_set: ResourceSet;
  readonly resolutions: Readonly<Record<string, Resolution>>;
  /** What was measured before the grant is given from this instant on (milliseconds since 1970); nothing of it where absent. */
  readonly history_from?: number;
}

/** What of a consent comes as streams. */
export interface Streamed {
  readonly resourceSet: ResourceSet;
  readonly resolutions: Readonly<Record<string, Resolution>>;
}

/** For `PUT /v1/streams/{stream}/grants/{consent}`. */
export interface PutGrant {
  readonly grant: string;
  readonly naming: string;
}

/** With which keys a person grants a stream. */
export interface Granting {
  /** The key that holds the stream. */
  readonly holder: SigningKey;
  /** The key that signed the source's record of the consent. */
  readonly consent: SigningKey;
  /** What the device's secrets are sealed to. */
  readonly device: Bytes;
}

/** The word of who will hold a stream, for the device that offers it. */
export function streamHolding(signer: Signer, by: Pseudonym, stream_id: StreamId, device: PartyId): Promise<Verified<StreamHolding>> {
  return signer.sign("assent-stream-holding+jwt", by.key, { stream_id, device, holder: by.surrogateId });
}

/** Ends a stream, and the pairing. */
export function streamClosing(signer: Signer, by: SigningKey, stream_id: StreamId): Promise<Verified<{ stream_id: StreamId }>> {
  return signer.sign("assent-stream-closing+jwt", by, { stream_id });
}

/**
 * What a consent covers of the streams of its source, by the description that the source's record names. A description
 * that contradicts itself has no streams, and a dataset counts where it comes first.
 */
export function streamed(source: ServiceDescription, consented: ResourceSet): Streamed {
  const resourceSet: Record<string, readonly string[]> = {};
  const resolutions: Record<string, Resolution> = {};
  if (!isConsistent(source)) return { resourceSet, resolutions };
  for (const { dataset_id: id, resolution } of source.datasets) {
    const concepts = Object.hasOwn(consented, id) ? consented[id] : undefined;
    if (resolution === undefined || concepts === undefined || Object.hasOwn(resourceSet, id)) continue;
    resourceSet[id] = concepts;
    resolutions[id] = resolution;
  }
  return { resourceSet, resolutions };
}

/** How fine what is read will be, from seldom to often. */
export function fineness({ resolutions }: Pick<Streamed, "resolutions">): Resolution[] {
  const found = Object.values(resolutions);
  return RESOLUTIONS.filter((one) => found.includes(one));
}

/** What a holder puts at the relay: the grant, which the device alone can read, and the word that ties the consent to it. */
export async function granted(signer: Signer, keys: Granting, grant: StreamGrant): Promise<PutGrant> {
  const { stream_id, cr_id, history_from } = grant;
  const signed = await signer.sign("assent-stream-grant+jwt", keys.holder, grant);
  const bound = canonical.encodeText({ cr_id, stream_id });
  const sealed = await seal(keys.device, domains.SEAL_STREAM_GRANT, bound, utf8(signed.compact));
  const naming = await signer.sign("assent-stream-naming+jwt", keys.consent, { stream_id, cr_id, ...(history_from === undefined ? {} : { history_from }) });
  return { grant: encode(sealed), naming: naming.compact };
}
