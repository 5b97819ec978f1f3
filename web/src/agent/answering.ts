/**
 * Answering a request. What the person is asked is made here from what the requester and the source signed; the form
 * of the node is compared with it, and so is the page, before anything is signed.
 */

import { refuse as refusal } from "../change.js";
import type { ResourceSet } from "../description.js";
import { offer } from "../description.js";
import { digestOfJson } from "../digest.js";
import { type Answer, type FormView, type Sharing, type Superseded, GiveError, give } from "../give.js";
import type { RequestId } from "../ids.js";
import type { LinkEntry } from "../keystore/entries.js";
import { freshPseudonym } from "../keystore/keyring.js";
import { type KeyHistory, checkReaches } from "../key_history.js";
import { type Notice, notice } from "../notice.js";
import { CONSENT_REQUEST, type ConsentRequest } from "../request.js";
import { type Verified, verify } from "../statement.js";
import type { ConsentView } from "../status_chain.js";
import { type Held, held, heldConsent } from "./changing.js";
import type { Person } from "./person.js";
import { type Described, Distrust } from "./session.js";

/** A request, with everything that follows from what was signed. */
export interface Asked {
  readonly request: Verified<ConsentRequest>;
  readonly requester: KeyHistory;
  readonly entry: LinkEntry;
  readonly service: Described;
  readonly source?: { readonly described: Described; readonly entry: LinkEntry; readonly keys: KeyHistory } | undefined;
  readonly notice: Notice;
  readonly noticeDigest: string;
}

/** What a person chose. */
export interface Choice {
  readonly resourceSet: ResourceSet;
  readonly validUntil?: number | undefined;
  /** Whether the person has confirmed the statement about age that the notice has. */
  readonly ageConfirmed?: boolean;
  /** The consent in force that the person was shown this one replaces. */
  readonly replaces?: Replaced | undefined;
}

/** What the person is asked, made from signed descriptions and the signed request. @throws what does not hold. */
export async function asked(person: Person, id: RequestId, language: string): Promise<Asked> {
  const request = await signedRequest(person, id);
  const said = request.content;
  const entry = person.linkEntry(said.slr_id);
  if (said.request_id !== id || said.surrogate_id !== entry.id || said.provider !== entry.provider) {
    throw new GiveError("other-request");
  }
  const requester = await person.providerKeys(entry);
  checkReaches(requester, request.signer.kid);
  const service = await person.session.described(said.service);
  if (service.provider.party !== said.provider) throw new GiveError("other-service");
  const source = said.source && (await sourceOf(person, said.source));
  const made = await rebuilt(said, service, source?.described, language);
  return { request, requester, entry, service, source, notice: made, noticeDigest: await digestOfJson(made) };
}

async function signedRequest(person: Person, id: RequestId): Promise<Verified<ConsentRequest>> {
  const view = await person.client.get<{ request: string }>(`/v1/consent-requests/${id}`);
  return verify<ConsentRequest>(CONSENT_REQUEST, person.session.chain.chain, view.request).catch(() => {
    throw new Distrust("request-unsigned");
  });
}

/** The source, described by the party that the person linked with. */
async function sourceOf(person: Person, named: NonNullable<ConsentRequest["source"]>) {
  const entry = await person.activeLink(named.service_id);
  const described = await person.session.described(named);
  const keys = await person.providerKeys(entry);
  if (described.provider.party !== keys.party) throw new GiveError("other-source");
  return { described, entry, keys };
}

async function rebuilt(said: ConsentRequest, service: Described, source: Described | undefined, language: string) {
  const purpose = service.description.purposes.find((one) => one.purpose_id === said.purpose_id);
  const offered = purpose && offer(purpose, (source ?? service).description);
  if (!purpose || !offered) throw new GiveError("purpose-impossible");
  return notice({
    service: service.description,
    purpose,
    source: source?.description,
    offer: offered,
    validUntilMax: said.valid_until_max,
    language,
  });
}

