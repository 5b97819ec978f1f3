// Who and what there is when one looks at the pages.

import { readFile, writeFile } from "node:fs/promises";

import { Meter } from "./meter.mjs";
import { Demonstration, Node } from "./node.mjs";
import { Tab } from "./browser.mjs";

/** When a consent ends that the pages show after its end. */
const SHORTLY_MS = 8_000;

export class Scene {
  static async set(browser, prepare) {
    const scene = new Scene();
    scene.browser = browser;
    scene.node = await Node.start(prepare);
    scene.sessions = {};
    scene.meters = [];
    await scene.#newcomer();
    await scene.#household();
    await scene.#hosted();
    return scene;
  }

  async clear() {
    for (const meter of this.meters) await meter.stop();
    await this.node.stop();
    await this.demonstration?.stop();
  }

  /** The node that the pages of a row are at. */
  origin(row) {
    return row.at === "demonstration" ? this.demonstration.url : this.node.url;
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
    const logo = ["--logo", `${examples}energy-adviser.png`];
    for (const [name, example, ...more] of [["archive", "meter-archive"], ["adviser", "energy-adviser", ...logo]]) {
      const keys = `${name}.json`;
      await node.assent("party", "new", "--kind", "organisation", "--out", keys);
      await node.assent("party", "register", "--keys", keys);
      const description = `${examples}${example}.json`;
      const registered = await node.assent("service", "register", "--keys", keys, "--description", description, ...more);
      services[name] = registered.service_id ?? registered.service;
      const linked = await node.assent(
        "link", "create", "--wallet", "household", "--keys", keys,
        "--service", services[name], "--account", "member 20417",
      );
      links[name] = linked.slr_id ?? linked.link;
    }
    const ask = async (who, purpose, ...more) => {
      const asked = await node.assent(
        "request", "--keys", `${who}.json`, "--link", links[who], "--purpose", purpose, ...more,
      );
      return asked.request_id ?? asked.request;
    };
    const give = async (request, ...more) => {
      const given = await node.assent("give", request, "--wallet", "household", ...more);
      return given.cr_id ?? given.consent;
    };
    const source = ["--source", services.archive];
    const advice = () => ask("adviser", "energy-advice", ...source);
    this.services = services;
    this.consent = await give(await advice(), "--without", "power_delivered");
    this.paused = await give(await ask("adviser", "street-comparison", ...source));
    await node.assent("pause", this.paused, "--wallet", "household");
    const faults = () => ask("archive", "find-faults");
    this.replaced = await give(await faults(), "--without", "voltage_l1");
    this.withdrawn = await give(await faults(), "--supersedes", this.replaced);
    await node.assent("withdraw", this.withdrawn, "--wallet", "household");
    await node.assent("refuse", await faults(), "--wallet", "household");
    const end = new Date(Date.now() + SHORTLY_MS);
    const until = end.toISOString();
    this.expired = await give(await ask("archive", "find-faults", "--until-at-most", until), "--until", until);
    this.request = await advice();
    this.special = await this.#special(`${examples}energy-adviser.json`);
    await node.assent("account", "name", "--wallet", "household");
    await this.signIn("household", "household");
    await this.signIn("adviser", "adviser.json");
    await this.#console(examples);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - Date.now())));
  }

  /** A question about data that the law protects in particular, of a service of its own. */
  async #special(example) {
    const { node } = this;
    const description = JSON.parse(await readFile(example, "utf8"));
    description.name = "Clinic at the Canal";
    description.minimum_age = 16;
    for (const purpose of description.purposes) purpose.special_categories = true;
    const [file, keys] = [node.path("clinic-description.json"), "clinic.json"];
    await writeFile(file, JSON.stringify(description));
    await node.assent("party", "new", "--kind", "organisation", "--out", keys);
    await node.assent("party", "register", "--keys", keys);
    const { service_id } = await node.assent("service", "register", "--keys", keys, "--description", file);
    const who = ["--wallet", "household", "--keys", keys];
    const linked = await node.assent("link", "create", ...who, "--service", service_id, "--account", "patient 7");
    const source = ["--source", this.services.archive];
    const link = ["--link", linked.slr_id ?? linked.link];
    const asked = await node.assent("request", "--keys", keys, ...link, "--purpose", "energy-advice", ...source);
    return asked.request_id ?? asked.request;
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

