/** A notice in facts: the twin of `pages::consent::notice` in the node. Every fact has the key of its heading, and lines. */

import { type Texts, pick } from "./description.js";
import type { Notice, NoticeDataset } from "./notice.js";

export interface Fact {
  /** The key of the heading. */
  readonly key: string;
  readonly lines: readonly string[];
}

/** A fact that is another than it was. */
export interface Change {
  readonly key: string;
  readonly before: readonly string[];
  readonly now: readonly string[];
}

/** The word of a closed list in the language of the reader. */
export type Word = (key: string) => string;

interface Provider {
  readonly name: string;
  readonly business_id: string;
  readonly address: string;
  readonly jurisdiction: string;
  readonly contact: string;
  readonly data_protection_officer?: string;
  readonly representative?: string;
  readonly supervisory_authority: string;
}

interface Purpose {
  readonly name: Texts;
  readonly description: Texts;
  readonly category: string;
  readonly legal_basis: string;
  readonly processing_categories: readonly string[];
  readonly policy: { readonly policy_ref: string; readonly policy_version: string; readonly policy_hash: string };
  readonly storage: { readonly location: string; readonly duration: string; readonly period: Texts };
  readonly recipients: readonly string[];
  readonly share_with?: readonly { readonly org_name: string; readonly org_url: string; readonly business_type: string }[];
  readonly obligations?: readonly { readonly event: string; readonly activity: string }[];
  readonly collection_method: string;
  readonly termination: Texts;
  readonly automated_decisions?: Texts;
  readonly consequences_of_refusal?: Texts;
  readonly risks?: Texts;
  readonly special_categories?: boolean;
}

/** All that a notice says, in the order in which the law asks for it (GDPR articles 13 and 14). */
export function factsOf(notice: Notice, word: Word): Fact[] {
  const purpose = notice.purpose as unknown as Purpose;
  const provider = notice.provider as Provider;
  const said = (texts: Texts | undefined) => [pick(texts ?? {}, notice.language)].filter((text) => text !== "");
  const listed = (list: string, values: readonly string[]) => values.map((value) => word(`${list}-${value}`));
  const given = (text: string | undefined) => (text === undefined ? [] : [text]);
  const source = notice.source && { name: notice.source.name, provider: notice.source.provider as Provider };
  const { storage, policy } = purpose;
  const automated = said(purpose.automated_decisions);
  const facts: Record<string, readonly string[]> = {
    "notice-controller": controller(provider),
    "notice-contact": [provider.contact],
    "notice-officer": given(provider.data_protection_officer),
    "notice-representative": given(provider.representative),
    "notice-source": source ? [source.name, ...controller(source.provider)] : [],
    "notice-purpose": said(purpose.name),
    "notice-what-for": said(purpose.description),
    "notice-category": listed("purpose", [purpose.category]),
    "notice-legal-basis": listed("legal-basis", [purpose.legal_basis]),
    "notice-processing": listed("processing", purpose.processing_categories),
    "notice-required": named(notice, (dataset) => dataset.required),
    "notice-optional": named(notice, (dataset) => dataset.optional),
    "notice-special": purpose.special_categories ? [word("notice-special-text")] : [],
    "notice-age": notice.minimum_age ? [notice.minimum_age.rule, notice.minimum_age.statement] : [],
    "notice-collection": listed("collection", [purpose.collection_method]),
    "notice-recipients": listed("recipient", purpose.recipients),
    "notice-shared": (purpose.share_with ?? []).map((one) => `${one.org_name} (${one.business_type}), ${one.org_url}`),
    "notice-location": listed("location", [storage.location]),
    "notice-period": [...said(storage.period), ...listed("duration", [storage.duration])],
    "notice-obligations": (purpose.obligations ?? []).map(({ event, activity }) => `${event}: ${activity}`),
    "notice-termination": said(purpose.termination),
    "notice-automated": automated.length > 0 ? automated : [word("notice-automated-none")],
    "notice-consequences": said(purpose.consequences_of_refusal),
    "notice-risks": said(purpose.risks),
    "notice-rights": notice.rights,
    "notice-authority": [provider.supervisory_authority],
    "notice-policy": [policy.policy_ref, policy.policy_version, `SHA-256 ${policy.policy_hash}`],
  };
  const all = Object.entries(facts).map(([key, lines]) => ({ key, lines: lines.map(plain) }));
  return all.filter(({ lines }) => lines.length > 0);
}

/** What two notices do not both say. */
export function changesBetween(before: Notice, now: Notice, word: Word): Change[] {
  const [was, is] = [factsOf(before, word), factsOf(now, word)];
  const lines = (facts: readonly Fact[], key: string) => facts.find((fact) => fact.key === key)?.lines ?? [];
  const gone = was.filter(({ key }) => lines(is, key).length === 0);
  const all = [...is, ...gone].map(({ key }) => ({ key, before: lines(was, key), now: lines(is, key) }));
  return all.filter((change) => change.before.join("\n\n") !== change.now.join("\n\n"));
}

/** Text of others as pages spell it: what turns the text around it about, or is not seen, is shown as a foreign body. */
export function plain(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, "\ufffd");
}

function controller({ name, business_id, address, jurisdiction }: Provider): string[] {
  return [name, business_id, address, jurisdiction];
}

function named({ datasets }: Notice, of: (dataset: NoticeDataset) => Readonly<Record<string, string>>): string[] {
  const all = datasets.map((dataset) => [titled(dataset), sorted(of(dataset)).map(([, name]) => name).join(", ")] as const);
  return all.filter(([, names]) => names !== "").map(([title, names]) => `${title}: ${names}`);
}

/** A dataset by its name, and how often it has a value where it is a stream. */
export function titled({ title, how_often }: NoticeDataset): string {
  return how_often === undefined ? title : `${title} (${how_often})`;
}

/** The members of an object in the order of their names. */
export function sorted(names: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(names).sort(([one], [other]) => (one < other ? -1 : 1));
}
