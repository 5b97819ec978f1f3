/** The keys of a person on several devices, over a node that relays what it cannot open, or tries to. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import decodeQR from "qr/decode.js";
import { NodeClient, NodeError } from "../src/agent/node_client.js";
import { Person, type Wrapping } from "../src/agent/person.js";
import { Session } from "../src/agent/session.js";
import { decode, encode, utf8 } from "../src/bytes.js";
import { catchUp } from "../src/devices/catching_up.js";
import { deviceCode, deviceDigest, kitCode, plain, readKitCode } from "../src/devices/code.js";
import { Joining } from "../src/devices/joining.js";
import { makeKit, useKit } from "../src/devices/kit.js";
import { deviceLabel } from "../src/devices/label.js";
import { qrCode } from "../src/devices/qr.js";
import { finishRotation, remove } from "../src/devices/removal.js";
import { type WaitingDevice, admit, refuse, scanned, typed, waiting } from "../src/devices/sharing.js";
import { wrapFor } from "../src/devices/wrapping.js";
import { register } from "../src/identity.js";
import { type LinkId, type PartyId, type ServiceId, randomId } from "../src/ids.js";
import { makeDevice } from "../src/keystore/device.js";
import { freshPseudonym } from "../src/keystore/keyring.js";
import { BrowserStore } from "../src/keystore/store.js";
import { Wallet } from "../src/keystore/wallet.js";
import { platformRandom } from "../src/random.js";
import { openingKey } from "../src/sealing.js";
import { verify } from "../src/statement.js";
import { CHAIN, operator } from "./cast.js";

const id = <Prefix extends string>(prefix: Prefix) => randomId(prefix, platformRandom, "jti");
const link = () => ({ link: id("slr") as LinkId, service: id("svc") as ServiceId, provider: id("prt") as PartyId, holder: "kid" });

/** What a node keeps of one account. Its members can be altered: then it lies. */
class Relay {
  revision = 0;
  kept: { keyring: string; wrappings: Wrapping[] } | undefined;
  devices: WaitingDevice[] = [];
  statements: string[] = [];
  /** Answers the next request for the rotation of keys like this. */
  failing = 0;

  private constructor(readonly chain: unknown, readonly operator: { party: PartyId; statements: string[] }) {}

  static async open(): Promise<Relay> {
    const by = await operator();
    return new Relay({ chain_id: CHAIN, genesis: by.statements[0] }, by);
  }

  get client(): NodeClient {
    return new NodeClient("", async (path, { method, body, headers }) => {
      const said = body === undefined ? undefined : JSON.parse(new TextDecoder().decode(body as Uint8Array));
      const seen = (headers as Record<string, string>)["if-match"];
      const [status, answer] = this.#answer(`${method} ${path}`, said, seen);
      const text = status === 204 ? null : JSON.stringify(answer);
      return new Response(text, { status, headers: { etag: `"${this.revision}"` } });
    });
  }

  #answer(request: string, said: any, seen: string | undefined): [number, unknown] {
    if (request === "GET /v1/chain") return [200, this.chain];
    if (request === `GET /v1/parties/${this.operator.party}/keys`) return [200, this.operator];
    if (/^GET \/v1\/parties\/.*\/keys$/.test(request)) return [200, { statements: this.statements }];
    if (/^POST \/v1\/parties\/.*\/keys$/.test(request)) {
      if (this.failing > 0) return [this.failing, { code: "store-unavailable" }];
      this.statements.push(said.rotation);
      return [200, {}];
    }
    if (request === "GET /v1/accounts/keyring") {
      return this.kept === undefined ? [404, { code: "not-found" }] : [200, { revision: this.revision, ...this.kept }];
    }
    if (request === "PUT /v1/accounts/keyring") {
      if (seen !== (this.kept === undefined ? undefined : `"${this.revision}"`)) return [412, { code: "precondition-failed" }];
      [this.kept, this.revision] = [said, this.revision + 1];
      this.devices = this.devices.filter((one) => !said.wrappings.some((wrapping: Wrapping) => wrapping.id === one.device_id));
      return [200, { revision: this.revision }];
    }
    if (request === "GET /v1/accounts/devices") return [200, { devices: this.devices }];
    if (request === "POST /v1/accounts/devices") {
      this.devices.push({ ...said, expires_at: Date.now() + 600_000 });
      return [200, { expires_at: Date.now() + 600_000 }];
    }
    const device = /^DELETE \/v1\/accounts\/devices\/(.*)$/.exec(request)?.[1];
    this.devices = this.devices.filter((one) => one.device_id !== device);
    return [204, undefined];
  }
}

