/**
 * The key of one browser on one device. What it locks is opened here alone: the lock is a key of WebCrypto that cannot
 * be exported. The wallet key is wrapped by it, and so is the seed of an X-Wing key, to which other devices seal the
 * wallet key for this one.
 */

import { type Bytes, encode } from "../bytes.js";
import type { PartyId } from "../ids.js";
import { type OpeningKey, openingKey } from "../sealing.js";
import { type Binding, type Lock, lock, makeLock, unlock, unwrapLock, wrapLock } from "./locking.js";

/** What is kept of a device, one for each account that is used on it. */
export interface Device {
  readonly party: PartyId;
  /** Its name among the wrappings of the wallet key. */
  readonly id: string;
  readonly lock: Lock;
  /** The public half of its X-Wing key. */
  readonly sealingKey: string;
  /** The seed of that key, locked. */
  readonly seed: string;
}

/** The key of this device for an account. */
export async function makeDevice(party: PartyId): Promise<Device> {
  const id = encode(crypto.getRandomValues(new Uint8Array(16)));
  const own = await makeLock(false);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const { sealingKey } = await openingKey(seed);
  const locked = await lock(own, binding(party, id, "device"), seed);
  seed.fill(0);
  return { party, id, lock: own, sealingKey: encode(sealingKey), seed: locked };
}

/** Opens what was sealed to the device. */
export async function deviceOpening(device: Device): Promise<OpeningKey> {
  const seed = await unlock(device.lock, binding(device.party, device.id, "device"), device.seed);
  const key = await openingKey(seed);
  seed.fill(0);
  return key;
}

/** Wraps the wallet key, which must be one that can be exported, for this device. */
export async function wrapWalletKey(device: Device, walletKey: Lock): Promise<string> {
  return wrapLock(device.lock, binding(device.party, device.id, "wallet"), walletKey);
}

/** @throws the device is another, or what is kept was altered. */
export async function unwrapWalletKey(device: Device, wrapped: string, extractable = false): Promise<Lock> {
  return unwrapLock(device.lock, binding(device.party, device.id, "wallet"), wrapped, extractable);
}

/** The bytes of the wallet key, to be sealed to another device or to a kit at once, and wiped. */
export async function readWalletKey(device: Device, wrapped: string): Promise<Bytes> {
  const key = await unwrapWalletKey(device, wrapped, true);
  return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

function binding(party: PartyId, device: string, key: "wallet" | "device"): Binding {
  return { party, key, of: { device } };
}
