// A language that nobody speaks, made of the English catalogues: every word is longer and has accents.
// What stands on a page without them does not come from the catalogues, and what does not fit does not
// fit a longer language.

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ENGLISH = new URL("../../crates/node/texts/pages/en/", import.meta.url).pathname;
/** The tag of a real language that the product does not have, so that checks of tags hold. */
export const TAG = "fy";
const ACCENTS = { a: "àá", e: "èé", i: "ìí", o: "òó", u: "ùú", y: "ỳ", A: "Àá", E: "Èé", I: "Ìí", O: "Òó", U: "Ùú", Y: "Ỳ" };

const SERVICES = ["energy-adviser.json", "meter-archive.json"];

/** The words of the descriptions of the services that the pages speak of. */
async function described() {
  const read = (name) => readFile(new URL(`../../examples/household/${name}`, import.meta.url), "utf8");
  const texts = await Promise.all(SERVICES.map(read));
  return new Set(texts.join(" ").toLowerCase().match(/[a-z]+/g));
}

/** A text longer by about a third, without a vowel that is plain; what is filled in stays. */
export function accented(text) {
  const parts = text.split(/(\{[^{}]*\}?)/);
  const spell = (part) => [...part].map((letter) => ACCENTS[letter] ?? letter).join("");
  return parts.map((part) => (part.startsWith("{") ? part : spell(part))).join("");
}

/** A catalogue in that language. */
export function catalogue(english) {
  const line = (text) => {
    if (/^\s*(#|$)/.test(text)) return text;
    // A message, a case of one, or a line that goes on.
    const [, head, rest] = text.match(/^([a-z][a-z0-9-]*\s*=\s?|\s+\*?\[[a-z]+\]\s?|\s*)(.*)$/s);
    return head + accented(rest);
  };
  const made = english.split("\n").map(line).join("\n");
  return made.replace(/^language-own-name = .*$/m, "language-own-name = Psèéùúdòó");
}

/** Writes the language where a node finds it. */
export async function add(dataDir) {
  const folder = join(dataDir, "texts", TAG);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(ENGLISH)) {
    const english = await readFile(join(ENGLISH, name), "utf8");
    await writeFile(join(folder, name), catalogue(english));
  }
}

/** Words on a page that no catalogue has said. */
export async function foreign(tab) {
  const texts = await tab.page.evaluate((tag) => {
    // What others wrote, what programs read, and names.
    const others = "bdi, code, pre, time, textarea, script, style, iframe, .brand, .letter, [translate=no]";
    const isForeign = (element) => element.closest(others) || element.closest("[lang]")?.lang !== tag;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const { parentElement, data } = walker.currentNode;
      if (!isForeign(parentElement)) found.push(data);
    }
    for (const element of document.querySelectorAll("[title], [alt], [aria-label], [placeholder]")) {
      if (isForeign(element)) continue;
      for (const name of ["title", "alt", "aria-label", "placeholder"]) found.push(element.getAttribute(name) ?? "");
    }
    return found;
  }, TAG);
  // What is filled in stands between isolates.
  const bare = (text) => {
    let now = text;
    for (let before; before !== now; ) {
      before = now;
      now = now.replaceAll(/\u2068[^\u2068\u2069]*\u2069/g, "");
    }
    return now;
  };
  const NAMES = /\b(Assent|SHA-256|DID|JSON|UTC|CSV|SQLite|PostgreSQL|QR|ms)\b|\S*[./@_]\S*|\b\w*\d\w*\b/g;
  const words = texts.flatMap((text) => bare(text).replaceAll(NAMES, "").match(/[A-Za-z]*[aeiouAEIOU][A-Za-z]*/g) ?? []);
  // What services say of themselves is of no catalogue.
  const theirs = await described();
  const alone = words.filter((word) => word.length > 2 && !theirs.has(word.toLowerCase()));
  return alone.length ? [`not of a catalogue: ${[...new Set(alone)].slice(0, 8).join(", ")}`] : [];
}
