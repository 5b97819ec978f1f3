/** A node that shows something else than was signed gets no signature, and nothing is sent to it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { answerNo, answerYes, asked, replacedBy } from "../src/agent/answering.js";
import { link } from "../src/agent/linking.js";
import { Session } from "../src/agent/session.js";
import { reference } from "../src/description.js";
import { digestOfJson } from "../src/digest.js";
import type { ConsentRecord } from "../src/give.js";
import { type RequestId, randomId } from "../src/ids.js";
import { trace } from "../src/key_history.js";
import { platformRandom } from "../src/random.js";
import type { ConsentRequest } from "../src/request.js";
import { Signer, verify } from "../src/statement.js";
import { CHAIN, Cast, describe, operator, organisation, possession, registered, rotated } from "./cast.js";

const id = <Prefix extends string>(prefix: Prefix) => randomId(prefix, platformRandom, "jti");

/** What a person does who says yes to all that is required. */
async function yes(cast: Cast, request: RequestId): Promise<void> {
  const question = await asked(cast.person, request, "en");
  const sets = question.notice.datasets.map((one) => [one.dataset_id, Object.keys(one.required)]);
  const resourceSet = Object.fromEntries(sets.filter(([, concepts]) => concepts!.length > 0));
  await answerYes(cast.person, question, { resourceSet, validUntil: question.notice.valid_until_max, ageConfirmed: true });
}

test("an honest node gets what was asked, and the keys are kept before", async () => {
  const cast = await Cast.assemble();
  const request = await cast.ask();
  await yes(cast, request);
  const paths = cast.node.sent.map(([path]) => path);
  assert.deepEqual(paths, ["/v1/accounts/keyring", "/v1/accounts/pseudonyms", "/v1/consents"]);
  const body = cast.node.sent[2]![1];
  const record = await verify<ConsentRecord>("assent-cr+jwt", CHAIN, body.record);
  const source = await verify<ConsentRecord>("assent-cr+jwt", CHAIN, body.source_record);
  assert.equal(record.content.common_part["custody"], "page");
  assert.equal(record.content.role_specific_part["source_cr_id"], source.content.common_part.cr_id);
  assert.equal(source.content.role_specific_part["pop_key"], cast.requester.signing.verifying.kid);
  const alias = cast.person.wallet.keyring.aliasEntries()[0]!;
  assert.equal(alias.id, source.content.common_part.surrogate_id);
  assert.ok(!JSON.stringify(body.form).includes(cast.person.party), "the party itself is named nowhere");

  await cast.person.client.post("/v1/consents", {});
  cast.node.answers.set(`/v1/consent-requests/${request}/refusal`, {});
  await answerNo(cast.person, request);
  const refusal = await verify<{ request_id: string }>("assent-consent-refusal+jwt", CHAIN, cast.node.sent.at(-1)![1].refusal);
  assert.equal(refusal.content.request_id, request);
});

test("a requester that rotated its key is followed, and not behind the key that is known", async () => {
  const cast = await Cast.assemble();
  const first = cast.requester;
  cast.requester = await rotated(first);
  const keys = `/v1/parties/${first.party}/keys`;
  cast.node.answers.set(keys, { statements: cast.requester.statements });
  await yes(cast, await cast.ask());
  await yes(cast, await cast.ask({}, first.signing));
  const { holder } = cast.person.linkEntry(cast.link.id);
  assert.equal(holder, cast.requester.signing.verifying.kid);
  cast.node.answers.set(keys, { statements: first.statements });
  await assert.rejects(yes(cast, await cast.ask({}, first.signing)), { code: "rewound" });
});

/** One lie of a node. */
type Lie = (cast: Cast, request: RequestId) => Promise<unknown> | unknown;

