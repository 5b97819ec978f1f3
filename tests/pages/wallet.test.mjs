// A person whose keys are made in the page and never leave it: `node --test tests/pages/wallet.test.mjs`.
//
// One story, told in order by the keyboard. A page or an answer that somebody altered is tried where it would matter.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { look as lookAt } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import { press, reach } from "./keyboard.mjs";
import { keyringOf } from "./kept.mjs";
import { Node } from "./node.mjs";
import { Service } from "./service.mjs";

const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;

let browser;
let node;
let adviser;
let archive;
let context;
let tab;
let page;
let consent;

before(async () => {
  browser = await launch();
  node = await Node.start();
  adviser = await Service.register(node, "adviser", "energy-adviser", (said) => (said.minimum_age = 16));
  archive = await Service.register(node, "archive", "meter-archive");
  context = await browser.newContext({ locale: "en" });
  tab = await Tab.open(context, node.url);
  page = tab.page;
  page.setDefaultTimeout(20_000);
});

after(async () => {
  await browser?.close();
  await node?.stop();
});

/** Looks at the page as it is, small and large. */
async function look(name) {
  assert.deepEqual(await lookAt(tab, `wallet-${name}`), []);
}

/** What happened on the way that must not: nothing on the console, to nobody else, and not too much. */
async function quiet() {
  assert.deepEqual(await checks.document_(tab, "en"), []);
  tab.forget();
}

async function open(path) {
  assert.equal(await tab.visit(path), 200, path);
}

/** Presses something that the wallet answers by leading to another page. */
async function pressAndLeave(name) {
  await press(page, name);
}

async function link(service) {
  await open(await service.askLink());
  await pressAndLeave("Link");
  const back = page.getByRole("link", { name: /^Continue to/ });
  await service.takeBack(await back.getAttribute("href"));
}

