/** What the pages of the wallet are built of. Text is text: nothing that somebody else wrote becomes an element. */

import { words } from "./words.js";

type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A text of somebody else, which may run the other way. */
export function foreign(text: string): HTMLElement {
  return element("bdi", {}, text);
}

export function card(title: Child, ...children: readonly Child[]): HTMLElement {
  return element("section", { class: "card stack" }, element("h2", {}, title), ...children);
}

let fields = 0;

/** An input with its label. */
export function field(label: string, attributes: Readonly<Record<string, string>>): readonly [HTMLElement, HTMLInputElement] {
  const id = `field-${(fields += 1)}`;
  const input = element("input", { id, ...attributes });
  return [element("label", { for: id }, label), input];
}

/** A button that does one thing at a time, and says below itself what went wrong. */
export function button(label: string, act: () => Promise<void>, style = ""): HTMLElement {
  const pressed = element("button", { type: "button", ...(style === "" ? {} : { class: style }) }, label);
  const note = element("p", { role: "alert", class: "note bad", hidden: "" });
  pressed.addEventListener("click", () => {
    pressed.disabled = true;
    note.hidden = true;
    act().catch((error: unknown) => {
      note.textContent = words("standalone-failed", code(error));
      note.hidden = false;
    }).finally(() => {
      pressed.disabled = false;
    });
  });
  return element("div", {}, pressed, note);
}

function code(error: unknown): string {
  const said = Object(error).code;
  return typeof said === "string" ? said : error instanceof Error ? error.name : "unexpected";
}

/** Shows a page. */
export function show(title: string, ...children: readonly Child[]): void {
  const main = document.querySelector("main");
  main?.replaceChildren(element("h1", {}, title), ...children);
  document.title = `${title} · Assent`;
  main?.focus();
}
