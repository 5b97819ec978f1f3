/**
 * Taking the keys from a device, a kit or a passkey. There is a new wallet key from then on, sealed to whoever is left,
 * and a new signing key of the party on the ledger. What the removed device kept of keys before that is another matter:
 * pseudonyms are derived from their keys and keep them.
 */

import type { Person } from "../agent/person.js";
import { Person as Opened } from "../agent/person.js";
import { rotate } from "../identity.js";
import { importLock, makeSigningKey } from "../keystore/locking.js";
import { Wallet } from "../keystore/wallet.js";
import { DeviceError } from "./error.js";
import { readKeyring, replaceKeyring } from "./keyring_at_node.js";
import { signAnew, vouched, wrapFor } from "./wrapping.js";

/** Removes a wrapping. The person goes on with the wallet that is returned. @throws {DeviceError} it is this device. */
export async function remove(person: Person, id: string): Promise<Person> {
  const { session, wallet, client } = person;
  if (id === wallet.device.id) throw new DeviceError("device-last");
  const kept = await readKeyring(client, await person.caller());
  await wallet.keyring.merge(kept.document);
  const by = await wallet.keyring.partyKeys();
  const walletKey = crypto.getRandomValues(new Uint8Array(32));
  const wrappings = [];
  for (const wrapping of kept.wrappings.filter((one) => one.id !== id)) {
    const { recipient } = await vouched(session, person.party, [by.signing.verifying.kid], wrapping);
    wrappings.push(await wrapFor(session, by, walletKey, recipient));
  }
  const exportable = await importLock(walletKey, true);
  // The next signing key is kept before the ledger hears of it, so that none is ever lost on the way.
  const keyring = await wallet.keyring.rekeyed(exportable, await makeSigningKey());
  const revision = await replaceKeyring(client, await person.caller(), keyring.document, wrappings, kept.tag);
  const renewed = await Wallet.install(wallet.store, wallet.device, exportable, keyring.document, revision);
  return finishRotation(new Opened(session, renewed));
}

/** Puts the next signing key of a party into force, if there is one that is not yet. */
export async function finishRotation(person: Person): Promise<Person> {
  const { session, wallet, client, party } = person;
  const next = await wallet.keyring.next();
  if (next === undefined) return person;
  const before = await wallet.keyring.partyKeys();
  if ((await session.keysOf(party)).signingKey.kid !== next.verifying.kid) {
    const rotation = await rotate(session.signer(), before, next);
    await client.post(`/v1/parties/${party}/keys`, { rotation });
  }
  await wallet.keyring.promote();
  const by = await wallet.keyring.partyKeys();
  const kept = await readKeyring(client, await person.caller());
  const kids = [before.signing.verifying.kid, by.signing.verifying.kid];
  const wrappings = [];
  for (const wrapping of kept.wrappings) {
    wrappings.push(await signAnew(session, by, await vouched(session, party, kids, wrapping)));
  }
  wallet.revision = await replaceKeyring(client, await person.caller(), wallet.keyring.document, wrappings, kept.tag);
  await wallet.save();
  return person;
}
