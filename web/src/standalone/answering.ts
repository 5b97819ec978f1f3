/** A request, shown from what was signed, and the person's answer to it. */

import { type Asked, type Replaced, answerNo, answerYes, asked, replacedBy } from "../agent/answering.js";
import { changesBetween, factsOf, titled } from "../facts.js";
import { go, language, word, words } from "../elements/page.js";
import { endOf, lastDay, sayingsOf } from "../elements/shown.js";
import { person } from "../elements/wallet_element.js";
import type { RequestId } from "../ids.js";
import type { Notice, NoticeAge } from "../notice.js";
import { home } from "./home.js";
import { button, card, element, facts, field, foreign, paragraph, show } from "./view.js";

/** What stands in the list of facts, in this order; data has a list of its own. */
const FACTS = ["provider", "business-id", "source", "source-provider", "purpose", "description", "period", "termination", "consequences", "withdrawal"];

export async function request(id: RequestId): Promise<void> {
  const who = await person();
  const question = await asked(who, id, language());
  const replaced = await replacedBy(who, question);
  const said = sayingsOf(question.notice);
  const told = FACTS.filter((name) => (said[name] ?? []).length > 0);
  const list = facts(told.map((name) => [words(`standalone-say-${name}`), ...(said[name] ?? []).map(foreign)]));
  const special = (said["special"] ?? []).length > 0 ? [paragraph("notice-special-text", "note warn")] : [];
  const { boxes, choices } = data(question);
  const age = question.notice.minimum_age && ageOf(question.notice.minimum_age);
  const max = question.notice.valid_until_max;
  const bounds = max === undefined ? {} : { max: lastDay(max), value: lastDay(max) };
  const [label, until] = field(words("standalone-until"), { type: "date", ...bounds });
  const yes = button(words("standalone-give"), async () => {
    const choice = { resourceSet: chosen(question, boxes), validUntil: endOf(until.value, max), replaces: replaced };
    await answerYes(who, question, { ...choice, ageConfirmed: age?.box.checked === true });
    const { cr_id } = await who.client.get<{ cr_id?: string }>(`/v1/consent-requests/${id}`);
    go(cr_id === undefined ? "/home" : `/home/consents/${cr_id}?done=given`);
  });
  const no = button(words("standalone-refuse"), async () => {
    await answerNo(who, id);
    await home();
  });
  show(
    words("standalone-request"),
    card(foreign(question.notice.service_name), list),
    ...(replaced === undefined ? [] : [differences(replaced, question.notice)]),
    ...special,
    card(words("standalone-data"), choices, element("div", { class: "stack" }, label, until)),
    ...(age === undefined ? [] : [age.card]),
    noticeInFull(question.notice),
    element("div", { class: "row even reading" }, yes, no),
    button(words("standalone-back"), home, "quiet"),
  );
}

/** The rule of age, and the box that confirms the statement. */
function ageOf({ rule, statement }: NoticeAge): { readonly card: HTMLElement; readonly box: HTMLInputElement } {
  const box = element("input", { type: "checkbox" });
  const label = element("label", { class: "choice" }, box, foreign(statement));
  return { box, card: card(words("notice-age"), element("p", {}, foreign(rule)), label, paragraph("consent-age-kept", "fine")) };
}

/** What has changed since the consent that would be replaced: of both, what was signed. */
function differences({ record, notice }: Replaced, now: Notice): HTMLElement {
  const since = new Date(Number(record.record.common_part["valid_from"])).toISOString().slice(0, 10);
  const changes = changesBetween(notice, now, word);
  const lines = (key: string, name: "del" | "ins", texts: readonly string[]) => [
    element("p", {}, element("strong", {}, words(key)), texts.length === 0 ? " —" : ""),
    ...texts.map((text) => element("p", {}, element(name, {}, foreign(text)))),
  ];
  const told = changes.flatMap((change) => [
    element("h3", {}, words(change.key)),
    ...lines("consent-before", "del", change.before),
    ...lines("consent-now", "ins", change.now),
  ]);
  const heading = element("h2", { id: "replaces" }, words("consent-replaces", { name: since }));
  const lead = paragraph(changes.length === 0 ? "consent-nothing-changed" : "consent-changed");
  return element("section", { class: "note warn", "aria-labelledby": "replaces" }, heading, lead, ...told);
}

/** Everything that the notice says, for who wants to read it. */
export function noticeInFull(notice: Notice): HTMLElement {
  const list = facts(factsOf(notice, word).map(({ key, lines }) => [words(key), ...lines.map(foreign)]));
  return element("details", { class: "reading" }, element("summary", {}, words("consent-full-notice")), list);
}

/** What is delivered: required data as it is, optional data with a box that is off. */
function data({ notice }: Asked): { boxes: Map<string, HTMLInputElement>; choices: HTMLElement } {
  const boxes = new Map<string, HTMLInputElement>();
  const choices = element("div", { class: "stack" });
  const required = notice.datasets.flatMap((dataset) => Object.values(dataset.required).map((name) => `${titled(dataset)}: ${name}`));
  if (required.length > 0) {
    const points = required.map((text) => element("li", {}, foreign(text)));
    choices.append(element("h3", {}, words("consent-required")), element("ul", { class: "points" }, ...points));
  }
  const fieldset = element("fieldset", {}, element("legend", {}, words("consent-optional")), paragraph("consent-optional-why", "fine"));
  for (const dataset of notice.datasets) {
    for (const [concept, name] of Object.entries(dataset.optional)) {
      const box = element("input", { type: "checkbox" });
      boxes.set(`${dataset.dataset_id}~${concept}`, box);
      fieldset.append(element("label", { class: "choice" }, box, foreign(`${titled(dataset)}: ${name}`)));
    }
  }
  if (boxes.size > 0) choices.append(fieldset);
  return { boxes, choices };
}

function chosen({ notice }: Asked, boxes: ReadonlyMap<string, HTMLInputElement>) {
  const sets = notice.datasets.map(({ dataset_id, required, optional }) => {
    const on = Object.keys(optional).filter((concept) => boxes.get(`${dataset_id}~${concept}`)?.checked);
    return [dataset_id, [...Object.keys(required), ...on]] as const;
  });
  return Object.fromEntries(sets.filter(([, concepts]) => concepts.length > 0));
}
