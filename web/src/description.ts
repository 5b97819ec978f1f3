/**
 * What a wallet reads of a service description, and the offer that follows from it. Descriptions are digested as
 * they came: one that is not in the spelling that its provider signed has another digest and is refused.
 */

import type { Digest } from "./digest.js";
import { digestOfJson } from "./digest.js";
import type { ServiceId } from "./ids.js";

/** The same text in several languages. */
export type Texts = Readonly<Record<string, string>>;

export interface DescriptionRef {
  readonly service_id: ServiceId;
  readonly version: number;
  readonly digest: Digest;
}

/** How fine streams can be, from coarse to fine. */
export const RESOLUTIONS = ["day", "quarter-hour", "second"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export interface Dataset {
  readonly dataset_id: string;
  readonly title: Texts;
  /** How fine it is, where it is a stream. */
  readonly resolution?: Resolution;
  readonly data_mappings: readonly { readonly concept_id: string; readonly name: Texts }[];
}

export interface ProcessingBasis {
  readonly purpose_id: string;
  readonly legal_basis: string;
  readonly required_concepts: readonly string[];
  readonly optional_concepts?: readonly string[];
  /** How fine streams have to be. */
  readonly resolution?: Resolution;
}

export interface ServiceDescription {
  readonly service_id: ServiceId;
  readonly version: number;
  readonly name: string;
  readonly provider: { readonly party_id: string };
  /** From how many years on a person may consent by themselves. */
  readonly minimum_age?: number;
  readonly datasets: readonly Dataset[];
  readonly purposes: readonly ProcessingBasis[];
}

/** The concepts that may be delivered, by dataset. */
export type ResourceSet = Readonly<Record<string, readonly string[]>>;

/** What a person can choose from, by dataset; concepts in their order. */
export type Offer = Readonly<Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>>;

export async function reference(description: ServiceDescription): Promise<DescriptionRef> {
  const { service_id, version } = description;
  return { service_id, version, digest: await digestOfJson(description) };
}

/**
 * The dataset that a concept is read from. One that streams hold comes from the first that is exactly as fine as is
 * wanted, never from a finer or coarser one; where nothing is wanted, documents come first, then the coarsest stream.
 */
function holderOf(concept: string, wanted: Resolution | undefined, holder: ServiceDescription): Dataset | undefined {
  const holders = holder.datasets.filter((one) => one.data_mappings.some((field) => field.concept_id === concept));
  if (wanted !== undefined && holders.some((one) => one.resolution !== undefined)) {
    return holders.find((one) => one.resolution === wanted);
  }
  const fineness = (one: Dataset): number => (one.resolution === undefined ? -1 : RESOLUTIONS.indexOf(one.resolution));
  return [...holders].sort((one, other) => fineness(one) - fineness(other))[0];
}

/** The offer of a purpose over the datasets of `holder`; `undefined` where a required concept is missing. */
export function offer(purpose: ProcessingBasis, holder: ServiceDescription): Offer | undefined {
  const offered: Record<string, { required: string[]; optional: string[] }> = {};
  const place = (concept: string, kind: "required" | "optional"): boolean => {
    const dataset = holderOf(concept, purpose.resolution, holder);
    if (dataset === undefined) return false;
    (offered[dataset.dataset_id] ??= { required: [], optional: [] })[kind].push(concept);
    return true;
  };
  const required = [...purpose.required_concepts].sort().map((concept) => place(concept, "required"));
  [...(purpose.optional_concepts ?? [])].sort().forEach((concept) => place(concept, "optional"));
  return required.every(Boolean) ? offered : undefined;
}

/** The text for a language: the wanted one, else English, else the first. */
export function pick(texts: Texts, language: string): string {
  const first = Object.keys(texts).sort()[0];
  return texts[language] ?? texts["en"] ?? (first === undefined ? "" : (texts[first] ?? ""));
}
