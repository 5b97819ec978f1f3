/** `<assent-add-device>`: compares the code of a device that waits, and lets it have the keys. */

import { decode } from "../bytes.js";
import { catchUp } from "../devices/catching_up.js";
import { deviceCode, deviceDigest } from "../devices/code.js";
import { type WaitingDevice, admit, refuse, scanned, typed } from "../devices/sharing.js";
import { go, party } from "./page.js";
import { WalletElement, person } from "./wallet_element.js";

export class AddDevice extends WalletElement {
  #device: WaitingDevice | undefined;

  protected ready(): void {
    this.unfold();
    this.onSubmit((form) => {
      const { do: what } = form.dataset;
      if (what === undefined) void this.#find((code) => this.#typed(code), form.querySelector("input")?.value ?? "");
      else void this.#settle(what === "admit");
      return true;
    });
    const fragment = this.getAttribute("shown") ?? location.hash.slice(1);
    if (fragment !== "") {
      // What was scanned has done its work, and stays in no history.
      if (location.hash !== "") history.replaceState(null, "", location.pathname);
      void this.#find(async (shown) => scanned(await person(), shown), fragment);
    }
  }

  async #typed(code: string): Promise<WaitingDevice> {
    return typed(await person(), code);
  }

  async #find(look: (shown: string) => Promise<WaitingDevice>, shown: string): Promise<void> {
    const found = await this.act("wallet-checking", async () => {
      this.#device = await look(shown);
    });
    const device = this.#device;
    if (!found || device === undefined) return;
    const digest = await deviceDigest(party(), device.device_id, decode(device.sealing_key));
    this.#fill("[data-label]", device.label);
    this.#fill("[data-code]", deviceCode(digest));
    this.#step("code", true);
    this.#step("compare", false);
  }

  #fill(selector: string, text: string): void {
    const element = this.querySelector(selector);
    if (element !== null) element.textContent = text;
  }

  #step(name: string, hidden: boolean): void {
    const step = this.querySelector<HTMLElement>(`[data-step=${name}]`);
    if (step !== null) step.hidden = hidden;
  }

  async #settle(isLetIn: boolean): Promise<void> {
    const device = this.#device;
    if (device === undefined) return;
    const done = await this.act(isLetIn ? "wallet-sealing" : "wallet-checking", async () => {
      const who = await catchUp(await person());
      await (isLetIn ? admit : refuse)(who, device);
    });
    if (done) go("/home/devices");
  }
}
