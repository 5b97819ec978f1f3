/** What the elements of the wallet have in common: saying what happens, one thing at a time. */

import { NodeError } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { Distrust } from "../agent/session.js";
import { ChangeError } from "../change.js";
import { DeviceError } from "../devices/error.js";
import { GiveError } from "../give.js";
import { KeyHistoryError } from "../key_history.js";
import { KeyringError } from "../keystore/keyring.js";
import { BrowserStore } from "../keystore/store.js";
import { ChainError } from "../status_chain.js";
import { client, party, words } from "./page.js";
import { ShownError } from "./shown.js";

let opened: BrowserStore | undefined;

/** What this browser keeps. */
export function store(): BrowserStore {
  return (opened ??= new BrowserStore());
}

/** Who is signed in, with the keys. @throws {KeyringError} `key-missing`: they are on another device. */
export function person(): Promise<Person> {
  return Person.open(client(), store(), party());
}

/** Runs one change of a wallet at a time, whatever is open in other tabs. */
async function alone<T>(act: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request("assent-wallet", act) : act();
}

const DEVICE_MESSAGES: Readonly<Record<DeviceError["code"], string>> = {
  "code-mistyped": "wallet-device-code-mistyped",
  "device-unknown": "wallet-device-unknown",
  "device-removed": "wallet-device-removed",
  "key-past": "wallet-device-key-past",
  "device-last": "wallet-device-last",
  "key-swapped": "wallet-device-swapped",
  "keyring-absent": "wallet-device-no-keyring",
  "kit-unknown": "wallet-device-kit-unknown",
  "wrapping-altered": "wallet-device-altered",
};

/** Which message tells what went wrong; `distrust` is the one for what does not hold. */
export function told(error: unknown, distrust = "wallet-refused"): [key: string, code: string] {
  if (error instanceof DeviceError) return [DEVICE_MESSAGES[error.code], error.code];
  if (error instanceof KeyringError && error.code === "key-missing") return ["wallet-no-keys", error.code];
  if (error instanceof NodeError) {
    if (error.status === 0) return ["wallet-unreachable", error.code];
    return [error.code === "code-wrong" ? "wallet-code-wrong" : "wallet-declined", error.code];
  }
  if (error instanceof GiveError && error.code === "age-unconfirmed") return ["consent-age-missing", error.code];
  const faults = [GiveError, ShownError, Distrust, KeyHistoryError, ChainError, KeyringError, ChangeError];
  const fault = faults.find((one) => error instanceof one);
  if (fault) return [distrust, (error as GiveError).code];
  return ["wallet-failed", error instanceof DOMException ? error.name : "unexpected"];
}

export abstract class WalletElement extends HTMLElement {
  #isReady = false;
  #note: HTMLElement | undefined;

  connectedCallback(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.ready();
  }

  /** The element stands in the page for the first time. */
  protected abstract ready(): void;

  /** Shows what a template within the element has. */
  protected unfold(): void {
    const template = this.querySelector("template");
    if (template) this.append(template.content.cloneNode(true));
  }

  /** Says something below the element, to screen readers too. */
  protected say(text: string, kind: "status" | "alert"): void {
    this.#note?.remove();
    const note = document.createElement("p");
    note.className = kind === "alert" ? "note bad" : "note";
    note.setAttribute("role", kind);
    note.textContent = text;
    this.append(note);
    this.#note = note;
  }

  protected quiet(): void {
    this.#note?.remove();
    this.#note = undefined;
  }

  /** Does one thing: buttons wait meanwhile, and what goes wrong is said. Whether it was done. */
  protected async act(working: string, what: () => Promise<void>, distrust = "wallet-refused"): Promise<boolean> {
    if (this.hasAttribute("aria-busy")) return false;
    this.setAttribute("aria-busy", "true");
    this.say(words(working), "status");
    try {
      await alone(what);
      this.quiet();
      return true;
    } catch (error) {
      const [key, code] = told(error, distrust);
      this.say(words(key, { code }), "alert");
      return false;
    } finally {
      this.removeAttribute("aria-busy");
    }
  }

  /** Catches the forms within that JavaScript sends. */
  protected onSubmit(take: (form: HTMLFormElement, button: HTMLButtonElement | null) => boolean): void {
    this.addEventListener("submit", (event) => {
      const form = event.target as HTMLFormElement;
      if (take(form, event.submitter as HTMLButtonElement | null)) event.preventDefault();
    });
  }
}
