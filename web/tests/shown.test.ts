/** The page must say what was signed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sayings, compare, endOf, lastDay, sayingsOf, sayingsOfChanges } from "../src/elements/shown.js";
import { changesBetween, factsOf, plain } from "../src/facts.js";
import { vector } from "./scripted.js";

test("a page says every text that was signed, and no other", async () => {
  const { form } = await vector("sharing.json");
  const should = sayingsOf(form.notice);
  assert.deepEqual(should["required"], ["used (nl)"]);
  assert.deepEqual(should["optional"], ["readings~energy.produced=made (nl)"]);
  assert.deepEqual(should["until"], [lastDay(form.notice.valid_until_max)]);
  assert.deepEqual(should["age"], [form.notice.minimum_age.rule, form.notice.minimum_age.statement]);
  compare(should, should);
  compare(should, { ...should, service: [...should["service"]!, ...should["service"]!] });
  const refused = (what: string, does: Sayings) =>
    assert.throws(() => compare(should, does), { code: "shown-mismatch", what });
  for (const name of Object.keys(should).filter((name) => should[name]!.length > 0)) {
    refused(name, { ...should, [name]: [] });
    refused(name, { ...should, [name]: [`${should[name]![0]}!`, ...should[name]!.slice(1)] });
  }
  refused("special", { ...should, special: [""] });
  refused("service", { ...should, service: ["Your bank", ...should["service"]!] });
  refused("required", { ...should, required: [...should["required"]!, "more"] });
  refused("note", { ...should, note: ["Signing is mandatory"] });
});

test("days end where the server says they do", () => {
  const end = Date.parse("2027-01-01T00:00:00Z");
  assert.equal(lastDay(end), "2026-12-31");
  assert.equal(endOf("2026-12-31", undefined), end);
  assert.equal(endOf("2026-12-31", end - 5), end - 5);
  assert.equal(endOf("2026-12-30", end), end - 86_400_000);
  assert.equal(endOf("", undefined), undefined);
  assert.equal(plain("elpmaxe\u202emoc\u2066\u0007"), "elpmaxe\ufffdmoc\ufffd\ufffd");
  assert.equal(plain("Bright Énergie\nשלום"), "Bright Énergie\nשלום");
});

test("a notice is told in facts, and two of them in what they do not both say", async () => {
  const { form } = await vector("sharing.json");
  const now = form.notice;
  const word = (key: string) => `<${key}>`;
  const facts = Object.fromEntries(factsOf(now, word).map(({ key, lines }) => [key, lines]));
  assert.deepEqual(facts["notice-required"], [`${now.datasets[0].title}: used (nl)`]);
  assert.deepEqual(facts["notice-rights"], now.rights);
  assert.match(facts["notice-legal-basis"]![0]!, /^<legal-basis-[a-z-]+>$/);
  assert.deepEqual(facts["notice-age"], [now.minimum_age.rule, now.minimum_age.statement]);
  assert.equal(facts["notice-special"], undefined);
  assert.deepEqual(changesBetween(now, now, word), []);

  const { risks: _, ...purpose } = now.purpose;
  const location = purpose.storage.location === "eu" ? "third-countries" : "eu";
  const before = { ...now, purpose: { ...purpose, special_categories: true, storage: { ...purpose.storage, location } } };
  const changes = changesBetween(before, now, word);
  assert.deepEqual(
    changes.find(({ key }) => key === "notice-location"),
    { key: "notice-location", before: [`<location-${location}>`], now: [`<location-${now.purpose.storage.location}>`] },
  );
  // What is gone is told, too.
  const gone = changes.find(({ key }) => key === "notice-special");
  assert.deepEqual(gone, { key: "notice-special", before: ["<notice-special-text>"], now: [] });
  const should = sayingsOfChanges(changes);
  compare(should, should);
  const hidden = { ...should, "before:notice-location": [] };
  assert.throws(() => compare(should, hidden), { code: "shown-mismatch", what: "before:notice-location" });
  assert.throws(() => compare({}, should), { code: "shown-mismatch" });
});
