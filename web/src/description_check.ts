/** Whether a description contradicts itself nowhere: the twin of `ServiceDescription::check` in `crates/model`. */

import type { ProcessingBasis, ServiceDescription, Texts } from "./description.js";

interface Said {
  readonly description: Texts;
}

interface SaidOfPurpose {
  readonly name: Texts;
  readonly description: Texts;
  readonly termination: Texts;
}

export function isConsistent(description: ServiceDescription): boolean {
  const { datasets, purposes } = description;
  const isOnce = (items: readonly string[]): boolean => new Set(items).size === items.length;
  return (
    isOnce(datasets.map((one) => one.dataset_id)) &&
    datasets.every((one) => isOnce(one.data_mappings.map((field) => field.concept_id))) &&
    isOnce(purposes.map((one) => one.purpose_id)) &&
    purposes.every((one) => one.required_concepts.length > 0 && !isAmbiguous(one)) &&
    hasText((description as unknown as Said).description) &&
    datasets.every((one) => hasText(one.title)) &&
    purposes.every(hasTexts)
  );
}

function isAmbiguous({ required_concepts, optional_concepts }: ProcessingBasis): boolean {
  return required_concepts.some((one) => optional_concepts?.includes(one));
}

function hasTexts(purpose: ProcessingBasis): boolean {
  const { name, description, termination } = purpose as unknown as SaidOfPurpose;
  return [name, description, termination].every(hasText);
}

function hasText(texts: Texts): boolean {
  return Object.keys(texts).length > 0;
}
