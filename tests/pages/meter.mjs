// A smart meter that a program on this machine pretends to be, and that publishes what it says at a node.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { ASSENT, environment, within } from "./node.mjs";

export class Meter {
  /** A meter that shows a code, as people type it. */
  static async start(url, label) {
    const meter = new Meter();
    meter.folder = await mkdtemp(join(tmpdir(), "assent-pages-meter-"));
    const program = join(ASSENT, "../assent-meter");
    const words = ["--simulate", "--datasets", "live", "--node", url, "--label", label, "--buffer", join(meter.folder, "buffer")];
    meter.child = spawn(program, words, { env: environment({}), stdio: ["ignore", "ignore", "pipe"] });
    meter.ended = new Promise((resolve) => meter.child.once("exit", resolve));
    const shown = new Promise((resolve, reject) => {
      createInterface({ input: meter.child.stderr }).on("line", (line) => {
        const found = /enter ([A-Z0-9]{4}-[A-Z0-9]{4}) at /.exec(line);
        if (found) resolve(found[1]);
      });
      meter.child.once("exit", (code) => reject(new Error(`the meter ended with ${code}`)));
    });
    meter.code = await within("the meter to show a code", shown);
    return meter;
  }

  /** Stops it by its own id. */
  async stop() {
    this.child.kill("SIGTERM");
    await within("the meter to stop", this.ended).catch(() => this.child.kill("SIGKILL"));
    await rm(this.folder, { recursive: true, force: true });
  }
}
