/** What the wallet shows first: what is asked, what was given, and what else can be done. */

import type { Person } from "../agent/person.js";
import { go, words } from "../elements/page.js";
import { person } from "../elements/wallet_element.js";
import type { RequestId } from "../ids.js";
import type { ConsentView } from "../status_chain.js";
import { request } from "./answering.js";
import { isOver, status } from "./consent.js";
import { linking } from "./linking.js";
import { button, card, element, foreign, paragraph, show } from "./view.js";

interface RequestView {
  readonly request_id: RequestId;
  readonly status: string;
}

export async function home(): Promise<void> {
  const who = await person();
  const [requests, consents, past]: [HTMLElement[], HTMLElement[], HTMLElement[]] = [[], [], []];
  for (const entry of who.wallet.keyring.linkEntries()) {
    const { pseudonym } = await who.wallet.keyring.link(entry);
    const caller = () => ({ signer: who.session.signer(), caller: pseudonym });
    const name = await who.session.current(entry.service).then(({ description }) => description.name);
    const path = `/v1/pseudonyms/${entry.id}`;
    for (const one of await who.client.list<RequestView>(`${path}/requests`, caller)) {
      if (one.status === "requested") requests.push(card(foreign(name), look(name, () => request(one.request_id))));
    }
    for (const one of await who.client.list<ConsentView>(`${path}/consents`, caller)) {
      const open = look(name, async () => go(`/home/consents/${one.cr_id}`));
      (isOver(one.status) ? past : consents).push(card(foreign(name), element("p", {}, status(one.status)), open));
    }
  }
  const cards = (list: HTMLElement[], key: string) => (list.length > 0 ? element("div", { class: "cards" }, ...list) : paragraph(key, "note"));
  const place = (key: string, act: () => Promise<void>) => card(words(key), paragraph(`${key}-what`), button(words(key), act, "plain"));
  show(
    words("standalone-title"),
    element("h2", {}, words("standalone-requests")),
    cards(requests, "standalone-no-requests"),
    element("h2", {}, words("standalone-consents")),
    cards(consents, "standalone-no-consents"),
    ...(past.length > 0 ? [element("details", {}, element("summary", {}, words("standalone-past")), element("div", { class: "cards" }, ...past))] : []),
    element("h2", {}, words("standalone-more")),
    element(
      "div",
      { class: "cards" },
      place("standalone-link", async () => linking()),
      place("standalone-devices", async () => go("/home/devices")),
      place("standalone-home", () => myHome(who)),
    ),
  );
}

function look(name: string, act: () => Promise<void>): HTMLElement {
  const made = button(words("standalone-look"), act, "plain");
  made.querySelector("button")?.setAttribute("aria-label", `${words("standalone-look")}: ${name}`);
  return made;
}

/** Signs in at the node's own pages, which show what happened and have no key. */
async function myHome(person: Person): Promise<void> {
  const { url } = await person.client.post<{ url: string }>("/v1/sign-in-links", {}, await person.caller());
  const target = new URL(url);
  if (target.origin !== new URL(person.client.base).origin) throw new Error("another origin");
  window.open(target.href, "_blank", "noopener");
}
