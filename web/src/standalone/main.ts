/**
 * The wallet as another site serves it: the same code, with keys of its own origin, calling a node from outside. What
 * it signs says `independent`, for no page of the node comes near the keys.
 */

import { changeConsent, changeOf } from "../agent/changing.js";
import { link } from "../agent/linking.js";
import { NodeClient } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { Session } from "../agent/session.js";
import { askContact, beginAccount, confirmContact } from "../agent/signing_up.js";
import { decode, utf8 } from "../bytes.js";
import * as canonical from "../canonical.js";
import { pick, type DescriptionRef } from "../description.js";
import { makeKit } from "../devices/kit.js";
import { sayingsOfService } from "../elements/shown.js";
import type { ConsentId, RequestId } from "../ids.js";
import { BrowserStore } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import type { ConsentView } from "../status_chain.js";
import { request } from "./answering.js";
import { button, card, element, field, foreign, show } from "./view.js";
import { language, words } from "./words.js";

/** Where the address of the node is kept. It is no secret. */
const NODE = "assent-node";
const store = new BrowserStore();

function start(): void {
  const [label, address] = field(words("standalone-node"), { type: "url", value: localStorage.getItem(NODE) ?? "https://", required: "" });
  const go = button(words("standalone-connect"), async () => {
    const base = new URL(address.value).origin;
    await connect(base);
    localStorage.setItem(NODE, base);
  });
  show(words("standalone-title"), element("p", { class: "lead" }, words("standalone-lead")), element("div", { class: "card stack" }, label, address, go));
}

async function connect(base: string): Promise<void> {
  const client = new NodeClient(base);
  const session = await Session.open(client);
  for (const party of await store.parties()) {
    const wallet = await Wallet.open(store, party);
    if (wallet !== undefined && canonical.same(wallet.keyring.chain, session.chain)) return home(new Person(session, wallet));
  }
  begin(client, session);
}

function begin(client: NodeClient, { chain }: Session): void {
  const [label, email] = field(words("standalone-email"), { type: "email", autocomplete: "email" });
  let person: Person | undefined;
  const make = button(words("standalone-make"), async () => {
    person ??= await beginAccount(client, store);
    await askContact(person, email.value.trim(), language());
    confirm(person);
  });
  const facts = element("dl", { class: "facts" }, element("dt", {}, words("standalone-operator")), element("dd", {}, element("code", {}, chain.operator)));
  show(words("standalone-begin"), element("p", {}, words("standalone-begin-what")), facts, element("div", { class: "card stack" }, label, email, make));
}

function confirm(person: Person): void {
  const [label, code] = field(words("standalone-code"), { autocomplete: "one-time-code", autocapitalize: "characters" });
  const done = button(words("standalone-confirm"), async () => {
    await confirmContact(person, code.value.trim());
    await home(person);
  });
  show(words("standalone-begin"), element("div", { class: "card stack" }, label, code, done));
}

interface RequestView {
  readonly request_id: RequestId;
  readonly status: string;
}

async function home(person: Person): Promise<void> {
  const [requests, consents]: [HTMLElement[], HTMLElement[]] = [[], []];
  for (const entry of person.wallet.keyring.linkEntries()) {
    const { pseudonym } = await person.wallet.keyring.link(entry);
    const who = () => ({ signer: person.session.signer(), caller: pseudonym });
    const name = await person.session.current(entry.service).then(({ description }) => description.name);
    const path = `/v1/pseudonyms/${entry.id}`;
    for (const one of await person.client.list<RequestView>(`${path}/requests`, who)) {
      if (one.status === "requested") requests.push(card(foreign(name), button(words("standalone-look"), () => request(person, one.request_id, () => home(person)))));
    }
    for (const one of await person.client.list<ConsentView>(`${path}/consents`, who)) consents.push(consent(person, name, one));
  }
  const none = (list: HTMLElement[], key: string) => (list.length > 0 ? list : [element("p", { class: "note" }, words(key))]);
  show(
    words("standalone-title"),
    element("h2", {}, words("standalone-requests")),
    ...none(requests, "standalone-no-requests"),
    element("h2", {}, words("standalone-consents")),
    ...none(consents, "standalone-no-consents"),
    card(words("standalone-link"), element("p", {}, words("standalone-link-what")), button(words("standalone-link"), async () => linking(person), "plain")),
    card(words("standalone-kit"), element("p", {}, words("standalone-kit-what")), button(words("standalone-kit"), () => kit(person), "plain")),
    card(words("standalone-home"), element("p", {}, words("standalone-home-what")), button(words("standalone-home"), () => myHome(person), "plain")),
  );
}

function consent(person: Person, name: string, { cr_id, status }: ConsentView): HTMLElement {
  const change = (label: string, to: "disable" | "enable" | "withdraw", style: string) =>
    button(words(label), async () => {
      await changeConsent(person, cr_id as ConsentId, changeOf(to));
      await home(person);
    }, style);
  const isOver = status !== "active" && status !== "disabled";
  const pause = status === "active" ? change("standalone-pause", "disable", "plain") : change("standalone-resume", "enable", "plain");
  const buttons = isOver ? [] : [element("div", { class: "row" }, pause, change("standalone-withdraw", "withdraw", "bad"))];
  return card(foreign(name), element("p", {}, words(`standalone-status-${status}`)), ...buttons);
}

function linking(person: Person): void {
  const [label, question] = field(words("standalone-link-question"), { autocomplete: "off" });
  const look = button(words("standalone-look"), async () => {
    const said = canonical.decode(utf8(canonical.encodeText(JSON.parse(question.value))));
    const account = String(said["account"]);
    decode(account, 32);
    const service = said["service"] as unknown as DescriptionRef;
    const described = await person.session.described(service);
    const facts = element("dl", { class: "facts" });
    for (const [name, texts] of Object.entries(sayingsOfService(described.description, language()))) {
      facts.append(element("dt", {}, words(`standalone-say-${name}`)), ...texts.map((text) => element("dd", {}, foreign(text))));
    }
    const sign = button(words("standalone-link"), async () => {
      const record = element("textarea", { readonly: "", rows: "6", "aria-label": words("standalone-link-record") });
      record.value = await link(person, service, account, described);
      show(words("standalone-link"), element("p", {}, words("standalone-link-record")), record, button(words("standalone-back"), () => home(person)));
    });
    show(words("standalone-link"), card(foreign(pick({ en: described.description.name }, "en")), facts), sign);
  });
  show(words("standalone-link"), element("p", {}, words("standalone-link-what")), element("div", { class: "card stack" }, label, question, look), button(words("standalone-back"), () => home(person), "quiet"));
}

async function kit(person: Person): Promise<void> {
  const code = await makeKit(person);
  const facts = element("dl", { class: "facts" }, element("dt", {}, words("standalone-node")), element("dd", {}, person.client.base), element("dt", {}, words("standalone-kit-code")), element("dd", { class: "code" }, code));
  show(words("standalone-kit"), element("p", {}, words("standalone-kit-keep")), facts, button(words("standalone-print"), async () => window.print()), button(words("standalone-back"), () => home(person), "quiet"));
}

/** Signs in at the node's own pages, which show what happened and have no key. */
async function myHome(person: Person): Promise<void> {
  const { url } = await person.client.post<{ url: string }>("/v1/sign-in-links", {}, await person.caller());
  const target = new URL(url);
  if (target.origin !== new URL(person.client.base).origin) throw new Error("another origin");
  window.open(target.href, "_blank", "noopener");
}

document.documentElement.lang = language();
start();
