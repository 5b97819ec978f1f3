// Who and what there is when one looks at the pages.

import { mkdir } from "node:fs/promises";

import { Node } from "./node.mjs";
import { Tab } from "./browser.mjs";

export class Scene {
  static async set(browser) {
    const scene = new Scene();
    scene.browser = browser;
    scene.node = await Node.start();
    scene.sessions = {};
    await scene.#newcomer();
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
