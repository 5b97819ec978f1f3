/** The wallet for another site: the same sources give the same bytes, and the manifest names every one of them. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const SCRIPT = new URL("../../standalone.mjs", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "assent-standalone-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64url");

function built(name: string): { digest: string; files: Record<string, Buffer> } {
  const at = join(folder, name);
  const digest = execFileSync(process.execPath, [SCRIPT, at], { encoding: "utf8" }).trim();
  const files = readdirSync(at).sort().map((file) => [file, readFileSync(join(at, file))] as const);
  return { digest, files: Object.fromEntries(files) };
}

test("the same sources give the same build, which its manifest names in full", () => {
  const [one, other] = [built("one"), built("other")];
  assert.deepEqual(one, other);
  const manifest = one.files["manifest.json"]!;
  assert.equal(sha256(manifest), one.digest);
  const { "manifest.json": _, ...named } = one.files;
  const said = JSON.parse(manifest.toString()) as { files: Record<string, string>; format: string };
  assert.equal(said.format, "assent-wallet-bundle/1");
  assert.deepEqual(said.files, Object.fromEntries(Object.entries(named).map(([file, bytes]) => [file, sha256(bytes)])));
});

test("every message that the wallet of another site names is in it, in every language", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const folders = ["standalone", "elements"].map((name) => `src/${name}/`);
  const sources = folders.flatMap((folder) => readdirSync(new URL(`../../${folder}`, import.meta.url)).map((name) => read(folder + name)));
  const named = /\b(?:words|paragraph|submit|act|place)\("([a-z-]+)"/g;
  const keys = new Set(sources.flatMap((source) => Array.from(source.matchAll(named), ([, key]) => key!)));
  const dynamic = ["active", "disabled", "withdrawn", "superseded", "expired"].map((name) => `standalone-status-${name}`);
  const more = ["notice-rights", "recipient-public", "consent-done-paused", "wallet-device-key-past", "standalone-devices-what"];
  assert.ok(keys.size > 80);
  const script = built("words").files["wallet.js"]!.toString();
  for (const key of [...keys, ...dynamic, ...more]) {
    const found = script.split(`"${key}":`).length - 1 + script.split(`[\`${key}\`]:`).length - 1;
    assert.ok(found >= 3, key);
  }
  // A message that has something filled in says so as the script does.
  assert.ok(script.includes("{code}") && !script.includes("{ $"));
});
