// The example service in a browser: `node --test tests/pages/insights.test.mjs`.
//
// One story, told in order: a person without JavaScript links, refuses, consents and withdraws; a second window of the
// same browser, with JavaScript, has the service open meanwhile and must say so by itself.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import { Insights } from "./insights.mjs";
import { Node } from "./node.mjs";
import { album } from "./album.mjs";
import { Service } from "./service.mjs";

const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;
/** How long the service may take to notice that a consent ended. */
const SECONDS = 10_000;

let browser;
let node;
let grid;
let insights;
let pictures;
let plain;
let page;

before(async () => {
  browser = await launch();
  pictures = await album();
  node = await Node.start();
  grid = await Service.register(node, "grid", "../insights/home-meter");
  insights = await Insights.start(node, grid);
  plain = await browser.newContext({ locale: "en", javaScriptEnabled: false });
  page = await plain.newPage();
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await insights?.stop();
  await node?.stop();
});

/** Presses a button of the node's page, and follows the way back to the service. */
async function answer(button) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("link", { name: /^Continue to/ }).click();
}

async function heading(text, where = page) {
  await where.getByRole("heading", { level: 1, name: text }).waitFor({ timeout: SECONDS });
}

/** What is wrong with a page of the service, at every size and in both schemes. */
async function look(name, path = "/") {
  const wrong = [];
  for (const [width, colorScheme] of [[320, "light"], [1280, "dark"]]) {
    const context = await browser.newContext({
      locale: "en",
      colorScheme,
      viewport: { width, height: 900 },
      storageState: await plain.storageState(),
    });
    const tab = await Tab.open(context, insights.url);
    // The page stays connected to what is new: there is no time without a request.
    await tab.page.goto(insights.url + path, { waitUntil: "load" });
    const found = [...(await checks.document_(tab, "en")), ...(await checks.view(tab))];
    wrong.push(...found.map((what) => `${width} ${colorScheme}: ${what}`));
    await tab.page.screenshot({ path: join(pictures, `insights-${name}-${width}-${colorScheme}.png`), fullPage: true });
    await context.close();
  }
  assert.deepEqual(wrong, [], name);
}

describe("the example service", { timeout: 200_000 }, () => {
  it("finds a household that has its meter's service linked", async () => {
    await page.goto(`${node.url}/sign-up`);
    await page.getByLabel("Your e-mail address").fill(EMAIL);
    await page.getByRole("button", { name: "Send me a code" }).click();
    await page.getByLabel("The code from the letter").fill(await node.letter(EMAIL, CODE));
    await page.getByRole("button", { name: "Begin my account" }).click();
    await page.waitForURL("**/home");
    await page.goto(node.url + (await grid.askLink()));
    await page.getByRole("button", { name: "Link", exact: true }).click();
    const back = page.getByRole("link", { name: /^Continue to/ });
    await grid.takeBack(await back.getAttribute("href"), "hosted");
  });

  it("says what it does, and links", async () => {
    await page.goto(insights.url);
    await heading("See your energy use live");
    await look("start");
    await page.getByRole("button", { name: "Connect my meter" }).click();
    await answer("Link");
  });

  it("takes a no, and asks again", async () => {
    await answer("Refuse");
    await heading("You said no");
    await look("refused");
    await page.getByRole("button", { name: "Ask me again" }).click();
  });

  it("takes a yes, and waits for the meter", async () => {
    await answer("Give consent");
    await heading("Waiting for your meter");
    await look("waiting");
  });

  it("takes no answer twice, and none of another browser", async () => {
    const stranger = await browser.newContext({ locale: "nl" });
    const elsewhere = await stranger.newPage();
    const answered = await elsewhere.goto(`${insights.url}/answered?code=c&state=s&iss=${node.url}`);
    assert.equal(answered.status(), 400);
    await heading("Dit antwoord hoort bij een ander bezoek", elsewhere);
    await stranger.close();
    const again = await page.goto(`${insights.url}/answered?code=c&state=s&iss=${node.url}`);
    assert.equal(again.status(), 400);
    await page.goto(insights.url);
    await heading("Waiting for your meter");
  });

  it("goes on after a restart", async () => {
    const { host } = new URL(insights.url);
    assert.equal(await insights.stop(), 0);
    insights = await Insights.start(node, grid, host);
    await page.goto(insights.url);
    await heading("Waiting for your meter");
  });

  it("says within seconds that the consent was paused, resumed and withdrawn", async () => {
    const context = await browser.newContext({ locale: "en", storageState: await plain.storageState() });
    const open = await context.newPage();
    await open.goto(insights.url);
    await page.goto(`${node.url}/home/consents`);
    await page.getByRole("link", { name: /Insights/ }).first().click();
    const consent = page.url();
    const press = async (name) => {
      await page.goto(consent);
      await page.getByRole("button", { name, exact: true }).first().click();
    };
    await press("Pause");
    await heading("You paused your consent", open);
    await press("Resume");
    await heading("Waiting for your meter", open);
    await page.goto(consent);
    await page.getByRole("link", { name: "Withdraw", exact: true }).click();
    await page.getByRole("button", { name: "Withdraw for good" }).click();
    await heading("You withdrew your consent", open);
    await open.getByRole("button", { name: "Ask me again" }).waitFor();
    await context.close();
    await look("withdrawn");
    await page.goto(consent);
    await page.getByText(/confirmed with its signature/).first().waitFor();
  });
});
