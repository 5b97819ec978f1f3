// Makes dist/wallet.js, which the node takes in, and the same compressed. The same sources give the same bytes; a file
// that would not change is left alone, so that nothing is built anew because of it.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const DIST = new URL("dist/", import.meta.url);

const { outputFiles } = await build({
  entryPoints: [new URL("src/elements/main.ts", import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  // The licences of what is bundled stay with it.
  legalComments: "eof",
  logLevel: "warning",
  write: false,
});
const script = outputFiles[0].contents;
await mkdir(DIST, { recursive: true });
await keep("wallet.js", script);
await keep("wallet.js.gz", gzipSync(script, { level: 9 }));

async function keep(name, bytes) {
  const place = new URL(name, DIST);
  const before = await readFile(place).catch(() => undefined);
  if (before === undefined || Buffer.compare(before, bytes) !== 0) await writeFile(place, bytes);
}
