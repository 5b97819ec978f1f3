/**
 * The wallet against bytes that it did not make: the evidence bundle that the Rust SDK wrote (`fixtures/evidence`)
 * and the vectors of the X-Wing draft (`fixtures/xwing`).
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { encode, text, utf8 } from "../src/bytes.js";
import * as canonical from "../src/canonical.js";
import { type ServiceDescription, offer } from "../src/description.js";
import { digestOf } from "../src/digest.js";
import type { ConsentRecord } from "../src/give.js";
import { surrogateIdOf } from "../src/ids.js";
import { checkIntact } from "../src/intact.js";
import { notice } from "../src/notice.js";
import { open, openingKey, seal } from "../src/sealing.js";
import * as signature from "../src/signature.js";
import { Signer, verify } from "../src/statement.js";

async function fixture(name: string): Promise<any> {
  return JSON.parse(await readFile(new URL(`../../../fixtures/${name}`, import.meta.url), "utf8"));
}

/** The consent of the bundle as a node would show it, and what a wallet has pinned. */
async function shown() {
  const bundle = await fixture("evidence/bundle.json");
  const events = bundle.entries.map((entry: any) => JSON.parse(entry.leaf).event.what);
  const chain = "assent:test";
  const genesis = await verify<any>("assent-genesis+jwt", chain, events[0].genesis);
  const rotations = events.filter((event: any) => event.rotation).map((event: any) => event.rotation);
  const operatorRotation = await verify<any>("assent-key-rotation+jwt", chain, rotations.at(-1));
  const operatorKey = (await verify("assent-key-possession+jwt", chain, operatorRotation.content.signing)).signer;
  const records: string[] = [];
  const statuses: string[] = [];
  let head = "";
  for (const { record } of events) {
    const isConsent = record && (await verify<ConsentRecord>("assent-cr+jwt", chain, record).catch(() => undefined));
    if (isConsent && isConsent.content.common_part.cr_id === bundle.cr_id) records.push(record);
    const status = record && (await verify<any>("assent-csr+jwt", chain, record).catch(() => undefined));
    if (status && status.content.cr_id === bundle.cr_id) {
      statuses.push(record);
      head = status.digest;
    }
  }
  const view = { cr_id: bundle.cr_id, status: "withdrawn", head, record: records[0] ?? "", statuses };
  const checkpointKey = await signature.parseJwk(genesis.content.checkpoint_key);
  return { bundle, view, pins: { chain, operatorKey, checkpointKey }, firstKey: genesis.signer };
}

test("a consent written by the node is intact, and nothing else is", async () => {
  const { bundle, view, pins, firstKey } = await shown();
  const intact = await checkIntact(view, bundle, pins);
  assert.equal(intact.history.status, "withdrawn");
  assert.equal(intact.records, 1 + view.statuses.length);
  assert.ok(view.statuses.length >= 3, "paused, narrowed, withdrawn");

  const broken = async (code: string, change: object, other: object = {}, pinned: object = {}) => {
    const check = checkIntact({ ...view, ...change }, { ...bundle, ...other }, { ...pins, ...pinned });
    await assert.rejects(check, { code }, code);
  };
  await broken("history-truncated", { statuses: view.statuses.slice(0, -1) });
  await broken("chain-broken", { statuses: view.statuses.toSpliced(0, 1) });
  await broken("status-mismatch", { status: "active" });
  await broken("record-invalid", { record: view.record.replace(/.{4}$/, "AAAA") });
  await broken("wrong-key", {}, {}, { operatorKey: firstKey });
  await broken("record-invalid", {}, {}, { chain: "assent:other" });
  await broken("checkpoint-invalid", {}, { checkpoint: bundle.checkpoint.replace("height ", "height 1") });
  await broken("checkpoint-invalid", {}, {}, { checkpointKey: firstKey });
  await broken("record-not-in-log", {}, { entries: bundle.entries.slice(0, 3) });
  const [first, ...rest] = bundle.entries;
  await broken("inclusion-invalid", {}, { entries: [{ ...first, leaf: first.leaf.replace("1", "2") }, ...rest] });
});