const disk = () => new BrowserStore(new IDBFactory());

/** A person with one device and a link. */
async function household() {
  const relay = await Relay.open();
  const session = await Session.open(relay.client);
  const wallet = await Wallet.create(disk(), session.chain);
  const person = new Person(session, wallet);
  const { keyring } = wallet;
  const [keys, recovery, opening] = [await keyring.partyKeys(), await keyring.recovery(), await keyring.opening()];
  relay.statements.push(await register(session.signer(), keys, recovery, opening, "page"));
  await keyring.addLink(link(), await freshPseudonym());
  await person.keep();
  return { relay, person };
}

/** A second device of the same person. */
async function second({ relay, person }: { relay: Relay; person: Person }) {
  const joining = await Joining.begin(relay.client, person.party, "Telephone");
  await admit(person, await typed(person, joining.code));
  const store = disk();
  const joined = await joining.look(store);
  assert.ok(joined);
  return { joining, joined, store };
}

const signs = async (person: Person) => {
  const { signing } = await person.wallet.keyring.partyKeys();
  return signing.verifying.kid;
};
const pseudonyms = (person: Person) => person.wallet.keyring.linkEntries().map((entry) => entry.id);

test("a second device gets the keys over a node that cannot open them", async () => {
  const { relay, person } = await household();
  const joining = await Joining.begin(relay.client, person.party, "Telephone");
  assert.equal(await joining.look(disk()), undefined, "nobody has admitted it yet");
  const [, fragment] = joining.link("https://node.example").split("#");
  assert.deepEqual(await scanned(person, fragment!), relay.devices[0]);
  assert.deepEqual(await typed(person, joining.code.toLowerCase().replaceAll("-", " ")), relay.devices[0]);
  await admit(person, relay.devices[0]!);
  const store = disk();
  const joined = await joining.look(store);
  assert.ok(joined);
  assert.deepEqual(pseudonyms(joined), pseudonyms(person));
  assert.equal(await signs(joined), await signs(person));
  assert.deepEqual(relay.kept?.wrappings.map(({ kind, label }) => [kind, label]), [
    ["device", deviceLabel()],
    ["device", "Telephone"],
  ]);
  await joined.wallet.keyring.addLink(link(), await freshPseudonym());
  await joined.keep();
  const caught = await catchUp(person);
  assert.deepEqual(new Set(pseudonyms(caught)), new Set(pseudonyms(joined)), "what one device adds, the others have");
  const again = await Wallet.open(store, person.party);
  assert.ok(again, "the keys are on the disk of the new device");
});

test("a node that swaps the key of a waiting device gets nothing", async () => {
  const { relay, person } = await household();
  const joining = await Joining.begin(relay.client, person.party, "Telephone");
  const [, fragment] = joining.link("https://node.example").split("#");
  const { sealingKey } = await openingKey(crypto.getRandomValues(new Uint8Array(32)));
  const honest = relay.devices[0]!;
  relay.devices = [{ ...honest, sealing_key: encode(sealingKey) }];
  await assert.rejects(scanned(person, fragment!), { code: "key-swapped" });
  await assert.rejects(typed(person, joining.code), { code: "device-unknown" });
  relay.devices = [{ ...honest, device_id: "another" }];
  await assert.rejects(scanned(person, fragment!), { code: "device-unknown" });
  await assert.rejects(typed(person, joining.code), { code: "device-unknown" });
  assert.equal(relay.revision, 1, "nothing was sealed to anybody");
  relay.devices = [honest];
  await refuse(person, honest);
  assert.deepEqual(await waiting(person), []);
});

