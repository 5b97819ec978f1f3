// The wallet as another site serves it, at a node of another origin: `node --test tests/pages/standalone.test.mjs`.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { launch } from "./browser.mjs";
import { Node } from "./node.mjs";
import { album } from "./scene.mjs";
import { Service } from "./service.mjs";

const WEB = new URL("../../web/", import.meta.url).pathname;
const DIST = join(WEB, "standalone/dist");
const EMAIL = "robin@example.org";
const CODE = /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m;
const TYPES = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };

let browser;
let node;
let adviser;
let archive;
let site;
let page;
let pictures;
const noticed = [];

before(async () => {
  execFileSync(process.execPath, [join(WEB, "standalone.mjs")], { cwd: WEB });
  site = createServer(async (request, response) => {
    const name = request.url === "/" ? "index.html" : request.url.slice(1);
    const body = await readFile(join(DIST, name)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { "content-type": TYPES[name.split(".").at(-1)] ?? "text/plain" });
    response.end(body);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  browser = await launch();
  pictures = await album();
  node = await Node.start();
  adviser = await Service.register(node, "adviser", "energy-adviser");
  archive = await Service.register(node, "archive", "meter-archive");
  const context = await browser.newContext({ locale: "en" });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => noticed.push(error.message));
});

after(async () => {
  site?.close();
  await browser?.close();
  await node?.stop();
});

describe("a wallet of another site", { timeout: 200_000 }, () => {
  it("makes an account whose keys no page of the node has", async () => {
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
    await page.getByLabel("Address of the node").fill(node.url);
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByLabel("Your e-mail address").fill(EMAIL);
    await page.getByRole("button", { name: "Make my keys" }).click();
    await page.getByLabel("Code from the mail").fill(await node.letter(EMAIL, CODE));
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByText("Nobody asks you anything.").waitFor();
    await page.screenshot({ path: join(pictures, "standalone-home.png"), fullPage: true });
  });

  it("shows My Home at the node, which has no key", async () => {
    const [home] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByRole("button", { name: "Open My Home" }).click(),
    ]);
    await home.getByRole("button", { name: "Sign in" }).click();
    await home.waitForURL("**/home");
    await home.goto(`${node.url}/home/devices`);
    await home.getByText("Your keys are in a wallet of your own").waitFor();
    const party = await home.goto(`${node.url}/home/account`).then(() => home.locator("dd code").first().textContent());
    const view = await adviser.client.get(`/v1/parties/${party}`);
    assert.deepEqual([view.custody, view.kind], ["independent", "person"]);
    await home.close();
  });

  it("links services by carrying question and answer", async () => {
    for (const service of [adviser, archive]) {
      const home = await page.context().newPage();
      await home.goto(node.url + (await service.askLink()));
      const question = await home.locator("#question").inputValue();
      await page.getByRole("button", { name: "Link a service" }).click();
      await page.getByLabel("Question of the service").fill(question);
      await page.getByRole("button", { name: "Look at it" }).click();
      await page.getByText(service.description.name).first().waitFor();
      await page.screenshot({ path: join(pictures, "standalone-link.png"), fullPage: true });
      await page.getByRole("button", { name: "Link a service" }).click();
      const answer = await page.locator("textarea").inputValue();
      await page.getByRole("button", { name: "Back" }).click();
      await home.locator("#record").fill(answer);
      await home.locator("#give").click();
      const back = home.getByRole("link", { name: /^Continue to/ });
      await service.takeBack(await back.getAttribute("href"), "independent");
      await home.close();
    }
  });

  it("answers a request, and withdraws", async () => {
    const request = await adviser.askConsent("energy-advice", archive);
    await page.reload();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("button", { name: "Look at it" }).click();
    await page.getByRole("heading", { name: "You are asked" }).waitFor();
    await page.screenshot({ path: join(pictures, "standalone-request.png"), fullPage: true });
    await page.getByRole("button", { name: "Give consent" }).click();
    await page.getByText("Active", { exact: true }).waitFor();
    const { status } = await adviser.client.get(`/v1/consent-requests/${request}`);
    assert.notEqual(status, "requested");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Withdrawn", { exact: true }).waitFor();
    assert.deepEqual(noticed, []);
  });
});
