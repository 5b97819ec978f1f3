// Walking with the keyboard alone, and seeing where one is.

/** What has the focus, and whether that shows. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const { width, height, top, left } = element.getBoundingClientRect();
  return {
    what: element.outerHTML.slice(0, 100),
    name: (element.innerText || element.labels?.[0]?.innerText || element.getAttribute("aria-label") || element.value || "").trim(),
    id: element.id,
    visible: outlined && width > 0 && height > 0 && top >= 0 && left >= 0 && top < innerHeight && left < innerWidth,
  };
}

/** Tabs through the whole page, which everything that can be pressed must take part in; what is wrong. */
export async function walk(tab) {
  const { page } = tab;
  const expected = await page.evaluate(() => {
    const pressed = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
    const isShown = (element) => element.checkVisibility({ visibilityProperty: true });
    const isRadio = (element) => element.matches("input[type=radio]");
    const all = [...document.querySelectorAll(pressed)].filter(isShown);
    // Of radio buttons the arrows reach all but one.
    const groups = new Set(all.filter(isRadio).map((element) => element.name));
    return all.filter((element) => !isRadio(element)).length + groups.size;
  });
  await page.evaluate(() => {
    document.activeElement?.blur?.();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
  });
  const wrong = [];
  const seen = new Set();
  let rounds = 0;
  let last = -1;
  // Where a field has the focus from the beginning, one begins there and goes round.
  for (let presses = 0; presses < 2 * expected + 5 && rounds < 2; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(focused);
    if (!now) {
      rounds += 1;
      continue;
    }
    const place = await page.evaluate(() => [...document.querySelectorAll("*")].indexOf(document.activeElement));
    // A date has several parts, which Tab goes through before it leaves.
    if (place === last) continue;
    if (seen.has(place)) break;
    last = place;
    seen.add(place);
    if (!now.visible) wrong.push(`focus does not show on ${now.what}`);
  }
  if (seen.size < expected) wrong.push(`Tab reaches ${seen.size} of ${expected}`);
  return wrong;
}

/** Tabs until something with this name or id has the focus. */
export async function reach(page, wanted) {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(focused);
    const found = now && (now.id === wanted || (wanted instanceof RegExp ? wanted.test(now.name) : now.name === wanted));
    if (found) {
      if (!now.visible) throw new Error(`focus does not show on ${now.what}`);
      return;
    }
  }
  throw new Error(`the keyboard does not reach ${wanted} at ${page.url()}`);
}

/** Reaches a thing, presses it by the keyboard and waits for the page that comes. */
export async function press(page, wanted, key = "Enter") {
  await reach(page, wanted);
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press(key)]);
}