async function refused(code: string, what: string, lie: Lie, ask: (cast: Cast) => Promise<RequestId> = (cast) => cast.ask()) {
  const cast = await Cast.assemble();
  const request = await ask(cast);
  const told = await lie(cast, request);
  await assert.rejects(yes(cast, (told as RequestId | undefined) ?? request), { code }, what);
  assert.deepEqual(cast.node.sent, [], `${what}: something was sent`);
  assert.deepEqual(cast.person.wallet.keyring.aliasEntries(), [], `${what}: a key was kept`);
}

const form = (cast: Cast, request: RequestId) => cast.node.answers.get(`/v1/consent-requests/${request}/form`) as any;

/** A form that is whole in itself, to another request than was signed. */
async function formOf(cast: Cast, request: RequestId, change: Partial<ConsentRequest>, language?: string) {
  const { request: signed } = cast.node.answers.get(`/v1/consent-requests/${request}`) as { request: string };
  const said = (await verify<ConsentRequest>("assent-consent-request+jwt", CHAIN, signed)).content;
  cast.node.answers.set(`/v1/consent-requests/${request}/form`, await cast.form({ ...said, ...change }, language));
}

test("a form that says something else than was signed", async () => {
  await refused("notice-mismatch", "fewer rights", (cast, request) => void form(cast, request).notice.rights.pop());
  await refused("notice-mismatch", "another name, with the digest of that", async (cast, request) => {
    const shown = form(cast, request);
    shown.notice.service_name = "Your bank";
    shown.notice_digest = await digestOfJson(shown.notice);
  });
  await refused("latest-end-mismatch", "a later end, with a notice that fits it", (cast, request) =>
    formOf(cast, request, { valid_until_max: Date.now() + 3650 * 86_400_000 }).then(() => undefined),
  );
  await refused("language-mismatch", "another language, with a notice that fits it", (cast, request) =>
    formOf(cast, request, {}, "nl").then(() => undefined),
  );
  await refused("holder-mismatch", "the key of somebody else", async (cast, request) => {
    form(cast, request).pop_key = (await organisation()).signing.verifying.kid;
  });
  await refused("usage-rules-mismatch", "other conditions", (cast, request) => {
    form(cast, request).usage_rules.conditions = form(cast, request).notice_digest;
  });
  await refused("other-source", "no source", (cast, request) => void delete form(cast, request).source);
});

test("a request that the requester did not sign, or not to this person", async () => {
  const elsewhere = async (change: (cast: Cast) => Promise<Partial<ConsentRequest>> | Partial<ConsentRequest>) => {
    return async (cast: Cast) => cast.ask(await change(cast));
  };
  const nothing = () => undefined;
  await refused("rewound", "signed by somebody else", nothing, async (cast) => cast.ask({}, (await organisation()).signing));
  await refused("other-request", "of another party", nothing, await elsewhere(async () => ({ provider: (await organisation()).party })));
  await refused("other-request", "to somebody else", nothing, await elsewhere(() => ({ surrogate_id: id("sur") })));
  await refused("key-missing", "over a link that is not the person's", nothing, await elsewhere(() => ({ slr_id: id("slr") })));
  await refused("purpose-impossible", "for no purpose of the service", async (cast, request) => {
    const { request: signed } = cast.node.answers.get(`/v1/consent-requests/${request}`) as { request: string };
    const said = (await verify<ConsentRequest>("assent-consent-request+jwt", CHAIN, signed)).content;
    const other = { ...said, purpose_id: "other" };
    const again = await new Signer(CHAIN, Date.now()).sign("assent-consent-request+jwt", cast.requester.signing, other);
    cast.node.answers.set(`/v1/consent-requests/${request}`, { request: again.compact });
  });
  await refused("request-unsigned", "with a signature that is another's", (cast, request) => {
    const shown = cast.node.answers.get(`/v1/consent-requests/${request}`) as { request: string };
    cast.node.answers.set(`/v1/consent-requests/${request}`, { request: shown.request.replace(/.{6}$/, "AAAAAA") });
  });
  await refused("other-request", "another request under this id", async (cast, request) => {
    const other = await cast.ask();
    cast.node.answers.set(`/v1/consent-requests/${request}`, cast.node.answers.get(`/v1/consent-requests/${other}`));
  });
});

