/** `<assent-meter>`: lets consents read a meter and unpairs it, with the key that the wallet made for its stream. */

import { type Grantable, type HeldStream, grantable, heldStream, letRead, unpair } from "../agent/metering.js";
import { NodeError } from "../agent/node_client.js";
import type { Person } from "../agent/person.js";
import { Distrust } from "../agent/session.js";
import { plain } from "../facts.js";
import { type StreamId, parse } from "../ids.js";
import { client, go, word, words } from "./page.js";
import { type Sayings, compare, sayingsIn } from "./shown.js";
import { WalletElement, person, told } from "./wallet_element.js";

export class Meter extends WalletElement {
  protected ready(): void {
    if (this.getAttribute("custody") !== client().custody) return;
    this.onSubmit((form) => {
      const change = form.dataset["change"];
      if (change === "grant") void this.#grant(form);
      if (change === "unpair") void this.#unpair();
      return change === "grant" || change === "unpair";
    });
    if (this.hasAttribute("open")) void this.#look();
  }

  /** Says so where a meter that the page shows is not the wallet's own. */
  async #look(): Promise<void> {
    const who = await person().catch(() => undefined);
    if (who === undefined) return;
    try {
      await this.#held(who);
    } catch (error) {
      // A node that does not answer now says nothing about the meter.
      if (error instanceof NodeError && error.status !== 404) return;
      const [, code] = told(error);
      this.say(words("wallet-meter-foreign", { code }), "alert");
    }
  }

  get #stream(): StreamId {
    return parse("str", this.getAttribute("stream"));
  }

  /** The meter that the page shows, which must be called what it called itself when it was paired. */
  async #held(who: Person): Promise<HeldStream> {
    const held = await heldStream(who, this.#stream);
    const isWithin = this.querySelector("[data-said=label]") !== null;
    const { label = [] } = sayingsIn(isWithin ? this : document);
    compare({ label: [plain(held.entry.label)] }, { label });
    return held;
  }

  async #grant(form: HTMLFormElement): Promise<void> {
    const done = await this.act("wallet-signing", async () => {
      const who = await person();
      const held = await this.#held(who);
      const consent = parse("cns", form.querySelector<HTMLInputElement>("input[name=consent]")?.value);
      const found = await grantable(who, consent);
      compare(sayingsOf(found), sayingsIn(form.closest("li") ?? form));
      await letRead(who, held, found, historyFrom(form));
    });
    if (done) go("/home/meters?done=granted");
  }

  async #unpair(): Promise<void> {
    const done = await this.act("wallet-signing", async () => {
      const who = await person();
      await unpair(who, await this.#held(who));
    });
    if (done) go("/home/meters?done=unpaired");
  }
}

/** The beginning (UTC) of the day that the person chose, where the form asks for one. @throws it has not begun. */
function historyFrom(form: HTMLFormElement): number | undefined {
  const field = form.querySelector<HTMLInputElement>("input[name=from]");
  if (field === null) return undefined;
  // A field that nobody sees would give a past that nobody chose.
  if (field.type !== "date" || !field.checkVisibility({ opacityProperty: true, visibilityProperty: true })) throw new Distrust("shown-mismatch");
  const from = Date.parse(`${field.value}T00:00:00Z`);
  if (!(from <= Date.now())) throw new Distrust("history-not-begun");
  return from;
}

/** What a row must say of who would read, and how often. */
function sayingsOf({ source, reader, resolutions }: Grantable): Sayings {
  return {
    source: [plain(source.description.name)],
    service: [plain(reader.description.name)],
    "how-often": [resolutions.map((one) => word(`resolution-${one}`)).join(" · ")],
  };
}
