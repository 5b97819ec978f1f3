/** Where a browser keeps devices and wallets: IndexedDB, which stores keys of WebCrypto without showing them. */

import type { PartyId } from "../ids.js";
import type { Device } from "./device.js";
import type { KeyringDocument } from "./entries.js";

/** A wallet as it is kept on one device. */
export interface KeptWallet {
  readonly party: PartyId;
  /** The wallet key, wrapped for this device. */
  readonly walletKey: string;
  readonly keyring: KeyringDocument;
  /** Which revision of the keyring at the node this one has taken in; 0 before the first. */
  readonly revision: number;
}

export interface Store {
  device(party: PartyId): Promise<Device | undefined>;
  putDevice(device: Device): Promise<void>;
  wallet(party: PartyId): Promise<KeptWallet | undefined>;
  putWallet(wallet: KeptWallet): Promise<void>;
  /** The accounts that this browser has wallets of. */
  parties(): Promise<PartyId[]>;
  /** Forgets an account on this device. */
  forget(party: PartyId): Promise<void>;
}

const DATABASE = "assent-wallet";
const VERSION = 1;
const STORES = ["devices", "wallets"] as const;
type Name = (typeof STORES)[number];

export class BrowserStore implements Store {
  readonly #database: Promise<IDBDatabase>;

  constructor(factory: IDBFactory = indexedDB) {
    const opening = factory.open(DATABASE, VERSION);
    opening.onupgradeneeded = () => {
      for (const name of STORES) opening.result.createObjectStore(name, { keyPath: "party" });
    };
    this.#database = answer(opening);
  }

  device(party: PartyId): Promise<Device | undefined> {
    return this.#get("devices", party);
  }

  putDevice(device: Device): Promise<void> {
    return this.#write("devices", (store) => store.put(device));
  }

  wallet(party: PartyId): Promise<KeptWallet | undefined> {
    return this.#get("wallets", party);
  }

  putWallet(wallet: KeptWallet): Promise<void> {
    return this.#write("wallets", (store) => store.put(wallet));
  }

  async parties(): Promise<PartyId[]> {
    const transaction = (await this.#database).transaction("wallets");
    return (await answer(transaction.objectStore("wallets").getAllKeys())) as PartyId[];
  }

  async forget(party: PartyId): Promise<void> {
    for (const name of STORES) await this.#write(name, (store) => store.delete(party));
  }

  async #get<T>(name: Name, party: PartyId): Promise<T | undefined> {
    const transaction = (await this.#database).transaction(name);
    return answer<T | undefined>(transaction.objectStore(name).get(party));
  }

  /** Done when it is on the disk. */
  async #write(name: Name, change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    const transaction = (await this.#database).transaction(name, "readwrite", { durability: "strict" });
    change(transaction.objectStore(name));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser kept nothing"));
    });
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
