// A meter of a person whose keys are in the browser: `node --test tests/pages/meters.test.mjs`.
//
// One story, told in order: the node enters the code, the wallet in the page signs for the meter, for who may read it and
// for its end; a service reads what the meter publishes. Pages and answers that were altered are tried where it matters.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { look as lookAt } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import { Insights } from "./insights.mjs";
import { press } from "./keyboard.mjs";
import { Meter } from "./meter.mjs";
import { Node } from "./node.mjs";
import { Service } from "./service.mjs";

const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;
const LABEL = "Meter in the hall";
const SECONDS = 20_000;

let browser;
let node;
let grid;
let insights;
let meter;
let context;
let tab;
let page;
let stream;

before(async () => {
  browser = await launch();
  node = await Node.start();
  grid = await Service.register(node, "grid", "../insights/home-meter");
  insights = await Insights.start(node, grid);
  meter = await Meter.start(node.url, LABEL);
  context = await browser.newContext({ locale: "en" });
  tab = await Tab.open(context, node.url);
  page = tab.page;
  page.setDefaultTimeout(SECONDS);
});

after(async () => {
  await browser?.close();
  await meter?.stop();
  await insights?.stop();
  await node?.stop();
});

/** Looks at the page as it is, small and large. */
async function look(name) {
  assert.deepEqual(await lookAt(tab, `own-meter-${name}`), []);
}

/** What happened on the way that must not: nothing on the console, to nobody else, and not too much. */
async function quiet() {
  assert.deepEqual(await checks.document_(tab, "en"), []);
  tab.forget();
}

async function open(path) {
  assert.equal(await tab.visit(path), 200, path);
}

/** Has an answer altered on the way, for as long as something is tried. */
async function altered(place, alter, trial) {
  let isAltered = true;
  await page.route(place, async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    isAltered &&= alter(body) !== body;
    await route.fulfill({ response: answer, body: alter(body) });
  });
  try {
    await trial();
    assert.ok(isAltered, `nothing to alter in ${place}`);
  } finally {
    await page.unroute(place);
  }
}

/** The node goes back to the service, or on to it: links and forms of the node's pages. */
async function answer(button) {
  await press(page, button);
  await page.getByRole("link", { name: /^Continue to/ }).click();
}

/** Enters the code that the meter shows, as far as what it calls itself. */
async function find(code) {
  await open("/home/meters/add");
  await page.locator("#code").fill(code);
  await page.getByRole("button", { name: "Look for it", exact: true }).click();
  await page.getByRole("button", { name: "Pair it with me", exact: true }).waitFor();
}

/** The service shows what the meter says now. */
async function reads() {
  const live = await context.newPage();
  await live.goto(insights.url);
  await live.getByRole("heading", { level: 1, name: "Your energy, live" }).waitFor({ timeout: SECONDS });
  await live.getByText(/\d kW/).first().waitFor({ timeout: SECONDS });
  await live.close();
}

