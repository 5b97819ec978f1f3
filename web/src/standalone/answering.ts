/** A request, shown from what was signed, and the person's answer to it. */

import { type Asked, answerNo, answerYes, asked } from "../agent/answering.js";
import type { Person } from "../agent/person.js";
import type { RequestId } from "../ids.js";
import { endOf, lastDay, sayingsOf } from "../elements/shown.js";
import { button, card, element, field, foreign, show } from "./view.js";
import { language, words } from "./words.js";

/** What stands in the list of facts, in this order; data has a list of its own. */
const FACTS = [
  "service",
  "provider",
  "business-id",
  "source",
  "source-provider",
  "purpose",
  "description",
  "period",
  "termination",
  "consequences",
  "withdrawal",
];

export async function request(person: Person, id: RequestId, done: () => Promise<void>): Promise<void> {
  const question = await asked(person, id, language());
  const said = sayingsOf(question.notice);
  const facts = element("dl", { class: "facts" });
  for (const name of FACTS.filter((one) => (said[one] ?? []).length > 0)) {
    facts.append(element("dt", {}, words(`standalone-say-${name}`)));
    for (const text of said[name] ?? []) facts.append(element("dd", {}, foreign(text)));
  }
  const special = (said["special"] ?? []).length > 0 ? [element("p", { class: "note warn" }, words("standalone-say-special"))] : [];
  const { boxes, list } = data(question);
  const max = question.notice.valid_until_max;
  const bounds = max === undefined ? {} : { max: lastDay(max), value: lastDay(max) };
  const [label, until] = field(words("standalone-until"), { type: "date", ...bounds });
  const yes = button(words("standalone-give"), async () => {
    await answerYes(person, question, { resourceSet: chosen(question, boxes), validUntil: endOf(until.value, max) });
    await done();
  });
  const no = button(words("standalone-refuse"), async () => {
    await answerNo(person, id);
    await done();
  });
  show(words("standalone-request"), ...special, card(foreign(question.notice.service_name), facts), card(words("standalone-data"), list), label, until, element("div", { class: "row even" }, yes, no), button(words("standalone-back"), done, "quiet"));
}

/** What is delivered: required data as it is, optional data with a box that is off. */
function data({ notice }: Asked): { boxes: Map<string, HTMLInputElement>; list: HTMLElement } {
  const boxes = new Map<string, HTMLInputElement>();
  const list = element("ul", { class: "points" });
  for (const { dataset_id, title: named, how_often, required, optional } of notice.datasets) {
    const title = how_often === undefined ? named : `${named} (${how_often})`;
    for (const name of Object.values(required)) list.append(element("li", {}, foreign(`${title}: ${name}`)));
    for (const [concept, name] of Object.entries(optional)) {
      const box = element("input", { type: "checkbox" });
      boxes.set(`${dataset_id}~${concept}`, box);
      list.append(element("li", {}, element("label", {}, box, " ", foreign(`${title}: ${name}`), ` ${words("standalone-optional")}`)));
    }
  }
  return { boxes, list };
}

function chosen({ notice }: Asked, boxes: ReadonlyMap<string, HTMLInputElement>) {
  const sets = notice.datasets.map(({ dataset_id, required, optional }) => {
    const on = Object.keys(optional).filter((concept) => boxes.get(`${dataset_id}~${concept}`)?.checked);
    return [dataset_id, [...Object.keys(required), ...on]] as const;
  });
  return Object.fromEntries(sets.filter(([, concepts]) => concepts.length > 0));
}
