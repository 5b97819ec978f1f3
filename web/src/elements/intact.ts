/** `<assent-intact>`: checks in the browser that the record of a consent is whole. */

import { checkConsent } from "../agent/checking.js";
import { parse } from "../ids.js";
import { client, language, party, words } from "./page.js";
import { WalletElement, store } from "./wallet_element.js";

export class Intact extends WalletElement {
  protected ready(): void {
    this.unfold();
    this.querySelector("button")?.addEventListener("click", () => void this.#check());
  }

  async #check(): Promise<void> {
    let found = "";
    const check = async () => {
      const { records, asOf } = await checkConsent(client(), store(), party(), parse("cns", this.getAttribute("consent")));
      found = words("wallet-intact", { records: String(records), time: moment(asOf) });
    };
    if (await this.act("wallet-checking", check, "wallet-broken")) this.say(found, "status");
  }
}

/** An instant as the page writes others. */
function moment(at: number): string {
  // Of English the page writes the British form.
  const locale = language() === "en" ? "en-GB" : language();
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return `${time.format(at)} UTC`;
}
