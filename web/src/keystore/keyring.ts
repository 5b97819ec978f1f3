/** The keys of one account, opened one at a time by the wallet key. What was opened signs and opens, and cannot be exported. */

import { decode, encode } from "../bytes.js";
import {
  type LinkId,
  type PairId,
  type PartyId,
  type ServiceId,
  type StreamId,
  type SurrogateId,
  partyIdOf,
  surrogateIdOf,
} from "../ids.js";
import type { PairAlias, PartyKeys, Pseudonym, WalletLink } from "../keys.js";
import { type OpeningKey, openingKey } from "../sealing.js";
import type { SigningKey } from "../signature.js";
import {
  type AliasEntry,
  type Entry,
  type KeptSigning,
  type KeyringDocument,
  type LinkEntry,
  type PartyEntry,
  type PartyKey,
  type PseudonymEntry,
  type StreamEntry,
  bindingOf,
  parseKeyring,
} from "./entries.js";
import { FORMAT, type Lock, lock, makeSigningKey, unlock, unwrapSigningKey, wrapSigningKey } from "./locking.js";

/** Which chain an account is of, and who opened that. */
export interface Chain {
  readonly chain: string;
  readonly operator: PartyId;
}

export interface NewLink {
  readonly link: LinkId;
  readonly service: ServiceId;
  readonly provider: PartyId;
  readonly holder: string;
}

export interface NewStream {
  readonly stream: StreamId;
  readonly device: PartyId;
  readonly device_key: string;
  readonly label: string;
}

/** Why a key is not there. */
export class KeyringError extends Error {
  constructor(readonly code: "key-missing" | "keyring-altered") {
    super(code);
  }
}

/** A pseudonym whose key was just made; it can still be wrapped, and must be before it signs what is sent. */
export async function freshPseudonym(): Promise<Pseudonym> {
  const key = await makeSigningKey();
  return { key, surrogateId: await surrogateIdOf(key.verifying.bytes) };
}

export class Keyring {
  readonly #walletKey: Lock;
  #document: KeyringDocument;

  private constructor(walletKey: Lock, document: KeyringDocument) {
    this.#walletKey = walletKey;
    this.#document = document;
  }

  /** The keyring of a new party, whose keys are made here. */
  static async begin(walletKey: Lock, { chain, operator }: Chain): Promise<Keyring> {
    const [signing, recovery] = [await makeSigningKey(), await makeSigningKey()];
    const party = await partyIdOf(signing.verifying.bytes);
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const { sealingKey } = await openingKey(seed);
    const public_ = ({ verifying }: SigningKey) => ({ x: verifying.jwk.x, wrapped: "" });
    const entry: PartyEntry = {
      kind: "party",
      id: party,
      chain,
      operator,
      signing: public_(signing),
      recovery: public_(recovery),
      opening: { sealing_key: encode(sealingKey), wrapped: "" },
    };
    const bound = (key: "signing" | "recovery" | "opening") => bindingOf(party, entry, key);
    const wrapped: PartyEntry = {
      ...entry,
      signing: { ...entry.signing, wrapped: await wrapSigningKey(walletKey, bound("signing"), signing) },
      recovery: { ...public_(recovery), wrapped: await wrapSigningKey(walletKey, bound("recovery"), recovery) },
      opening: { ...entry.opening, wrapped: await lock(walletKey, bound("opening"), seed) },
    };
    seed.fill(0);
    return new Keyring(walletKey, { format: FORMAT, party, entries: [wrapped] });
  }

  /** Opens a keyring. @throws it is not one, or not of this wallet key. */
  static async open(walletKey: Lock, document: unknown): Promise<Keyring> {
    const keyring = new Keyring(walletKey, await parseKeyring(document));
    await keyring.partyKeys();
    return keyring;
  }

  /** The keyring as it is kept. */
  get document(): KeyringDocument {
    return this.#document;
  }

  get party(): PartyId {
    return this.#document.party;
  }

  /** The chain that was pinned when the account was made. */
  get chain(): Chain {
    const { chain, operator } = this.#own();
    return { chain, operator };
  }

