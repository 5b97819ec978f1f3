/** Beginning an account with keys that are made in this browser. */

import { answerChallenge, register } from "../identity.js";
import { encode } from "../bytes.js";
import * as canonical from "../canonical.js";
import { sealingKeyOf } from "../keystore/keyring.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import { type NodeClient, NodeError } from "./node_client.js";
import { Person } from "./person.js";
import { Session } from "./session.js";

/**
 * Makes the keys, keeps them on this device, and registers the person who has them; or goes on with what an earlier
 * attempt has left: an account without an address is nobody's, and there are not to be two.
 */
export async function beginAccount(client: NodeClient, store: Store): Promise<Person> {
  const begun = await unfinished(client, store);
  if (begun !== undefined) {
    if (!(await isRegistered(begun))) await enter(begun);
    return begun;
  }
  const session = await Session.open(client);
  const person = new Person(session, await Wallet.create(store, session.chain));
  await enter(person);
  return person;
}

/** The account that was begun on this device and has no address yet, if there is one. */
export async function unfinished(client: NodeClient, store: Store): Promise<Person | undefined> {
  const session = await Session.open(client);
  for (const party of await store.parties()) {
    const wallet = await Wallet.open(store, party);
    if (wallet === undefined || !canonical.same(wallet.keyring.chain, session.chain)) continue;
    const person = new Person(session, wallet);
    if (await isUnfinished(person)) return person;
  }
  return undefined;
}

/** Whether an account has no address yet. One whose keys were replaced on another device has one. */
export async function isUnfinished(person: Person): Promise<boolean> {
  if (!(await isRegistered(person))) return true;
  try {
    await person.client.get("/v1/contacts", await person.caller());
    return false;
  } catch (error) {
    if (error instanceof NodeError && error.status === 401) return false;
    if (error instanceof NodeError && error.status === 404) return true;
    throw error;
  }
}

async function isRegistered({ client, party }: Person): Promise<boolean> {
  try {
    await client.get(`/v1/parties/${party}`);
    return true;
  } catch (error) {
    if (error instanceof NodeError && error.status === 404) return false;
    throw error;
  }
}

/** Registers the person whose keys a wallet has. */
async function enter({ session, wallet, client }: Person): Promise<void> {
  const { keyring } = wallet;
  const opening = await keyring.opening();
  const challenge = await client.post<{ challenge: string; sealed: string }>("/v1/challenges", {
    sealing_key: encode(sealingKeyOf(keyring)),
  });
  const possession = await answerChallenge(opening, challenge);
  const [keys, recovery] = [await keyring.partyKeys(), await keyring.recovery()];
  const registration = await register(session.signer(), keys, recovery, opening, client.custody);
  await client.post("/v1/parties", { registration, possession });
}

/** Has a code sent to the person's address. */
export async function askContact(person: Person, email: string, language: string): Promise<void> {
  await person.client.post("/v1/contacts", { email, language }, await person.caller());
}

/** Keeps the keyring for other devices, confirms the address with the code that came to it, and signs in. */
export async function confirmContact(person: Person, code: string): Promise<void> {
  await person.keep();
  await person.client.post("/v1/contacts/confirmations", { code }, await person.caller());
  // Only pages of the node itself have a session there.
  if (person.client.custody === "page") await signIn(person);
}

/** Signs the browser in by the key of the party. */
export async function signIn(person: Person): Promise<void> {
  await person.client.postEmpty("/sign-in/key", await person.caller());
}
