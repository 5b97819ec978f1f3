/** `<assent-status>`: pauses, resumes, narrows and withdraws a consent, removes and restores a link, with the person's own keys. */

import { changeConsent, changeOf, without } from "../agent/changing.js";
import { removeLink, restoreLink } from "../agent/linking.js";
import type { Person } from "../agent/person.js";
import { parse } from "../ids.js";
import { client, go } from "./page.js";
import { WalletElement, person } from "./wallet_element.js";

/** What a form may ask for, and what the page is told then. */
const DONE: Readonly<Record<string, string>> = {
  disable: "paused",
  enable: "resumed",
  narrow: "narrowed",
  withdraw: "withdrawn",
  remove: "",
  restore: "",
};

export class Status extends WalletElement {
  protected ready(): void {
    if (this.getAttribute("custody") !== client().custody) return;
    this.onSubmit((form) => {
      const change = form.dataset["change"] ?? "";
      const isOurs = change in DONE;
      if (isOurs) void this.#change(form, change);
      return isOurs;
    });
  }

  async #change(form: HTMLFormElement, change: string): Promise<void> {
    const done = await this.act("wallet-signing", async () => {
      const who = await person();
      await (this.hasAttribute("link") ? this.#ofLink(who, change) : this.#ofConsent(who, form, change));
    });
    const consent = this.getAttribute("consent");
    if (done) go(consent === null ? "/home/services" : `/home/consents/${consent}?done=${DONE[change]}`);
  }

  async #ofConsent(who: Person, form: HTMLFormElement, change: string): Promise<void> {
    const consent = parse("cns", this.getAttribute("consent"));
    if (change === "narrow") return changeConsent(who, consent, without(left(form)));
    return changeConsent(who, consent, changeOf(change as "disable" | "enable" | "withdraw"));
  }

  async #ofLink(who: Person, change: string): Promise<void> {
    const link = parse("slr", this.getAttribute("link"));
    await (change === "remove" ? removeLink : restoreLink)(who, link);
  }
}

/** The concepts whose boxes are off. */
function left(form: HTMLFormElement): Set<string> {
  const boxes = form.querySelectorAll<HTMLInputElement>("input[name=keep]");
  return new Set(Array.from(boxes).filter((box) => !box.checked).map((box) => box.value));
}