test("a description that was not signed by who offers the service", async () => {
  const path = (cast: Cast, of: "service" | "sourceService") => `/v1/services/${cast[of].description.service_id}/versions/1`;
  for (const of of ["service", "sourceService"] as const) {
    await refused("description-mismatch", `altered ${of}`, (cast) => {
      const altered = { ...cast[of].description, name: "Your bank" };
      cast.node.answers.set(path(cast, of), { ...cast[of], description: altered });
    });
    await refused("description-unsigned", `${of} without a signature`, (cast) => {
      cast.node.answers.set(path(cast, of), { ...cast[of], registration: cast[of].registration.replace(/.{6}$/, "AAAAAA") });
    });
    await refused("rewound", `${of} signed by somebody else in the name of the provider`, async (cast) => {
      const by = of === "service" ? cast.requester : cast.source;
      const forger = { ...(await organisation()), party: by.party };
      cast.node.answers.set(path(cast, of), { ...cast[of], registration: await registered(cast[of].description, forger) });
    });
  }
  await refused("other-service", "a request for a service of another party", () => undefined, async (cast) => {
    const other = await organisation();
    const described = await describe("service", other);
    cast.node.show(described, other);
    return cast.ask({ service: await reference(described.description) });
  });
  await refused("other-source", "a source of another party under the id of the person's", () => undefined, async (cast) => {
    const other = await organisation();
    const { service_id } = cast.sourceService.description;
    const description = { ...cast.sourceService.description, provider: { party_id: other.party }, version: 2 };
    const shown = { description, registration: await registered(description, other) };
    cast.node.show({ ...shown, description }, other);
    cast.node.answers.set(`/v1/services/${service_id}/versions/2`, shown);
    const source = await reference(description);
    const request = await cast.ask();
    const { request: signed } = cast.node.answers.get(`/v1/consent-requests/${request}`) as { request: string };
    const said = (await verify<ConsentRequest>("assent-consent-request+jwt", CHAIN, signed)).content;
    const again = await new Signer(CHAIN, Date.now()).sign("assent-consent-request+jwt", cast.requester.signing, { ...said, source });
    cast.node.answers.set(`/v1/consent-requests/${request}`, { request: again.compact });
    return request;
  });
});

test("the keys of somebody else", async () => {
  const show = (cast: Cast, party: string, statements: string[]) =>
    void cast.node.answers.set(`/v1/parties/${party}/keys`, { statements });
  await refused("other-party", "another party's", async (cast) =>
    show(cast, cast.requester.party, (await organisation()).statements),
  );
  await refused("unreadable", "none", (cast) => show(cast, cast.requester.party, []));
  await refused("wrong-key", "a rotation that another key signed", async (cast) => {
    const forger = { ...(await organisation()), party: cast.source.party };
    show(cast, cast.source.party, [...cast.source.statements, (await rotated(forger)).statements[1]!]);
  });
  await refused("possession-unproven", "a rotation to a key that nobody has shown", async (cast) => {
    const { party, signing, statements } = cast.source;
    const other = await organisation();
    const content = { party, signing: await possession(other.party, "signing", other.signing) };
    const rotation = await new Signer(CHAIN, Date.now()).sign("assent-key-rotation+jwt", signing, content);
    show(cast, party, [...statements, rotation.compact]);
  });
  await refused("deactivated", "a rotation after the end", async (cast) => {
    const { party, signing, statements } = cast.source;
    const end = await new Signer(CHAIN, Date.now()).sign("assent-deactivation+jwt", signing, { party });
    show(cast, party, [...statements, end.compact, (await rotated(cast.source)).statements[1]!]);
  });
});

