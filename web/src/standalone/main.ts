/**
 * The wallet as another site serves it: the same code, with keys of its own origin, calling a node from outside. What
 * it signs says `independent`, for no page of the node comes near the keys.
 */

import { NodeClient } from "../agent/node_client.js";
import { Person } from "../agent/person.js";
import { Session } from "../agent/session.js";
import { isUnfinished } from "../agent/signing_up.js";
import * as canonical from "../canonical.js";
import { catchUp } from "../devices/catching_up.js";
import { DeviceError } from "../devices/error.js";
import "../elements/main.js";
import { words } from "../elements/page.js";
import { store } from "../elements/wallet_element.js";
import { Wallet } from "../keystore/wallet.js";
import { begin, renew } from "./beginning.js";
import { consent } from "./consent.js";
import { addDevice, devices } from "./devices.js";
import { home } from "./home.js";
import * as place from "./place.js";
import { button, card, element, failure, field, paragraph, show } from "./view.js";
import { language } from "./words.js";

/** Where the address of the node is kept. It is no secret. */
const NODE = "assent-node";

/** What a device shows that waits for keys, as its link has it. */
let admission = location.hash.slice(1);

/** Shows what is a page of My Home elsewhere. */
function go(path: string): void {
  const [, part, id] = /^\/home(?:\/([a-z]+))?(?:\/([\w]+))?/.exec(path) ?? [];
  const done = new URL(path, location.href).searchParams.get("done") ?? "";
  // A device that waited for too long begins anew.
  if (id === "new") return void start().catch(broken);
  const shown = part === "devices" ? devices() : part === "consents" && id !== undefined ? consent(id, done) : home();
  shown.catch(broken);
}

async function start(): Promise<void> {
  if (admission !== "") history.replaceState(null, "", location.pathname);
  const known = localStorage.getItem(NODE);
  if (known !== null && (await store().parties()).length > 0) return connect(known);
  chooseNode(known ?? "https://");
}

function chooseNode(known: string): void {
  const [label, address] = field(words("standalone-node"), { type: "url", value: known, required: "", autocomplete: "url" });
  const connecting = button(words("standalone-connect"), async () => {
    const base = new URL(address.value).origin;
    await connect(base);
    localStorage.setItem(NODE, base);
  });
  show(words("standalone-title"), paragraph("standalone-lead", "lead"), element("div", { class: "card stack" }, label, address, connecting));
}

/** Goes to a node: to the account that this wallet has there, or to the ways to one. */
async function connect(base: string): Promise<void> {
  const client = new NodeClient(base);
  const session = await Session.open(client);
  place.at(client);
  for (const party of await store().parties()) {
    const wallet = await Wallet.open(store(), party);
    if (wallet === undefined || !canonical.same(wallet.keyring.chain, session.chain)) continue;
    place.of(party);
    return enter(new Person(session, wallet));
  }
  begin(session);
}

/** An account that is here: with an address, and with the keys of now. */
async function enter(person: Person): Promise<void> {
  if (await isUnfinished(person)) return begin(person.session);
  try {
    await catchUp(person);
  } catch (error) {
    // A key that was replaced elsewhere no longer says who asks.
    if (error instanceof DeviceError && error.code === "key-past") return renew();
    // What went wrong with devices is shown with them; consents can still be withdrawn.
    if (!(error instanceof DeviceError)) throw error;
  }
  if (admission === "") return home();
  const shown = admission;
  admission = "";
  return addDevice(shown);
}

/** The node does not answer, or is another than it was. */
function broken(error: unknown): void {
  const note = element("p", { role: "alert", class: "note bad" }, failure(error));
  const again = button(words("standalone-again"), start);
  const other = button(words("standalone-other-node"), async () => chooseNode(localStorage.getItem(NODE) ?? "https://"), "plain");
  show(words("standalone-title"), note, card(words("standalone-node"), element("p", {}, element("code", {}, localStorage.getItem(NODE) ?? "")), element("div", { class: "row" }, again, other)));
}

document.documentElement.lang = language();
place.begin(go);
start().catch(broken);
