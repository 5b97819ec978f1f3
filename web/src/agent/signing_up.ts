/** Beginning an account with keys that are made in this browser. */

import { answerChallenge, register } from "../identity.js";
import type { PartyId } from "../ids.js";
import { encode } from "../bytes.js";
import { sealingKeyOf } from "../keystore/keyring.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import type { NodeClient } from "./node_client.js";
import { Person } from "./person.js";
import { Session } from "./session.js";

/** Makes the keys, keeps them on this device, and registers the person who has them. */
export async function beginAccount(client: NodeClient, store: Store): Promise<Person> {
  const session = await Session.open(client);
  const wallet = await Wallet.create(store, session.chain);
  const { keyring } = wallet;
  const opening = await keyring.opening();
  const challenge = await client.post<{ challenge: string; sealed: string }>("/v1/challenges", {
    sealing_key: encode(sealingKeyOf(keyring)),
  });
  const possession = await answerChallenge(opening, challenge);
  const [keys, recovery] = [await keyring.partyKeys(), await keyring.recovery()];
  const registration = await register(session.signer(), keys, recovery, opening, client.custody);
  await client.post("/v1/parties", { registration, possession });
  return new Person(session, wallet);
}

/** Has a code sent to the person's address. */
export async function askContact(person: Person, email: string, language: string): Promise<void> {
  await person.client.post("/v1/contacts", { email, language }, await person.caller());
}

/** Confirms the address with the code that came to it, keeps the keyring for other devices, and signs in. */
export async function confirmContact(person: Person, code: string): Promise<void> {
  await person.client.post("/v1/contacts/confirmations", { code }, await person.caller());
  await person.keep();
  // Only pages of the node itself have a session there.
  if (person.client.custody === "page") await signIn(person);
}

/** Signs the browser in by the key of the party. */
export async function signIn(person: Person): Promise<void> {
  await person.client.postEmpty("/sign-in/key", await person.caller());
}

/** The person of an account on this device, for signing in. */
export async function known(client: NodeClient, store: Store, party: PartyId): Promise<Person> {
  return Person.open(client, store, party);
}
