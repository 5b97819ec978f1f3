/** A consent: what was agreed to, made again from what was signed, and what the person can change. */

import { agreedTo } from "../agent/answering.js";
import { heldConsent } from "../agent/changing.js";
import { factsOf, titled } from "../facts.js";
import { client, language, word, words } from "../elements/page.js";
import { person } from "../elements/wallet_element.js";
import { type ConsentId, parse } from "../ids.js";
import type { Notice } from "../notice.js";
import type { ConsentView, StatusChain } from "../status_chain.js";
import { noticeInFull } from "./answering.js";
import { home } from "./home.js";
import { button, card, element, facts, folded, foreign, paragraph, show, submit } from "./view.js";

/** What is told after a change. */
const DONE: Readonly<Record<string, string>> = {
  given: "standalone-given",
  paused: "consent-done-paused",
  resumed: "consent-done-resumed",
  narrowed: "consent-done-narrowed",
  withdrawn: "consent-done-withdrawn",
};
/** The looks of a status. */
const STYLES: Readonly<Record<string, string>> = { active: "active", disabled: "paused", withdrawn: "withdrawn" };

export function status(name: string): HTMLElement {
  return element("span", { class: `status ${STYLES[name] ?? ""}` }, words(`standalone-status-${name}`));
}

/** Whether nothing of a consent can change any more. */
export function isOver(name: string): boolean {
  return name !== "active" && name !== "disabled";
}

export async function consent(wanted: string, done: string): Promise<void> {
  const who = await person();
  const id = parse("cns", wanted) as ConsentId;
  const view = await who.client.get<ConsentView>(`/v1/consents/${id}`);
  const one = await heldConsent(who, id);
  const notice = await agreedTo(who, one, language());
  const said = Object.fromEntries(factsOf(notice, word).map(({ key, lines }) => [key, lines.map(foreign)]));
  const told = DONE[done] === undefined ? [] : [element("p", { class: "note", role: "status" }, words(DONE[done]))];
  const often = notice.datasets.filter(({ dataset_id, how_often }) => how_often !== undefined && one.chain.resourceSet[dataset_id]);
  const terms = facts([
    [words("fact-purpose"), ...(said["notice-purpose"] ?? []), ...(said["notice-what-for"] ?? [])],
    [words("fact-who"), ...(said["notice-controller"] ?? []).slice(0, 1)],
    [words("fact-data"), ...namesOf(notice, one.chain).map(foreign)],
    ...(often.length > 0 ? [[words("fact-how-often"), ...often.map((dataset) => foreign(titled(dataset)))] as const] : []),
    [words("fact-until"), until(one.record.common_part["valid_until"])],
    [words("fact-after"), ...(said["notice-termination"] ?? [])],
    [words("fact-id"), element("code", {}, id)],
  ]);
  const check = folded("assent-intact", paragraph("wallet-intact-what"), element("button", { type: "button", class: "plain" }, words("wallet-intact-check")));
  check.setAttribute("consent", id);
  const source = notice.source === undefined ? [] : [foreign(notice.source.name), " → "];
  show(
    words("standalone-consent"),
    ...told,
    element("p", { class: "lead" }, ...source, foreign(notice.service_name), " ", status(view.status)),
    card(words("consent-terms"), terms, check),
    ...(isOver(view.status) ? [paragraph("consent-final", "note")] : changes(id, view.status, one.chain, notice)),
    noticeInFull(notice),
    button(words("standalone-back"), home, "quiet"),
  );
}

/** The buttons. What cannot be taken back says first what it does. */
function changes(id: ConsentId, now: string, chain: StatusChain, notice: Notice): HTMLElement[] {
  const form = (change: string, ...children: readonly (Node | string)[]) => element("form", { "data-change": change }, ...children);
  const pause = now === "active" ? form("disable", submit("consent-pause", "plain")) : form("enable", submit("consent-resume", "plain"));
  const [termination] = factsOf(notice, word).filter(({ key }) => key === "notice-termination");
  const end = element(
    "details",
    {},
    element("summary", {}, words("consent-withdraw")),
    paragraph("withdraw-means"),
    element("h3", {}, words("withdraw-shared")),
    ...(termination?.lines ?? []).map((line) => element("p", {}, foreign(line))),
    form("withdraw", submit("withdraw-now", "bad")),
  );
  const droppable = notice.datasets.flatMap(({ dataset_id, optional }) =>
    Object.entries(optional).filter(([concept]) => chain.resourceSet[dataset_id]?.includes(concept)),
  );
  const boxes = droppable.map(([concept, name]) =>
    element("label", { class: "choice" }, element("input", { type: "checkbox", name: "keep", value: concept, checked: "" }), foreign(name)),
  );
  const less = element("fieldset", {}, element("legend", {}, words("consent-narrow")), paragraph("consent-narrow-how", "fine"), ...boxes, submit("consent-narrow-now", "plain"));
  const all = element("assent-status", { consent: id, custody: client().custody, class: "stack" }, pause, ...(boxes.length > 0 ? [form("narrow", less)] : []), end);
  return [card(words("consent-change"), all)];
}

/** What may be delivered now, by its names. */
function namesOf({ datasets }: Notice, { resourceSet }: StatusChain): string[] {
  return datasets.flatMap(({ dataset_id, required, optional }) =>
    (resourceSet[dataset_id] ?? []).map((concept) => required[concept] ?? optional[concept] ?? concept),
  );
}

function until(end: unknown): string {
  if (typeof end !== "number") return words("fact-until-open");
  const locale = language() === "en" ? "en-GB" : language();
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(end - 1);
}
