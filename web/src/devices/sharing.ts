/** A device that has the keys gives them to one that waits, once it has seen for itself which key that shows. */

import { decode, encode } from "../bytes.js";
import type { Person } from "../agent/person.js";
import { readWalletKey } from "../keystore/device.js";
import { SEALING_KEY_LENGTH } from "../sealing.js";
import { deviceCode, deviceDigest, plain } from "./code.js";
import { DeviceError } from "./error.js";
import { wrapFor } from "./wrapping.js";

/** A device that waits, as the node says. */
export interface WaitingDevice {
  readonly device_id: string;
  readonly sealing_key: string;
  readonly label: string;
  readonly expires_at: number;
}

export async function waiting(person: Person): Promise<readonly WaitingDevice[]> {
  const { devices } = await person.client.get<{ devices: WaitingDevice[] }>("/v1/accounts/devices", await person.caller());
  return devices;
}

/**
 * The device whose link was scanned: what stands behind `#`. @throws {DeviceError} `key-swapped`: the node says that
 * this device has another key than it shows.
 */
export async function scanned(person: Person, fragment: string): Promise<WaitingDevice> {
  const [id, digest] = fragment.split(".");
  const device = (await waiting(person)).find((one) => one.device_id === id);
  if (device === undefined) throw new DeviceError("device-unknown");
  if (encode(await digestOf(person, device)) !== digest) throw new DeviceError("key-swapped");
  return device;
}

/** The device that shows the code that was typed. @throws {DeviceError} `device-unknown`: none that the node names does. */
export async function typed(person: Person, code: string): Promise<WaitingDevice> {
  const wanted = plain(code);
  for (const device of await waiting(person)) {
    if (plain(deviceCode(await digestOf(person, device))) === wanted) return device;
  }
  throw new DeviceError("device-unknown");
}

/** Seals the wallet key to the device. */
export async function admit(person: Person, { device_id: id, sealing_key, label }: WaitingDevice): Promise<void> {
  const { wallet, session } = person;
  const walletKey = await readWalletKey(wallet.device, wallet.wrappedKey);
  const to = { id, kind: "device" as const, label, sealingKey: decode(sealing_key, SEALING_KEY_LENGTH) };
  const wrapping = await wrapFor(session, await wallet.keyring.partyKeys(), walletKey, to);
  walletKey.fill(0);
  await person.keep((wrappings) => [...wrappings.filter((one) => one.id !== id), wrapping]);
}

/** Lets a device wait no longer. */
export async function refuse(person: Person, { device_id }: WaitingDevice): Promise<void> {
  await person.client.delete(`/v1/accounts/devices/${device_id}`, await person.caller());
}

function digestOf(person: Person, { device_id, sealing_key }: WaitingDevice) {
  return deviceDigest(person.party, device_id, decode(sealing_key, SEALING_KEY_LENGTH));
}
