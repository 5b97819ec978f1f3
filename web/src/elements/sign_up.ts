/** `<assent-sign-up>`: begins an account with keys that are made in this browser. */

import type { Person } from "../agent/person.js";
import { askContact, beginAccount, confirmContact } from "../agent/signing_up.js";
import { language, localPath } from "./page.js";
import { WalletElement, client, store } from "./wallet_element.js";

export class SignUp extends WalletElement {
  #person: Person | undefined;

  protected ready(): void {
    this.querySelector("[data-without]")?.remove();
    this.unfold();
    this.onSubmit((form) => {
      if (form.dataset["step"] === "address") void this.#begin(form);
      else void this.#confirm(form);
      return true;
    });
  }

  async #begin(form: HTMLFormElement): Promise<void> {
    const email = value(form, "email");
    const done = await this.act("wallet-making", async () => {
      // An address that was mistyped leaves a person without one: the same keys try the next.
      this.#person ??= await beginAccount(client, store());
      await askContact(this.#person, email, language());
    });
    if (!done) return;
    form.hidden = true;
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
    if (done) location.assign(localPath(this.getAttribute("here")));
  }
}

function value(form: HTMLFormElement, name: string): string {
  return form.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value.trim() ?? "";
}
