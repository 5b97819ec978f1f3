/** `<assent-pair-meter>`: makes the key that will hold the stream of the meter on the page, and signs with it. */

import { hold, readOffer } from "../agent/metering.js";
import { Distrust } from "../agent/session.js";
import { digestOfJson } from "../digest.js";
import { plain } from "../facts.js";
import { client } from "./page.js";
import { compare, sayingsIn } from "./shown.js";
import { WalletElement, person } from "./wallet_element.js";

export class PairMeter extends WalletElement {
  protected ready(): void {
    if (this.getAttribute("custody") !== client().custody) return;
    this.onSubmit((form) => {
      void this.#pair(form);
      return true;
    });
  }

  async #pair(form: HTMLFormElement): Promise<void> {
    const done = await this.act("wallet-signing", async () => {
      const offer = await readOffer(JSON.parse(this.dataset["offer"] ?? ""));
      compare({ label: [plain(offer.label)], device: [offer.device] }, sayingsIn(document));
      const holding = await hold(await person(), offer);
      // The node pairs exactly this offer: whatever takes its place meanwhile is another.
      fill(form, "seen", await digestOfJson(offer));
      fill(form, "holding", holding);
    });
    // The node enters the code, and says what became of it.
    if (done) HTMLFormElement.prototype.submit.call(form);
  }
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
  if (field === null) throw new Distrust("page-incomplete");
  field.value = value;
}
