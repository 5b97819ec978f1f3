// Makes standalone/dist: the wallet as another site serves it, and the manifest that names every file by its SHA-256.
// The same sources give the same bytes, so that everybody can build it and compare.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const HERE = new URL("./", import.meta.url);
const NODE = new URL("../crates/node/", HERE);
const DIST = process.argv[2] ? new URL(`file://${process.argv[2]}/`) : new URL("standalone/dist/", HERE);
const LANGUAGES = ["en", "nl", "da"];

/** The messages of a catalogue that are one line each. */
async function catalogue(language) {
  const text = await readFile(new URL(`texts/pages/${language}/standalone.ftl`, NODE), "utf8");
  const lines = text.split("\n").filter((line) => /^[a-z]/.test(line));
  return Object.fromEntries(lines.map((line) => line.split(/ = (.*)/s).slice(0, 2)));
}

const words = {};
for (const language of LANGUAGES) words[language] = await catalogue(language);
const { outputFiles } = await build({
  entryPoints: [new URL("src/standalone/main.ts", HERE).pathname],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "eof",
  logLevel: "warning",
  define: { WORDS: JSON.stringify(words) },
  write: false,
});
const files = {
  "index.html": await readFile(new URL("standalone/index.html", HERE)),
  "mark.svg": await readFile(new URL("assets/mark.svg", NODE)),
  "style.css": await readFile(new URL("assets/style.css", NODE)),
  "wallet.js": outputFiles[0].contents,
};
const digest = (bytes) => createHash("sha256").update(bytes).digest("base64url");
// Canonical JSON (RFC 8785): the names in their order, and no white space.
const named = Object.keys(files).sort().map((name) => `${JSON.stringify(name)}:"${digest(files[name])}"`);
const manifest = `{"files":{${named.join(",")}},"format":"assent-wallet-bundle/1"}`;
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
for (const [name, bytes] of Object.entries({ ...files, "manifest.json": manifest })) await writeFile(new URL(name, DIST), bytes);
console.log(digest(manifest));
