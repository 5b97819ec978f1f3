/** What has the keys: devices and recovery kits, as the party has signed them; adding and removing. */

import { readKeyring } from "../devices/keyring_at_node.js";
import { type Vouched, vouched } from "../devices/wrapping.js";
import type { Person, Wrapping } from "../agent/person.js";
import { go, language, words } from "../elements/page.js";
import { person } from "../elements/wallet_element.js";
import { home } from "./home.js";
import { button, card, element, facts, field, folded, foreign, paragraph, show, submit } from "./view.js";

export async function devices(): Promise<void> {
  const who = await person();
  const { wrappings } = await readKeyring(who.client, await who.caller());
  const cards = await Promise.all(wrappings.map((one) => device(who, one)));
  const list = element("assent-devices", {}, ...cards);
  show(
    words("devices-title"),
    paragraph("devices-lead-page", "lead"),
    list,
    card(words("devices-add-title"), paragraph("devices-add-what"), button(words("devices-add"), async () => addDevice(), "plain")),
    card(words("devices-kit-title"), paragraph("devices-kit-what"), button(words("devices-kit"), async () => kit(), "plain")),
    button(words("standalone-back"), home, "quiet"),
  );
}

async function device(who: Person, wrapping: Wrapping): Promise<HTMLElement> {
  const { signing } = await who.wallet.keyring.partyKeys();
  const isOurs = (): Promise<Vouched | undefined> =>
    vouched(who.session, who.party, [signing.verifying.kid], wrapping).catch(() => undefined);
  const { id, kind, label, made_at } = wrapping;
  const locale = language() === "en" ? "en-GB" : language();
  const since = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(made_at);
  const kinds = { device: "devices-kind-device", recovery: "devices-kind-recovery", passkey: "devices-kind-passkey" };
  const what = words(kinds[kind]);
  const altered = (await isOurs()) === undefined ? [paragraph("wallet-device-altered", "note bad")] : [];
  const removal = element(
    "details",
    { "data-removal": "", hidden: "" },
    element("summary", {}, words("devices-remove")),
    paragraph("devices-removal-does"),
    paragraph("devices-removal-leaves"),
    element("form", { "data-remove": id }, submit("devices-remove-now", "bad")),
  );
  return element(
    "section",
    { class: "card reading", "data-device": id },
    element("h2", {}, foreign(label ?? what)),
    element("p", { class: "fine" }, `${label === undefined ? "" : `${what} · `}${words("devices-since", { name: since })}`),
    ...altered,
    element("p", { "data-own": "", hidden: "" }, element("span", { class: "status active" }, words("devices-own"))),
    removal,
  );
}

/** Lets a device that shows a code have the keys. `shown` is what its link has behind the `#`. */
export async function addDevice(shown = ""): Promise<void> {
  const [label, code] = field(words("devices-code"), { name: "code", required: "", maxlength: "32", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
  const points = element("ol", { class: "points" }, element("li", {}, words("standalone-add-new")), element("li", {}, words("devices-add-step-code")));
  const compare = element(
    "section",
    { class: "card stack", "data-step": "compare", hidden: "" },
    element("h2", {}, element("bdi", { "data-label": "" })),
    element("p", {}, `${words("devices-add-compare")} `, element("strong", { class: "code", "data-code": "" })),
    paragraph("devices-add-means"),
    element("div", { class: "row even" }, element("form", { "data-do": "admit" }, submit("devices-add-admit")), element("form", { "data-do": "refuse" }, submit("devices-add-refuse", "plain"))),
  );
  const adding = folded("assent-add-device", element("form", { class: "card stack", "data-step": "code" }, points, label, code, submit("devices-add-look")), compare);
  if (shown !== "") adding.setAttribute("shown", shown);
  show(words("devices-add-title"), paragraph("devices-add-lead", "lead"), adding, button(words("standalone-back"), async () => go("/home/devices"), "quiet"));
}

/** A code on paper. */
function kit(): void {
  const said = facts([
    [words("account-id"), element("code", { "data-party": "" })],
    [words("standalone-node"), element("code", { "data-node": "" })],
    [words("devices-kit-code"), element("strong", { class: "code", "data-code": "" })],
  ]);
  const paper = element(
    "section",
    { class: "card stack", "data-step": "print", hidden: "" },
    element("h2", {}, words("devices-kit-paper")),
    said,
    paragraph("standalone-kit-how"),
    paragraph("devices-kit-keep"),
    element("form", { "data-do": "print" }, submit("devices-kit-print")),
  );
  const making = folded("assent-kit", element("form", { class: "card stack", "data-step": "make" }, paragraph("devices-kit-once"), submit("devices-kit-make")), paper);
  show(words("devices-kit-title"), paragraph("devices-kit-lead", "lead"), making, button(words("standalone-back"), async () => go("/home/devices"), "quiet"));
}