/** Answers yes. Keys of a new pair are kept before anybody hears of it. */
export async function answerYes(person: Person, asked: Asked, choice: Choice): Promise<void> {
  const form = await person.client.get<FormView>(
    `/v1/consent-requests/${asked.request.content.request_id}/form?language=${encodeURIComponent(asked.notice.language)}`,
  );
  const replaced = choice.replaces;
  const signer = person.session.signer();
  const { keyring } = person.wallet;
  const answer: Answer = {
    request: asked.request,
    language: asked.notice.language,
    form,
    service: asked.service.description,
    link: await keyring.link(asked.entry),
    resourceSet: choice.resourceSet,
    validFrom: signer.now,
    ...(choice.validUntil === undefined ? {} : { validUntil: choice.validUntil }),
    ageConfirmed: choice.ageConfirmed === true,
    custody: person.client.custody,
    ...(replaced === undefined ? {} : { supersedes: superseded(replaced.record) }),
    ...(asked.source === undefined ? {} : { sharing: await sharing(person, asked, asked.source, replaced) }),
  };
  const given = await give(signer, answer);
  await keyring.noteHolder(asked.entry.id, asked.requester.signingKey.kid);
  if (given.alias !== undefined) {
    const { pair, sourceLink, alias } = given.alias;
    if (replaced?.source) await keyring.moveAlias(alias.surrogateId, pair);
    else await keyring.addAlias(pair, sourceLink, alias);
    await person.keep();
    await person.name(alias);
  } else {
    await person.wallet.save();
  }
  await person.client.post("/v1/consents", given.request);
}

/** Answers no. */
export async function answerNo(person: Person, id: RequestId): Promise<void> {
  const request = await signedRequest(person, id);
  const entry = person.linkEntry(request.content.slr_id);
  if (request.content.request_id !== id) throw new GiveError("other-request");
  const { pseudonym } = await person.wallet.keyring.link(entry);
  const signed = await refusal(person.session.signer(), pseudonym, id);
  await person.client.post(`/v1/consent-requests/${id}/refusal`, { refusal: signed });
}

/** A consent in force that an answer would replace, with the other record of its pair. */
export interface Replaced {
  readonly record: Held;
  readonly source: Held | undefined;
  /** What the person agreed to then, in the language of now. */
  readonly notice: Notice;
}

/**
 * The consent in force (or paused) for the same service, purpose and source: found among the person's own, whatever a
 * page says. @throws what does not hold.
 */
export async function replacedBy(person: Person, asked: Asked): Promise<Replaced | undefined> {
  const { pseudonym } = await person.wallet.keyring.link(asked.entry);
  const who = () => ({ signer: person.session.signer(), caller: pseudonym });
  const views = await person.client.list<ConsentView>(`/v1/pseudonyms/${asked.entry.id}/consents`, who);
  for (const view of views.filter(({ status }) => status === "active" || status === "disabled")) {
    const record = await held(person, view);
    if (!isForTheSame(record, asked)) continue;
    const source = record.counterpart === undefined ? undefined : await heldConsent(person, record.counterpart);
    return { record, source, notice: await agreedTo(person, record, asked.notice.language) };
  }
  return undefined;
}

function isForTheSame({ record }: Held, asked: Asked): boolean {
  const said = asked.request.content;
  const { common_part, role_specific_part } = record;
  const of = (value: unknown) => Object(value) as { service_id?: string; purpose_id?: string };
  return (
    common_part.surrogate_id === said.surrogate_id &&
    of(common_part["service"]).service_id === said.service.service_id &&
    of(common_part["usage_rules"]).purpose_id === said.purpose_id &&
    of(role_specific_part["source"]).service_id === said.source?.service_id
  );
}

/** What was agreed to, made again from the request and the descriptions of then: the record has its digest. */
export async function agreedTo(person: Person, { record }: Held, language: string): Promise<Notice> {
  const agreed = record.common_part["notice"] as { language: string; version: number; digest: string };
  const request = await signedRequest(person, record.common_part["request_id"] as RequestId);
  const said = request.content;
  const service = await person.session.described(said.service);
  const source = said.source && (await person.session.described(said.source));
  const then = await rebuilt(said, service, source, agreed.language);
  // A later wording of what every notice says has another version, and another digest.
  const isAgreed = then.version !== agreed.version || (await digestOfJson(then)) === agreed.digest;
  if (!isAgreed) throw new Distrust("earlier-notice-mismatch");
  return rebuilt(said, service, source, language);
}

function superseded({ chain }: Held): Superseded {
  return { cr_id: chain.crId, prev: chain.head };
}

async function sharing(
  person: Person,
  asked: Asked,
  source: NonNullable<Asked["source"]>,
  replaced: Replaced | undefined,
): Promise<Sharing> {
  const { keyring } = person.wallet;
  const kept = replaced?.source;
  return {
    source: source.described.description,
    link: await keyring.link(source.entry),
    sealingKey: source.keys.sealingKey,
    holder: asked.requester.signingKey.kid,
    tokenKey: person.session.tokenKey,
    alias: kept ? await keyring.pseudonym(kept.chain.surrogateId) : await freshPseudonym(),
    ...(kept ? { supersedes: superseded(kept) } : {}),
  };
}

