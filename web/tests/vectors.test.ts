/** The wallet comes to the same bytes as the Rust SDK, which wrote the vectors. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, text, utf8 } from "../src/bytes.js";
import * as canonical from "../src/canonical.js";
import { changePair } from "../src/change.js";
import { commitment, digestOfJson } from "../src/digest.js";
import * as domains from "../src/domains.js";
import { type Answer, GiveError, give } from "../src/give.js";
import { partyIdOf, surrogateIdOf } from "../src/ids.js";
import { pseudonym } from "../src/keys.js";
import { granted, streamClosing, streamHolding, streamed } from "../src/metering.js";
import { open, openingKey, seal } from "../src/sealing.js";
import * as signature from "../src/signature.js";
import { Signer, verify } from "../src/statement.js";
import { begin, follow } from "../src/status_chain.js";
import { answerOf, scripted, vector } from "./scripted.js";

test("canonical JSON, keys, ids, commitments and signatures agree", async () => {
  const said = await vector("primitives.json");
  assert.equal(canonical.encodeText(said.canonical.value), said.canonical.text);
  const key = await signature.signingKey(decode(said.key.seed));
  assert.deepEqual(key.verifying.jwk, said.key.jwk);
  assert.equal(key.verifying.kid, said.key.kid);
  assert.equal(await partyIdOf(key.verifying.bytes), said.key.party);
  assert.equal(await surrogateIdOf(key.verifying.bytes), said.key.surrogate);
  const salt = decode(said.salt);
  assert.equal(await commitment(domains.COMMITMENT_FORM, salt, utf8("content")), said.commitments.form);
  assert.equal(await commitment(domains.COMMITMENT_LINK, salt, utf8("content")), said.commitments.link);
  assert.equal(await commitment(domains.COMMITMENT_ALIAS, salt, utf8("content")), said.commitments.alias);
  const [head, payload, signed] = said.jws.split(".");
  assert.equal(text(decode(payload)), said.canonical.text);
  assert.equal(encode(await signature.sign(key, utf8(`${head}.${payload}`))), signed);
});

test("sealed boxes open, and ours open again", async () => {
  const said = await vector("primitives.json");
  const key = await openingKey(decode(said.opening_seed));
  assert.equal(encode(key.sealingKey), said.sealing_key);
  assert.equal(text(await open(key, domains.SEAL_DOCUMENT, "cns_1", decode(said.sealed))), "hello");
  const sealed = await seal(key.sealingKey, domains.SEAL_DOCUMENT, "cns_1", utf8("again"));
  assert.equal(text(await open(key, domains.SEAL_DOCUMENT, "cns_1", sealed)), "again");
  await assert.rejects(open(key, domains.SEAL_DOCUMENT, "cns_2", sealed));
});

test("a sharing is answered and paused with the same statements", async () => {
  const said = await vector("sharing.json");
  const signer = new Signer(said.chain, said.now, scripted(said.drawn));
  const answer = await answerOf(said);
  const given = await give(signer, answer);
  assert.equal(given.request.record, said.given.record);
  assert.equal(given.request.source_record, said.given.source_record);
  assert.equal(given.request.form_salt, said.given.form_salt);
  assert.ok(canonical.same(given.request.form, said.given.form));

  const opening = await openingKey(decode(said.source_opening_seed));
  assert.ok(given.sourceRecord && given.alias && given.request.sealed_alias);
  const cr_id = given.sourceRecord.content.common_part.cr_id;
  const disclosure = await open(opening, domains.SEAL_ALIAS, cr_id, decode(given.request.sealed_alias));
  assert.equal(text(disclosure), canonical.encodeText(said.disclosure));

  const sides = [begin(given.record), begin(given.sourceRecord)] as const;
  const keys = [answer.link.pseudonym.key, given.alias.alias.key] as const;
  const paused = await changePair(signer, [sides[0], keys[0]], [sides[1], keys[1]], { to: "disable" });
  assert.deepEqual(paused, said.paused);
});

test("a form that does not say what was described is not signed", async () => {
  const said = await vector("sharing.json");
  const refused = async (code: string, change: (scene: any) => void, then = (answer: Answer) => answer) => {
    const scene = structuredClone(said);
    change(scene);
    const signer = new Signer(scene.chain, scene.now);
    const isRefused = (error: unknown) => error instanceof GiveError && error.code === code;
    await assert.rejects(give(signer, then(await answerOf(scene))), isRefused, code);
  };
  await refused("other-service", (scene) => (scene.service.name = "Another"));
  await refused("other-service", (scene) => (scene.form.service.version += 1));
  await refused("other-request", (scene) => (scene.form.request_id = scene.form.request_id.replace(/.$/, "a")));
  await refused("other-request", (scene) => (scene.service_link.slr_id = scene.source_link.slr_id));
  await refused("other-request", (scene) => (scene.service_link.seed = scene.source_link.seed));
  await refused("other-source", (scene) => delete scene.form.source);
  await refused("other-source", (scene) => (scene.source.provider.name = "Another"));
  await refused("purpose-impossible", (scene) => (scene.form.usage_rules.purpose_id = "other"));
  await refused("usage-rules-mismatch", (scene) => (scene.form.usage_rules.conditions = said.given.form_salt));
  await refused("language-mismatch", (scene) => (scene.form.notice.language = "da"));
  await refused("language-mismatch", (scene) => (scene.language = "da"));
  await refused("latest-end-mismatch", (scene) => (scene.form.notice.valid_until_max += 1));
  await refused("latest-end-mismatch", (scene) => delete scene.form.notice.valid_until_max);
  await refused("notice-mismatch", (scene) => scene.form.notice.rights.pop());
  await refused("notice-mismatch", (scene) => (scene.form.notice.datasets[0].title = "Less"));
  await refused("notice-mismatch", (scene) => (scene.form.notice_digest = said.given.form_salt));
  await refused("notice-mismatch", (scene) => delete scene.form.notice.minimum_age);
  await refused("notice-mismatch", (scene) => (scene.form.notice.minimum_age.statement = "I am 13 years old or older."));
  await refused("holder-mismatch", (scene) => (scene.form.pop_key = said.given.form_salt));
  await refused("required-missing", (scene) => (scene.resource_set = {}));
  await refused("not-offered", (scene) => (scene.resource_set = { other: ["x"] }));
  await refused("validity-invalid", (scene) => (scene.valid_until = scene.valid_from));
  await refused("validity-invalid", (scene) => (scene.valid_until = scene.form.notice.valid_until_max + 1));
  await refused("age-unconfirmed", (scene) => (scene.age_confirmed = false));
  await refused("age-unconfirmed", (scene) => delete scene.age_confirmed);
  const supersedes = { cr_id: said.drawn.cr_id[0], prev: said.given.form_salt };
  await refused("supersedes-mismatch", () => {}, (answer) => ({ ...answer, supersedes }));
});

test("a history is followed, and any change of it is noticed", async () => {
  const said = await vector("sharing.json");
  const operator = await signature.parseJwk(said.operator_key);
  const status = await verify("assent-csr+jwt", said.chain, said.paused.record);
  const view = {
    cr_id: said.drawn.cr_id[0],
    status: "disabled",
    head: status.digest,
    record: said.given.record,
    statuses: [said.paused.record],
  };
  assert.equal((await follow(view, said.chain, operator)).status, "disabled");
  const broken = async (code: string, change: object) => {
    await assert.rejects(follow({ ...view, ...change }, said.chain, operator), { code });
  };
  await broken("history-truncated", { statuses: [], status: "active" });
  await broken("chain-broken", { statuses: [said.paused.record, said.paused.record] });
  await broken("status-mismatch", { status: "active" });
  await broken("consent-mismatch", { cr_id: said.drawn.cr_id[1] });
  await broken("consent-mismatch", { statuses: [said.paused.counterpart] });
  await broken("record-invalid", { record: said.given.record.replace(/.{4}$/, "AAAA") });
  await broken("status-record-invalid", { statuses: [said.given.record] });
});

test("a meter is held, read and unpaired with the same statements", async () => {
  const said = await vector("metering.json");
  const signer = new Signer(said.chain, said.now, scripted(said.drawn));
  const { offer, cr_id, requester, sealing_key, history_from } = said;
  assert.equal(await digestOfJson(offer), said.seen);
  const holder = await pseudonym(decode(said.holder_seed));
  const holding = await streamHolding(signer, holder, offer.stream, offer.device);
  assert.equal(holding.compact, said.holding);

  const { resourceSet, resolutions } = streamed(said.source, said.consented);
  assert.ok(canonical.same({ resource_set: resourceSet, resolutions }, said.streamed));
  const grant = { stream_id: offer.stream, cr_id, requester, sealing_key, resource_set: resourceSet, resolutions, history_from };
  const device = await openingKey(decode(said.device_opening_seed));
  const consent = await signature.signingKey(decode(said.consent_seed));
  const put = await granted(signer, { holder: holder.key, consent, device: device.sealingKey }, grant);
  assert.equal(put.naming, said.naming);
  const bound = canonical.encodeText({ stream_id: offer.stream, cr_id });
  const opened = (sealed: string) => open(device, domains.SEAL_STREAM_GRANT, bound, decode(sealed)).then(text);
  assert.equal(await opened(put.grant), said.grant);
  assert.equal(await opened(said.sealed), said.grant);
  assert.equal((await streamClosing(signer, holder.key, offer.stream)).compact, said.closing);
});

test("a description that contradicts itself has no streams", async () => {
  const { source, consented } = await vector("metering.json");
  const none = (change: (described: any) => void) => {
    const described = structuredClone(source);
    change(described);
    assert.deepEqual(streamed(described, consented), { resourceSet: {}, resolutions: {} });
  };
  none(({ datasets }) => datasets.push({ ...datasets[1], resolution: "second" }));
  none(({ datasets }) => datasets[1].data_mappings.push(datasets[1].data_mappings[0]));
  none(({ datasets }) => (datasets[0].title = {}));
  none((described) => (described.description = {}));
  none(({ datasets }) => datasets.forEach((one: any) => delete one.resolution));
  assert.deepEqual(streamed(source, { toString: ["x"], documents: consented.documents }).resourceSet, {});
});

test("weak keys and altered statements are refused", async () => {
  const identity = Uint8Array.of(1, ...new Uint8Array(31));
  await assert.rejects(signature.verifyingKey(identity));
  const tooLarge = new Uint8Array(32).fill(0xff);
  await assert.rejects(signature.verifyingKey(tooLarge));
  assert.throws(() => decode("AB"));
  assert.throws(() => decode("AA=="));
  for (const spelled of ['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1.5}', '{"a": 1}', "[]"]) {
    assert.throws(() => canonical.decode(utf8(spelled)), spelled);
  }
});
