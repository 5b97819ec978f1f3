// A real node on an empty directory: the built `assent`, started as an operator would start it.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const REPOSITORY = new URL("../../", import.meta.url).pathname;
/** The command that is tested. */
export const ASSENT = process.env.ASSENT_TEST_COMMAND ?? join(REPOSITORY, "target/debug/assent");
const PATIENCE_MS = 20_000;
/** The commands that talk to no node. */
const OFFLINE = new Set(["party new", "service validate"]);
/** Commands that work on a data directory. */
const LOCAL = new Set(["backup"]);

/** The environment without settings of the user, whose node is another. */
export function environment(more) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("ASSENT_"));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", RUST_LOG: "warn", ...more };
}

export class Node {
  /** Makes a node in a folder that is thrown away, prepares its data directory, and starts it with what that answers. */
  static async start(prepare = async () => {}) {
    const folder = await mkdtemp(join(tmpdir(), "assent-pages-"));
    const node = new Node();
    node.folder = folder;
    node.dataDir = join(folder, "node");
    const settings = environment({ ASSENT_REQUESTS_PER_MINUTE: "0" });
    await run(ASSENT, ["init", "--data-dir", node.dataDir], { env: settings });
    const more = (await prepare(node.dataDir)) ?? [];
    const where = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    node.child = spawn(ASSENT, ["serve", "--json", "--data-dir", node.dataDir, ...where, ...more], {
      env: settings,
      stdio: ["ignore", "pipe", "inherit"],
    });
    node.ended = new Promise((resolve) => node.child.once("exit", resolve));
    const lines = createInterface({ input: node.child.stdout });
    const line = await within("the node to listen", new Promise((resolve, reject) => {
      lines.once("line", resolve);
      node.child.once("exit", (code) => reject(new Error(`the node ended with ${code}`)));
    }));
    // By the name of this machine, as in the links that the node makes.
    node.url = `http://localhost:${JSON.parse(line).address.split(":").at(-1)}`;
    return node;
  }

  /** Stops it by its own id, and removes what it left. */
  async stop() {
    this.child.kill("SIGTERM");
    await within("the node to stop", this.ended).catch(() => this.child.kill("SIGKILL"));
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs `assent` as somebody who has key files in this folder; what it answers. */
  async assent(...words) {
    const where = OFFLINE.has(words.slice(0, 2).join(" ")) || LOCAL.has(words[0]) ? [] : ["--node", this.url];
    const all = [...words, ...where, "--json"];
    const { stdout } = await run(ASSENT, all, { cwd: this.folder, env: environment({}) });
    return JSON.parse(stdout);
  }

  /** Where a file is that `assent` was told about by its name. */
  path(name) {
    return join(this.folder, name);
  }

  /** The newest letter to an address with a match for a pattern in it; what matched. */
  async letter(address, pattern) {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const found = await this.#find(address, pattern);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no letter to ${address} has ${pattern}`);
  }

  async #find(address, pattern) {
    const folder = join(this.dataDir, "mail");
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (this.read?.has(name)) continue;
      const letter = await readFile(join(folder, name), "utf8");
      if (!letter.includes(`To: ${address}`)) continue;
      const unfolded = letter.replaceAll("=\r\n", "").replaceAll("=3D", "=");
      const match = pattern.exec(unfolded);
      if (!match) continue;
      this.read = (this.read ?? new Set()).add(name);
      return match[1] ?? match[0];
    }
    return undefined;
  }
}

/** The demonstration that goes on after its story, with a household whose keys the node keeps. */
export class Demonstration {
  static async start() {
    const demonstration = new Demonstration();
    demonstration.child = spawn(ASSENT, ["demo", "--only", "home"], {
      env: environment({}),
      stdio: ["ignore", "pipe", "inherit"],
    });
    demonstration.ended = new Promise((resolve) => demonstration.child.once("exit", resolve));
    const door = new Promise((resolve, reject) => {
      createInterface({ input: demonstration.child.stdout }).on("line", (line) => {
        const found = /^My Home, as the household .*: (http\S+)$/.exec(line);
        if (found) resolve(found[1]);
      });
      demonstration.child.once("exit", (code) => reject(new Error(`the demonstration ended with ${code}`)));
    });
    demonstration.home = await within("the demonstration to open its doors", door);
    demonstration.url = new URL(demonstration.home).origin;
    return demonstration;
  }

  async stop() {
    this.child.kill("SIGINT");
    await within("the demonstration to stop", this.ended).catch(() => this.child.kill("SIGKILL"));
  }

  /** The first match for a pattern in the letters to an address, which a page of the node shows. */
  async letter(address, pattern) {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const answer = await fetch(`${this.url}/mail`, { headers: { "accept-language": "en" } });
      const letters = (await answer.text()).split("<article").slice(1);
      for (const letter of letters.filter((letter) => letter.includes(address))) {
        const match = pattern.exec(letter);
        if (match) return match[1];
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no letter to ${address} has ${pattern}`);
  }
}

/** Waits for something, not for ever. */
export async function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
