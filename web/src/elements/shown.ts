/**
 * What stands on the page beside what it should say. Elements that carry words of a notice have `data-said` with the
 * name of what they say; every text that was signed must stand there, in its order, and no other.
 */

import { pick } from "../description.js";
import type { ServiceDescription, Texts } from "../description.js";
import { type Change, type Fact, plain, sorted } from "../facts.js";
import type { Notice } from "../notice.js";

export class ShownError extends Error {
  readonly code = "shown-mismatch";
  constructor(readonly what: string) {
    super("shown-mismatch");
  }
}

export type Sayings = Readonly<Record<string, readonly string[]>>;

interface Provider {
  readonly name: string;
  readonly business_id: string;
  readonly address: string;
  readonly contact: string;
}

interface Purpose {
  readonly name: Texts;
  readonly description: Texts;
  readonly termination: Texts;
  readonly consequences_of_refusal?: Texts;
  readonly storage: { readonly period: Texts };
  readonly special_categories?: boolean;
}

/** What a consent form must say. */
export function sayingsOf(notice: Notice): Sayings {
  const purpose = notice.purpose as unknown as Purpose;
  const provider = notice.provider as Provider;
  const source = notice.source && { name: notice.source.name, provider: notice.source.provider as Provider };
  const said = (texts: Texts | undefined) => pick(texts ?? {}, notice.language);
  const datasets = notice.datasets;
  return full({
    service: [notice.service_name],
    provider: [provider.name],
    "business-id": [provider.business_id],
    source: source ? [source.name] : [],
    "source-provider": source ? [source.provider.name] : [],
    purpose: [said(purpose.name)],
    description: [said(purpose.description)],
    special: purpose.special_categories ? [""] : [],
    "how-often": datasets.flatMap((one) => (one.how_often === undefined ? [] : [one.how_often])),
    required: datasets.flatMap((one) => sorted(one.required).map(([, name]) => name)),
    optional: datasets.flatMap((one) => sorted(one.optional).map(([id, name]) => `${one.dataset_id}~${id}=${name}`)),
    period: [said(purpose.storage.period)],
    termination: [said(purpose.termination)],
    consequences: [said(purpose.consequences_of_refusal)].filter((text) => text !== ""),
    withdrawal: notice.rights.slice(0, 1),
    age: notice.minimum_age ? [notice.minimum_age.rule, notice.minimum_age.statement] : [],
    until: notice.valid_until_max === undefined ? [] : [lastDay(notice.valid_until_max)],
  });
}

/** What a form says of the notice in full, fact by fact. */
export function sayingsOfFacts(facts: readonly Fact[]): Sayings {
  return Object.fromEntries(facts.map(({ key, lines }) => [key, lines]));
}

/** What a form says of a consent that would be replaced: every fact that is another than it was. */
export function sayingsOfChanges(changes: readonly Change[]): Sayings {
  return Object.fromEntries(changes.flatMap(({ key, before, now }) => [[`before:${key}`, before], [`now:${key}`, now]]));
}

/** What the page of a new link must say. */
export function sayingsOfService(description: ServiceDescription, language: string): Sayings {
  const { name, provider, description: about } = description as unknown as {
    name: string;
    provider: Provider;
    description: Texts;
  };
  return full({
    service: [name],
    about: [pick(about, language)],
    provider: [provider.name],
    "business-id": [provider.business_id],
    address: [provider.address],
    contact: [provider.contact],
  });
}

/** What stands in a page. */
export function sayingsIn(root: ParentNode): Sayings {
  const found: Record<string, string[]> = {};
  for (const element of root.querySelectorAll<HTMLElement>("[data-said]")) {
    const name = element.dataset["said"] ?? "";
    (found[name] ??= []).push(textOf(name, element));
  }
  return found;
}

function textOf(name: string, element: HTMLElement): string {
  if (name === "special") return "";
  if (name === "until") return element.getAttribute("max") ?? "";
  const text = (element.textContent ?? "").trim();
  return name === "optional" ? `${element.closest("label")?.querySelector("input")?.value}=${text}` : text;
}

/** Compares. A name may stand in several places, if it says the same everywhere. @throws {ShownError} */
export function compare(should: Sayings, does: Sayings): void {
  for (const [name, texts] of Object.entries(should)) {
    const found = does[name] ?? [];
    const wanted = texts.map((text) => text.trim());
    const repeats = wanted.length === 1 && found.length > 1 && found.every((text) => text === wanted[0]);
    const isSame = found.length === wanted.length && wanted.every((text, at) => text === found[at]);
    if (!isSame && !repeats) throw new ShownError(name);
  }
  const unknown = Object.keys(does).find((name) => should[name] === undefined);
  if (unknown !== undefined) throw new ShownError(unknown);
}

/** The last whole day before an end, in UTC. */
export function lastDay(end: number): string {
  return new Date(end - 1).toISOString().slice(0, 10);
}

/** The instant that a chosen last day ends at. The last day that is offered ends when the offer does. */
export function endOf(day: string, max: number | undefined): number | undefined {
  if (day === "") return undefined;
  if (max !== undefined && day === lastDay(max)) return max;
  return Date.parse(`${day}T00:00:00Z`) + 86_400_000;
}

function full(said: Record<string, readonly string[]>): Sayings {
  return Object.fromEntries(Object.entries(said).map(([name, texts]) => [name, texts.map(plain)]));
}
