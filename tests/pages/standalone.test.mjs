// The wallet as another site serves it, at a node of another origin: `node --test tests/pages/standalone.test.mjs`.
//
// One story, told in order: an account, links, consents and what is done with them; then its keys on other devices and on
// paper. Each device is another browser context, which shares nothing with the others.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { album, look as lookAt, VIEWS } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import * as keyboard from "./keyboard.mjs";
import { keyringOf, own } from "./kept.mjs";
import { Node } from "./node.mjs";
import { Service } from "./service.mjs";
import { Site } from "./site.mjs";

const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;

let browser;
let node;
let adviser;
let archive;
let site;
let laptop;
let telephone;
let tablet;
let page;
let consent;
let paper;

/** A device: a browser with nothing in it, at the wallet. */
async function device(language = "en") {
  const context = await browser.newContext({ locale: language });
  const tab = await Tab.open(context, site.url, [node.url]);
  tab.page.setDefaultTimeout(20_000);
  await tab.visit("/");
  return tab;
}

async function press(tab, name) {
  await tab.page.getByRole("button", { name, exact: true }).click();
}

async function heading(tab, name) {
  await tab.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

async function connect(tab) {
  await tab.page.getByLabel("Address of the node").fill(node.url);
  await press(tab, "Connect");
}

/** Says by mail whose account it is. */
async function identify(tab) {
  await tab.page.getByLabel("Your e-mail address").fill(EMAIL);
  await press(tab, "Send me a code");
  await tab.page.getByLabel("The code from the letter").fill(await node.letter(EMAIL, CODE));
  await press(tab, "Confirm");
}

/** Looks at the page as it is, in all sizes and colours, and walks through it by the keyboard. */
async function look(tab, name) {
  // One page is loaded once, and has been looked at before; inline styles its policy forbids, and the console would say so.
  // That a node does not have something, it says by an error.
  const expected = (what) => / transferred$|^\d inline /.test(what) || what.startsWith(`missing: ${node.url}/v1/`);
  const wrong = (await checks.document_(tab, "en")).filter((what) => !expected(what));
  wrong.push(...(await lookAt(tab, `standalone-${name}`, VIEWS)));
  wrong.push(...(await keyboard.walk(tab)));
  assert.deepEqual(wrong, [], name);
}

/** The page of the consent, from home. */
async function openConsent(tab) {
  await tab.visit("/");
  const card = tab.page.locator(".cards section").filter({ has: tab.page.locator(".status.active, .status.paused") });
  await card.getByRole("button", { name: `Look at it: ${adviser.description.name}` }).click();
  await heading(tab, "Consent");
}

/** A request, opened from home. */
async function openRequest(tab) {
  await tab.visit("/");
  await tab.page.getByRole("button", { name: /^Look at it/ }).first().click();
  await heading(tab, "You are asked");
}

const statusOf = async (id) => (await adviser.client.get(`/v1/consents/${id}`)).status;

before(async () => {
  site = await Site.serve();
  browser = await launch();
  node = await Node.start();
  adviser = await Service.register(node, "adviser", "energy-adviser", (said) => (said.minimum_age = 16));
  archive = await Service.register(node, "archive", "meter-archive");
});

after(async () => {
  site?.stop();
  await browser?.close();
  await node?.stop();
});

describe("a wallet of another site", { timeout: 400_000 }, () => {
  it("makes an account whose keys no page of the node has", async () => {
    laptop = await device();
    page = laptop.page;
    await look(laptop, "start");
    await connect(laptop);
    await heading(laptop, "Begin");
    await look(laptop, "begin");
    await page.getByLabel("Your e-mail address").fill(EMAIL);
    await press(laptop, "Make my keys here and send me a code");
    await page.getByLabel("The code from the letter").waitFor();
  });

  it("goes on with the keys of a page that was closed before its code came", async () => {
    const key = await keyringOf(laptop);
    await laptop.visit("/");
    await page.getByText("You have begun here before").waitFor();
    await look(laptop, "begun");
    await page.getByLabel("The code from the letter").fill(await node.letter(EMAIL, CODE));
    await press(laptop, "Begin my account");
    await page.getByText("Nobody asks you anything.").waitFor();
    assert.equal(await keyringOf(laptop), key);
    await look(laptop, "home-empty");
  });

  it("shows My Home at the node, which has no key", async () => {
    const [home] = await Promise.all([page.context().waitForEvent("page"), press(laptop, "Open My Home")]);
    await home.getByRole("button", { name: "Sign in" }).click();
    await home.waitForURL("**/home");
    await home.goto(`${node.url}/home/devices`);
    await home.getByText("Your keys are in a wallet of your own").waitFor();
    await home.goto(`${node.url}/home/account`);
    const party = await home.locator("dd code").first().textContent();
    const view = await adviser.client.get(`/v1/parties/${party}`);
    assert.deepEqual([view.custody, view.kind], ["independent", "person"]);
    await home.close();
  });

  it("links services by carrying question and answer", async () => {
    for (const service of [adviser, archive]) {
      const home = await page.context().newPage();
      await home.goto(node.url + (await service.askLink()));
      const question = await home.locator("#question").inputValue();
      await press(laptop, "Link a service");
      if (service === adviser) await look(laptop, "link-question");
      await page.getByLabel("Question of the service").fill(question);
      await press(laptop, "Look at it");
      await page.getByText(service.description.name).first().waitFor();
      if (service === adviser) await look(laptop, "link");
      await press(laptop, "Link");
      const answer = await page.getByLabel("Copy this answer").inputValue();
      if (service === adviser) await look(laptop, "link-answer");
      await press(laptop, "Back");
      await home.locator("#record").fill(answer);
      await home.locator("#give").click();
      const back = home.getByRole("link", { name: /^Continue to/ });
      await service.takeBack(await back.getAttribute("href"), "independent");
      await home.close();
    }
  });

  it("refuses a request, and gives consent to another", async () => {
    const refused = await adviser.askConsent("energy-advice", archive);
    await openRequest(laptop);
    await press(laptop, "Refuse");
    await heading(laptop, "Wallet");
    assert.equal((await adviser.client.get(`/v1/consent-requests/${refused}`)).status, "refused");
    const request = await adviser.askConsent("energy-advice", archive);
    await laptop.visit("/");
    await look(laptop, "home-asked");
    await openRequest(laptop);
    await page.getByText("The full notice").click();
    await look(laptop, "request");
    assert.equal(await page.locator("input[type=checkbox]:checked").count(), 0);
    await page.locator("input[type=checkbox]").first().check();
    await press(laptop, "Give consent");
    await page.getByRole("alert").filter({ hasText: "Confirm the statement about your age" }).waitFor();
    assert.equal((await adviser.client.get(`/v1/consent-requests/${request}`)).status, "requested");
    await look(laptop, "age-unconfirmed");
    await page.getByLabel("I am 16 years old or older.").check();
    await press(laptop, "Give consent");
    await page.getByText("You gave your consent.").waitFor();
    const view = await adviser.client.get(`/v1/consent-requests/${request}`);
    assert.equal(view.status, "given");
    consent = view.cr_id;
    await look(laptop, "consent");
  });

  it("finds the record intact", async () => {
    await press(laptop, "Check that the record is intact");
    await page.getByRole("status").filter({ hasText: "The record is intact" }).waitFor();
    await look(laptop, "intact");
  });

  it("pauses, resumes and narrows a consent, of a pair both records", async () => {
    await openConsent(laptop);
    await keyboard.reach(page, "Pause");
    await page.keyboard.press("Enter");
    await page.getByText("Nobody gets data on this consent until you resume it").waitFor();
    assert.equal(await statusOf(consent), "disabled");
    await look(laptop, "consent-paused");
    await press(laptop, "Resume");
    await page.getByText("It counts again as before").waitFor();
    const concepts = async (id) => Object.values((await adviser.client.get(`/v1/consents/${id}`)).resource_set).flat();
    const { counterpart } = await adviser.client.get(`/v1/consents/${consent}`);
    const before_ = await concepts(consent);
    await page.locator("input[name=keep]").first().uncheck();
    await press(laptop, "Save");
    await page.getByText("From now on only the data below may be used").waitFor();
    const after_ = await concepts(consent);
    assert.equal(after_.length, before_.length - 1);
    assert.deepEqual(await concepts(counterpart), after_);
    assert.equal(await page.locator("input[name=keep]").count(), 0);
    await look(laptop, "consent-narrowed");
  });

  it("shows what has changed since, from what was signed", async () => {
    await adviser.askConsent("energy-advice", archive);
    await openRequest(laptop);
    await page.getByText("The conditions are the same as then").waitFor();
    await press(laptop, "Refuse");
    await heading(laptop, "Wallet");
    await adviser.supersede(({ purposes }) => {
      const purpose = purposes.find(({ purpose_id }) => purpose_id === "energy-advice");
      purpose.storage.period.en = "ten years";
      purpose.recipients = [...purpose.recipients, "public"];
    });
    const request = await adviser.askConsent("energy-advice", archive);
    await openRequest(laptop);
    await look(laptop, "changed");
    const told = (list) => page.locator(`section.warn ${list}`).allTextContents();
    assert.ok((await told("ins")).includes("ten years"));
    assert.ok((await told("ins")).includes("the public"));
    assert.ok(!(await told("del")).includes("ten years"));
    assert.deepEqual(await told("h3"), ["Who receives it", "How long it is kept"]);
    await page.getByLabel("I am 16 years old or older.").check();
    await press(laptop, "Give consent");
    await page.getByText("You gave your consent.").waitFor();
    assert.equal(await statusOf(consent), "superseded");
    consent = (await adviser.client.get(`/v1/consent-requests/${request}`)).cr_id;
  });

  it("shows nothing of a node that says conditions were others than they were", async () => {
    await adviser.askConsent("energy-advice", archive);
    await laptop.visit("/");
    const altered = async (place, alter) => {
      await page.route(place, async (route) => {
        const answer = await route.fetch();
        const body = await answer.text();
        assert.notEqual(alter(body), body);
        await route.fulfill({ response: answer, body: alter(body) });
      });
      await page.getByRole("button", { name: /^Look at it/ }).first().click();
      const said = await page.getByRole("alert").filter({ visible: true }).textContent();
      await page.unroute(place);
      return said;
    };
    const own_ = `**/v1/services/${adviser.reference.service_id}/versions/2`;
    assert.match(await altered(own_, (json) => json.replaceAll("ten years", "2 years")), /description-mismatch/);
    const list = "**/v1/pseudonyms/*/consents*";
    const forged = (json) => json.replaceAll(/"record":"([^".]+)\.([^".]+)\./g, '"record":"$1.e30.');
    assert.match(await altered(list, forged), /record-invalid/);
  });

  it("has keys on a second device, once that shows the same code", async () => {
    telephone = await device();
    await connect(telephone);
    await press(telephone, "Bring my keys to this browser");
    await look(telephone, "identify");
    await identify(telephone);
    await look(telephone, "join");
    await telephone.page.getByLabel("What you call this device").fill("Telephone");
    await press(telephone, "Show the code");
    const square = telephone.page.locator("[data-qr] svg");
    await square.waitFor();
    await look(telephone, "join-code");
    const link = await square.getAttribute("aria-label");
    const code = await telephone.page.locator("[data-code]").textContent();
    assert.ok(link.startsWith(`${site.url}/#`), "of the wallet's own site");
    await page.route("**/v1/accounts/devices", async (route) => {
      if (route.request().method() !== "GET") return route.continue();
      const answer = await route.fetch();
      const said = await answer.json();
      said.devices[0].sealing_key = `${said.devices[0].sealing_key.slice(0, -8)}AAAAAAAA`;
      await route.fulfill({ response: answer, json: said });
    });
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByText("names another key than the device shows").waitFor();
    await page.unroute("**/v1/accounts/devices");
    await laptop.visit("/");
    await press(laptop, "Devices and recovery kit");
    await own(laptop).waitFor();
    await look(laptop, "devices-one");
    await press(laptop, "Give a device my keys");
    await look(laptop, "add");
    await page.getByLabel("Code of the new device").fill(code);
    await press(laptop, "Look for it");
    await page.getByRole("heading", { name: "Telephone" }).waitFor();
    assert.equal(await page.locator("[data-code]").textContent(), code);
    await look(laptop, "compare");
    await press(laptop, "It shows the same: give it my keys");
    await heading(laptop, "Devices");
    await heading(telephone, "Devices");
    assert.equal(await keyringOf(telephone), await keyringOf(laptop));
    await look(laptop, "devices-two");
  });

  it("adds a third by its link", async () => {
    tablet = await device();
    await connect(tablet);
    await press(tablet, "Bring my keys to this browser");
    await identify(tablet);
    await tablet.page.getByLabel("What you call this device").fill("Tablet");
    await press(tablet, "Show the code");
    const link = await tablet.page.locator("[data-qr] svg").getAttribute("aria-label");
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByRole("heading", { name: "Tablet" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    await press(laptop, "It shows the same: give it my keys");
    await heading(tablet, "Devices");
    await openConsent(tablet);
  });

  it("prints a kit", async () => {
    await laptop.visit("/");
    await press(laptop, "Devices and recovery kit");
    await press(laptop, "Make a recovery kit");
    await look(laptop, "kit");
    await press(laptop, "Make the kit");
    await page.getByText("Recovery kit for your keys").waitFor();
    paper = await page.locator("[data-code]").textContent();
    assert.match(paper, /^([0-9A-Z]{4}-){13}[0-9A-Z]{4}$/);
    assert.equal(await page.locator("[data-node]").textContent(), node.url);
    await look(laptop, "kit-made");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.screenshot({ path: join(await album(), "standalone-kit-printed.png"), fullPage: true });
    assert.ok(await page.locator("[data-code]").isVisible());
    assert.equal(await page.getByRole("button", { name: "Print" }).isVisible(), false);
    await page.emulateMedia({ media: "screen" });
  });

  it("takes the keys from a device that was lost, and from no other", async () => {
    const before_ = await keyringOf(laptop);
    await laptop.visit("/");
    await press(laptop, "Devices and recovery kit");
    const card = page.locator("[data-device]").filter({ hasText: "Telephone" });
    await card.getByText("Remove", { exact: true }).click();
    await look(laptop, "remove");
    await card.getByRole("button", { name: "Remove it now" }).click();
    await card.waitFor({ state: "detached" });
    assert.equal(await page.locator("[data-device]").count(), 3, "this browser, the tablet and the kit");
    const after_ = await keyringOf(laptop);
    assert.notEqual(after_, before_);

    await tablet.visit("/");
    await heading(tablet, "Take in the new keys");
    await look(tablet, "renew");
    await identify(tablet);
    await heading(tablet, "Wallet");
    assert.equal(await keyringOf(tablet), after_);
    await openConsent(tablet);

    await telephone.visit("/");
    await identify(telephone);
    await telephone.page.getByText("This device was removed").waitFor();
    assert.equal(await keyringOf(telephone), before_);
  });

  it("forgets the account on a device that was removed, and nowhere else", async () => {
    await telephone.visit("/");
    await heading(telephone, "Take in the new keys");
    await telephone.page.getByText("Take this account off this device").click();
    await look(telephone, "forget");
    await press(telephone, "Take it off");
    await telephone.page.getByLabel("Address of the node").waitFor();
    assert.equal(await keyringOf(telephone), undefined);
    await connect(telephone);
    await heading(telephone, "Begin");
    assert.ok(await keyringOf(laptop));
  });

  it("gives the keys back by the paper, in another language", async () => {
    const last = await device("nl");
    await last.page.getByLabel("Adres van de node").fill(node.url);
    await press(last, "Verbinden");
    await press(last, "Mijn sleutels naar deze browser halen");
    await last.page.getByLabel("Uw e-mailadres").fill(EMAIL);
    await last.page.getByRole("button").last().click();
    await last.page.locator("input").fill(await node.letter(EMAIL, CODE));
    await press(last, "Bevestigen");
    const typed = last.page.locator("assent-use-kit input");
    await typed.fill(`${paper.slice(0, -1)}${paper.endsWith("0") ? "1" : "0"}`);
    await press(last, "Mijn sleutels terughalen");
    await last.page.getByText("verkeerd getypt").waitFor();
    await typed.fill(paper.toLowerCase());
    await press(last, "Mijn sleutels terughalen");
    await heading(last, "Apparaten");
    assert.equal(await keyringOf(last), await keyringOf(laptop));
    const wrong = [...(await lookAt(last, "standalone-devices-nl")), ...last.noticed];
    assert.deepEqual(wrong, []);
  });

  it("withdraws, with a word of what that does", async () => {
    await openConsent(laptop);
    await page.getByText("Withdraw", { exact: true }).click();
    await look(laptop, "withdraw");
    await press(laptop, "Withdraw for good");
    await page.getByText("It ended at once").waitFor();
    assert.equal(await statusOf(consent), "withdrawn");
    await look(laptop, "consent-withdrawn");
    await laptop.visit("/");
    await look(laptop, "home");
  });

  it("says so where the node does not answer", async () => {
    await page.route(`${node.url}/v1/chain`, (route) => route.abort());
    await page.goto(site.url);
    await page.getByRole("alert").filter({ hasText: "The node does not answer" }).waitFor();
    laptop.forget();
    await look(laptop, "unreachable");
    await page.unroute(`${node.url}/v1/chain`);
    await press(laptop, "Try again");
    await page.getByRole("heading", { name: "Consents" }).waitFor();
  });
});
