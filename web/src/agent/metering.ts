/**
 * Meters of a person whose keys are on this device. The node enters the code of a meter; the key that holds the stream is
 * made here, and what it signs is about the meter that the person has seen and about nothing else.
 */

import * as canonical from "../canonical.js";
import { encode } from "../bytes.js";
import type { DescriptionRef, Resolution } from "../description.js";
import { type ConsentId, type PartyId, type StreamId, type SurrogateId, parse } from "../ids.js";
import type { Pseudonym } from "../keys.js";
import type { StreamEntry } from "../keystore/entries.js";
import { freshPseudonym } from "../keystore/keyring.js";
import { type MeterOffer, type Streamed, fineness, granted, streamClosing, streamHolding, streamed } from "../metering.js";
import { type Jwk, parseJwk } from "../signature.js";
import { type Held, heldConsent } from "./changing.js";
import type { Person } from "./person.js";
import { type Described, Distrust } from "./session.js";

/** A stream as a node shows it. */
interface StreamView {
  readonly stream_id: StreamId;
  readonly device: PartyId;
  readonly device_key: Jwk;
  readonly holder: SurrogateId;
  readonly holder_key: Jwk;
  readonly status: string;
}

/** A stream that a key of the wallet holds. */
export interface HeldStream {
  readonly entry: StreamEntry;
  readonly holder: Pseudonym;
}

/** A consent that can read a meter, with what follows from what was signed. */
export interface Grantable {
  readonly consent: Held;
  readonly source: Described;
  readonly reader: Described;
  readonly streamed: Streamed;
  readonly resolutions: readonly Resolution[];
}

/** What a device offers, as it stands in a page. @throws it is not of this form. */
export async function readOffer(value: unknown): Promise<MeterOffer> {
  const { device, device_key, label, root, stream, ...rest } = Object(value) as Record<string, unknown>;
  if (typeof label !== "string" || typeof root !== "string" || Object.keys(rest).length > 0) throw new Distrust("offer-invalid");
  const { jwk } = await parseJwk(device_key);
  return { device: parse("prt", device), device_key: jwk, label, root, stream: parse("str", stream) };
}

/** The word of a key that was made for this one stream, and kept before anybody hears of it. */
export async function hold(person: Person, offer: MeterOffer): Promise<string> {
  const device = await person.session.keysOf(offer.device);
  if (!device.isActive || !canonical.same(device.signingKey.jwk, offer.device_key)) throw new Distrust("device-key-mismatch");
  const holder = await holderOf(person, offer);
  await person.name(holder);
  return (await streamHolding(person.session.signer(), holder, offer.stream, offer.device)).compact;
}

/** The key that a code was entered with before, if one was: a second could not be told from the one that holds the stream. */
async function holderOf(person: Person, { stream, device, device_key, label }: MeterOffer): Promise<Pseudonym> {
  const { keyring } = person.wallet;
  const before = keyring.streamEntries().find((one) => one.stream === stream && one.device === device);
  if (before !== undefined) return keyring.pseudonym(before.id);
  const holder = await freshPseudonym();
  await keyring.addStream({ stream, device, device_key: device_key.x, label }, holder);
  await person.keep();
  return keyring.pseudonym(holder.surrogateId);
}

/**
 * The stream with an id, which the ledger must know to be held by a key of this wallet.
 *
 * @throws {Distrust} `stream-foreign`: it is not, whatever else the node says of it.
 */
export async function heldStream(person: Person, id: StreamId): Promise<HeldStream> {
  const view = await person.client.get<StreamView>(`/v1/streams/${id}`);
  const known = () => person.wallet.keyring.streamEntries().find((one) => one.stream === id && one.id === view.holder);
  if (known() === undefined) await person.takeIn();
  const entry = known();
  if (entry === undefined) throw new Distrust("stream-foreign");
  const holder = await person.wallet.keyring.pseudonym(entry.id);
  const isOurs =
    view.stream_id === id &&
    view.device === entry.device &&
    view.device_key.x === entry.device_key &&
    canonical.same(view.holder_key, holder.key.verifying.jwk);
  if (!isOurs) throw new Distrust("stream-foreign");
  return { entry, holder };
}

/** What a consent would let somebody read. @throws what does not hold. */
export async function grantable(person: Person, cr_id: ConsentId): Promise<Grantable> {
  const consent = await heldConsent(person, cr_id);
  const { common_part, role_specific_part } = consent.record;
  if (role_specific_part.role !== "source" || consent.chain.status !== "active") throw new Distrust("consent-not-readable");
  const source = await person.session.described(common_part["service"] as DescriptionRef);
  const reader = await person.session.described(role_specific_part["sink"] as DescriptionRef);
  const found = streamed(source.description, consent.chain.resourceSet);
  if (Object.keys(found.resourceSet).length === 0) throw new Distrust("nothing-streamed");
  return { consent, source, reader, streamed: found, resolutions: fineness(found) };
}

/**
 * Lets a consent read a meter: what it measures from now on, or from an instant in the past on (milliseconds since 1970).
 */
export async function letRead(person: Person, held: HeldStream, found: Grantable, history_from?: number): Promise<void> {
  const [{ entry, holder }, { consent, reader, streamed }] = [held, found];
  const [stream_id, cr_id] = [entry.stream, consent.chain.crId];
  const device = await person.session.keysOf(entry.device);
  const grant = {
    stream_id,
    cr_id,
    requester: reader.provider.party,
    sealing_key: encode(reader.provider.sealingKey),
    resource_set: streamed.resourceSet,
    resolutions: streamed.resolutions,
    ...(history_from === undefined ? {} : { history_from }),
  };
  const signer = person.session.signer();
  const keys = { holder: holder.key, consent: consent.side[1], device: device.sealingKey };
  const body = await granted(signer, keys, grant);
  await person.client.putEmpty(`/v1/streams/${stream_id}/grants/${cr_id}`, body, { signer, caller: holder });
}

/** Unpairs a meter for good. */
export async function unpair(person: Person, { entry, holder }: HeldStream): Promise<void> {
  const closing = await streamClosing(person.session.signer(), holder.key, entry.stream);
  await person.client.post(`/v1/streams/${entry.stream}/closing`, { statement: closing.compact });
}
