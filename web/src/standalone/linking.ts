/** Tying an account at a service to the wallet, by carrying question and answer between its page and this one. */

import { link } from "../agent/linking.js";
import { decode, utf8 } from "../bytes.js";
import * as canonical from "../canonical.js";
import type { DescriptionRef } from "../description.js";
import { language, words } from "../elements/page.js";
import { sayingsOfService } from "../elements/shown.js";
import { person } from "../elements/wallet_element.js";
import { home } from "./home.js";
import { button, card, element, facts, field, foreign, paragraph, show } from "./view.js";

export function linking(): void {
  const [label, question] = field(words("standalone-link-question"), { autocomplete: "off" });
  const look = button(words("standalone-look"), () => asked(question.value));
  const back = button(words("standalone-back"), home, "quiet");
  show(words("standalone-link"), paragraph("standalone-link-what"), element("div", { class: "card stack" }, label, question, look), back);
}

/** What the service says of itself, signed; and the person's yes. */
async function asked(question: string): Promise<void> {
  const said = canonical.decode(utf8(canonical.encodeText(JSON.parse(question))));
  const account = String(said["account"]);
  decode(account, 32);
  const service = said["service"] as unknown as DescriptionRef;
  const who = await person();
  const described = await who.session.described(service);
  const { service: [name = ""] = [], ...sayings } = sayingsOfService(described.description, language());
  const list = facts(Object.entries(sayings).map(([key, texts]) => [words(`standalone-say-${key}`), ...texts.map(foreign)]));
  const sign = button(words("standalone-link-sign"), async () => answered(await link(who, service, account, described)));
  const back = button(words("standalone-back"), home, "quiet");
  show(words("standalone-link"), card(foreign(name), list), element("div", { class: "row" }, sign, back));
}

function answered(answer: string): void {
  const record = element("textarea", { id: "record", readonly: "", rows: "6" });
  record.value = answer;
  const label = element("label", { for: "record" }, words("standalone-link-record"));
  show(words("standalone-link"), element("div", { class: "card stack" }, label, record), button(words("standalone-back"), home));
}
