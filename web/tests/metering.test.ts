/** Meters of a person with keys in a browser, at a node that says something else than the ledger or the meter does. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { grantable, heldStream, hold, letRead, readOffer, unpair } from "../src/agent/metering.js";
import { answerYes, asked } from "../src/agent/answering.js";
import { decode, encode, text } from "../src/bytes.js";
import * as canonical from "../src/canonical.js";
import * as domains from "../src/domains.js";
import { type ConsentId, type StreamId, partyIdOf, randomId } from "../src/ids.js";
import { makeSigningKey } from "../src/keystore/locking.js";
import type { MeterOffer } from "../src/metering.js";
import { platformRandom } from "../src/random.js";
import { type OpeningKey, open, openingKey } from "../src/sealing.js";
import { Signer, verify } from "../src/statement.js";
import { digestOf } from "../src/digest.js";
import { CHAIN, Cast, organisation, possession } from "./cast.js";

const id = <Prefix extends string>(prefix: Prefix) => randomId(prefix, platformRandom, "jti");

interface Meter {
  readonly offer: MeterOffer;
  readonly opening: OpeningKey;
  readonly statements: readonly string[];
}

/** A meter that is registered, and what it offers. */
async function meter(): Promise<Meter> {
  const [signing, recovery] = [await makeSigningKey(), await makeSigningKey()];
  const party = await partyIdOf(signing.verifying.bytes);
  const opening = await openingKey(crypto.getRandomValues(new Uint8Array(32)));
  const content = {
    party,
    kind: "device",
    custody: "independent",
    sealing_key: encode(opening.sealingKey),
    recovery: await possession(party, "recovery", recovery),
  };
  const registration = await new Signer(CHAIN, Date.now()).sign("assent-registration+jwt", signing, content);
  const root = await digestOf(new Uint8Array(1));
  const offer = { device: party, device_key: signing.verifying.jwk, label: "Meter in the hall", root, stream: id("str") as StreamId };
  return { offer, opening, statements: [registration.compact] };
}

interface Scene {
  readonly cast: Cast;
  readonly meter: Meter;
  readonly consent: ConsentId;
}

/** The person says yes to all that is required. */
async function giveAll(cast: Cast): Promise<void> {
  const question = await asked(cast.person, await cast.ask(), "en");
  const sets = question.notice.datasets.map((one) => [one.dataset_id, Object.keys(one.required)] as const);
  const resourceSet = Object.fromEntries(sets.filter(([, concepts]) => concepts.length > 0));
  await answerYes(cast.person, question, { resourceSet, validUntil: question.notice.valid_until_max, ageConfirmed: true });
}

/** A person who has given a consent to what comes from a meter, and stands before it. */
async function scene(): Promise<Scene> {
  const cast = await Cast.assemble((source) => {
    for (const dataset of source.datasets) dataset.resolution = "quarter-hour";
  });
  await giveAll(cast);
  const record = await verify<any>("assent-cr+jwt", CHAIN, cast.node.sent.at(-1)![1].source_record);
  const consent = record.content.common_part.cr_id as ConsentId;
  const view = { cr_id: consent, status: "active", head: record.digest, record: record.compact, statuses: [] };
  cast.node.answers.set(`/v1/consents/${consent}`, view);
  const found = await meter();
  cast.node.answers.set(`/v1/parties/${found.offer.device}/keys`, { statements: found.statements });
  cast.node.sent.length = 0;
  return { cast, meter: found, consent };
}

/** Pairs the meter as an honest node and meter do; what the ledger has then. */
async function paired({ cast, meter: { offer } }: Scene): Promise<any> {
  const holding = await verify<any>("assent-stream-holding+jwt", CHAIN, await hold(cast.person, offer));
  const view = {
    stream_id: offer.stream,
    device: offer.device,
    device_key: offer.device_key,
    holder: holding.content.holder,
    holder_key: holding.signer.jwk,
    status: "open",
    next: 0,
  };
  cast.node.answers.set(`/v1/streams/${offer.stream}`, view);
  return view;
}

