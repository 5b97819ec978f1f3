/** `<assent-link>`: ties an account at a service to a new pseudonym, whose key is made here. */

import { link } from "../agent/linking.js";
import * as canonical from "../canonical.js";
import { decode, utf8 } from "../bytes.js";
import type { DescriptionRef } from "../description.js";
import { Distrust } from "../agent/session.js";
import { leave } from "./consent_form.js";
import { language } from "./page.js";
import { compare, sayingsIn, sayingsOfService } from "./shown.js";
import { WalletElement, person } from "./wallet_element.js";

export class LinkForm extends WalletElement {
  protected ready(): void {
    if (this.dataset["custody"] !== "page") return;
    this.onSubmit((form, button) => {
      const isYes = button?.name === "answer" && button.value === "give";
      if (isYes) void this.#link(form);
      return isYes;
    });
  }

  async #link(form: HTMLFormElement): Promise<void> {
    const done = await this.act("wallet-signing", async () => {
      const record = form.querySelector<HTMLInputElement>("input[name=record]");
      if (record === null) throw new Distrust("page-incomplete");
      record.value = await this.#sign();
    });
    if (done) leave(form, "signed");
  }

  async #sign(): Promise<string> {
    const { service, account } = this.dataset;
    const wanted = canonical.decode(utf8(canonical.encodeText(JSON.parse(service ?? "")))) as unknown as DescriptionRef;
    decode(account ?? "", 32);
    const who = await person();
    const described = await who.session.described(wanted);
    compare(sayingsOfService(described.description, language()), sayingsIn(document));
    return link(who, wanted, account ?? "", described);
  }
}
