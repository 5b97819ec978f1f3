/** The wallet of one account on this device: its keyring, opened by the wallet key, and saved whenever it changed. */

import type { PartyId } from "../ids.js";
import { type Device, makeDevice, unwrapWalletKey, wrapWalletKey } from "./device.js";
import { type Chain, Keyring } from "./keyring.js";
import { type Lock, makeLock } from "./locking.js";
import type { KeptWallet, Store } from "./store.js";

export class Wallet {
  private constructor(
    readonly keyring: Keyring,
    readonly device: Device,
    readonly store: Store,
    readonly wrappedKey: string,
    public revision: number,
  ) {}

  /** A new account with keys that are made here. They are on the disk when this is done. */
  static async create(store: Store, chain: Chain): Promise<Wallet> {
    const exportable = await makeLock(true);
    const keyring = await Keyring.begin(exportable, chain);
    return Wallet.install(store, await makeDevice(keyring.party), exportable, keyring.document, 0);
  }

  /** Keeps a keyring on a device: the wallet key, which must be one that can be exported, is wrapped and let go. */
  static async install(store: Store, device: Device, exportable: Lock, keyring: unknown, revision: number): Promise<Wallet> {
    const wrapped = await wrapWalletKey(device, exportable);
    const opened = await Keyring.open(await unwrapWalletKey(device, wrapped), keyring);
    const wallet = new Wallet(opened, device, store, wrapped, revision);
    await store.putDevice(device);
    await wallet.save();
    return wallet;
  }

  /** The wallet of an account, if this device has it. @throws what is kept was altered. */
  static async open(store: Store, party: PartyId): Promise<Wallet | undefined> {
    const [device, kept] = [await store.device(party), await store.wallet(party)];
    if (device === undefined || kept === undefined) return undefined;
    const keyring = await Keyring.open(await unwrapWalletKey(device, kept.walletKey), kept.keyring);
    return new Wallet(keyring, device, store, kept.walletKey, kept.revision);
  }

  get party(): PartyId {
    return this.keyring.party;
  }

  /** Puts the keyring as it is now on the disk. */
  async save(): Promise<void> {
    const { party, wrappedKey: walletKey, revision } = this;
    const kept: KeptWallet = { party, walletKey, keyring: this.keyring.document, revision };
    await this.store.putWallet(kept);
  }
}