test("a key is made for one meter, kept before anybody hears of it, and signs for this meter", async () => {
  const { cast, meter } = await scene();
  const { offer } = meter;
  const first = await verify<any>("assent-stream-holding+jwt", CHAIN, await hold(cast.person, offer));
  assert.deepEqual(cast.node.sent.map(([path]) => path), ["/v1/accounts/keyring", "/v1/accounts/pseudonyms"]);
  const [entry] = cast.person.wallet.keyring.streamEntries();
  assert.deepEqual(first.content, { stream_id: offer.stream, device: offer.device, holder: entry?.id });
  const kept = JSON.parse(text(decode(cast.node.sent[0]![1].keyring)));
  assert.equal(kept.entries.at(-1).id, entry?.id);
  assert.deepEqual([entry?.label, entry?.device_key], [offer.label, offer.device_key.x]);
  // Entered once more: the same key, which may hold the stream already.
  const again = await verify<any>("assent-stream-holding+jwt", CHAIN, await hold(cast.person, offer));
  assert.equal(again.signer.kid, first.signer.kid);
  const other = await scene().then(({ meter }) => meter);
  cast.node.answers.set(`/v1/parties/${other.offer.device}/keys`, { statements: other.statements });
  const next = await verify<any>("assent-stream-holding+jwt", CHAIN, await hold(cast.person, other.offer));
  assert.notEqual(next.signer.kid, first.signer.kid);
});

test("nothing is signed for a meter whose keys are not what it offers", async () => {
  const { cast, meter } = await scene();
  const { offer } = meter;
  const other = await organisation();
  const refused = async (code: string, offered: MeterOffer) => {
    await assert.rejects(hold(cast.person, offered), { code });
    assert.deepEqual(cast.node.sent, []);
    assert.deepEqual(cast.person.wallet.keyring.streamEntries(), []);
  };
  await refused("device-key-mismatch", { ...offer, device_key: other.signing.verifying.jwk });
  cast.node.answers.set(`/v1/parties/${offer.device}/keys`, { statements: other.statements });
  await refused("other-party", offer);
  for (const wrong of [{ ...offer, more: 1 }, { ...offer, label: 7 }, { ...offer, stream: id("cns") }, null, "x"]) {
    await assert.rejects(readOffer(wrong));
  }
  assert.deepEqual(await readOffer(structuredClone(offer)), offer);
});

test("a meter that another key holds is not the wallet's, whatever the page shows", async () => {
  const found = await scene();
  const { cast, meter } = found;
  const view = await paired(found);
  const where = `/v1/streams/${meter.offer.stream}`;
  assert.equal((await heldStream(cast.person, meter.offer.stream)).holder.surrogateId, view.holder);
  const other = await organisation();
  const strange = { holder: id("sur"), holder_key: other.signing.verifying.jwk };
  for (const lie of [strange, { holder_key: strange.holder_key }, { device: other.party }, { device_key: strange.holder_key }, { stream_id: id("str") }]) {
    cast.node.answers.set(where, { ...view, ...lie });
    await assert.rejects(heldStream(cast.person, meter.offer.stream), { code: "stream-foreign" });
  }
  const elsewhere = id("str") as StreamId;
  cast.node.answers.set(`/v1/streams/${elsewhere}`, view);
  await assert.rejects(heldStream(cast.person, elsewhere), { code: "stream-foreign" });
});

