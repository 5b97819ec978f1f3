/** What tests share: the scene as the vectors have it, and a source of randomness that hands out recorded values. */

import { readFile } from "node:fs/promises";
import { type Bytes, decode } from "../src/bytes.js";
import type { Answer } from "../src/give.js";
import { type WalletLink, pseudonym } from "../src/keys.js";
import type { Random } from "../src/random.js";
import { CONSENT_REQUEST, type ConsentRequest } from "../src/request.js";
import { parseJwk } from "../src/signature.js";
import { verify } from "../src/statement.js";

/** A file of `fixtures/wallet`. */
export async function vector(name: string): Promise<any> {
  const file = new URL(`../../../fixtures/wallet/${name}`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8"));
}

async function link(scene: any): Promise<WalletLink> {
  const { slr_id, service_id, provider, seed } = scene;
  return { slrId: slr_id, serviceId: service_id, provider, pseudonym: await pseudonym(decode(seed)) };
}

/** The person's answer in a scene. */
export async function answerOf(scene: any): Promise<Answer> {
  return {
    request: await verify<ConsentRequest>(CONSENT_REQUEST, scene.chain, scene.request),
    language: scene.language,
    form: scene.form,
    service: scene.service,
    link: await link(scene.service_link),
    resourceSet: scene.resource_set,
    validFrom: scene.valid_from,
    validUntil: scene.valid_until,
    ageConfirmed: scene.age_confirmed,
    custody: "independent",
    sharing: {
      source: scene.source,
      link: await link(scene.source_link),
      sealingKey: decode(scene.source_sealing_key),
      holder: scene.holder,
      tokenKey: await parseJwk(scene.token_key),
      alias: await pseudonym(decode(scene.alias_seed)),
    },
  };
}

/** Hands out what was recorded for each purpose, in order, whatever its spelling. */
export function scripted(drawn: Record<string, string[]>): Random {
  const waiting = structuredClone(drawn);
  return (length, purpose) => {
    const spelled = waiting[purpose]?.shift();
    if (spelled === undefined) throw new Error(`nothing more was drawn as ${purpose}`);
    const bytes = unspell(spelled);
    if (bytes.length !== length) throw new Error(`${purpose} has ${bytes.length} bytes`);
    return bytes;
  };
}

function unspell(spelled: string): Bytes {
  if (/^[0-9a-f]{32}$/.test(spelled)) return Uint8Array.from(spelled.match(/../g) ?? [], (two) => parseInt(two, 16));
  const id = /^[a-z]{3}_(.{32})$/.exec(spelled)?.[1];
  if (id === undefined) return decode(spelled);
  const bits = Array.from(id, (one) => "abcdefghijklmnopqrstuvwxyz234567".indexOf(one).toString(2).padStart(5, "0"));
  return Uint8Array.from(bits.join("").match(/.{8}/g) ?? [], (eight) => parseInt(eight, 2));
}