describe("a wallet in the page", { timeout: 300_000 }, () => {
  it("makes keys, registers them and confirms an address, by the keyboard", async () => {
    await open("/sign-up");
    assert.equal(await page.locator("#own-code").isVisible(), false);
    await quiet();
    await look("sign-up");
    await reach(page, "own-email");
    await page.keyboard.type(EMAIL);
    await page.keyboard.press("Enter");
    await page.locator("#own-code").waitFor();
    await look("sign-up-code");
    const code = await node.letter(EMAIL, CODE);
    assert.equal(await page.evaluate(() => document.activeElement.id), "own-code");
    // A tab that is closed now leaves an account without an address: the next goes on with it.
    const key = await keyringOf(tab);
    await open("/sign-up");
    await page.getByText("You have begun here before").waitFor();
    await look("sign-up-begun");
    assert.equal(await keyringOf(tab), key);
    await reach(page, "own-code");
    await page.keyboard.type("AAAA-AAAA");
    await page.keyboard.press("Enter");
    assert.match(await tab.refusal(), /not the code/);
    await page.locator("#own-code").fill(code);
    await Promise.all([page.waitForURL("**/home"), page.keyboard.press("Enter")]);
    assert.equal(await keyringOf(tab), key, "one account");
    await open("/home/account");
    const party = await page.locator("dd code").first().textContent();
    const view = await adviser.client.get(`/v1/parties/${party}`);
    assert.deepEqual([view.custody, view.kind], ["page", "person"]);
  });

  it("keeps no key where it can be read", async () => {
    const kept = await page.evaluate(async () => {
      const opening = indexedDB.open("assent-wallet");
      await new Promise((resolve) => (opening.onsuccess = resolve));
      const all = (name) => new Promise((resolve) => {
        const asked = opening.result.transaction(name).objectStore(name).getAll();
        asked.onsuccess = () => resolve(asked.result);
      });
      const [[device], [wallet]] = [await all("devices"), await all("wallets")];
      const exported = await crypto.subtle.exportKey("raw", device.lock).then(() => "exported", (error) => error.name);
      return { extractable: device.lock.extractable, exported, names: Object.keys(wallet).sort(), web: [localStorage.length, sessionStorage.length] };
    });
    assert.deepEqual(kept, {
      extractable: false,
      exported: "InvalidAccessError",
      names: ["keyring", "party", "revision", "walletKey"],
      web: [0, 0],
    });
    const atNode = await page.evaluate(async () => (await fetch("/v1/accounts/keyring")).json());
    const keyring = JSON.parse(Buffer.from(atNode.keyring, "base64url").toString());
    assert.deepEqual([keyring.format, keyring.entries.length], ["assent-keyring/1", 1]);
    assert.deepEqual(atNode.wrappings.map(({ kind }) => kind), ["device"]);
  });

  it("does not link with a service whose page was altered", async () => {
    const path = await adviser.askLink();
    await page.route(`**${path}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replaceAll("Bright Energy", "Your bank") });
    });
    await open(path);
    const sent = await tab.sentDuring(async () => {
      await page.getByRole("button", { name: "Link", exact: true }).click();
      assert.match(await tab.refusal(), /shown-mismatch/);
    });
    assert.deepEqual(sent, []);
    await page.unroute(`**${path}`);
  });

  it("links with two services", async () => {
    await link(adviser);
    await link(archive);
    assert.notEqual(adviser.link.surrogate_id, archive.link.surrogate_id);
    await open("/home/services");
    await quiet();
    await look("services");
  });

  it("refuses", async () => {
    const request = await adviser.askConsent("energy-advice", archive);
    await open(`/home/requests/${request}`);
    await pressAndLeave("Refuse");
    assert.equal((await adviser.client.get(`/v1/consent-requests/${request}`)).status, "refused");
  });

  it("does not sign what is not what was signed", async () => {
    const request = await adviser.askConsent("energy-advice", archive);
    const form = `/home/requests/${request}`;
    const tried = async (what, place, alter, expected) => {
      await page.route(place, async (route) => {
        const answer = await route.fetch();
        const body = await answer.text();
        const altered = alter(body);
        assert.notEqual(altered, body, what);
        await route.fulfill({ response: answer, body: altered });
      });
      await open(form);
      await page.locator("#age").check();
      const sent = await tab.sentDuring(async () => {
        await page.getByRole("button", { name: "Give consent" }).click();
        assert.match(await tab.refusal(), expected, what);
      });
      await page.unroute(place);
      assert.deepEqual(sent, [], what);
    };
    await tried("another name on the page", `**${form}`, (html) => html.replaceAll("Bright Energy", "Your bank"), /shown-mismatch/);
    await tried("a description that nobody signed", "**/v1/services/*/versions/*", (json) => json.replaceAll("Bright Energy", "Your bank"), /description-mismatch/);
    await tried("a later end in the form", "**/form?language=en", (json) => json.replace(/"valid_until_max":(\d+)/, '"valid_until_max":1$1'), /latest-end-mismatch/);
    await tried("the key of somebody else", "**/form?language=en", (json) => json.replace(/"pop_key":"[^"]*"/, `"pop_key":"${"A".repeat(43)}"`), /holder-mismatch/);
    await tried("another age on the page", `**${form}`, (html) => html.replaceAll("I am 16 years", "I am 13 years"), /shown-mismatch/);
    await tried("another age in the form", "**/form?language=en", (json) => json.replace('"years":16', '"years":13'), /notice-mismatch/);
    await tried("keys of another party", `**/v1/parties/${adviser.keys.party}/keys`, () => JSON.stringify({ statements: [] }), /unreadable/);
    await look("not-signed");
  });

  it("signs nothing until the statement about age is confirmed", async () => {
    const request = await adviser.askConsent("energy-advice", archive);
    const form = `/home/requests/${request}`;
    await open(form);
    const sent = await tab.sentDuring(async () => {
      await page.getByRole("button", { name: "Give consent" }).click();
      assert.equal(await page.locator("#age:invalid").count(), 1, "the browser asks for it");
      // A page that does not ask for it.
      await page.locator("#age").evaluate((box) => box.removeAttribute("required"));
      await page.getByRole("button", { name: "Give consent" }).click();
      assert.match(await tab.refusal(), /Confirm the statement about your age/);
    });
    assert.deepEqual(sent, []);
    await quiet();
    await look("age-unconfirmed");
  });

  it("gives consent by the keyboard alone, and goes back to the service with a code", async () => {
    const request = await adviser.askConsent("energy-advice", archive);
    await open(await adviser.send(request));
    await quiet();
    await look("consent-form");
    await confirmAge();
    await pressAndLeave("Give consent");
    await page.getByRole("heading", { level: 1, name: "You gave your consent" }).waitFor();
    await look("given");
    const back = page.getByRole("link", { name: /^Continue to/ });
    const told = await adviser.redeem(await back.getAttribute("href"));
    assert.deepEqual([told.request_id, told.outcome], [request, "given"]);
    const view = await adviser.client.get(`/v1/consent-requests/${request}`);
    assert.equal(view.status, "given");
    consent = view.cr_id;
    const given = await adviser.client.get(`/v1/consents/${consent}`);
    const { statement } = JSON.parse(Buffer.from(given.record.split(".")[1], "base64url"));
    assert.equal(statement.common_part.custody, "page");
  });

  it("finds the record intact, and one that was altered not", async () => {
    const where = `/home/consents/${consent}`;
    await open(where);
    await quiet();
    await pressIntact();
    const found = page.locator("assent-intact [role=status]");
    await found.filter({ hasText: "The record is intact" }).waitFor();
    await look("intact");
    const broken = async (place, alter, expected) => {
      await page.route(place, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: alter(await answer.text()) });
      });
      await open(where);
      await pressIntact();
      assert.match(await tab.refusal(), expected);
      await page.unroute(place);
    };
    await broken(`**/v1/consents/${consent}`, (json) => json.replace('"status":"active"', '"status":"disabled"'), /status-mismatch/);
    await broken(`**/v1/consents/${consent}/evidence`, (json) => json.replace(/\\ntime 1/, "\\ntime 2"), /checkpoint-invalid/);
    await look("broken");
  });

  it("pauses, resumes, narrows and withdraws", async () => {
    const where = `/home/consents/${consent}`;
    const status = async () => (await adviser.client.get(`/v1/consents/${consent}`)).status;
    await open(where);
    await pressAndLeave("Pause");
    assert.equal(await status(), "disabled");
    await pressAndLeave("Resume");
    assert.equal(await status(), "active");
    await open(`${where}/withdraw`);
    await quiet();
    await look("withdraw");
    await pressAndLeave(/^Withdraw/);
    assert.equal(await status(), "withdrawn");
    const { counterpart } = await adviser.client.get(`/v1/consents/${consent}`);
    assert.equal((await adviser.client.get(`/v1/consents/${counterpart}`)).status, "withdrawn");
    await open(where);
    await pressIntact();
    await page.locator("assent-intact [role=status]").filter({ hasText: /checked: \W*4\W*\./ }).waitFor();
  });

  it("narrows, and replaces what was given by more", async () => {
    await give(true);
    const first = consent;
    await open(`/home/consents/${first}`);
    await page.locator("input[name=keep]").first().uncheck();
    await pressAndLeave("Save");
    await give(true);
    assert.notEqual(consent, first);
    assert.equal((await adviser.client.get(`/v1/consents/${first}`)).status, "superseded");
  });

  it("does not replace what was given while the page tells other changes than there are", async () => {
    const before_ = consent;
    await adviser.supersede(({ purposes }) => {
      const purpose = purposes.find(({ purpose_id }) => purpose_id === "energy-advice");
      purpose.storage.period.en = "ten years";
      purpose.recipients = [...purpose.recipients, "public"];
    });
    const request = await adviser.askConsent("energy-advice", archive);
    const form = `/home/requests/${request}`;
    const section = /<section class="note warn" aria-labelledby="replaces">[^]*?<\/section>/;
    const within_ = (alter) => (html) => html.replace(section, alter);
    const tried = async (what, alter) => {
      await page.route(`**${form}`, async (route) => {
        const answer = await route.fetch();
        const body = await answer.text();
        assert.notEqual(alter(body), body, what);
        await route.fulfill({ response: answer, body: alter(body) });
      });
      await open(form);
      await page.locator("#age").check();
      const sent = await tab.sentDuring(async () => {
        await page.getByRole("button", { name: "Give consent" }).click();
        assert.match(await tab.refusal(), /shown-mismatch/, what);
      });
      await page.unroute(`**${form}`);
      assert.deepEqual(sent, [], what);
    };
    await tried("no word of any change", within_(() => ""));
    await tried("as if nothing were replaced", (html) => within_(() => "")(html).replace(/ data-replaces="[^"]*"/, ""));
    await tried("another period", within_((html) => html.replaceAll("ten years", "two years")));
    await tried("other recipients", within_((html) => html.replaceAll("the public", "the service")));
    await tried("an earlier period that never was", within_((html) => html.replace(/(<del><bdi data-said="before:notice-period">)[^<]*/, "$1ten years")));
    await tried("a change more", within_((html) => html.replace("</section>", '<p><ins><bdi data-said="now:notice-risks">None</bdi></ins></p></section>')));
    await tried("another risk in the full notice", (html) => html.replace(/(data-said="notice-risks">)[^<]*/, "$1None."));
    await open(form);
    const told = (list) => page.locator(`[aria-labelledby=replaces] ${list}`).allTextContents();
    assert.deepEqual(await told("h3"), ["Who receives it", "How long it is kept"]);
    await quiet();
    await look("changed");
    await confirmAge();
    await pressAndLeave("Give consent");
    consent = (await adviser.client.get(`/v1/consent-requests/${request}`)).cr_id;
    assert.equal((await adviser.client.get(`/v1/consents/${before_}`)).status, "superseded");
  });

  it("removes a link and restores it, with what hangs on it", async () => {
    const status = async () => (await adviser.client.get(`/v1/consents/${consent}`)).status;
    const removing = `/home/services/${adviser.link.slr_id}/remove`;
    await open(removing);
    await quiet();
    await look("unlink");
    await pressAndLeave(/^Remove/);
    assert.equal(await status(), "disabled");
    await pressAndLeave(/^Restore/);
    assert.equal(await status(), "active");
    await open(`/home/services/${archive.link.slr_id}/remove`);
    await pressAndLeave(/^Remove/);
    assert.equal(await status(), "disabled", "what hands data out of the link");
  });

  it("signs in again with the key in the browser, and says where the keys are not", async () => {
    await open("/home");
    await pressAndLeave("Sign out");
    await open("/sign-in");
    await page.locator("assent-sign-in button").waitFor();
    await quiet();
    await look("sign-in");
    await reach(page, "Sign in with the key in this browser");
    await Promise.all([page.waitForURL("**/home"), page.keyboard.press("Enter")]);

    const state = await context.storageState();
    const other = await browser.newContext({ locale: "en", storageState: state });
    const elsewhere = await other.newPage();
    await elsewhere.goto(`${node.url}/home/services`);
    await elsewhere.getByRole("button", { name: /^Restore/ }).first().click();
    await elsewhere.getByRole("alert").filter({ hasText: "not in this browser" }).waitFor();
    await other.close();
  });
});

async function pressIntact() {
  await reach(page, "Check that the record is intact");
  await page.keyboard.press("Enter");
}

/** Ticks the box beside the statement about age, by the keyboard. */
async function confirmAge() {
  await reach(page, "age");
  await page.keyboard.press("Space");
}

/** Gives consent anew, with the optional data or without. */
async function give(withOptional) {
  const request = await adviser.askConsent("energy-advice", archive);
  await open(`/home/requests/${request}`);
  for (const box of await page.locator("input[name=optional]").all()) await box.setChecked(withOptional);
  await confirmAge();
  await pressAndLeave("Give consent");
  consent = (await adviser.client.get(`/v1/consent-requests/${request}`)).cr_id;
}
