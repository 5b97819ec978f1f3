// Pictures of pages, and what is looked at while they are made.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import * as checks from "./checks.mjs";

/** Widths and colours. 320 pixels are 1280 at 400 %. */
export const VIEWS = [
  [320, "light"],
  [320, "dark"],
  [1280, "light"],
  [1280, "dark"],
];
/** Each width and each colour once: where nothing else decides about colours than on pages that are seen in all views. */
export const SOME_VIEWS = [
  [320, "light"],
  [1280, "dark"],
];
const HEIGHT = 900;

const FOLDER = process.env.ASSENT_TEST_PICTURES ?? new URL("../../target/pages", import.meta.url).pathname;

/** Where pictures go. */
export async function album() {
  await mkdir(FOLDER, { recursive: true });
  return FOLDER;
}

/** Looks at a page as it is, in sizes and colours; what is wrong. `manner` says how it came about. */
export async function look(tab, name, views = SOME_VIEWS, manner = []) {
  const folder = await album();
  const wrong = [];
  for (const [width, colorScheme] of views) {
    await tab.page.setViewportSize({ width, height: HEIGHT });
    await tab.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const found = await checks.view(tab);
    wrong.push(...found.map((what) => `${name}, ${width} px, ${colorScheme}: ${what}`));
    const path = join(folder, `${[name, width, colorScheme, ...manner].join("-")}.png`);
    await tab.page.screenshot({ path, fullPage: true });
  }
  await tab.page.setViewportSize({ width: 1280, height: HEIGHT });
  return wrong;
}
