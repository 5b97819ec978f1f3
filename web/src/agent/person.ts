/** A person with a wallet at a node: what signing needs of both. */

import { encode, utf8, decode, text } from "../bytes.js";
import { accountPseudonym } from "../identity.js";
import type { LinkId, PartyId, ServiceId } from "../ids.js";
import type { Pseudonym } from "../keys.js";
import type { LinkEntry } from "../keystore/entries.js";
import { KeyringError } from "../keystore/keyring.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import { readWalletKey } from "../keystore/device.js";
import { deviceLabel } from "../devices/label.js";
import { wrapFor } from "../devices/wrapping.js";
import { type KeyHistory, checkReaches } from "../key_history.js";
import { type Caller, type NodeClient, NodeError } from "./node_client.js";
import { Session } from "./session.js";

const KEYRING = "/v1/accounts/keyring";
/** How often a keyring is taken in and kept again, when other devices keep theirs at the same time. */
const ATTEMPTS = 4;

/** The wallet key, wrapped for whoever may open the keyring. */
export interface Wrapping {
  readonly id: string;
  readonly kind: "device" | "recovery" | "passkey";
  readonly label?: string;
  readonly made_at: number;
  readonly wrapped: string;
}

interface KeptKeyring {
  readonly revision: number;
  readonly keyring: string;
  readonly wrappings: readonly Wrapping[];
}

export class Person {
  constructor(
    readonly session: Session,
    readonly wallet: Wallet,
  ) {}

  /** The person whose wallet is on this device. @throws {KeyringError} `key-missing`: it is not. */
  static async open(client: NodeClient, store: Store, party: PartyId): Promise<Person> {
    const wallet = await Wallet.open(store, party);
    if (wallet === undefined) throw new KeyringError("key-missing");
    return new Person(await Session.open(client, wallet.keyring.chain), wallet);
  }

  get client(): NodeClient {
    return this.session.client;
  }

  get party(): PartyId {
    return this.wallet.party;
  }

  /** The party itself as a caller. No service sees this key. */
  async caller(): Promise<Caller> {
    return { signer: this.session.signer(), caller: await this.wallet.keyring.partyKeys() };
  }

  /** The kept link with an id. */
  linkEntry(link: LinkId): LinkEntry {
    const entry = this.wallet.keyring.linkEntries().find((one) => one.link === link);
    if (entry === undefined) throw new KeyringError("key-missing");
    return entry;
  }

  /** The kept link with a service that is in force. */
  async activeLink(service: ServiceId): Promise<LinkEntry> {
    for (const entry of this.wallet.keyring.linkEntries().filter((one) => one.service === service)) {
      // A link that the service did not make leaves a key behind, which harms nothing.
      const view = await this.client.get<{ status: string }>(`/v1/links/${entry.link}`).catch(absent);
      if (view?.status === "active") return entry;
    }
    throw new KeyringError("key-missing");
  }

  /** The keys of a link's provider, which reach at least as far as the wallet knows. */
  async providerKeys(entry: LinkEntry): Promise<KeyHistory> {
    const keys = await this.session.keysOf(entry.provider);
    checkReaches(keys, entry.holder);
    return keys;
  }

  /** Says that a pseudonym is the person's own, so that My Home shows what it does. */
  async name(pseudonym: Pseudonym): Promise<void> {
    const statement = await accountPseudonym(this.session.signer(), this.party, pseudonym);
    await this.client.post("/v1/accounts/pseudonyms", { statement }, await this.caller());
  }

  /**
   * Keeps the keyring as it is now: here at once, and at the node for the other devices. `change` says who may open it,
   * beside this device.
   */
  async keep(change: (wrappings: readonly Wrapping[]) => readonly Wrapping[] = (same) => same): Promise<void> {
    await this.wallet.save();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const kept = await this.client.getTagged<KeptKeyring>(KEYRING, await this.caller()).catch(absent);
      if (kept !== undefined) await this.wallet.keyring.merge(JSON.parse(text(decode(kept.body.keyring))));
      const keyring = encode(utf8(JSON.stringify(this.wallet.keyring.document)));
      const wrappings = change(await this.#withOwn(kept?.body.wrappings ?? []));
      const put = this.client.put<{ revision: number }>(KEYRING, { keyring, wrappings }, await this.caller(), kept?.tag);
      const done = await put.catch(busy);
      if (done === undefined) continue;
      this.wallet.revision = done.body.revision;
      return this.wallet.save();
    }
    throw new NodeError("keyring-busy", 412);
  }

  /** Takes in what other devices have added to the keyring, until this device keeps something itself. */
  async takeIn(): Promise<void> {
    const kept = await this.client.get<KeptKeyring>(KEYRING, await this.caller()).catch(absent);
    if (kept !== undefined) await this.wallet.keyring.merge(JSON.parse(text(decode(kept.keyring))));
  }

  /** The wrappings with that of this device among them. */
  async #withOwn(wrappings: readonly Wrapping[]): Promise<readonly Wrapping[]> {
    const { device, wrappedKey, keyring } = this.wallet;
    const { id, sealingKey } = device;
    if (wrappings.some((one) => one.id === id)) return wrappings;
    const walletKey = await readWalletKey(device, wrappedKey);
    const to = { id, kind: "device" as const, label: deviceLabel(), sealingKey: decode(sealingKey) };
    const own = await wrapFor(this.session, await keyring.partyKeys(), walletKey, to);
    walletKey.fill(0);
    return [...wrappings, own];
  }
}

/** What is not there is nothing; anything else that went wrong is said. */
function absent(error: unknown): undefined {
  if (error instanceof NodeError && error.status === 404) return undefined;
  throw error;
}

/** That another device was faster is nothing; anything else that went wrong is said. */
function busy(error: unknown): undefined {
  if (error instanceof NodeError && (error.status === 412 || error.status === 428)) return undefined;
  throw error;
}
