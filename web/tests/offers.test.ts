/** What is offered of which dataset, and how often and from which age in words: the table that the rules are held against too. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Offer, type ProcessingBasis, type ServiceDescription, offer } from "../src/description.js";
import { notice } from "../src/notice.js";
import { vector } from "./scripted.js";

function described(datasets: any[]): ServiceDescription {
  const mapping = (concept_id: string) => ({ concept_id, name: { en: concept_id } });
  const dataset = ({ dataset_id, concepts, resolution }: any) => ({
    dataset_id,
    title: { en: dataset_id },
    ...(resolution === undefined ? {} : { resolution }),
    data_mappings: concepts.map(mapping),
  });
  return { service_id: "svc_a", version: 1, name: "Meter", provider: { party_id: "prt_a" }, datasets: datasets.map(dataset), purposes: [] } as unknown as ServiceDescription;
}

function wanted({ required, optional, resolution }: any): ProcessingBasis {
  const basis = { purpose_id: "p", legal_basis: "consent", required_concepts: required, optional_concepts: optional };
  return resolution === undefined ? basis : { ...basis, resolution };
}

test("offers are those of the table", async () => {
  for (const { what, purpose, datasets, offer: expected } of (await vector("offers.json")).offers) {
    assert.deepEqual(offer(wanted(purpose), described(datasets)), expected, what);
  }
});

test("a notice says how often", async () => {
  const said = (await vector("offers.json")).how_often as Record<string, Record<string, string>>;
  for (const [language, words] of Object.entries(said)) {
    for (const [resolution, expected] of [...Object.entries(words), [undefined, undefined]]) {
      const service = described([{ dataset_id: "a", concepts: ["used"], resolution }]);
      const purpose = wanted({ required: ["used"], optional: [] });
      const made = await notice({ service, purpose, offer: offer(purpose, service) as Offer, language });
      assert.equal(made.datasets[0]?.how_often, expected, language);
    }
  }
});

test("a notice says from which age", async () => {
  const said = (await vector("offers.json")).minimum_age as Record<string, Record<string, object>>;
  const purpose = wanted({ required: ["used"], optional: [] });
  const plain = described([{ dataset_id: "a", concepts: ["used"] }]);
  for (const [language, words] of Object.entries(said)) {
    const made = async (service: ServiceDescription) =>
      (await notice({ service, purpose, offer: offer(purpose, service) as Offer, language })).minimum_age;
    assert.equal(await made(plain), undefined);
    for (const [years, expected] of Object.entries(words)) {
      const minimum_age = Number(years);
      assert.deepEqual(await made({ ...plain, minimum_age }), { years: minimum_age, ...expected }, language);
    }
  }
});
