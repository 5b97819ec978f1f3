// What must hold for every page at every size. A check answers with what is wrong, in words.

import { AxeBuilder } from "@axe-core/playwright";

const BYTES_MAX = 150_000;
/** WCAG 2.2, 2.5.8. */
const TARGET_MIN = 24;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/** What does not depend on size and colours. */
export async function document_(tab, language) {
  const found = await tab.page.evaluate(() => ({
    language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    heading: document.querySelector("h1")?.textContent.trim() ?? "",
    title: document.title.trim(),
    inline: document.querySelectorAll("script:not([src]):not([type='application/json']), style, [style]").length,
    ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
    // A key of the catalogue in place of its message.
    words: document.body.innerText,
  }));
  const wrong = [...tab.noticed];
  if (found.language !== language) wrong.push(`lang is "${found.language}", not "${language}"`);
  if (found.headings !== 1) wrong.push(`${found.headings} h1`);
  if (!found.heading) wrong.push("an empty h1");
  if (!found.title) wrong.push("no title");
  if (found.inline) wrong.push(`${found.inline} inline scripts or styles`);
  if (/Unknown localization|\{ ?\$[a-z]/.test(found.words)) wrong.push("a message that is missing");
  const twice = found.ids.filter((id, index) => found.ids.indexOf(id) !== index);
  if (twice.length) wrong.push(`ids twice: ${twice}`);
  if (tab.transferred > BYTES_MAX) wrong.push(`${tab.transferred} bytes transferred`);
  if (tab.transferred === 0) wrong.push("nothing transferred");
  return wrong;
}

/** What does. */
export async function view(tab) {
  return [...(await accessible(tab)), ...(await reflow(tab)), ...(await targets(tab))];
}

async function accessible(tab) {
  const { violations } = await new AxeBuilder({ page: tab.page }).withTags(RULES).setLegacyMode().analyze();
  return violations.map(({ id, help, nodes }) => {
    const [first] = nodes;
    return `axe ${id}: ${help}; ${nodes.length} times, first ${first.html} ${first.failureSummary ?? ""}`;
  });
}

/** Nothing makes the page wider than the window: at 320 pixels that is 400 % zoom of 1280. */
export async function reflow(tab) {
  const { page, wide, window } = await tab.page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const isWide = (element) => {
      const { right, width } = element.getBoundingClientRect();
      const scrolls = element.closest(".scroll, .skip, .visually-hidden");
      return width > 0 && right > clientWidth + 1 && !scrolls;
    };
    const wide = [...document.body.querySelectorAll("*")].filter(isWide);
    return {
      page: scrollWidth,
      window: clientWidth,
      wide: wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)),
    };
  });
  return page > window ? [`${page} pixels wide in a window of ${window}: ${wide.join(" | ")}`] : [];
}

/** Whatever one presses is large enough, except links within a text (WCAG 2.5.8, "inline"). */
async function targets(tab) {
  const small = await tab.page.evaluate((least) => {
    const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
    const isInText = (element) => element.matches("a") && getComputedStyle(element).display === "inline";
    const isSmall = (element) => {
      // A box within its label is pressed by the label as well.
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      const shown = element.checkVisibility({ visibilityProperty: true }) && box.width > 0;
      const reachable = !element.closest(".skip, .visually-hidden");
      return shown && reachable && (box.width < least || box.height < least);
    };
    const found = [...document.querySelectorAll(pressed)].filter((element) => !isInText(element) && isSmall(element));
    return found.map((element) => {
      const { width, height } = element.getBoundingClientRect();
      return `${element.outerHTML.slice(0, 100)} is ${Math.round(width)} by ${Math.round(height)}`;
    });
  }, TARGET_MIN);
  return small.map((what) => `too small to press: ${what}`);
}