test("the notice made from the descriptions is the one that was signed", async () => {
  const { bundle, view, pins } = await shown();
  const record = await verify<any>("assent-cr+jwt", pins.chain, view.record);
  const { common_part, role_specific_part } = record.content;
  assert.equal(common_part.surrogate_id, await surrogateIdOf(record.signer.bytes));
  const descriptions: ServiceDescription[] = bundle.descriptions.map((one: string) => JSON.parse(one));
  const described = (id: string) => descriptions.find((one) => one.service_id === id) as ServiceDescription;
  const service = described(common_part.service.service_id);
  const source = described(role_specific_part.source.service_id);
  const purpose = service.purposes.find((one) => one.purpose_id === common_part.usage_rules.purpose_id);
  assert.ok(purpose);
  const offered = offer(purpose, source);
  assert.ok(offered);
  const { valid_until_max, language } = JSON.parse(bundle.notice);
  const made = await notice({ service, purpose, source, offer: offered, validUntilMax: valid_until_max, language });
  assert.equal(canonical.encodeText(made), bundle.notice);
  assert.equal(await digestOf(utf8(bundle.notice)), common_part.notice.digest);
  assert.deepEqual(made.service, common_part.service);
});

test("opening keys are those of the draft, and boxes open for their key and names alone", async () => {
  for (const { sk, pk } of await fixture("xwing/test-vectors.json")) {
    const key = await openingKey(Uint8Array.from(Buffer.from(sk, "hex")));
    assert.equal(Buffer.from(key.sealingKey).toString("hex"), pk);
    const sealed = await seal(key.sealingKey, "info", "aad", utf8("hello"));
    assert.equal(text(await open(key, "info", "aad", sealed)), "hello");
    await assert.rejects(open(key, "info", "other", sealed));
    await assert.rejects(open(key, "other", "aad", sealed));
    await assert.rejects(open(await openingKey(new Uint8Array(32)), "info", "aad", sealed));
  }
});

test("what the wallet signs, it verifies; what was altered, it refuses", async () => {
  const key = await signature.signingKey(new Uint8Array(32).fill(7));
  await assert.rejects(crypto.subtle.exportKey("pkcs8", key.key));
  const said = await new Signer("assent:test", 1_790_000_000_000).sign("assent-vector+jwt", key, { a: 1 });
  assert.deepEqual((await verify("assent-vector+jwt", "assent:test", said.compact)).content, { a: 1 });
  await assert.rejects(verify("assent-other+jwt", "assent:test", said.compact));
  await assert.rejects(verify("assent-vector+jwt", "assent:other", said.compact));
  const [head, , signed] = said.compact.split(".");
  const payload = encode(canonical.encode({ ...said.envelope, statement: { a: 2 } }));
  await assert.rejects(verify("assent-vector+jwt", "assent:test", `${head}.${payload}.${signed}`));
  await assert.rejects(signature.verifyingKey(Uint8Array.of(1, ...new Uint8Array(31))));
  await assert.rejects(signature.verifyingKey(new Uint8Array(32).fill(0xff)));
});

test("canonical JSON sorts by UTF-16 and has one spelling", () => {
  const value = { "€": 1, "\r": 2, "1": 3, "😀": 4, "\ufb33": 5, é: [true, null, "\u007f/\"\\"] };
  const spelled = '{"\\r":2,"1":3,"é":[true,null,"\u007f/\\"\\\\"],"€":1,"😀":4,"\ufb33":5}';
  assert.equal(canonical.encodeText(value), spelled);
  for (const other of ['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1.5}', '{"a": 1}', "[]"]) {
    assert.throws(() => canonical.decode(utf8(other)), other);
  }
});
