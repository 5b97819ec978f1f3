/** Tying an account at a service to a new pseudonym, and untying it. */

import type { DescriptionRef } from "../description.js";
import type { Digest } from "../digest.js";
import type { LinkId } from "../ids.js";
import type { LinkEntry } from "../keystore/entries.js";
import { freshPseudonym } from "../keystore/keyring.js";
import { linkRecord, linkStatus } from "../link.js";
import { verify } from "../statement.js";
import type { ConsentStatusRecord, ConsentView } from "../status_chain.js";
import { changeOf, held, signedChange } from "./changing.js";
import type { Person } from "./person.js";
import type { Described } from "./session.js";

interface LinkView {
  readonly head: Digest;
  readonly statuses: readonly string[];
}

/** The person's half of a new link, for the service to countersign. The key is kept before anybody hears of it. */
export async function link(person: Person, wanted: DescriptionRef, account: Digest, { provider }: Described): Promise<string> {
  const pseudonym = await freshPseudonym();
  const holder = provider.signingKey.kid;
  const linking = { service: wanted, provider: provider.party, holder, custody: person.client.custody, account };
  const record = await linkRecord(person.session.signer(), linking, pseudonym);
  const made = { link: record.content.slr_id, service: wanted.service_id, provider: provider.party, holder };
  await person.wallet.keyring.addLink(made, pseudonym);
  await person.keep();
  await person.name(pseudonym);
  return record.compact;
}

/** Removes a link, and pauses with it every consent that hangs on it. */
export async function removeLink(person: Person, id: LinkId): Promise<void> {
  const entry = person.linkEntry(id);
  await pauseSources(person, id);
  const affected = (await consentsOf(person, entry)).filter(({ status }) => status === "active");
  await changeLink(person, entry, "removed", affected);
}

/** Restores a link and resumes the consents that were paused together with it. */
export async function restoreLink(person: Person, id: LinkId): Promise<void> {
  const entry = person.linkEntry(id);
  const { statuses } = await linkView(person, id);
  const removal = await signedAt("assent-ssr+jwt", person, statuses.at(-1));
  const affected: ConsentView[] = [];
  for (const view of await consentsOf(person, entry)) {
    if (view.status === "disabled" && (await pauseSignedAt(person, view)) === removal) affected.push(view);
  }
  await changeLink(person, entry, "active", affected);
}

async function changeLink(
  person: Person,
  entry: LinkEntry,
  status: "active" | "removed",
  affected: readonly ConsentView[],
): Promise<void> {
  const { head } = await linkView(person, entry.link);
  const signer = person.session.signer();
  const { pseudonym } = await person.wallet.keyring.link(entry);
  const consents = [];
  for (const view of affected) {
    const change = changeOf(status === "removed" ? "disable" : "enable");
    consents.push(await signedChange(person, signer, await held(person, view), change));
  }
  const record = await linkStatus(signer, pseudonym, entry.link, status, head);
  await person.client.post(`/v1/links/${entry.link}/statuses`, { record, consents });
}

/** The ledger does not know on which link the source's record of a pair hangs; the wallet does. */
async function pauseSources(person: Person, id: LinkId): Promise<void> {
  const aliases = person.wallet.keyring.aliasEntries().filter(({ link: at }) => at === id);
  for (const { id: surrogate } of aliases) {
    const pseudonym = await person.wallet.keyring.pseudonym(surrogate);
    const who = () => ({ signer: person.session.signer(), caller: pseudonym });
    const views = await person.client.list<ConsentView>(`/v1/pseudonyms/${surrogate}/consents`, who);
    for (const view of views.filter(({ status }) => status === "active")) {
      const side = await held(person, view);
      const body = await signedChange(person, person.session.signer(), side, changeOf("disable"));
      await person.client.post(`/v1/consents/${view.cr_id}/statuses`, body);
    }
  }
}

async function consentsOf(person: Person, entry: LinkEntry): Promise<ConsentView[]> {
  const { pseudonym } = await person.wallet.keyring.link(entry);
  const who = () => ({ signer: person.session.signer(), caller: pseudonym });
  return person.client.list(`/v1/pseudonyms/${entry.id}/consents`, who);
}

function linkView(person: Person, id: LinkId): Promise<LinkView> {
  return person.client.get(`/v1/links/${id}`);
}

/** When the record was signed that paused a consent last: with the removal of its link, if that paused it. */
async function pauseSignedAt(person: Person, { statuses }: ConsentView): Promise<number | undefined> {
  let wasActive = true;
  let paused: number | undefined;
  for (const compact of statuses) {
    const record = await verify<ConsentStatusRecord>("assent-csr+jwt", person.session.chain.chain, compact);
    const isActive = record.content.consent_status === "active";
    if (wasActive && !isActive) paused = record.envelope.iat;
    wasActive = isActive;
  }
  return paused;
}

async function signedAt(typ: string, person: Person, compact: string | undefined): Promise<number | undefined> {
  if (compact === undefined) return undefined;
  return (await verify(typ, person.session.chain.chain, compact)).envelope.iat;
}
