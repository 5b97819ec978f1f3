// Looks at every page in a language whose words are longer than the English ones, at 320 pixels: what fits, and what is not
// in the catalogue. What one does on a page is done in English, in `pages.test.mjs`.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { album } from "./album.mjs";
import { launch, Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";
import * as pseudo from "./pseudo.mjs";
import { Scene } from "./scene.mjs";
import { PAGES } from "./table.mjs";

const SIZE = { width: 320, height: 900 };

describe("a longer language", () => {
  let browser;
  let pictures;
  let there;
  before(async () => {
    browser = await launch();
    pictures = await album();
    there = await Scene.set(browser, pseudo.add);
  });
  after(async () => {
    await there?.clear();
    await browser?.close();
  });

  async function fits(row) {
    const context = await there.context(row);
    await context.addCookies([{ name: "assent-language", value: pseudo.TAG, url: there.node.url }]);
    const tab = await Tab.open(context, there.node.url);
    try {
      await tab.page.setViewportSize(SIZE);
      await tab.visit(typeof row.path === "function" ? row.path(there) : row.path);
      const wrong = [...(await checks.reflow(tab)), ...(await pseudo.foreign(tab))];
      await tab.page.screenshot({ path: join(pictures, `${row.name}-320-longer.png`), fullPage: true });
      assert.ok(wrong.length === 0, `\n  ${wrong.join("\n  ")}`);
    } finally {
      await context.close();
    }
  }

  it("is made of the English one", () => {
    const made = pseudo.catalogue("# A comment.\na-key = Open { $name }\nb = { $count ->\n    [one] One thing\n   *[other] { $count } things\n}\n");
    assert.match(made, /^# A comment\.\na-key = Òópèén \{ \$name \}\nb = \{ \$count ->\n {4}\[one\] Òónèé thìíng\n/);
    assert.match(made, /\n {3}\*\[other\] \{ \$count \} thìíngs\n\}\n$/);
  });
  for (const row of PAGES.filter((row) => !row.before && !row.language)) {
    it(`fits ${row.name}`, { timeout: 60_000 }, () => fits(row));
  }
});
