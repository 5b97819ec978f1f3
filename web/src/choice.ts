/** What a person may choose from an offer, and what may follow. */

import type { Offer, ResourceSet } from "./description.js";

/** The first rule that a choice breaks. */
export function choiceFault(chosen: ResourceSet, offer: Offer): "not-offered" | "required-missing" | undefined {
  const isOffered = Object.entries(chosen).every(([dataset, concepts]) => {
    const offered = offer[dataset];
    const has = (concept: string) => offered?.required.includes(concept) || offered?.optional.includes(concept);
    return concepts.length > 0 && concepts.every((concept) => has(concept));
  });
  if (!isOffered) return "not-offered";
  const hasRequired = Object.entries(offer).every(([dataset, offered]) =>
    offered.required.every((concept) => chosen[dataset]?.includes(concept)),
  );
  return hasRequired ? undefined : "required-missing";
}

/** Whether `narrow` has nothing that is not in `wide`. */
export function isWithin(narrow: ResourceSet, wide: ResourceSet): boolean {
  return Object.entries(narrow).every(
    ([dataset, concepts]) => wide[dataset] !== undefined && concepts.every((one) => wide[dataset]?.includes(one)),
  );
}

/** The same set in the order in which it is signed: each concept once, sorted. */
export function ordered(set: ResourceSet): ResourceSet {
  return Object.fromEntries(Object.entries(set).map(([dataset, concepts]) => [dataset, [...new Set(concepts)].sort()]));
}
