/** What the pages of the wallet are built of. Text is text: nothing that somebody else wrote becomes an element. */

import { words } from "../elements/page.js";
import { told } from "../elements/wallet_element.js";

export type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes?: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name];
export function element(name: string, attributes?: Attributes, ...children: readonly Child[]): HTMLElement;
export function element(name: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** An element of the wallet, with what it unfolds once it stands in the page. */
export function folded(name: string, ...children: readonly Child[]): HTMLElement {
  const template = document.createElement("template");
  template.content.append(...children);
  return element(name, {}, template);
}

/** A message. */
export function paragraph(key: string, style = ""): HTMLElement {
  return element("p", style === "" ? {} : { class: style }, words(key));
}

/** A text of somebody else, which may run the other way. */
export function foreign(text: string): HTMLElement {
  return element("bdi", {}, text);
}

export function card(title: Child, ...children: readonly Child[]): HTMLElement {
  return element("section", { class: "card stack" }, element("h2", {}, title), ...children);
}

/** Pairs of a heading and what is said. */
export function facts(pairs: readonly (readonly [heading: string, ...lines: readonly Child[]])[]): HTMLElement {
  const list = element("dl", { class: "facts" });
  for (const [heading, ...lines] of pairs) {
    const said = lines.length === 1 ? lines : lines.map((line) => element("p", {}, line));
    list.append(element("dt", {}, heading), element("dd", {}, ...said));
  }
  return list;
}

let fields = 0;

/** An input with its label. */
export function field(label: string, attributes: Attributes): readonly [HTMLElement, HTMLInputElement] {
  const id = `field-${(fields += 1)}`;
  const input = element("input", { id, ...attributes });
  return [element("label", { for: id }, label), input];
}

/** A button that sends the form it stands in. */
export function submit(key: string, style = ""): HTMLElement {
  return element("button", { type: "submit", ...(style === "" ? {} : { class: style }) }, words(key));
}

/** A button that does one thing at a time, and says below itself what went wrong. */
export function button(label: string, act: () => Promise<void>, style = ""): HTMLElement {
  const pressed = element("button", { type: "button", ...(style === "" ? {} : { class: style }) }, label);
  const note = element("p", { role: "alert", class: "note bad", hidden: "" });
  pressed.addEventListener("click", () => {
    pressed.disabled = true;
    note.hidden = true;
    act().catch((error: unknown) => {
      note.textContent = failure(error);
      note.hidden = false;
    }).finally(() => {
      pressed.disabled = false;
    });
  });
  return element("div", { class: "does" }, pressed, note);
}

/** What went wrong, in words. */
export function failure(error: unknown): string {
  const [key, code] = told(error);
  // What is no trouble of keys or of the node is most often something that was mistyped.
  return key === "wallet-failed" ? words("standalone-failed", { name: code }) : words(key, { code });
}

/** Shows a page. */
export function show(title: string, ...children: readonly Child[]): void {
  const main = document.querySelector("main");
  main?.replaceChildren(element("h1", {}, title), ...children);
  document.title = `${title} · Assent`;
  scrollTo(0, 0);
  main?.focus();
}