/** Replaces what the node keeps, and looks what a device says to it. */
async function altered(change: (wrapping: Wrapping, at: number) => Wrapping | Promise<Wrapping>, code: string) {
  const home = await household();
  const { relay, person } = home;
  const joining = await Joining.begin(relay.client, person.party, "Telephone");
  await admit(person, await typed(person, joining.code));
  relay.kept = { ...relay.kept!, wrappings: await Promise.all(relay.kept!.wrappings.map(change)) };
  await assert.rejects(joining.look(disk()), { code });
}

test("a node cannot give a device keys of its own, nor say that a wrapping is something else", async () => {
  await altered((one) => ({ ...one, label: "Somebody's" }), "wrapping-altered");
  await altered((one) => ({ ...one, made_at: one.made_at + 1 }), "wrapping-altered");
  await altered((one) => ({ ...one, wrapped: encode(utf8("a.b.c")) }), "wrapping-altered");
  await altered((one) => ({ ...one, wrapped: "AAAA" }), "wrapping-altered");
  // A whole wallet of the node's making, sealed to the key of the waiting device.
  const home = await household();
  const foreign = await household();
  const joining = await Joining.begin(home.relay.client, home.person.party, "Telephone");
  const device = home.relay.devices[0]!;
  const to = { id: device.device_id, kind: "device" as const, label: "Telephone", sealingKey: decode(device.sealing_key) };
  const keys = { ...(await foreign.person.wallet.keyring.partyKeys()), party: home.person.party };
  const wrapping = await wrapFor(foreign.person.session, keys, crypto.getRandomValues(new Uint8Array(32)), to);
  home.relay.kept = { keyring: foreign.relay.kept!.keyring, wrappings: [wrapping] };
  await assert.rejects(joining.look(disk()), { code: "wrapping-altered" });
});

test("a device that is removed gets no key that is made from then on", async () => {
  const home = await household();
  const { relay } = home;
  const { joined, joining } = await second(home);
  const kit = await makeKit(home.person);
  const before = await signs(home.person);
  const wallet = relay.kept!.keyring;
  const person = await remove(home.person, joining.device.id);
  assert.notEqual(relay.kept!.keyring, wallet);
  assert.deepEqual(relay.kept!.wrappings.map((one) => one.kind), ["device", "recovery"]);
  assert.notEqual(await signs(person), before);
  assert.equal((await person.session.keysOf(person.party)).signingKey.kid, await signs(person), "the ledger has the new key");
  assert.deepEqual(pseudonyms(person), pseudonyms(home.person), "pseudonyms keep their keys");
  await person.wallet.keyring.addLink(link(), await freshPseudonym());
  await person.keep();
  await assert.rejects(catchUp(joined), { code: "device-removed" });
  await assert.rejects(joining.look(disk()).then((found) => assert.ok(found)), "its wrapping is gone");
  await assert.rejects(joined.wallet.keyring.merge(JSON.parse(Buffer.from(relay.kept!.keyring, "base64url").toString())));
  // The paper is as good as before, and the next device too.
  const restored = await useKit(relay.client, disk(), person.party, kit);
  assert.deepEqual(pseudonyms(restored), pseudonyms(person));
  await assert.rejects(remove(person, person.wallet.device.id), { code: "device-last" });
});

test("devices that stay take the new keys in", async () => {
  const home = await household();
  const [telephone, tablet] = [await second(home), await second(home)];
  const person = await remove(home.person, telephone.joining.device.id);
  const stayed = await catchUp(tablet.joined);
  assert.equal(await signs(stayed), await signs(person));
  assert.deepEqual(pseudonyms(stayed), pseudonyms(person));
  const reopened = await Wallet.open(tablet.store, person.party);
  assert.equal((await reopened?.keyring.partyKeys())?.signing.verifying.kid, await signs(person));
});

