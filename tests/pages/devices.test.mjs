// The keys of a person on two devices and on paper: `node --test tests/pages/devices.test.mjs`.
//
// One story, told in order. The second device is another browser context, which shares nothing with the first.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { album, look as lookAt } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import { keyringOf, own } from "./kept.mjs";
import { Node } from "./node.mjs";

const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;
const SIGN_IN = /(\/sign-in\/link\/[A-Za-z0-9_-]+)/;

let browser;
let node;
let pictures;
let laptop;
let telephone;
let paper;

/** A device: a browser with nothing in it. */
async function device() {
  const context = await browser.newContext({ locale: "en" });
  const tab = await Tab.open(context, node.url);
  tab.page.setDefaultTimeout(20_000);
  return tab;
}

/** Signs in by mail, as somebody does who has no key here. */
async function signIn(tab) {
  assert.equal(await tab.visit("/sign-in"), 200);
  await tab.page.getByLabel("Your e-mail address").fill(EMAIL);
  await tab.page.getByRole("button", { name: "Send me a link" }).click();
  assert.equal(await tab.visit(await node.letter(EMAIL, SIGN_IN)), 200);
  await Promise.all([tab.page.waitForURL("**/home"), tab.page.getByRole("button", { name: "Sign in" }).click()]);
}

async function look(tab, name) {
  assert.deepEqual(await lookAt(tab, `devices-${name}`), []);
}

before(async () => {
  browser = await launch();
  pictures = await album();
  node = await Node.start();
  laptop = await device();
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

describe("the keys of a person on several devices", { timeout: 300_000 }, () => {
  it("begins on one", async () => {
    const { page } = laptop;
    await laptop.visit("/sign-up");
    await page.locator("#own-email").fill(EMAIL);
    await page.keyboard.press("Enter");
    await page.locator("#own-code").waitFor();
    await page.locator("#own-code").fill(await node.letter(EMAIL, CODE));
    await Promise.all([page.waitForURL("**/home"), page.keyboard.press("Enter")]);
    await laptop.visit("/home/devices");
    await own(laptop).waitFor();
    assert.equal(await page.locator("[data-device]").count(), 1);
    assert.equal(await page.getByText("Remove", { exact: true }).isVisible(), false);
    await look(laptop, "one");
  });

  it("shows a code on a device that has none", async () => {
    telephone = await device();
    await signIn(telephone);
    const { page } = telephone;
    await telephone.visit("/home/devices/new");
    await look(telephone, "join");
    await page.getByLabel("What you call this device").fill("Telephone");
    await page.getByRole("button", { name: "Show the code" }).click();
    await page.locator("[data-qr] svg").waitFor();
    await look(telephone, "join-code");
  });

  it("gives it nothing while the node names another key", async () => {
    const { page } = laptop;
    const link = await telephone.page.locator("[data-qr] svg").getAttribute("aria-label");
    const code = await telephone.page.locator("[data-code]").textContent();
    await page.route("**/v1/accounts/devices", async (route) => {
      const answer = await route.fetch();
      const said = await answer.json();
      const [first] = said.devices;
      first.sealing_key = `${first.sealing_key.slice(0, -8)}AAAAAAAA`;
      await route.fulfill({ response: answer, json: said });
    });
    await page.goto(link);
    await page.getByText("names another key than the device shows").waitFor();
    assert.equal(new URL(page.url()).hash, "");
    await laptop.visit("/home/devices/add");
    await page.locator("#code").fill(code);
    await page.getByRole("button", { name: "Look for it" }).click();
    await page.getByText("No device of yours that waits shows this code").waitFor();
    await page.unroute("**/v1/accounts/devices");
  });

  it("gives it the keys once the codes are the same", async () => {
    const { page } = laptop;
    const link = await telephone.page.locator("[data-qr] svg").getAttribute("aria-label");
    const code = await telephone.page.locator("[data-code]").textContent();
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByRole("heading", { name: "Telephone" }).waitFor();
    assert.equal(await page.locator("[data-code]").textContent(), code);
    await look(laptop, "compare");
    await Promise.all([
      page.waitForURL("**/home/devices"),
      page.getByRole("button", { name: "It shows the same: give it my keys" }).click(),
    ]);
    await telephone.page.waitForURL("**/home/devices");
    await own(telephone).waitFor();
    assert.equal(await telephone.page.locator("[data-device]").count(), 2);
    assert.ok(await keyringOf(laptop));
    assert.equal(await keyringOf(telephone), await keyringOf(laptop));
    assert.ok(await node.letter(EMAIL, /A device can sign for you now/));
    await laptop.visit("/home/devices");
    await own(laptop).waitFor();
    assert.deepEqual(await checks.document_(laptop, "en"), []);
    await look(laptop, "two");
  });

  it("prints a kit", async () => {
    const { page } = laptop;
    await laptop.visit("/home/devices/kit");
    await look(laptop, "kit");
    await page.getByRole("button", { name: "Make the kit" }).click();
    await page.getByText("Recovery kit for your keys").waitFor();
    paper = await page.locator("[data-code]").textContent();
    assert.match(paper, /^([0-9A-Z]{4}-){13}[0-9A-Z]{4}$/);
    await look(laptop, "kit-made");
    // Somebody who reads in the dark prints on white paper too.
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const ground = await page.locator("[data-step=print]").evaluate((card) => getComputedStyle(card).backgroundColor);
    assert.equal(ground, "rgb(255, 255, 255)");
    await page.screenshot({ path: join(pictures, "devices-kit-printed.png"), fullPage: true });
    assert.ok(await page.locator("[data-code]").isVisible());
    assert.equal(await page.getByRole("button", { name: "Print" }).isVisible(), false);
    await page.emulateMedia({ media: "screen" });
  });

  it("takes the keys from a device that was lost", async () => {
    const { page } = laptop;
    const before_ = await keyringOf(laptop);
    await laptop.visit("/home/devices");
    const card = page.locator("[data-device]").filter({ hasText: "Telephone" });
    await card.getByText("Remove", { exact: true }).click();
    await look(laptop, "remove");
    await card.getByRole("button", { name: "Remove it now" }).click();
    await card.waitFor({ state: "detached" });
    assert.equal(await page.locator("[data-device]").count(), 2, "this browser and the kit");
    const after_ = await keyringOf(laptop);
    assert.notEqual(after_, before_);
    const party = await page.evaluate(() => JSON.parse(document.querySelector("meta[name=assent-wallet]").content).party);
    const view = await (await fetch(`${node.url}/v1/parties/${party}`)).json();
    assert.equal(view.signing_key.x, after_, "the ledger has the new key");
    await telephone.visit("/home/devices/kit");
    await telephone.page.getByRole("button", { name: "Make the kit" }).click();
    await telephone.page.getByText("This device was removed").waitFor();
  });

  it("gives them back by the paper", async () => {
    const tablet = await device();
    await signIn(tablet);
    const { page } = tablet;
    await tablet.visit("/home/devices/new");
    await page.getByLabel("Code", { exact: true }).fill(`${paper.slice(0, -1)}${paper.endsWith("0") ? "1" : "0"}`);
    await page.getByRole("button", { name: "Bring my keys back" }).click();
    await page.getByText("The code is mistyped").waitFor();
    await page.getByLabel("Code", { exact: true }).fill(paper.toLowerCase());
    await Promise.all([page.waitForURL("**/home/devices"), page.getByRole("button", { name: "Bring my keys back" }).click()]);
    assert.equal(await keyringOf(tablet), await keyringOf(laptop));
    await own(tablet).waitFor();
  });
});
