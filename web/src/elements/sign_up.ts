/** `<assent-sign-up>`: begins an account with keys that are made in this browser. */

import type { Person } from "../agent/person.js";
import { askContact, beginAccount, confirmContact, unfinished } from "../agent/signing_up.js";
import { client, go, language } from "./page.js";
import { WalletElement, store } from "./wallet_element.js";

export class SignUp extends WalletElement {
  #person: Person | undefined;

  protected ready(): void {
    this.querySelector("[data-without]")?.remove();
    this.unfold();
    void this.#resume();
    this.onSubmit((form) => {
      if (form.dataset["step"] === "address") void this.#begin(form);
      else void this.#confirm(form);
      return true;
    });
  }

  /** Goes on where a page that was closed has left off: with the code that came, or with the address anew. */
  async #resume(): Promise<void> {
    // A node that does not answer now does not answer to what is sent either, and then it is said.
    this.#person = await unfinished(client(), store()).catch(() => undefined);
    if (this.#person === undefined) return;
    for (const part of this.querySelectorAll<HTMLElement>("[data-begun], form[data-step=code]")) part.hidden = false;
    for (const part of this.querySelectorAll<HTMLElement>("[data-fresh]")) part.hidden = true;
  }

  async #begin(form: HTMLFormElement): Promise<void> {
    const email = value(form, "email");
    const done = await this.act("wallet-making", async () => {
      // An address that was mistyped leaves a person without one: the same keys try the next.
      this.#person ??= await beginAccount(client(), store());
      await askContact(this.#person, email, language());
    });
    if (!done) return;
    form.hidden = true;
    this.querySelector("p[data-begun]")?.remove();
    const next = this.querySelector<HTMLFormElement>("form[data-step=code]");
    if (next === null) return;
    next.hidden = false;
    next.querySelector("input")?.focus();
  }

  async #confirm(form: HTMLFormElement): Promise<void> {
    const code = value(form, "code");
    const done = await this.act("wallet-confirming", async () => {
      if (this.#person !== undefined) await confirmContact(this.#person, code);
    });
    if (done && this.#person !== undefined) this.dispatchEvent(new CustomEvent("begun", { detail: this.#person.party, bubbles: true }));
    if (done) go(this.getAttribute("here"));
  }
}

function value(form: HTMLFormElement, name: string): string {
  return form.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value.trim() ?? "";
}
