/** The ways to an account at a node: new keys, or those of an account that there is. */

import type { Session } from "../agent/session.js";
import { type PassAsked, askPass, takePass } from "../devices/pass.js";
import { catchUp } from "../devices/catching_up.js";
import { client, go, language, party, words } from "../elements/page.js";
import { person, store } from "../elements/wallet_element.js";
import type { PartyId } from "../ids.js";
import * as place from "./place.js";
import { button, card, element, facts, field, folded, paragraph, show, submit } from "./view.js";

/** Somebody who has no account here yet, or has not finished beginning one. */
export function begin({ chain }: Session): void {
  const operator = facts([[words("standalone-operator"), element("code", {}, chain.operator)]]);
  const [emailLabel, email] = field(words("sign-in-email"), { name: "email", type: "email", autocomplete: "email", required: "", maxlength: "254" });
  const [codeLabel, code] = field(words("sign-up-code"), { name: "code", autocomplete: "one-time-code", autocapitalize: "characters", required: "", maxlength: "32" });
  const [make, again] = [submit("sign-up-own-make"), submit("sign-up-send", "plain")];
  make.setAttribute("data-fresh", "");
  again.setAttribute("data-begun", "");
  again.hidden = true;
  const making = folded(
    "assent-sign-up",
    element("p", { class: "note", "data-begun": "", hidden: "" }, words("sign-up-begun")),
    element("form", { class: "stack", "data-step": "code", hidden: "" }, codeLabel, code, submit("sign-up-begin"), paragraph("sign-up-code-none", "fine")),
    element("form", { class: "stack", "data-step": "address" }, emailLabel, email, make, again),
  );
  making.addEventListener("begun", (event) => place.of((event as CustomEvent<PartyId>).detail));
  show(
    words("standalone-begin"),
    operator,
    card(words("standalone-new"), paragraph("standalone-begin-what"), making),
    card(words("devices-join-title"), paragraph("devices-join-lead"), button(words("devices-join"), async () => identify(join, words("devices-join-title")), "plain")),
  );
}

/**
 * The keys were replaced on another device: the person says who it is, and takes the new ones in. A device that was meant to
 * lose them forgets what it has.
 */
export function renew(): void {
  const [title, lead] = [words("standalone-renew"), paragraph("wallet-device-key-past", "note warn")];
  const renewing = async () => {
    await catchUp(await person());
    client().pass = undefined;
    go("/home");
  };
  identify(renewing, title, [lead], [forgetting()]);
}

/** Takes an account off this device. What it has opens nothing that came since. */
function forgetting(): HTMLElement {
  const account = party();
  const forget = button(
    words("standalone-forget-now"),
    async () => {
      await store().forget(account);
      // As a device that never had any.
      go("/home/devices/new");
    },
    "bad",
  );
  return element("details", {}, element("summary", {}, words("standalone-forget")), paragraph("standalone-forget-means"), forget);
}

/** Asks for the address of the account and for the code that comes there. */
function identify(then: () => Promise<void>, title: string, lead: readonly HTMLElement[] = [], otherwise: readonly HTMLElement[] = []): void {
  const [label, email] = field(words("sign-in-email"), { type: "email", autocomplete: "email" });
  const send = button(words("sign-up-send"), async () => enterCode(await askPass(client(), email.value.trim(), language()), then, title));
  show(title, ...lead, element("div", { class: "card stack" }, paragraph("standalone-identify"), label, email, send), ...otherwise);
}

function enterCode(asked: PassAsked, then: () => Promise<void>, title: string): void {
  const [label, code] = field(words("sign-up-code"), { autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: "false" });
  const confirm = button(words("standalone-confirm"), async () => {
    place.of(await takePass(client(), asked, code.value));
    await then();
  });
  show(title, element("div", { class: "card stack" }, label, code, confirm, paragraph("standalone-code-none", "fine")));
  code.focus();
}

/** Where the keys come from: another device, or paper. */
async function join(): Promise<void> {
  const [label, name] = field(words("devices-label"), { name: "label", maxlength: "64", required: "", autocomplete: "off" });
  const points = element("ol", { class: "points" }, element("li", {}, words("standalone-join-open")), element("li", {}, words("devices-join-step-compare")));
  const shown = element(
    "div",
    { class: "stack", "data-step": "show", hidden: "" },
    points,
    element("p", { class: "qr", "data-qr": "" }),
    element("p", {}, `${words("devices-code")} `, element("strong", { class: "code", "data-code": "" })),
    paragraph("devices-join-waits", "fine"),
  );
  const byDevice = folded("assent-join", element("form", { class: "stack", "data-step": "name" }, label, name, submit("devices-join-show")), shown);
  const [kitLabel, kit] = field(words("devices-kit-code"), { name: "code", required: "", maxlength: "120", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const byKit = folded("assent-use-kit", element("form", { class: "stack" }, kitLabel, kit, submit("devices-kit-use")));
  show(words("devices-join-title"), paragraph("devices-join-lead", "lead"), card(words("devices-join-by-device"), byDevice), card(words("devices-join-by-kit"), byKit));
}
