/** `<assent-sign-in>`: signs in with the keys of an account that this browser has. */

import { signIn } from "../agent/signing_up.js";
import { Person } from "../agent/person.js";
import type { PartyId } from "../ids.js";
import { client, go } from "./page.js";
import { WalletElement, store } from "./wallet_element.js";

export class SignIn extends WalletElement {
  protected ready(): void {
    void this.#offer();
  }

  async #offer(): Promise<void> {
    const parties = await store().parties();
    if (parties.length === 0) return;
    this.unfold();
    const [button] = this.querySelectorAll("button");
    if (button === undefined) return;
    for (const party of parties) this.#button(button, party, parties.length > 1);
    button.remove();
  }

  #button(pattern: HTMLButtonElement, party: PartyId, isOneOfMany: boolean): void {
    const button = pattern.cloneNode(true) as HTMLButtonElement;
    if (isOneOfMany) button.append(` (${party})`);
    button.addEventListener("click", () => void this.#enter(party));
    pattern.before(button);
  }

  async #enter(party: PartyId): Promise<void> {
    const done = await this.act("wallet-signing", async () => signIn(await Person.open(client(), store(), party)));
    if (done) go(this.getAttribute("here"));
  }
}
