/** A device takes in what happened on others: a new wallet key, since one of them was removed; or that it was itself. */

import { type Caller, NodeError } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { deviceOpening } from "../keystore/device.js";
import { KeyringError } from "../keystore/keyring.js";
import { Wallet } from "../keystore/wallet.js";
import { DeviceError } from "./error.js";
import { finishRotation } from "./removal.js";
import { readKeyring } from "./keyring_at_node.js";
import { unwrap, vouched } from "./wrapping.js";

/**
 * Who reads the keyring: the browser by its session or pass, since the signing key of this device may be one of the past;
 * at another site the key, as long as it counts.
 */
async function caller(person: Person): Promise<Caller | undefined> {
  const { custody, pass } = person.client;
  return custody === "page" || pass !== undefined ? undefined : person.caller();
}

/** The person with the keys of now. @throws {DeviceError} `key-past`: it takes a session or a pass to read them. @throws {DeviceError} `device-removed`: this device has them no more. */
export async function catchUp(person: Person): Promise<Person> {
  const { session, wallet, party } = person;
  const kept = await readKeyring(session.client, await caller(person)).catch((error: unknown) => {
    throw error instanceof NodeError && error.status === 401 ? new DeviceError("key-past") : error;
  });
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