test("another chain than the one of the account", async () => {
  const cast = await Cast.assemble();
  const other = await operator();
  cast.node.answers.set("/v1/chain", { chain_id: CHAIN, genesis: other.statements[0] });
  cast.node.answers.set(`/v1/parties/${other.party}/keys`, { statements: other.statements });
  const known = cast.person.wallet.keyring.chain;
  await assert.rejects(Session.open(cast.person.client, known), { code: "other-chain" });
  await Session.open(cast.person.client);
  cast.node.answers.set("/v1/chain", { chain_id: "assent:other", genesis: cast.operator.statements[0] });
  await assert.rejects(Session.open(cast.person.client, known), { code: "genesis-invalid" });
});

test("a link is with the party that described the service, under a key that is kept first", async () => {
  const cast = await Cast.assemble();
  const other = await organisation();
  const described = await describe("service", other);
  cast.node.show(described, other);
  const wanted = await reference(described.description);
  const account = await digestOfJson("account");
  const compact = await link(cast.person, wanted, account, await cast.person.session.described(wanted));
  const record = await verify<any>("assent-slr+jwt", CHAIN, compact);
  const { provider, pop_key, custody, slr_id, surrogate_id } = record.content;
  assert.deepEqual([provider, pop_key, custody], [other.party, other.signing.verifying.kid, "page"]);
  assert.equal(cast.person.linkEntry(slr_id).id, surrogate_id);
  assert.deepEqual(cast.node.sent.map(([path]) => path), ["/v1/accounts/keyring", "/v1/accounts/pseudonyms"]);
  assert.ok(!compact.includes(cast.person.party));
  cast.node.answers.set(`/v1/services/${wanted.service_id}/versions/1`, cast.service);
  await assert.rejects(cast.person.session.described(wanted), { code: "description-mismatch" });
});

test("a history of keys gives the keys of now", async () => {
  const first = await organisation();
  const then = await rotated(first);
  const history = await trace(first.party, CHAIN, then.statements);
  assert.deepEqual(history.kids, [first.signing.verifying.kid, then.signing.verifying.kid]);
  assert.equal(history.signingKey.kid, then.signing.verifying.kid);
  await assert.rejects(trace(first.party, "assent:other", then.statements), { code: "unreadable" });
});

test("what was agreed to before is what the person's own record has the digest of", async () => {
  const cast = await Cast.assemble();
  const first = await cast.ask();
  await yes(cast, first);
  const [, body] = cast.node.sent.find(([path]) => path === "/v1/consents")!;
  const shown = async (compact: string) => {
    const { content, digest } = await verify<ConsentRecord>("assent-cr+jwt", CHAIN, compact);
    return { cr_id: content.common_part.cr_id, status: "active", head: digest, record: compact, statuses: [] };
  };
  const [sink, source] = [await shown(body.record), await shown(body.source_record)];
  const list = `/v1/pseudonyms/${cast.link.surrogate}/consents`;
  cast.node.answers.set(list, { items: [sink] });
  for (const view of [sink, source]) cast.node.answers.set(`/v1/consents/${view.cr_id}`, view);

  const again = await asked(cast.person, await cast.ask(), "en");
  const found = await replacedBy(cast.person, again);
  assert.equal(found?.record.chain.crId, sink.cr_id);
  assert.equal(found?.source?.chain.crId, source.cr_id);
  assert.notEqual(found?.notice.valid_until_max, undefined);

  // Node and requester together say that another question was asked then.
  const path = `/v1/consent-requests/${first}`;
  const { request } = cast.node.answers.get(path) as { request: string };
  const said = (await verify<ConsentRequest>("assent-consent-request+jwt", CHAIN, request)).content;
  const other = { ...said, valid_until_max: Date.now() + 3650 * 86_400_000 };
  const signed = await new Signer(CHAIN, Date.now()).sign("assent-consent-request+jwt", cast.requester.signing, other);
  cast.node.answers.set(path, { request: signed.compact });
  await assert.rejects(replacedBy(cast.person, again), { code: "earlier-notice-mismatch" });

  // What has ended is replaced by nothing, whatever else it was.
  cast.node.answers.set(list, { items: [{ ...sink, status: "withdrawn" }] });
  assert.equal(await replacedBy(cast.person, again), undefined);
});