test("a grant is about the consent that was given, sealed to the meter, and the meter alone opens it", async () => {
  const found = await scene();
  const { cast, meter, consent } = found;
  await paired(found);
  const at = `/v1/streams/${meter.offer.stream}`;
  cast.node.answers.set(`${at}/grants/${consent}`, {});
  cast.node.answers.set(`${at}/closing`, {});
  const held = await heldStream(cast.person, meter.offer.stream);
  const what = await grantable(cast.person, consent);
  assert.deepEqual(what.resolutions, ["quarter-hour"]);
  await letRead(cast.person, held, what);
  const [path, body] = cast.node.sent.at(-1)!;
  assert.equal(path, `${at}/grants/${consent}`);
  const bound = canonical.encodeText({ cr_id: consent, stream_id: meter.offer.stream });
  const opened = text(await open(meter.opening, domains.SEAL_STREAM_GRANT, bound, decode(body.grant)));
  const grant = await verify<any>("assent-stream-grant+jwt", CHAIN, opened);
  assert.equal(grant.signer.kid, held.holder.key.verifying.kid);
  assert.equal(grant.content.requester, cast.requester.party);
  const keys = await cast.person.session.keysOf(cast.requester.party);
  assert.equal(grant.content.sealing_key, encode(keys.sealingKey));
  assert.deepEqual(grant.content.resource_set, what.consent.chain.resourceSet);
  const naming = await verify<any>("assent-stream-naming+jwt", CHAIN, body.naming);
  assert.equal(naming.signer.kid, what.consent.side[1].verifying.kid);
  assert.deepEqual(naming.content, { stream_id: meter.offer.stream, cr_id: consent });
  assert.equal(grant.content.history_from, undefined);

  const history_from = Date.UTC(2026, 10, 1);
  await letRead(cast.person, held, what, history_from);
  const [, again] = cast.node.sent.at(-1)!;
  const past = await verify<any>("assent-stream-grant+jwt", CHAIN, text(await open(meter.opening, domains.SEAL_STREAM_GRANT, bound, decode(again.grant))));
  assert.equal(past.content.history_from, history_from);
  const said = await verify<any>("assent-stream-naming+jwt", CHAIN, again.naming);
  assert.deepEqual(said.content, { ...naming.content, history_from });

  await unpair(cast.person, held);
  const closing = await verify<any>("assent-stream-closing+jwt", CHAIN, cast.node.sent.at(-1)![1].statement);
  assert.deepEqual([closing.content, closing.signer.kid], [{ stream_id: meter.offer.stream }, held.holder.key.verifying.kid]);
});

test("a node that lies about consent, meter or reader gets no grant", async () => {
  const refused = async (expected: object, lie: (scene: Scene) => Promise<unknown> | unknown) => {
    const found = await scene();
    const { cast, meter, consent } = found;
    await paired(found);
    cast.node.answers.set(`/v1/streams/${meter.offer.stream}/grants/${consent}`, {});
    const before = cast.node.sent.length;
    await lie(found);
    const granting = async () => {
      const held = await heldStream(cast.person, meter.offer.stream);
      await letRead(cast.person, held, await grantable(cast.person, consent));
    };
    await assert.rejects(granting, expected);
    assert.equal(cast.node.sent.length, before, "something was sent");
  };
  const view = ({ cast, consent }: Scene) => cast.node.answers.get(`/v1/consents/${consent}`) as any;
  await refused({ code: "record-invalid" }, (found) => void (view(found).record = view(found).record.replace(/.{4}$/, "AAAA")));
  await refused({ code: "history-truncated" }, (found) => void (view(found).head = "x"));
  await refused({ code: "consent-mismatch" }, (found) => void (view(found).cr_id = id("cns")));
  await refused({ code: "other-party" }, async ({ cast, meter: { offer } }) =>
    cast.node.answers.set(`/v1/parties/${offer.device}/keys`, { statements: (await organisation()).statements }),
  );
  await refused({ code: "other-party" }, async ({ cast }) =>
    cast.node.answers.set(`/v1/parties/${cast.requester.party}/keys`, { statements: (await organisation()).statements }),
  );
  await refused({ code: "description-mismatch" }, ({ cast }) => {
    const { service_id } = cast.sourceService.description;
    const { description, registration } = structuredClone(cast.sourceService) as any;
    description.datasets[0].resolution = "second";
    cast.node.answers.set(`/v1/services/${service_id}/versions/1`, { description, registration });
  });
});

test("what does not come as a stream is granted to no meter", async () => {
  const cast = await Cast.assemble();
  await giveAll(cast);
  const sent = cast.node.sent.at(-1)![1];
  for (const [compact, code] of [[sent.source_record, "nothing-streamed"], [sent.record, "consent-not-readable"]]) {
    const record = await verify<any>("assent-cr+jwt", CHAIN, compact);
    const { cr_id } = record.content.common_part;
    const view = { cr_id, status: "active", head: record.digest, record: compact, statuses: [] };
    cast.node.answers.set(`/v1/consents/${cr_id}`, view);
    await assert.rejects(grantable(cast.person, cr_id), { code });
  }
});
