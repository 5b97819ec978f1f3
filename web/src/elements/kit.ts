/** `<assent-kit>`: makes a recovery kit and shows it once, to be printed. */

import { catchUp } from "../devices/catching_up.js";
import { makeKit } from "../devices/kit.js";
import { client, party } from "./page.js";
import { WalletElement, person } from "./wallet_element.js";

export class Kit extends WalletElement {
  protected ready(): void {
    this.unfold();
    this.onSubmit((form) => {
      if (form.dataset["do"] === "print") window.print();
      else void this.#make(form);
      return true;
    });
  }

  async #make(form: HTMLFormElement): Promise<void> {
    let code = "";
    const done = await this.act("wallet-making", async () => {
      code = await makeKit(await catchUp(await person()));
    });
    const paper = this.querySelector<HTMLElement>("[data-step=print]");
    if (!done || paper === null) return;
    form.hidden = true;
    paper.hidden = false;
    const said = { party: party(), node: client().base || location.origin, code };
    for (const [name, text] of Object.entries(said)) {
      const place = paper.querySelector(`[data-${name}]`);
      if (place !== null) place.textContent = text;
    }
    paper.querySelector("button")?.focus();
  }
}
