// The example service, started as an operator would start it.

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { ASSENT, within } from "./node.mjs";

const INSIGHTS = join(dirname(ASSENT), "assent-insights");

export class Insights {
  /** Listens at an address, and asks for what a source has. */
  static async start(node, source, address = "127.0.0.1:0") {
    const insights = new Insights();
    const wanted = ["--node", node.url, "--data", node.path("insights"), "--source", source.description.service_id];
    insights.child = spawn(INSIGHTS, [...wanted, "--address", address], { stdio: ["ignore", "pipe", "inherit"] });
    insights.ended = new Promise((resolve) => insights.child.once("exit", resolve));
    const line = await within("Insights to listen", new Promise((resolve, reject) => {
      createInterface({ input: insights.child.stdout }).once("line", resolve);
      insights.child.once("exit", (code) => reject(new Error(`Insights ended with ${code}`)));
    }));
    insights.url = /http\S+/.exec(line)[0].replace(/\/$/, "");
    return insights;
  }

  /** Stops it by its own id; with which code it ended. */
  async stop() {
    this.child.kill("SIGTERM");
    return within("Insights to stop", this.ended).catch(() => this.child.kill("SIGKILL"));
  }
}
