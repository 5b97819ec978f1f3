// Looks at every page of a real node in a real browser: `node --test tests/pages`.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { album, look, SOME_VIEWS, VIEWS } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import * as keyboard from "./keyboard.mjs";
import * as passkeys from "./passkeys.mjs";
import { Scene } from "./scene.mjs";
import { PAGES } from "./table.mjs";

let browser;
let scene;
let pictures;

before(async () => {
  browser = await launch();
  pictures = await album();
  scene = await Scene.set(browser);
});

after(async () => {
  await scene?.clear();
  await browser?.close();
});

/** Opens the page of a row in its state. */
async function open(row, script) {
  const context = await scene.context({ ...row, script });
  const tab = await Tab.open(context, scene.origin(row));
  tab.page.setDefaultTimeout(10_000);
  const path = typeof row.path === "function" ? row.path(scene) : row.path;
  const status = await tab.visit(path, script);
  assert.equal(status, row.status ?? 200, `status of ${path}`);
  await row.before?.(tab, scene);
  return { context, tab };
}

async function holds(row) {
  const { context, tab } = await open(row, true);
  try {
    const wrong = await checks.document_(tab, row.language ?? "en");
    wrong.push(...(await look(tab, row.name, VIEWS)));
    wrong.push(...(await keyboard.walk(tab)));
    assert.ok(wrong.length === 0, `\n  ${wrong.join("\n  ")}`);
  } finally {
    await context.close();
  }
}

async function holdsWithoutScript(row) {
  const { context, tab } = await open(row, false);
  const scripted = await scene.context(row);
  try {
    const wrong = await checks.document_(tab, row.language ?? "en");
    const twin = await tab.twin(scripted);
    wrong.push(...(await look(twin, row.name, SOME_VIEWS, ["no-script"])));
    assert.ok(wrong.length === 0, `\n  ${wrong.join("\n  ")}`);
  } finally {
    await context.close();
    await scripted.close();
  }
}

for (const row of PAGES) {
  describe(row.name, { timeout: 60_000 }, () => {
    it("holds", () => holds(row));
    if (row.script !== "needed") it("holds without JavaScript", () => holdsWithoutScript(row));
  });
}

describe("keyboard alone", { timeout: 60_000 }, () => {
  it("answers a request, undoes a pause and withdraws, without JavaScript", async () => {
    const context = await scene.context({ who: "hosted", script: false });
    const origin = scene.demonstration.url;
    const { page } = await Tab.open(context, origin);
    const shows = (words) => page.locator("main").innerText().then((text) => assert.match(text, words));
    try {
      await page.goto(origin + scene.hosted);
      if (await page.getByRole("button", { name: "Resume", exact: true }).count()) await keyboard.press(page, "Resume");
      await page.goto(origin + scene.hosted);
      await keyboard.press(page, "Pause");
      await shows(/Nobody gets data on this consent until you resume it/);
      await keyboard.press(page, "Undo: resume at once");
      await shows(/It counts again as before/);
      await keyboard.press(page, "Withdraw");
      await shows(/This is final/);
      await keyboard.press(page, "Withdraw for good");
      await shows(/It ended at once/);
      await page.goto(origin + scene.hostedRequest);
      await keyboard.press(page, "Refuse");
      await shows(/gets nothing/);
    } finally {
      await context.close();
    }
  });

  it("begins an account and signs out, without JavaScript", async () => {
    const email = "keyboard@example.org";
    const context = await scene.context({ script: false });
    const { page } = await Tab.open(context, scene.node.url);
    try {
      await page.goto(`${scene.node.url}/sign-up`);
      await keyboard.reach(page, "email");
      await page.keyboard.type(email);
      await keyboard.press(page, "Send me a code");
      const code = await scene.node.letter(email, /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m);
      await keyboard.reach(page, "code");
      await page.keyboard.type(code);
      await keyboard.press(page, "Begin my account");
      assert.equal(new URL(page.url()).pathname, "/home");
      await keyboard.press(page, "Sign out");
      assert.equal(new URL(page.url()).pathname, "/");
    } finally {
      await context.close();
    }
  });
});

describe("a notice", { timeout: 60_000 }, () => {
  it("is short on the form, whole on paper, and the same for programs", async () => {
    const context = await scene.context({ who: "household" });
    const tab = await Tab.open(context, scene.node.url);
    const { page } = tab;
    try {
      await tab.visit(`/home/requests/${scene.special}`);
      const full = page.locator("#notice dl");
      assert.equal(await full.isVisible(), false, "behind one line");
      assert.ok(await page.locator("#special").isVisible(), "that the data is special stands before all");
      const [mark, name] = await Promise.all([".initials", "#requester [data-said]"].map((one) => page.locator(one).textContent()));
      assert.deepEqual([mark, name], ["CA", "Clinic at the Canal"]);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      assert.ok(await full.isVisible());
      for (const hidden of ["header.bar", "footer", "#give"]) assert.equal(await page.locator(hidden).isVisible(), false, hidden);
      const said = await full.innerText();
      for (const heading of ["Who is responsible", "Legal basis", "Your rights", "Where to complain", "Language, version and digest"]) {
        assert.ok(said.includes(heading), heading);
      }
      await page.screenshot({ path: join(pictures, "consent-form-special-printed.png"), fullPage: true });
      const machine = await page.locator("a[type='application/json']").getAttribute("href");
      const form = await (await page.request.get(scene.node.url + machine)).json();
      assert.ok(said.includes(form.notice_digest));
      assert.deepEqual([form.notice.language, form.notice.purpose.special_categories], ["en", true]);
    } finally {
      await context.close();
    }
  });
});

describe("a logo", { timeout: 60_000 }, () => {
  it("stands beside the name of who asks, on its plate in the dark too", async () => {
    const context = await scene.context({ who: "household" });
    const tab = await Tab.open(context, scene.node.url);
    const { page } = tab;
    try {
      await tab.visit(`/home/requests/${scene.request}`);
      const logo = page.locator("#requester img.logo");
      const size = await logo.evaluate((image) => [image.complete, image.naturalWidth, image.naturalHeight, image.alt]);
      assert.deepEqual(size, [true, 96, 96, ""]);
      assert.deepEqual(await look(tab, "logo"), []);
      assert.deepEqual(tab.noticed, []);
    } finally {
      await context.close();
    }
  });
});

describe("passkeys", { timeout: 120_000 }, () => {
  for (const { name, story } of passkeys.STORIES) it(name, () => story(scene));
});
