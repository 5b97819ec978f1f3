// Makes dist/wallet.js, which the node takes in, the same compressed, and the graphs that services take in. The same
// sources give the same bytes; a file that would not change is left alone, so that nothing is built anew because of it.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { OPTIONS } from "./options.mjs";

const DIST = new URL("dist/", import.meta.url);

const { outputFiles } = await build({
  entryPoints: [
    { in: new URL("src/elements/main.ts", import.meta.url).pathname, out: "wallet" },
    { in: new URL("src/graph/main.ts", import.meta.url).pathname, out: "graph" },
  ],
  outdir: DIST.pathname,
  ...OPTIONS,
});
await mkdir(DIST, { recursive: true });
for (const { path, contents } of outputFiles) {
  await keep(basename(path), contents);
  if (basename(path) === "wallet.js") await keep("wallet.js.gz", gzipSync(contents, { level: 9 }));
}

async function keep(name, bytes) {
  const place = new URL(name, DIST);
  const before = await readFile(place).catch(() => undefined);
  if (before === undefined || Buffer.compare(before, bytes) !== 0) await writeFile(place, bytes);
}