  async partyKeys(): Promise<PartyKeys> {
    return { party: this.party, signing: await this.#signing(this.#own()) };
  }

  /** The key that installs new ones. @throws {KeyringError} it was put aside. */
  async recovery(): Promise<SigningKey> {
    return this.#recovery(false);
  }

  async #recovery(extractable = true): Promise<SigningKey> {
    const own = this.#own();
    if (own.recovery === undefined) throw new KeyringError("key-missing");
    const bound = bindingOf(this.party, own, "recovery");
    return opened(unwrapSigningKey(this.#walletKey, bound, own.recovery.x, own.recovery.wrapped, extractable));
  }

  async opening(): Promise<OpeningKey> {
    const own = this.#own();
    const seed = await opened(unlock(this.#walletKey, bindingOf(this.party, own, "opening"), own.opening.wrapped));
    const key = await openingKey(seed);
    seed.fill(0);
    return key;
  }

  /** The signing key that is to take the place of the other, if there is one. */
  async next(): Promise<SigningKey | undefined> {
    const { next } = this.#own();
    if (next === undefined) return undefined;
    const bound = bindingOf(this.party, this.#own(), "next");
    return opened(unwrapSigningKey(this.#walletKey, bound, next.x, next.wrapped));
  }

  /** The same keys under another wallet key, and a signing key that is to take the place of the party's. */
  async rekeyed(walletKey: Lock, next: SigningKey): Promise<Keyring> {
    const entries: Entry[] = [await this.#partyEntry(walletKey, await this.#signing(this.#own(), true), next)];
    for (const entry of this.#document.entries) {
      if (entry.kind === "party") continue;
      const bound = bindingOf(this.party, entry, "signing");
      const wrapped = await wrapSigningKey(walletKey, bound, await this.#signing(entry, true));
      entries.push({ ...entry, signing: { ...entry.signing, wrapped } });
    }
    return new Keyring(walletKey, { ...this.#document, entries });
  }

  /** Puts the next signing key in the place of the other, which is forgotten. */
  async promote(): Promise<void> {
    const own = this.#own();
    if (own.next === undefined) throw new KeyringError("key-missing");
    const { x, wrapped } = own.next;
    const next = await opened(unwrapSigningKey(this.#walletKey, bindingOf(this.party, own, "next"), x, wrapped, true));
    const entry = await this.#partyEntry(this.#walletKey, next, undefined);
    const entries = this.#document.entries.map((one) => (one.kind === "party" ? entry : one));
    this.#document = { ...this.#document, entries };
  }

  /** The entry of the party with these signing keys, under a wallet key. */
  async #partyEntry(walletKey: Lock, signing: SigningKey, next: SigningKey | undefined): Promise<PartyEntry> {
    const { next: _, ...own } = this.#own();
    const public_ = (key: SigningKey) => ({ x: key.verifying.jwk.x, wrapped: "" });
    const entry = { ...own, signing: public_(signing), ...(next === undefined ? {} : { next: public_(next) }) };
    const bound = (key: PartyKey) => bindingOf(this.party, entry, key);
    const wrapped = async (kept: KeptSigning, name: PartyKey, key: SigningKey): Promise<KeptSigning> => ({
      ...kept,
      wrapped: await wrapSigningKey(walletKey, bound(name), key),
    });
    const seed = await opened(unlock(this.#walletKey, bindingOf(this.party, this.#own(), "opening"), own.opening.wrapped));
    const made: PartyEntry = {
      ...entry,
      signing: await wrapped(entry.signing, "signing", signing),
      ...(own.recovery === undefined ? {} : { recovery: await wrapped(own.recovery, "recovery", await this.#recovery()) }),
      ...(entry.next === undefined || next === undefined ? {} : { next: await wrapped(entry.next, "next", next) }),
      opening: { ...own.opening, wrapped: await lock(walletKey, bound("opening"), seed) },
    };
    seed.fill(0);
    return made;
  }

  /** Keeps the pseudonym of a new link. */
  async addLink(made: NewLink, { key, surrogateId }: Pseudonym): Promise<void> {
    await this.#add({ kind: "link", id: surrogateId, ...made, signing: { x: key.verifying.jwk.x, wrapped: "" } }, key);
  }

  /** Keeps the alias of a pair. One that goes on in another pair stays the key that it is. */
  async addAlias(pair: PairId, sourceLink: LinkId, { key, surrogateId }: Pseudonym): Promise<void> {
    const signing = { x: key.verifying.jwk.x, wrapped: "" };
    await this.#add({ kind: "alias", id: surrogateId, pair, link: sourceLink, signing }, key);
  }

  /** Keeps the pseudonym that will hold a stream. */
  async addStream(made: NewStream, { key, surrogateId }: Pseudonym): Promise<void> {
    await this.#add({ kind: "stream", id: surrogateId, ...made, signing: { x: key.verifying.jwk.x, wrapped: "" } }, key);
  }

  /** Says of a kept alias that it goes on in another pair. */
  async moveAlias(id: SurrogateId, pair: PairId): Promise<void> {
    await this.#alter(this.#aliasEntry(id), { pair });
  }

  /** Remembers a newer key of a link's provider, so that nobody can go back behind it. */
  async noteHolder(id: SurrogateId, holder: string): Promise<void> {
    const entry = this.linkEntries().find((one) => one.id === id);
    if (entry === undefined) throw new KeyringError("key-missing");
    if (entry.holder !== holder) await this.#alter(entry, { holder });
  }

  linkEntries(): LinkEntry[] {
    return this.#document.entries.filter((entry) => entry.kind === "link");
  }

  aliasEntries(): AliasEntry[] {
    return this.#document.entries.filter((entry) => entry.kind === "alias");
  }

  streamEntries(): StreamEntry[] {
    return this.#document.entries.filter((entry) => entry.kind === "stream");
  }

  async link(entry: LinkEntry): Promise<WalletLink> {
    const { link: slrId, service: serviceId, provider } = entry;
    return { slrId, serviceId, provider, pseudonym: await this.#pseudonym(entry) };
  }

  async alias(entry: AliasEntry): Promise<PairAlias> {
    return { pair: entry.pair, sourceLink: entry.link, alias: await this.#pseudonym(entry) };
  }

  /** The pseudonym, alias or holder with an id. @throws {KeyringError} there is none. */
  async pseudonym(id: SurrogateId): Promise<Pseudonym> {
    const entry = this.#document.entries.find((one) => one.id === id);
    if (entry === undefined || entry.kind === "party") throw new KeyringError("key-missing");
    return this.#pseudonym(entry);
  }

  /**
   * Takes in the entries that another device has added. What is here already stays, so that nobody who kept an old
   * copy can bring that back; only the keys of the party itself may have been replaced.
   *
   * @throws {KeyringError} something in it is not locked by the wallet key as what it says it is.
   */
  async merge(document: unknown): Promise<void> {
    const other = await Keyring.open(this.#walletKey, document);
    if (other.party !== this.party) throw new KeyringError("keyring-altered");
    const known = new Set(this.#document.entries.map((entry) => entry.id));
    const added = other.#document.entries.filter((entry) => !known.has(entry.id));
    for (const entry of added) await other.#signing(entry);
    const kept = this.#document.entries.map((entry) => (entry.kind === "party" ? other.#own() : entry));
    this.#document = { ...this.#document, entries: [...kept, ...added] };
  }

  #own(): PartyEntry {
    const own = this.#document.entries.find((entry) => entry.kind === "party");
    if (own === undefined) throw new KeyringError("keyring-altered");
    return own;
  }

  #aliasEntry(id: SurrogateId): AliasEntry {
    const entry = this.aliasEntries().find((one) => one.id === id);
    if (entry === undefined) throw new KeyringError("key-missing");
    return entry;
  }

  async #pseudonym(entry: PseudonymEntry): Promise<Pseudonym> {
    return { key: await this.#signing(entry), surrogateId: entry.id };
  }

  #signing(entry: Entry, extractable = false): Promise<SigningKey> {
    const bound = bindingOf(this.party, entry, "signing");
    return opened(unwrapSigningKey(this.#walletKey, bound, entry.signing.x, entry.signing.wrapped, extractable));
  }

  async #add(entry: PseudonymEntry, key: SigningKey): Promise<void> {
    const wrapped = await wrapSigningKey(this.#walletKey, bindingOf(this.party, entry, "signing"), key);
    const added = { ...entry, signing: { ...entry.signing, wrapped } };
    const others = this.#document.entries.filter((one) => one.id !== entry.id);
    this.#document = { ...this.#document, entries: [...others, added] };
  }

  /** Binds a key anew to what its entry says from now on. */
  async #alter(entry: LinkEntry | AliasEntry, change: { holder?: string; pair?: PairId }): Promise<void> {
    const key = await this.#signing(entry, true);
    await this.#add({ ...entry, ...change } as LinkEntry | AliasEntry, key);
  }
}

/** The public half of a kept opening key. */
export function sealingKeyOf({ document }: Keyring): Uint8Array {
  const own = document.entries.find((entry) => entry.kind === "party");
  return decode(own?.opening.sealing_key ?? "");
}

async function opened<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch {
    throw new KeyringError("keyring-altered");
  }
}
