/** `<assent-join>` and `<assent-use-kit>`: bring the keys of an account to a browser that has none. */

import { Joining } from "../devices/joining.js";
import { useKit } from "../devices/kit.js";
import { deviceLabel } from "../devices/label.js";
import { showQr } from "./qr.js";
import { admission, client, go, party, words } from "./page.js";
import { WalletElement, store } from "./wallet_element.js";

/** How often a device that waits looks whether it was let in, in milliseconds. */
const PATIENCE = 2000;
const HOME = "/home/devices";

export class Join extends WalletElement {
  protected ready(): void {
    this.unfold();
    const label = this.querySelector<HTMLInputElement>("input[name=label]");
    if (label !== null) label.value = deviceLabel() ?? "";
    this.onSubmit((form) => {
      void this.#wait(form);
      return true;
    });
  }

  async #wait(form: HTMLFormElement): Promise<void> {
    const label = form.querySelector("input")?.value.trim() ?? "";
    let joining: Joining | undefined;
    const waits = await this.act("wallet-making", async () => {
      joining = await Joining.begin(client(), party(), label);
    });
    if (!waits || joining === undefined) return;
    form.hidden = true;
    this.#show(joining);
    this.say(words("wallet-waiting"), "status");
    await this.#look(joining);
  }

  #show(joining: Joining): void {
    const shown = this.querySelector<HTMLElement>("[data-step=show]");
    if (shown === null) return;
    shown.hidden = false;
    showQr(shown.querySelector("[data-qr]"), joining.link(admission()));
    const code = shown.querySelector("[data-code]");
    if (code !== null) code.textContent = joining.code;
  }

  /** Until the keys are here, or the device waits no longer. */
  async #look(joining: Joining): Promise<void> {
    while (!(await joining.isAdmitted())) {
      if (Date.now() >= joining.expiresAt) return go("/home/devices/new");
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
    const done = await this.act("wallet-checking", async () => {
      await joining.look(store());
    });
    if (done) go(HOME);
  }
}

export class UseKit extends WalletElement {
  protected ready(): void {
    this.unfold();
    this.onSubmit((form) => {
      void this.#use(form.querySelector("input")?.value ?? "");
      return true;
    });
  }

  async #use(code: string): Promise<void> {
    const done = await this.act("wallet-checking", async () => {
      await useKit(client(), store(), party(), code);
    });
    if (done) go(HOME);
  }
}
