/** A device takes in what happened on others: a new wallet key, since one of them was removed; or that it was itself. */

import { Person } from "../agent/person.js";
import { deviceOpening } from "../keystore/device.js";
import { KeyringError } from "../keystore/keyring.js";
import { Wallet } from "../keystore/wallet.js";
import { DeviceError } from "./error.js";
import { finishRotation } from "./removal.js";
import { readKeyring } from "./keyring_at_node.js";
import { unwrap, vouched } from "./wrapping.js";

/** The person with the keys of now. @throws {DeviceError} `device-removed`: this device has them no more. */
export async function catchUp(person: Person): Promise<Person> {
  const { session, wallet, party } = person;
  // By the session of the browser: the signing key of this device may be one of the past.
  const kept = await readKeyring(session.client);
  if (kept.revision === wallet.revision) return finishRotation(person);
  try {
    await wallet.keyring.merge(kept.document);
    await wallet.save();
    return await finishRotation(person);
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
  }
  const own = kept.wrappings.find((one) => one.id === wallet.device.id);
  if (own === undefined) throw new DeviceError("device-removed");
  const { signingKey } = await session.keysOf(party);
  const read = await vouched(session, party, [signingKey.kid], own);
  const walletKey = await unwrap(party, read, await deviceOpening(wallet.device));
  const renewed = await Wallet.install(wallet.store, wallet.device, walletKey, kept.document, kept.revision);
  return finishRotation(new Person(session, renewed));
}
