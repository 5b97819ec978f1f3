// Who and what there is when one looks at the pages.

import { mkdir, readFile, writeFile } from "node:fs/promises";

import { Node } from "./node.mjs";
import { Tab } from "./browser.mjs";

export class Scene {
  static async set(browser, prepare) {
    const scene = new Scene();
    scene.browser = browser;
    scene.node = await Node.start(prepare);
    scene.sessions = {};
    await scene.#newcomer();
    await scene.#household();
    return scene;
  }

  async clear() {
    await this.node.stop();
  }

  /** A browser of one person, or of nobody, with JavaScript or without. */
  async context({ who, script = true, language = "en" }) {
    return this.browser.newContext({
      javaScriptEnabled: script,
      locale: language,
      storageState: who && this.#session(who),
    });
  }

  #session(who) {
    if (!this.sessions[who]) throw new Error(`nobody in the scene is called ${who}`);
    return this.sessions[who];
  }

  /** A person with keys of their own, and nothing else. */
  async #newcomer() {
    await this.node.assent("party", "new", "--kind", "person", "--out", "newcomer");
    await this.node.assent("party", "register", "--keys", "newcomer");
    await this.signIn("newcomer", "newcomer");
  }

  /** The household of the examples: one consent in force, one question that waits. */
  async #household() {
    const { node } = this;
    const examples = new URL("../../examples/household/", import.meta.url).pathname;
    await node.assent("party", "new", "--kind", "person", "--out", "household");
    await node.assent("party", "register", "--keys", "household");
    const services = {};
    const links = {};
    for (const [name, example] of [["archive", "meter-archive"], ["adviser", "energy-adviser"]]) {
      const keys = `${name}.json`;
      await node.assent("party", "new", "--kind", "organisation", "--out", keys);
      await node.assent("party", "register", "--keys", keys);
      const description = `${examples}${example}.json`;
      const registered = await node.assent("service", "register", "--keys", keys, "--description", description);
      services[name] = registered.service_id ?? registered.service;
      const linked = await node.assent(
        "link", "create", "--wallet", "household", "--keys", keys,
        "--service", services[name], "--account", "member 20417",
      );
      links[name] = linked.slr_id ?? linked.link;
    }
    const ask = async () => {
      const asked = await node.assent(
        "request", "--keys", "adviser.json", "--link", links.adviser,
        "--purpose", "energy-advice", "--source", services.archive,
      );
      return asked.request_id ?? asked.request;
    };
    const given = await node.assent("give", await ask(), "--wallet", "household", "--without", "power_delivered");
    this.consent = given.cr_id ?? given.consent;
    this.request = await ask();
    this.services = services;
    await node.assent("account", "name", "--wallet", "household");
    await this.signIn("household", "household");
    await this.signIn("adviser", "adviser.json");
    await this.#console(examples);
  }

  /** What the console and the operator's pages show: a second version, an endpoint that fails, a copy. */
  async #console(examples) {
    const { node, services } = this;
    const description = JSON.parse(await readFile(`${examples}energy-adviser.json`, "utf8"));
    const [purpose] = description.purposes;
    purpose.legal_basis = "contract";
    purpose.recipients = [...purpose.recipients, "delivery"];
    purpose.storage.period.en = "2 years";
    const next = node.path("next.json");
    await writeFile(next, JSON.stringify(description));
    const keys = ["--keys", "adviser.json"];
    // A service of its own: what is asked by another must not be out of date.
    const register = (...more) => node.assent("service", "register", ...keys, ...more);
    const first = await register("--description", `${examples}energy-adviser.json`);
    services.second = first.service_id;
    await register("--service", services.second, "--description", next);
    const made = await node.assent("webhook", "add", services.adviser, "https://hooks.bright-energy.example/assent", ...keys);
    this.webhook = made.webhook_id;
    await node.assent("webhook", "test", this.webhook, ...keys);
    await node.assent("token", this.consent, ...keys);
    await node.assent("backup", node.path("copy"), "--data-dir", node.dataDir);
    await this.signIn("operator", node.dataDir);
  }

  /** Signs somebody in who has keys, by a link that those make. */
  async signIn(who, keys) {
    const { url } = await this.node.assent("sign-in", "--keys", keys);
    const context = await this.context({ script: false });
    const { page } = await Tab.open(context, this.node.url);
    await page.goto(url);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/home");
    this.sessions[who] = await context.storageState();
    await context.close();
  }
}

/** Where pictures of pages go; made anew by each run. */
export async function album() {
  const folder = process.env.ASSENT_TEST_PICTURES ?? new URL("../../target/pages", import.meta.url).pathname;
  await mkdir(folder, { recursive: true });
  return folder;
}
