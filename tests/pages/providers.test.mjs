// People of an organisation sign in where it knows them: `node --test tests/pages/providers.test.mjs`.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { look as lookAt, VIEWS } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import * as keyboard from "./keyboard.mjs";
import { Node } from "./node.mjs";
import { Provider } from "./provider.mjs";

/** What others chose stands between marks that keep it apart. */
const BUTTON = /^Sign in with .Acme.$/;

let browser;
let node;
let provider;

before(async () => {
  provider = await Provider.start();
  browser = await launch();
  node = await Node.start(async (dataDir) => {
    const file = join(dataDir, "../providers.toml");
    await writeFile(file, provider.settings);
    return ["--config", file];
  });
  await node.assent("party", "new", "--kind", "organisation", "--out", "adviser.json");
  await node.assent("party", "register", "--keys", "adviser.json");
});

after(async () => {
  await browser?.close();
  await node?.stop();
  provider?.stop();
});

/** A browser at the page to sign in at, with scripts or without. */
async function visitor(script) {
  const context = await browser.newContext({ locale: "en", javaScriptEnabled: script });
  const tab = await Tab.open(context, node.url, [provider.issuer]);
  tab.page.setDefaultTimeout(20_000);
  await tab.visit("/sign-in?here=/console");
  return tab;
}

/** Goes to the provider, and does there what its page offers. */
async function through(tab, name) {
  await keyboard.press(tab.page, BUTTON);
  await tab.page.getByRole("heading", { name: "Acme" }).waitFor();
  assert.equal(new URL(tab.page.url()).origin, provider.issuer);
  await Promise.all([tab.page.waitForNavigation(), tab.page.getByRole("link", { name }).click()]);
}

async function look(tab, name) {
  const wrong = await checks.document_(tab, "en");
  wrong.push(...(await lookAt(tab, `provider-${name}`, VIEWS)), ...(await keyboard.walk(tab)));
  assert.deepEqual(wrong, []);
}

describe("an identity provider", { timeout: 120_000 }, () => {
  it("is a button beside the other ways in", async () => {
    const tab = await visitor(true);
    await tab.page.getByText(BUTTON).waitFor();
    await look(tab, "sign-in");
    await tab.page.context().close();
  });

  it("lets nobody in who acts for nobody, and says what to pass on", async () => {
    const tab = await visitor(true);
    await through(tab, "Go on");
    await tab.page.getByText("somebody", { exact: true }).waitFor();
    await look(tab, "unbound");
    assert.equal(await tab.visit("/console"), 200);
    assert.equal(new URL(tab.page.url()).pathname, "/sign-in");
    await tab.page.context().close();
  });

  it("is told no, and somebody who cancels is not in", async () => {
    const tab = await visitor(true);
    await through(tab, "Cancel");
    await look(tab, "cancelled");
    await tab.visit("/console");
    assert.equal(new URL(tab.page.url()).pathname, "/sign-in");
    await tab.page.context().close();
  });

  it("lets in for whom the organisation said so, with and without JavaScript", async () => {
    await node.assent("account", "bind", "--issuer", provider.issuer, "--subject", "somebody", "--keys", "adviser.json");
    for (const script of [true, false]) {
      const tab = await visitor(script);
      await through(tab, "Go on");
      assert.equal(new URL(tab.page.url()).pathname, "/console/services");
      if (script) await look(tab, "console");
      await tab.page.context().close();
    }
  });

  it("does not let in with a code of another browser", async () => {
    const [one, other] = [await visitor(true), await visitor(true)];
    await keyboard.press(one.page, BUTTON);
    const link = await one.page.getByRole("link", { name: "Go on" }).getAttribute("href");
    await other.page.goto(link);
    await other.visit("/console");
    assert.equal(new URL(other.page.url()).pathname, "/sign-in");
    for (const tab of [one, other]) await tab.page.context().close();
  });
});
