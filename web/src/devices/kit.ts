/**
 * The recovery kit: a code on paper, from which a key is derived that the wallet key is sealed to. It gives the keys
 * back to somebody who has signed in, on a device that has none. The code itself is kept nowhere.
 */

import { type Bytes, encode, utf8 } from "../bytes.js";
import * as domains from "../domains.js";
import type { PartyId } from "../ids.js";
import type { NodeClient } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { Session } from "../agent/session.js";
import { makeDevice, readWalletKey } from "../keystore/device.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import { type OpeningKey, openingKey } from "../sealing.js";
import { kitCode, readKitCode } from "./code.js";
import { DeviceError } from "./error.js";
import { readKeyring } from "./keyring_at_node.js";
import { unwrap, vouched, wrapFor } from "./wrapping.js";

/** Makes a kit; its code, to be written down now or never. Kits that there are stay good. */
export async function makeKit(person: Person): Promise<string> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const { sealingKey } = await keyOf(person.party, secret);
  const code = await kitCode(secret);
  secret.fill(0);
  const { wallet, session } = person;
  const walletKey = await readWalletKey(wallet.device, wallet.wrappedKey);
  const id = encode(crypto.getRandomValues(new Uint8Array(16)));
  const to = { id, kind: "recovery" as const, sealingKey };
  const wrapping = await wrapFor(session, await wallet.keyring.partyKeys(), walletKey, to);
  walletKey.fill(0);
  await person.keep((wrappings) => [...wrappings, wrapping]);
  return code;
}

/** Takes the keys back with the code of a kit. @throws {DeviceError} it was mistyped, or is of no kit of this account. */
export async function useKit(client: NodeClient, store: Store, party: PartyId, typed: string): Promise<Person> {
  const secret = await readKitCode(typed);
  const key = await keyOf(party, secret);
  secret.fill(0);
  const kept = await readKeyring(client);
  const session = await Session.open(client);
  const { signingKey } = await session.keysOf(party);
  for (const wrapping of kept.wrappings.filter((one) => one.kind === "recovery")) {
    const read = await vouched(session, party, [signingKey.kid], wrapping);
    if (encode(read.recipient.sealingKey) !== encode(key.sealingKey)) continue;
    const walletKey = await unwrap(party, read, key);
    const wallet = await Wallet.install(store, await makeDevice(party), walletKey, kept.document, kept.revision);
    // From here on the keys say who asks.
    client.pass = undefined;
    const person = new Person(session, wallet);
    await person.keep();
    return person;
  }
  throw new DeviceError("kit-unknown");
}

/** The key that follows from the secret of a kit, and for whom. */
async function keyOf(party: PartyId, secret: Bytes): Promise<OpeningKey> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = utf8(`${domains.KIT_KEY} ${party}`);
  const derive = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  const seed = new Uint8Array(await crypto.subtle.deriveBits(derive, key, 256));
  const opening = await openingKey(seed);
  seed.fill(0);
  return opening;
}