  /** The household of the demonstration, whose keys the node keeps, by the link that it prints. */
  async #hosted() {
    this.demonstration = await Demonstration.start();
    const context = await this.context({ script: false });
    const { page } = await Tab.open(context, this.demonstration.url);
    await page.goto(this.demonstration.home);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/home");
    await page.goto(`${this.demonstration.url}/home/consents`);
    const links = page.locator("article h2 a");
    this.hosted = await links.first().getAttribute("href");
    await page.goto(`${this.demonstration.url}/home/requests`);
    this.hostedRequest = await links.first().getAttribute("href");
    for (const name of ["Kattendiep 4", "Mother’s flat"]) {
      await page.goto(`${this.demonstration.url}/home/homes`);
      await page.locator("#name").fill(name);
      await page.getByRole("button", { name: "Add a home", exact: true }).click();
    }
    await page.goto(`${this.demonstration.url}/home/homes`);
    const adviser = page.locator("form", { has: page.getByLabel("Bright Energy Advice", { exact: true }) });
    await adviser.getByRole("combobox").selectOption({ label: "Kattendiep 4" });
    await adviser.getByRole("button", { name: "Save", exact: true }).click();
    await page.goto(`${this.demonstration.url}/home/delegates`);
    await page.locator("#delegate-name").fill("My daughter");
    await page.locator("#delegate-email").fill("daughter@example.org");
    await page.getByRole("button", { name: "Send the invitation", exact: true }).click();
    await this.#pair(page);
    this.sessions.hosted = await context.storageState();
    await context.close();
    await this.#daughter();
  }

  /** A meter that shows a code, until the scene is cleared. */
  async meter(label) {
    const meter = await Meter.start(this.demonstration.url, label);
    this.meters.push(meter);
    return meter;
  }

  /** Pairs a meter with the household. */
  async #pair(page) {
    const { code } = await this.meter("Meter in the hall");
    await page.goto(`${this.demonstration.url}/home/meters/add`);
    await page.locator("#code").fill(code);
    await page.getByRole("button", { name: "Look for it", exact: true }).click();
    await page.getByRole("button", { name: "Pair it with me", exact: true }).click();
    await page.waitForURL("**/home/meters?done=paired");
    await page.goto(`${this.demonstration.url}/home/meters`);
    this.unpairing = await page.locator("a[href$='/unpair']").getAttribute("href");
  }

  /** Somebody whom the household lets look after its home. */
  async #daughter() {
    const { url } = this.demonstration;
    const email = "daughter@example.org";
    const context = await this.context({ script: false });
    const { page } = await Tab.open(context, url);
    await page.goto(`${url}/sign-up`);
    await page.getByLabel("Your e-mail address", { exact: true }).fill(email);
    await page.getByRole("button", { name: "Send me a code", exact: true }).click();
    const code = await this.demonstration.letter(email, /\b([A-Z0-9]{4}-[A-Z0-9]{4})\b/);
    await page.locator("#code").fill(code);
    await page.getByRole("button", { name: "Begin my account", exact: true }).click();
    this.invitation = await this.demonstration.letter(email, /(\/invitations\/[\w-]+)/);
    await page.goto(url + this.invitation);
    await page.getByRole("button", { name: "Accept", exact: true }).click();
    await page.waitForURL("**/home/shared");
    this.sessions.daughter = await context.storageState();
    await page.getByRole("button", { name: "Look in", exact: true }).click();
    await page.waitForURL("**/home");
    this.sessions.visitor = await context.storageState();
    await context.close();
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