test("a removal that breaks off is finished later, by any device", async () => {
  const home = await household();
  const [telephone, tablet] = [await second(home), await second(home)];
  home.relay.failing = 503;
  await assert.rejects(remove(home.person, telephone.joining.device.id), NodeError);
  const onDisk = await Wallet.open(home.person.wallet.store, home.person.party);
  assert.ok(onDisk && (await onDisk.keyring.next()), "the next key is kept");
  home.relay.failing = 0;
  const finished = await catchUp(tablet.joined);
  assert.equal((await finished.session.keysOf(finished.party)).signingKey.kid, await signs(finished));
  const first = await catchUp(new Person(home.person.session, onDisk));
  assert.equal(await signs(first), await signs(finished));
  assert.equal(await finishRotation(first), first, "nothing is left to do");
});

test("the paper gives the keys back, and no other paper does", async () => {
  const { relay, person } = await household();
  const code = await makeKit(person);
  assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){13}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.ok(!JSON.stringify(relay.kept).includes(plain(code)), "the code is kept nowhere");
  const restored = await useKit(relay.client, disk(), person.party, code.toLowerCase().replaceAll("-", " "));
  assert.deepEqual(pseudonyms(restored), pseudonyms(person));
  assert.equal(relay.kept!.wrappings.length, 3, "the device that was restored is one of them");
  const other = await kitCode(crypto.getRandomValues(new Uint8Array(32)));
  await assert.rejects(useKit(relay.client, disk(), person.party, other), { code: "kit-unknown" });
  const mistyped = code.replace(/^./, (letter) => (letter === "7" ? "8" : "7"));
  for (const wrong of ["", "abc", mistyped, `${code}0`]) {
    await assert.rejects(useKit(relay.client, disk(), person.party, wrong), { code: "code-mistyped" });
  }
  const empty = await Relay.open();
  await assert.rejects(useKit(empty.client, disk(), person.party, code), { code: "keyring-absent" });
});

test("codes are read as people type them", async () => {
  const secret = Uint8Array.from({ length: 32 }, (_, at) => at * 7 + 1);
  const code = await kitCode(secret);
  assert.deepEqual(await readKitCode(code.replaceAll("0", "o").replaceAll("1", "l").toLowerCase()), secret);
  const party = id("prt") as PartyId;
  const device = await makeDevice(party);
  const digest = await deviceDigest(party, device.id, decode(device.sealingKey));
  assert.match(deviceCode(digest), /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.notEqual(deviceCode(digest), deviceCode(await deviceDigest(party, "another", decode(device.sealingKey))));
});

test("a QR code says what another reads", () => {
  const text = "https://node.example/home/devices/add#k4FzP2.a6cXQy06yzZp2meeh3Q6uhdQjM4kmlRHbaPThqNdCQo";
  const { size, path } = qrCode(text);
  const scale = 4;
  const [width, data] = [size * scale, new Uint8Array(size * size * scale * scale * 4).fill(255)];
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h/g)) {
    for (let at = 0; at < scale * scale; at += 1) {
      const [px, py] = [Number(x) * scale + (at % scale), Number(y) * scale + Math.floor(at / scale)];
      data.set([0, 0, 0], (py * width + px) * 4);
    }
  }
  assert.equal(decodeQR({ width, height: width, data }), text);
});

test("a wrapping is signed by the party on its chain", async () => {
  const { relay } = await household();
  const [wrapping] = relay.kept!.wrappings;
  const compact = Buffer.from(wrapping!.wrapped, "base64url").toString();
  const said = await verify<{ kind: string }>("assent-wrapping+jwt", CHAIN, compact);
  assert.equal(said.content.kind, "device");
});
