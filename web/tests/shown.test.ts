/** The page must say what was signed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sayings, compare, endOf, lastDay, plain, sayingsOf } from "../src/elements/shown.js";
import { vector } from "./scripted.js";

test("a page says every text that was signed, and no other", async () => {
  const { form } = await vector("sharing.json");
  const should = sayingsOf(form.notice);
  assert.deepEqual(should["required"], ["used (nl)"]);
  assert.deepEqual(should["optional"], ["readings~energy.produced=made (nl)"]);
  assert.deepEqual(should["until"], [lastDay(form.notice.valid_until_max)]);
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
