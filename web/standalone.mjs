// Makes standalone/dist: the wallet as another site serves it, and the manifest that names every file by its SHA-256.
// The same sources give the same bytes, so that everybody can build it and compare.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { OPTIONS } from "./options.mjs";

const HERE = new URL("./", import.meta.url);
const NODE = new URL("../crates/node/", HERE);
const DIST = process.argv[2] ? new URL(`file://${process.argv[2]}/`) : new URL("standalone/dist/", HERE);
const LANGUAGES = ["en", "nl", "da"];
/** Catalogues with messages that the code names by what it finds in descriptions and answers. */
const WHOLE = new Set(["standalone.ftl", "notice.ftl", "vocabulary.ftl"]);

/** The messages of a language that are one line each, by their keys: those of whole catalogues, and those of others. */
async function catalogue(language) {
  const folder = new URL(`texts/pages/${language}/`, NODE);
  const [whole, others] = [{}, {}];
  for (const name of (await readdir(folder)).sort()) {
    const text = await readFile(new URL(name, folder), "utf8");
    for (const [, key, message] of text.matchAll(/^([a-z][a-z0-9-]*) = (.+)$(?!\n )/gm)) {
      (WHOLE.has(name) ? whole : others)[key] = message.replaceAll(/\{ \$(\w+) \}/g, "{$1}");
    }
  }
  return { whole, others };
}

async function script(words) {
  const { outputFiles } = await build({
    entryPoints: [new URL("src/standalone/main.ts", HERE).pathname],
    ...OPTIONS,
    define: { WORDS: JSON.stringify(words) },
  });
  return outputFiles[0].contents;
}

const code = new TextDecoder().decode(await script({}));
const named = new Set(Array.from(code.matchAll(/["'`]([a-z][a-z0-9-]+)["'`]/g), ([, key]) => key));
const words = {};
for (const language of LANGUAGES) {
  const { whole, others } = await catalogue(language);
  const found = Object.entries(others).filter(([key]) => named.has(key));
  words[language] = { ...whole, ...Object.fromEntries(found) };
}
for (const key of Object.keys(words.en)) {
  const missing = LANGUAGES.filter((language) => words[language][key] === undefined);
  if (missing.length > 0) throw new Error(`${key} is not in ${missing.join(", ")}`);
}
const without = LANGUAGES.map((tag) => `<p lang="${tag}">${words[tag]["standalone-needs-script"]}</p>`).join("");
const page = await readFile(new URL("standalone/index.html", HERE), "utf8");
const files = {
  "index.html": Buffer.from(page.replace("<noscript></noscript>", `<noscript>${without}</noscript>`)),
  "mark.svg": await readFile(new URL("assets/mark.svg", NODE)),
  "style.css": await readFile(new URL("assets/style.css", NODE)),
  "wallet.js": await script(words),
};
const digest = (bytes) => createHash("sha256").update(bytes).digest("base64url");
// Canonical JSON (RFC 8785): the names in their order, and no white space.
const listed = Object.keys(files).sort().map((name) => `${JSON.stringify(name)}:"${digest(files[name])}"`);
const manifest = `{"files":{${listed.join(",")}},"format":"assent-wallet-bundle/1"}`;
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
for (const [name, bytes] of Object.entries({ ...files, "manifest.json": manifest })) await writeFile(new URL(name, DIST), bytes);
console.log(digest(manifest));
