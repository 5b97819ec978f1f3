/** What a keyring is made of, as it is written: an entry for the party itself, and one for each relationship. */

import { isObject } from "../canonical.js";
import * as canonical from "../canonical.js";
import { decode } from "../bytes.js";
import {
  type LinkId,
  type PairId,
  type PartyId,
  type ServiceId,
  type StreamId,
  type SurrogateId,
  parse,
  surrogateIdOf,
} from "../ids.js";
import { type Binding, FORMAT } from "./locking.js";

/** A signing key: its public half, and the private one, wrapped. */
export interface KeptSigning {
  readonly x: string;
  readonly wrapped: string;
}

/** An opening key: its public half, and the seed, locked. */
export interface KeptOpening {
  readonly sealing_key: string;
  readonly wrapped: string;
}

/** The keys of the party, and which chain they are for: what is pinned of the node. */
export interface PartyEntry {
  readonly kind: "party";
  readonly id: PartyId;
  readonly chain: string;
  readonly operator: PartyId;
  readonly signing: KeptSigning;
  readonly recovery?: KeptSigning;
  /** The signing key that takes the place of the other once the ledger has it. */
  readonly next?: KeptSigning;
  readonly opening: KeptOpening;
}

/** The pseudonym of a service link. */
export interface LinkEntry {
  readonly kind: "link";
  readonly id: SurrogateId;
  readonly link: LinkId;
  readonly service: ServiceId;
  readonly provider: PartyId;
  /** Thumbprint of the newest key of the provider that is known. */
  readonly holder: string;
  readonly signing: KeptSigning;
}

/** The alias of a consent pair; `link` is the one at the source. */
export interface AliasEntry {
  readonly kind: "alias";
  readonly id: SurrogateId;
  readonly pair: PairId;
  readonly link: LinkId;
  readonly signing: KeptSigning;
}

/** The pseudonym that holds the stream of one meter, from before the meter is told. */
export interface StreamEntry {
  readonly kind: "stream";
  readonly id: SurrogateId;
  readonly stream: StreamId;
  readonly device: PartyId;
  /** The public key that the device paired with. */
  readonly device_key: string;
  /** What the device called itself. */
  readonly label: string;
  readonly signing: KeptSigning;
}

/** An entry of one relationship: its pseudonym. */
export type PseudonymEntry = LinkEntry | AliasEntry | StreamEntry;
export type Entry = PartyEntry | PseudonymEntry;

/** The keyring of an account. Only ciphertexts of private keys are in it. */
export interface KeyringDocument {
  readonly format: typeof FORMAT;
  readonly party: PartyId;
  readonly entries: readonly Entry[];
}

/** The keys of an entry: that of a relationship has a signing key alone. */
export type PartyKey = "signing" | "recovery" | "next" | "opening";

/** Binds a key to everything that its entry says: nobody can say anything else about it. */
export function bindingOf(party: PartyId, entry: Entry, key: PartyKey): Binding {
  const said = Object.entries(entry).map(([name, value]) => [name, isObject(value) ? withoutKey(value) : value]);
  return { party, key, of: Object.fromEntries(said) };
}

function withoutKey({ wrapped: _, ...rest }: { readonly [name: string]: unknown }): unknown {
  return rest;
}

/** Reads a keyring. That its keys open is seen when they do. @throws it is not of this form. */
export async function parseKeyring(value: unknown): Promise<KeyringDocument> {
  const { format, party, entries, ...rest } = object(value);
  if (format !== FORMAT || !Array.isArray(entries) || Object.keys(rest).length > 0) throw new Error("not a keyring");
  const read: KeyringDocument = { format, party: parse("prt", party), entries: await Promise.all(entries.map(parseEntry)) };
  const ids = new Set(read.entries.map((entry) => entry.id));
  const own = read.entries.filter((entry) => entry.kind === "party");
  if (ids.size !== read.entries.length || own.length !== 1 || own[0]?.id !== read.party) throw new Error("not a keyring");
  return read;
}

async function parseEntry(value: unknown): Promise<Entry> {
  const said = object(value);
  switch (said["kind"]) {
    case "party":
      return exactly(said, {
        kind: "party",
        id: parse("prt", said["id"]),
        chain: text(said["chain"]),
        operator: parse("prt", said["operator"]),
        signing: signing(said["signing"]),
        ...(said["recovery"] === undefined ? {} : { recovery: signing(said["recovery"]) }),
        ...(said["next"] === undefined ? {} : { next: signing(said["next"]) }),
        opening: opening(said["opening"]),
      });
    case "link":
      return exactly(said, {
        kind: "link",
        ...(await pseudonym(said)),
        link: parse("slr", said["link"]),
        service: parse("svc", said["service"]),
        provider: parse("prt", said["provider"]),
        holder: text(said["holder"]),
      });
    case "alias":
      return exactly(said, {
        kind: "alias",
        ...(await pseudonym(said)),
        pair: parse("cpr", said["pair"]),
        link: parse("slr", said["link"]),
      });
    case "stream":
      return exactly(said, {
        kind: "stream",
        ...(await pseudonym(said)),
        stream: parse("str", said["stream"]),
        device: parse("prt", said["device"]),
        device_key: text(said["device_key"]),
        label: text(said["label"]),
      });
    default:
      throw new Error("not an entry of a keyring");
  }
}

async function pseudonym(said: { readonly [name: string]: unknown }) {
  const key = signing(said["signing"]);
  const id = parse("sur", said["id"]);
  if ((await surrogateIdOf(decode(key.x, 32))) !== id) throw new Error("the pseudonym is of another key");
  return { id, signing: key };
}

function signing(value: unknown): KeptSigning {
  const said = object(value);
  return exactly(said, { x: text(said["x"]), wrapped: text(said["wrapped"]) });
}

function opening(value: unknown): KeptOpening {
  const said = object(value);
  return exactly(said, { sealing_key: text(said["sealing_key"]), wrapped: text(said["wrapped"]) });
}

/** What was read, if that was all. */
function exactly<T>(said: unknown, read: T): T {
  if (!canonical.same(said, read)) throw new Error("a keyring has other members than it should");
  return read;
}

function object(value: unknown): { readonly [name: string]: unknown } {
  if (!isObject(value)) throw new Error("not an object of a keyring");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("not a text of a keyring");
  return value;
}