describe("a meter and a wallet in the page", { timeout: 300_000 }, () => {
  it("begins with keys in the browser, linked with the service of the meter", async () => {
    await open("/sign-up");
    await page.locator("#own-email").fill(EMAIL);
    await page.keyboard.press("Enter");
    await page.locator("#own-code").fill(await node.letter(EMAIL, CODE));
    await Promise.all([page.waitForURL("**/home"), page.keyboard.press("Enter")]);
    await open(await grid.askLink());
    await press(page, "Link");
    await grid.takeBack(await page.getByRole("link", { name: /^Continue to/ }).getAttribute("href"));
    await open("/home/meters");
    await quiet();
    await look("none");
  });

  it("consents to a service that waits for the meter", async () => {
    await page.goto(insights.url);
    await page.getByRole("button", { name: "Connect my meter" }).click();
    await page.waitForURL(`${node.url}/link/**`);
    await answer("Link");
    await page.getByRole("button", { name: "Give consent", exact: true }).waitFor();
    await answer("Give consent");
    await page.getByRole("heading", { level: 1, name: "Waiting for your meter" }).waitFor();
  });

  it("signs for no other meter than the page shows", async () => {
    // What an altered page would be: a form that was sent is not sent again by the test.
    const tried = async (what, alter, expected) => {
      await find(meter.code);
      await page.evaluate(alter, grid.keys.party);
      const sent = await tab.sentDuring(async () => {
        await page.getByRole("button", { name: "Pair it with me", exact: true }).click();
        assert.match(await tab.refusal(), expected, what);
      });
      assert.deepEqual(sent, [], what);
    };
    await tried("another name", () => (document.querySelector("[data-said=label]").textContent = "Meter next door"), /shown-mismatch/);
    await tried("another device", (party) => (document.querySelector("[data-said=device]").textContent = party), /shown-mismatch/);
    const other = (party) => {
      const { dataset } = document.querySelector("assent-pair-meter");
      dataset.offer = JSON.stringify({ ...JSON.parse(dataset.offer), device: party });
      document.querySelector("[data-said=device]").textContent = party;
    };
    await tried("another device, and its keys", other, /device-key-mismatch/);
  });

  it("pairs, with a key that it made and kept for this meter alone", async () => {
    await find(meter.code);
    await quiet();
    await look("found");
    const sent = await tab.sentDuring(() => press(page, "Pair it with me"));
    assert.equal(new URL(page.url()).search, "?done=paired", await page.textContent("main"));
    assert.deepEqual(sent, ["PUT /v1/accounts/keyring", "POST /v1/accounts/pseudonyms", "POST /home/meters/pair"]);
    await page.getByText(LABEL).waitFor();
    stream = await page.locator("assent-meter").getAttribute("stream");
    const kept = await page.evaluate(async () => (await fetch("/v1/accounts/keyring")).json());
    const { entries } = JSON.parse(Buffer.from(kept.keyring, "base64url").toString());
    const entry = entries.find((one) => one.kind === "stream");
    const view = await grid.client.get(`/v1/streams/${stream}`);
    assert.deepEqual([entry.stream, entry.id, entry.signing.x, entry.label], [stream, view.holder, view.holder_key.x, LABEL]);
    await open("/home/meters");
    assert.equal(await page.locator("[role=alert]").count(), 0);
    await quiet();
    await look("paired");
  });

  it("says so where a meter that the page shows is another's", async () => {
    const other = (json) => json.replace(/("holder_key":\{[^}]*"x":")/, "$1x");
    await altered(`**/v1/streams/${stream}`, other, async () => {
      await open("/home/meters");
      assert.match(await tab.refusal(), /does not hold this meter.*stream-foreign/);
      await look("foreign");
    });
  });

  it("lets no other read than the page says", async () => {
    const tried = async (what, place, alter, expected) => {
      await altered(place, alter, async () => {
        await open("/home/meters");
        const sent = await tab.sentDuring(async () => {
          await page.getByRole("button", { name: /^Let .* read$/ }).click();
          assert.match(await tab.refusal(), expected, what);
        });
        assert.deepEqual(sent, [], what);
      });
    };
    const list = "**/home/meters";
    await tried("another service", list, (html) => html.replace(/(data-said="service">)[^<]*/, "$1Your bank"), /shown-mismatch/);
    await tried("more seldom", list, (html) => html.replace(/(data-said="how-often">)[^<]*/, "$1once a day"), /shown-mismatch/);
    await tried("another meter", list, (html) => html.replace(/(data-said="label">)[^<]*/, "$1Meter next door"), /shown-mismatch/);
    await tried("a record that was altered", "**/v1/consents/cns_*", (json) => json.replace('"head":"', '"head":"x'), /history-truncated/);
  });

  it("lets a service read, which then shows what the meter says", async () => {
    await open("/home/meters");
    const sent = await tab.sentDuring(() => press(page, /^Let it read$|^Let .* read$/));
    assert.equal(new URL(page.url()).search, "?done=granted");
    assert.equal(sent.length, 1);
    assert.match(sent[0], new RegExp(`^PUT /v1/streams/${stream}/grants/cns_`));
    assert.equal(await page.getByRole("button", { name: /^Let .* read$/ }).count(), 0);
    await reads();
    // The page says how many records have come.
    await page.waitForTimeout(1_500);
    await open("/home/meters");
    await page.getByText(/\d\W* records of it have come/).waitFor();
    await quiet();
    await look("read");
  });

  it("gives what was measured before, from the day that the person chose in the page", async () => {
    const list = "**/home/meters";
    const hidden = (html) => html.replace(/(<input type=)"date"( id="from-[^>]*?) required>/, '$1"hidden"$2 value="2020-01-01">');
    await altered(list, hidden, async () => {
      await open("/home/meters");
      await page.locator("details summary").click();
      const sent = await tab.sentDuring(async () => {
        await page.getByRole("button", { name: "Give these as well" }).click();
        assert.match(await tab.refusal(), /shown-mismatch/);
      });
      assert.deepEqual(sent, []);
    });
    await open("/home/meters");
    await page.locator("details summary").click();
    await page.getByLabel("First day:").fill("2026-01-01");
    await quiet();
    await look("history");
    const sent = await tab.sentDuring(() => press(page, "Give these as well"));
    assert.equal(new URL(page.url()).search, "?done=granted");
    assert.equal(sent.length, 1);
    await page.getByText(/It may also read what was measured before, from \W*1\W+January\W+2026\W* on\./).waitFor();
    await look("past");
    // The service takes the new keys, and reads on.
    await reads();
  });

  it("unpairs, and the service is shut out", async () => {
    await open("/home/meters");
    await page.getByRole("link", { name: /^Unpair .*Meter in the hall/ }).click();
    await page.waitForURL("**/unpair");
    const unpairing = page.url();
    await altered(unpairing, (html) => html.replace(`data-said="label">${LABEL}`, 'data-said="label">Meter next door'), async () => {
      await page.reload();
      const sent = await tab.sentDuring(async () => {
        await page.getByRole("button", { name: "Unpair it now" }).click();
        assert.match(await tab.refusal(), /shown-mismatch/);
      });
      assert.deepEqual(sent, []);
    });
    await open(new URL(unpairing).pathname);
    await quiet();
    await look("unpair");
    const sent = await tab.sentDuring(() => press(page, "Unpair it now"));
    assert.deepEqual(sent, [`POST /v1/streams/${stream}/closing`]);
    assert.equal(new URL(page.url()).search, "?done=unpaired");
    assert.equal((await grid.client.get(`/v1/streams/${stream}`)).status, "closed");
    await page.getByText("Unpaired", { exact: true }).waitFor();
    await look("unpaired");
    const live = await context.newPage();
    await live.goto(insights.url);
    await live.getByRole("heading", { level: 1, name: "Your meter was taken off" }).waitFor({ timeout: SECONDS });
    await live.close();
  });

  it("says without JavaScript that the key has to sign", async () => {
    const plain = await browser.newContext({ locale: "en", javaScriptEnabled: false, storageState: await context.storageState() });
    const still = await plain.newPage();
    await still.goto(`${node.url}/home/meters`);
    await still.locator("noscript p").filter({ hasText: "signing needs JavaScript" }).waitFor();
    const another = await Meter.start(node.url, "Meter in the cellar");
    try {
      await still.goto(`${node.url}/home/meters/add`);
      await still.locator("#code").fill(another.code);
      await still.getByRole("button", { name: "Look for it", exact: true }).click();
      await still.getByRole("button", { name: "Pair it with me", exact: true }).click();
      await still.getByText("Your key is in this browser and did not sign").waitFor();
    } finally {
      await another.stop();
      await plain.close();
    }
  });
});
