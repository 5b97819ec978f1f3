// Passkeys with the browser's own virtual authenticator: made, used, used to step up, removed.

import assert from "node:assert/strict";

import { look, VIEWS } from "./album.mjs";
import { Tab } from "./browser.mjs";
import * as checks from "./checks.mjs";

/** An authenticator of the device, at which the person shows who it is. */
const PLATFORM = {
  protocol: "ctap2",
  ctap2Version: "ctap2_1",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
};
/** A key for the pocket without room for keys that are found by themselves. */
const WITHOUT_ROOM = { ...PLATFORM, transport: "usb", hasResidentKey: false };

/** At a path, whatever the query says. */
const at = (path) => (url) => url.pathname === path;

/** A tab with an authenticator. */
async function open(context, scene, options) {
  const tab = await Tab.open(context, scene.node.url);
  tab.page.setDefaultTimeout(10_000);
  const devtools = await context.newCDPSession(tab.page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  const send = (what, more) => devtools.send(`WebAuthn.${what}`, { authenticatorId, ...more });
  return { tab, page: tab.page, send };
}

/** A new person whose keys the operator keeps, signed in at a browser of their own. */
async function person(scene, email, options) {
  const context = await scene.context({});
  const opened = await open(context, scene, options);
  const { page, tab } = opened;
  await tab.visit("/sign-up");
  const hosted = page.getByRole("region", { name: "Let the operator keep the key" });
  await hosted.getByLabel("Your e-mail address").fill(email);
  await hosted.getByRole("button", { name: "Send me a code" }).click();
  const code = await scene.node.letter(email, /^([A-Z0-9]{4}-[A-Z0-9]{4})\r?$/m);
  await page.getByLabel(/code/i).fill(code);
  await page.getByRole("button", { name: "Begin my account" }).click();
  await page.waitForURL(at("/home"));
  return { ...opened, context };
}

async function make(page, tab, name) {
  await tab.visit("/home/account");
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make the passkey" }).click();
}

async function sound(tab) {
  const wrong = [...(await checks.document_(tab, "en")), ...(await checks.view(tab))];
  assert.ok(wrong.length === 0, `\n  ${wrong.join("\n  ")}`);
}

async function whole(scene) {
  const { page, tab, send, context } = await person(scene, "passkey@example.org", PLATFORM);
  try {
    await make(page, tab, "My <b>laptop</b>");
    await page.waitForURL(at("/home/account"));
    await page.getByRole("rowheader", { name: "My <b>laptop</b>" }).waitFor();
    await tab.page.waitForLoadState("networkidle");
    await sound(tab);
    assert.equal((await send("getCredentials")).credentials.length, 1);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();

    await tab.visit("/sign-in?here=/home/account");
    await page.getByRole("heading", { name: "Do you have a passkey?" }).waitFor();
    await sound(tab);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(at("/home/account"));
    assert.ok(!(await page.getByText("Never").isVisible()), "it was used");

    await tab.visit("/sign-in?again=true&here=/home/account/erase");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL(at("/home/account/erase"));

    // A person who does not show who it is, as one who cancels.
    await send("setUserVerified", { isUserVerified: false });
    await tab.visit("/sign-in?again=true");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("Nothing came of it").waitFor();
    await send("setUserVerified", { isUserVerified: true });

    await tab.visit("/home/account");
    await page.getByRole("link", { name: /^Remove .*My <b>laptop/ }).click();
    await page.getByRole("heading", { level: 1, name: "Remove a passkey" }).waitFor();
    await page.waitForLoadState("networkidle");
    await sound(tab);
    assert.deepEqual(await look(tab, "passkey-remove", VIEWS), []);
    await Promise.all([page.waitForURL(at("/home/account")), page.getByRole("button", { name: "Remove it now" }).click()]);
    await page.waitForLoadState("networkidle");
    assert.equal(await page.getByRole("rowheader").count(), 0);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await tab.visit("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("No account here has this passkey").waitFor();
  } finally {
    await context.close();
  }
}

async function withoutRoom(scene) {
  const { page, tab, context } = await person(scene, "no-room@example.org", WITHOUT_ROOM);
  try {
    await make(page, tab, "In my pocket");
    await page.getByText("cannot find the account by itself").waitFor();
    await tab.visit("/home/account");
    assert.equal(await page.getByRole("rowheader").count(), 0);
  } finally {
    await context.close();
  }
}

async function twice(scene) {
  const { page, tab, context } = await person(scene, "twice@example.org", PLATFORM);
  try {
    await make(page, tab, "One");
    await page.waitForURL(at("/home/account"));
    await make(page, tab, "Two");
    await page.getByText("has a passkey for this account already").waitFor();
  } finally {
    await context.close();
  }
}

export const STORIES = [
  { name: "one is made, signs in, steps up and is removed", story: whole },
  { name: "one that could not be found is not kept", story: withoutRoom },
  { name: "a device has one for an account", story: twice },
];
