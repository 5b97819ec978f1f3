/**
 * Signs with the wallet what a scene on standard input asks for, and prints it: everything that a person signs in a
 * year. A test of `crates/client` gives the scene, verifies what comes, and has the rules accept it.
 */

import { stdin, stdout } from "node:process";
import { text as read } from "node:stream/consumers";
import { decode } from "../src/bytes.js";
import { type Change, changePair, refuse } from "../src/change.js";
import { give } from "../src/give.js";
import { accountPseudonym, register, requestProof } from "../src/identity.js";
import { partyIdOf } from "../src/ids.js";
import { Keyring, freshPseudonym } from "../src/keystore/keyring.js";
import { makeLock } from "../src/keystore/locking.js";
import { linkRecord, linkStatus } from "../src/link.js";
import { granted, streamClosing, streamHolding } from "../src/metering.js";
import { parseJwk, signingKey } from "../src/signature.js";
import { Signer, verify } from "../src/statement.js";
import { type StatusChain, begin, extend } from "../src/status_chain.js";
import { answerOf } from "./scripted.js";

const scene = JSON.parse(await read(stdin));
const signer = new Signer(scene.chain, scene.now);
const operator = await parseJwk(scene.operator_key);

/** The person's own keys, made and wrapped as in a browser. */
async function enrolled() {
  const chain = { chain: scene.chain, operator: await partyIdOf(operator.bytes) };
  const keyring = await Keyring.begin(await makeLock(false), chain);
  const keys = await keyring.partyKeys();
  const registration = await register(signer, keys, await keyring.recovery(), await keyring.opening(), "page");
  const proof = await requestProof(signer, keys, "GET", "/v1/contacts");
  return { party: keys.party, registration, proof: proof.split(" ")[1] };
}

async function linked(party: `prt_${string}`) {
  const pseudonym = await freshPseudonym();
  const { service_id } = scene.form.service;
  const linking = {
    service: scene.form.service,
    provider: scene.service.provider.party_id,
    holder: scene.holder,
    custody: "page" as const,
    account: scene.account,
  };
  const record = await linkRecord(signer, linking, pseudonym);
  const removed = await linkStatus(signer, pseudonym, record.content.slr_id, "removed", record.digest);
  const named = await accountPseudonym(signer, party, pseudonym);
  return { record: record.compact, removed, named, service_id };
}

/** A pair that is given, paused, resumed, narrowed and withdrawn. */
async function consented() {
  const answer = await answerOf(scene);
  const given = await give(signer, answer);
  if (!given.sourceRecord || !given.alias) throw new Error("a sharing has two records");
  const keys = [answer.link.pseudonym.key, given.alias.alias.key] as const;
  let chains: [StatusChain, StatusChain] = [begin(given.record), begin(given.sourceRecord)];
  const changes = [];
  for (const change of [
    { to: "disable" },
    { to: "enable" },
    { to: "narrow", resourceSet: scene.narrowed },
    { to: "withdraw" },
  ] as Change[]) {
    const signed = await changePair(signer, [chains[0], keys[0]], [chains[1], keys[1]], change);
    const records = [signed.record, signed.counterpart ?? ""].map((one) => verify<any>("assent-csr+jwt", scene.chain, one));
    const [sink, source] = await Promise.all(records);
    chains = [extend(chains[0], sink!, operator), extend(chains[1], source!, operator)];
    changes.push(signed);
  }
  return { given: given.request, changes, refusal: await refuse(signer, answer.link.pseudonym, scene.refused) };
}

/** A meter that is paired, read and unpaired. */
async function metered() {
  const { stream, device, device_sealing_key, grant } = scene.meter;
  const holder = await freshPseudonym();
  const consent = await signingKey(decode(scene.alias_seed));
  const keys = { holder: holder.key, consent, device: decode(device_sealing_key) };
  const holding = await streamHolding(signer, holder, stream, device);
  const closing = await streamClosing(signer, holder.key, stream);
  return { holding: holding.compact, put: await granted(signer, keys, grant), closing: closing.compact };
}

const own = await enrolled();
const said = { ...own, link: await linked(own.party), ...(await consented()), meter: await metered() };
stdout.write(JSON.stringify(said));
