// Every page in every state: a row each.
//
//   name    what screenshots and tests are called
//   path    where it is, or a function of the scene that says so
//   who     who is signed in, by their name in the scene; nobody where it is absent
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

  { name: "home-empty", path: "/home", who: "newcomer" },
  { name: "home", path: "/home", who: "household" },
  { name: "home-nl", path: "/home", who: "household", language: "nl" },
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
  { name: "account", path: "/home/account", who: "household" },
  { name: "passkey-new", path: "/home/account/passkeys/new", who: "newcomer" },
  { name: "devices", path: "/home/devices", who: "household" },
  { name: "devices-hosted", path: "/home/devices", who: "newcomer" },
  { name: "erase", path: "/home/account/erase", who: "newcomer" },
  {
    name: "erase-mistyped",
    path: "/home/account/erase",
    who: "newcomer",
    before: send({ "Number of your account": "prt_" }, "Erase for good"),
  },
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
