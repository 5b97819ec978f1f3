// Every page in every state: a row each.
//
//   name    what screenshots and tests are called
//   path    where it is, or a function of the scene that says so
//   who     who is signed in, by their name in the scene; nobody where it is absent
//   at      "demonstration" where it is a page of the demonstration's node
//   script  "needed" where the page does nothing without JavaScript; otherwise it is seen with and without
//   status  of the answer, where it is not 200
//   before  what is done on the page before one looks at it

/** Fills the form of a page in that has this button, and sends it. */
function send(fields, name) {
  return async (tab) => {
    const button = tab.page.getByRole("button", { name, exact: true });
    const form = tab.page.locator("form").filter({ has: button });
    for (const [label, value] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(value);
    await Promise.all([tab.page.waitForNavigation(), button.click()]);
  };
}

export const PAGES = [
  // First, while the newcomer has signed in a moment ago: what takes away keys asks for it again.
  { name: "passkey-new", path: "/home/account/passkeys/new", who: "newcomer" },
  { name: "erase", path: "/home/account/erase", who: "newcomer" },
  {
    name: "erase-mistyped",
    path: "/home/account/erase",
    who: "newcomer",
    before: send({ "Number of your account": "prt_" }, "Erase for good"),
  },

  { name: "welcome", path: "/" },
  { name: "welcome-nl", path: "/", language: "nl" },
  { name: "welcome-da", path: "/", language: "da" },
  { name: "no-such-page", path: "/home/no-such-page", status: 404 },

  { name: "sign-in", path: "/sign-in" },
  { name: "sign-in-again", path: "/sign-in?again=true" },
  {
    name: "sign-in-wrong-address",
    path: "/sign-in",
    before: send({ "Your e-mail address": "nobody" }, "Send me a link"),
  },
  {
    name: "sign-in-sent",
    path: "/sign-in",
    before: send({ "Your e-mail address": "nobody@example.org" }, "Send me a link"),
  },
  { name: "sign-in-confirm", path: "/sign-in/link/a-token" },
  { name: "sign-in-spent", path: "/sign-in/link/a-token", before: send({}, "Sign in") },

  { name: "sign-up", path: "/sign-up" },
  {
    name: "sign-up-wrong-address",
    path: "/sign-up",
    before: send({ "Your e-mail address": "nobody" }, "Send me a code"),
  },
  { name: "letters", path: "/mail" },

  {
    name: "hosted-delegates-wrong",
    path: "/home/delegates",
    who: "hosted",
    at: "demonstration",
    before: send({ "What do you call this person? Only you see it.": " ", "E-mail address of this person": "a@example.org" }, "Send the invitation"),
  },
  { name: "home-empty", path: "/home", who: "newcomer" },
  { name: "home", path: "/home", who: "household" },
  { name: "home-nl", path: "/home", who: "household", language: "nl" },
  { name: "example", path: "/home/example", who: "newcomer" },
  { name: "example-da", path: "/home/example", who: "newcomer", language: "da" },
  { name: "consents-empty", path: "/home/consents", who: "newcomer" },
  { name: "consents", path: "/home/consents", who: "household" },
  { name: "consents-past", path: "/home/consents?show=past", who: "household" },
  { name: "consents-waiting", path: "/home/consents?show=waiting", who: "household" },
  { name: "requests", path: "/home/requests", who: "household" },
  { name: "consent", path: ({ consent }) => `/home/consents/${consent}`, who: "household" },
  { name: "consent-nl", path: ({ consent }) => `/home/consents/${consent}`, who: "household", language: "nl" },
  { name: "withdraw", path: ({ consent }) => `/home/consents/${consent}/withdraw`, who: "household" },
  { name: "consent-form", path: ({ request }) => `/home/requests/${request}`, who: "household" },
  { name: "consent-form-nl", path: ({ request }) => `/home/requests/${request}`, who: "household", language: "nl" },
  { name: "request-of-others", path: ({ request }) => `/home/requests/${request}`, who: "newcomer", status: 404 },
  { name: "receipt", path: ({ consent }) => `/receipts/${consent}`, who: "household" },
  { name: "services", path: "/home/services", who: "household" },
  { name: "services-none", path: "/home/services", who: "newcomer" },
  { name: "meters-none", path: "/home/meters", who: "daughter", at: "demonstration" },
  { name: "meters-add", path: "/home/meters/add", who: "daughter", at: "demonstration" },
  { name: "meters-own-keys", path: "/home/meters", who: "household" },
  { name: "meters-own-keys-da", path: "/home/meters", who: "household", language: "da" },
  { name: "meters-none-nl", path: "/home/meters", who: "daughter", at: "demonstration", language: "nl" },
  { name: "meters", path: "/home/meters", who: "hosted", at: "demonstration" },
  { name: "meters-da", path: "/home/meters", who: "hosted", at: "demonstration", language: "da" },
  { name: "meters-done", path: "/home/meters?done=paired", who: "hosted", at: "demonstration" },
  {
    name: "meters-mistyped",
    path: "/home/meters/add",
    who: "daughter",
    at: "demonstration",
    before: send({ "Code that the reader shows:": "AAAA" }, "Look for it"),
  },
  {
    name: "meters-confirm",
    path: "/home/meters/add",
    who: "daughter",
    at: "demonstration",
    before: async (tab, scene) => {
      const { code } = await scene.meter("Meter in the cellar, behind the stairs");
      await send({ "Code that the reader shows:": code }, "Look for it")(tab);
    },
  },
  { name: "unpair", path: ({ unpairing }) => unpairing, who: "hosted", at: "demonstration" },
  { name: "unpair-nothing", path: "/home/meters/str_wgy33neayyoqouya3g77pwolnhhtc2k6/unpair", who: "newcomer", status: 404 },
  { name: "consent-paused", path: ({ paused }) => `/home/consents/${paused}`, who: "household" },
  { name: "consent-withdrawn", path: ({ withdrawn }) => `/home/consents/${withdrawn}`, who: "household" },
  { name: "consent-replaced", path: ({ replaced }) => `/home/consents/${replaced}`, who: "household" },
  { name: "consent-expired", path: ({ expired }) => `/home/consents/${expired}`, who: "household" },
  { name: "consent-form-special", path: ({ special }) => `/home/requests/${special}`, who: "household" },
  { name: "consent-form-special-da", path: ({ special }) => `/home/requests/${special}`, who: "household", language: "da" },
  { name: "consents-found", path: "/home/consents?show=past&status=withdrawn", who: "household" },
  { name: "consents-not-found", path: "/home/consents?status=paused&data=gas_delivered&service=x", who: "newcomer" },
  { name: "activity-new", path: "/home/activity", who: "newcomer" },
  { name: "activity", path: "/home/activity", who: "household" },
  { name: "activity-da", path: "/home/activity", who: "household", language: "da" },
  { name: "activity-not-found", path: "/home/activity?kind=refusal&to=2020-01-01", who: "household" },
  { name: "numbers", path: "/home/numbers", who: "household" },
  { name: "numbers-nl", path: "/home/numbers", who: "household", language: "nl" },
  { name: "numbers-empty", path: "/home/numbers", who: "newcomer" },
  { name: "messages", path: "/home/notifications", who: "household" },
  { name: "messages-saved", path: "/home/notifications?saved=true", who: "newcomer" },
  { name: "unsubscribe-wrong", path: "/notifications/request/prt_x/0", status: 404 },
  { name: "homes-empty", path: "/home/homes", who: "newcomer" },
  { name: "delegates-empty", path: "/home/delegates", who: "newcomer" },
  { name: "shared-empty", path: "/home/shared", who: "newcomer" },
  { name: "invitation-spent", path: "/invitations/a-token", who: "newcomer", status: 410 },
  { name: "hosted-home", path: "/home", who: "hosted", at: "demonstration" },
  { name: "hosted-consent", path: ({ hosted }) => hosted, who: "hosted", at: "demonstration" },
  {
    name: "hosted-consent-paused",
    path: ({ hosted }) => hosted,
    who: "hosted",
    at: "demonstration",
    before: async ({ page }) => {
      const resume = page.getByRole("button", { name: "Resume", exact: true });
      if (await resume.count()) await Promise.all([page.waitForNavigation(), resume.click()]);
      const pause = page.getByRole("button", { name: "Pause", exact: true });
      await Promise.all([page.waitForNavigation(), pause.click()]);
    },
  },
  { name: "hosted-withdraw", path: ({ hosted }) => `${hosted}/withdraw`, who: "hosted", at: "demonstration" },
  { name: "hosted-form", path: ({ hostedRequest }) => hostedRequest, who: "hosted", at: "demonstration" },
  { name: "hosted-activity", path: "/home/activity", who: "hosted", at: "demonstration" },
  { name: "hosted-messages", path: "/home/notifications", who: "hosted", at: "demonstration" },
  { name: "hosted-homes", path: "/home/homes", who: "hosted", at: "demonstration" },
  { name: "hosted-delegates", path: "/home/delegates", who: "hosted", at: "demonstration" },
  { name: "hosted-services", path: "/home/services", who: "hosted", at: "demonstration" },
  { name: "visited-home", path: "/home", who: "visitor", at: "demonstration" },
  { name: "visited-consent", path: ({ hosted }) => hosted, who: "visitor", at: "demonstration" },
  { name: "visited-activity", path: "/home/activity", who: "visitor", at: "demonstration" },
  { name: "shared", path: "/home/shared", who: "visitor", at: "demonstration" },
  { name: "account", path: "/home/account", who: "household" },
  { name: "devices", path: "/home/devices", who: "household" },
  { name: "devices-hosted", path: "/home/devices", who: "newcomer" },
  { name: "console", path: "/console", who: "adviser" },
  { name: "console-of-a-person", path: "/console", who: "newcomer", status: 404 },
  { name: "consent-of-others", path: ({ consent }) => `/home/consents/${consent}`, who: "newcomer", status: 404 },
  { name: "home-of-organisation", path: "/home", who: "adviser" },

  { name: "console-services", path: "/console/services", who: "adviser" },
  { name: "console-service", path: ({ services }) => `/console/services/${services.adviser}`, who: "adviser" },
  { name: "console-version", path: ({ services }) => `/console/services/${services.adviser}/versions/1`, who: "adviser" },
  { name: "console-compare", path: ({ services }) => `/console/services/${services.second}/compare?from=1&to=2`, who: "adviser" },
  { name: "console-compare-same", path: ({ services }) => `/console/services/${services.second}/compare?from=2&to=2`, who: "adviser" },
  { name: "console-compare-da", path: ({ services }) => `/console/services/${services.second}/compare?from=1&to=2`, who: "adviser", language: "da" },
  { name: "console-preview", path: ({ services }) => `/console/services/${services.adviser}/versions/1/preview/energy-advice`, who: "adviser" },
  {
    name: "console-preview-source",
    path: ({ services }) => `/console/services/${services.adviser}/versions/1/preview/energy-advice?source=${services.archive}`,
    who: "adviser",
  },
  { name: "console-consents", path: ({ services }) => `/console/services/${services.adviser}/consents`, who: "adviser" },
  { name: "console-requests", path: ({ services }) => `/console/services/${services.adviser}/requests`, who: "adviser" },
  { name: "console-uses", path: ({ services }) => `/console/services/${services.adviser}/uses`, who: "adviser" },
  { name: "console-owed", path: ({ services }) => `/console/services/${services.adviser}/acknowledgements`, who: "adviser" },
  { name: "console-keys", path: "/console/keys", who: "adviser" },
  { name: "console-keys-nl", path: "/console/keys", who: "adviser", language: "nl" },
  { name: "console-editor", path: ({ services }) => `/console/drafts/new?service=${services.adviser}`, who: "adviser" },
  {
    name: "console-editor-saved",
    path: ({ services }) => `/console/drafts/new?service=${services.adviser}`,
    who: "adviser",
    before: send({}, "Save as a draft"),
  },
  {
    name: "console-editor-wrong",
    path: "/console/drafts/new",
    who: "adviser",
    before: send({ "Description (JSON)": '{ "name": ' }, "Check"),
  },
  { name: "console-webhooks", path: "/console/webhooks", who: "adviser" },
  { name: "console-webhook", path: ({ webhook }) => `/console/webhooks/${webhook}`, who: "adviser" },
  { name: "operator", path: "/operator", who: "operator" },
  { name: "operator-parties", path: "/operator/parties", who: "operator" },
  { name: "operator-log", path: "/operator/log", who: "operator" },
  { name: "operator-settings", path: "/operator/settings", who: "operator" },
  { name: "operator-settings-nl", path: "/operator/settings", who: "operator", language: "nl" },
];
