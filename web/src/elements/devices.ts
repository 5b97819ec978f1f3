/** `<assent-devices>`: marks this browser among what has the keys, and removes others. */

import { catchUp } from "../devices/catching_up.js";
import { remove } from "../devices/removal.js";
import { go, party } from "./page.js";
import { WalletElement, person, store } from "./wallet_element.js";

export class Devices extends WalletElement {
  protected ready(): void {
    void this.#mark();
    this.onSubmit((form) => {
      const id = form.dataset["remove"];
      if (id !== undefined) void this.#remove(id);
      return id !== undefined;
    });
  }

  /** Only a browser that has the keys itself can take them from others. */
  async #mark(): Promise<void> {
    const own = await store().device(party());
    if (own === undefined) return;
    for (const card of this.querySelectorAll<HTMLElement>("[data-device]")) {
      const isOwn = card.dataset["device"] === own.id;
      const shown = card.querySelector<HTMLElement>(isOwn ? "[data-own]" : "[data-removal]");
      if (shown !== null) shown.hidden = false;
    }
  }

  async #remove(id: string): Promise<void> {
    const done = await this.act("wallet-removing", async () => {
      await remove(await catchUp(await person()), id);
    });
    if (done) go("/home/devices");
  }
}
