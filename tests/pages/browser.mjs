// The browser, and what is noticed while a page loads.

import { chromium } from "playwright-core";

/** Nothing that the browser does by itself shall go out, or run beside the pages. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the browser. */
export async function launch() {
  const executablePath = process.env.ASSENT_TEST_CHROMIUM ?? "/usr/bin/chromium";
  // A sandbox of its own is what root in a container cannot have.
  return chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: process.getuid() !== 0 });
}

/** A tab that writes down what must not happen, and how much was transferred. `others` are origins that it may call, too. */
export class Tab {
  static async open(context, origin, others = []) {
    const tab = new Tab();
    tab.page = await context.newPage();
    tab.origin = origin;
    tab.forget();
    const { page } = tab;
    // Chromium tells violations of the content security policy on the console as well. That an
    // answer is an error is for the row of the page to say.
    page.on("console", (message) => {
      const isStatus = /^Failed to load resource: .* status of [45]/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !isStatus) tab.#note("console", message.text());
    });
    page.on("pageerror", (error) => tab.#note("script", error.message));
    page.on("request", (request) => {
      const url = new URL(request.url());
      const isOwn = [origin, ...others].includes(url.origin) || ["data:", "blob:", "about:"].includes(url.protocol);
      if (!isOwn) tab.#note("request to another host", request.url());
    });
    page.on("requestfailed", (request) => {
      if (request.failure()?.errorText !== "net::ERR_ABORTED") {
        tab.#note("request failed", `${request.url()}: ${request.failure()?.errorText}`);
      }
    });
    page.on("response", (response) => {
      const isPart = response.request().resourceType() !== "document";
      if (isPart && response.status() >= 400) tab.#note("missing", `${response.url()}: ${response.status()}`);
    });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    // What is in the browser's cache is transferred to others for the first time, too.
    await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
    // A page that a form leads to is weighed for itself.
    devtools.on("Network.requestWillBeSent", ({ type, redirectResponse }) => {
      if (type === "Document" && redirectResponse === undefined) tab.transferred = 0;
    });
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
      tab.transferred += encodedDataLength;
    });
    return tab;
  }

  /** Begins anew. */
  forget() {
    this.noticed = [];
    this.transferred = 0;
  }

  /** Goes to a path of the node; the status of the answer. Without scripts there is nothing to come once it is loaded. */
  async visit(path, script = true) {
    this.forget();
    const answer = await this.page.goto(this.origin + path, { waitUntil: script ? "networkidle" : "load" });
    return answer.status();
  }

  /** What the wallet says it did not do. */
  async refusal() {
    const note = this.page.locator("[role=alert]");
    await note.waitFor();
    return note.textContent();
  }

  /** What was sent that changes something, while something is done. */
  async sentDuring(act) {
    const sent = [];
    const note = (request) => {
      if (request.method() !== "GET") sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
    };
    this.page.on("request", note);
    await act();
    this.page.off("request", note);
    return sent;
  }

  /**
   * The same page where scripts run, for checks that are scripts; those of the page are taken out,
   * and what it has for browsers without scripts is shown.
   */
  async twin(context) {
    const twin = await Tab.open(context, this.origin);
    const html = (await this.page.content())
      .replaceAll(/<script\b[^]*?<\/script>/g, "")
      .replaceAll(/<\/?noscript\b[^>]*>/g, "");
    const url = this.page.url();
    await twin.page.route(url, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
    await twin.page.goto(url, { waitUntil: "load" });
    return twin;
  }

  #note(what, detail) {
    this.noticed.push(`${what}: ${detail}`);
  }
}
