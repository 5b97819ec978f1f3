/** The keys of a wallet on a device: they act, they do not come out, and nobody can say that they are others. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { type Bytes, decode, text, utf8 } from "../src/bytes.js";
import { type LinkId, type PairId, type PartyId, type ServiceId, type StreamId, randomId } from "../src/ids.js";
import { deviceOpening, makeDevice, readWalletKey } from "../src/keystore/device.js";
import { type Entry, bindingOf } from "../src/keystore/entries.js";
import { Keyring, freshPseudonym, sealingKeyOf } from "../src/keystore/keyring.js";
import { importLock, makeLock, unlock } from "../src/keystore/locking.js";
import { BrowserStore } from "../src/keystore/store.js";
import { Wallet } from "../src/keystore/wallet.js";
import { platformRandom } from "../src/random.js";
import { open, seal } from "../src/sealing.js";
import { Signer, verify } from "../src/statement.js";

const id = <Prefix extends string>(prefix: Prefix) => randomId(prefix, platformRandom, "jti");
const CHAIN = { chain: "assent:test", operator: id("prt") as PartyId };
const link = { link: id("slr") as LinkId, service: id("svc") as ServiceId, provider: id("prt") as PartyId, holder: "first" };

const meter = { stream: id("str") as StreamId, device: id("prt") as PartyId, device_key: "the key", label: "Meter in the hall" };

/** A wallet with a link, an alias and a meter, as a browser has it after a while. */
async function household() {
  const store = new BrowserStore(new IDBFactory());
  const wallet = await Wallet.create(store, CHAIN);
  const [pseudonym, alias] = [await freshPseudonym(), await freshPseudonym()];
  await wallet.keyring.addLink(link, pseudonym);
  await wallet.keyring.addAlias(id("cpr") as PairId, link.link, alias);
  await wallet.keyring.addStream(meter, await freshPseudonym());
  await wallet.save();
  return { store, wallet, pseudonym, alias };
}

async function reopened(store: BrowserStore, party: PartyId): Promise<Wallet> {
  const wallet = await Wallet.open(store, party);
  assert.ok(wallet);
  return wallet;
}

test("a wallet that is opened again signs and opens with the same keys, which do not come out", async () => {
  const { store, wallet, pseudonym, alias } = await household();
  assert.deepEqual(await store.parties(), [wallet.party]);
  const again = await reopened(store, wallet.party);
  assert.deepEqual(again.keyring.chain, CHAIN);
  const party = await again.keyring.partyKeys();
  const kept = await again.keyring.link(again.keyring.linkEntries()[0]!);
  assert.equal(kept.pseudonym.surrogateId, pseudonym.surrogateId);
  assert.deepEqual([kept.slrId, kept.serviceId, kept.provider], [link.link, link.service, link.provider]);
  const keptAlias = await again.keyring.alias(again.keyring.aliasEntries()[0]!);
  assert.equal(keptAlias.alias.surrogateId, alias.surrogateId);
  assert.equal(keptAlias.sourceLink, link.link);

  const [entry] = again.keyring.streamEntries();
  assert.deepEqual([entry?.stream, entry?.device, entry?.label], [meter.stream, meter.device, meter.label]);
  const holder = await again.keyring.pseudonym(entry!.id);

  for (const key of [party.signing, await again.keyring.recovery(), kept.pseudonym.key, keptAlias.alias.key, holder.key]) {
    assert.equal(key.key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("pkcs8", key.key));
    const said = await new Signer(CHAIN.chain, 1_790_000_000_000).sign("assent-test+jwt", key, { a: 1 });
    await verify("assent-test+jwt", CHAIN.chain, said.compact);
  }
  const sealed = await seal(sealingKeyOf(again.keyring) as Bytes, "info", "aad", utf8("to the person"));
  assert.equal(text(await open(await again.keyring.opening(), "info", "aad", sealed)), "to the person");
  const device = await store.device(wallet.party);
  assert.ok(device);
  const toDevice = await seal(decode(device.sealingKey), "info", "aad", utf8("to the device"));
  assert.equal(text(await open(await deviceOpening(device), "info", "aad", toDevice)), "to the device");

  await store.forget(wallet.party);
  assert.equal(await Wallet.open(store, wallet.party), undefined);
  assert.deepEqual(await store.parties(), []);
});

/** Every byte string that stands in a value: texts, texts that spell bytes, and bytes. */
function* strings(value: unknown): Generator<Buffer> {
  if (value instanceof CryptoKey) {
    assert.equal(value.extractable, false, "a key is kept that can be exported");
  } else if (typeof value === "string") {
    yield Buffer.from(value);
    yield Buffer.from(value, "base64url");
    yield Buffer.from(value, "hex");
  } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    yield Buffer.from(value as Uint8Array);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) yield* strings(inner);
  }
}

const occurs = (bytes: Uint8Array, value: unknown) => [...strings(value)].some((text) => text.includes(Buffer.from(bytes)));

test("nothing that is kept has a seed in clear, nor the wallet key", async () => {
  const { store, wallet } = await household();
  const [device, kept] = [await store.device(wallet.party), await store.wallet(wallet.party)];
  assert.ok(device && kept);
  const raw = await readWalletKey(device, kept.walletKey);
  const walletKey = await importLock(raw.slice());
  const secrets = [raw];
  for (const entry of kept.keyring.entries) {
    for (const [name, inner] of Object.entries(entry)) {
      if (typeof inner !== "object") continue;
      const bound = bindingOf(wallet.party, entry, name as "signing");
      const plain = await unlock(walletKey, bound, (inner as { wrapped: string }).wrapped);
      // PKCS #8 ends with the seed (RFC 8410); an opening key is its seed.
      secrets.push(plain.slice(-32));
    }
  }
  assert.equal(secrets.length, 1 + 3 + 3);
  const everything = [device, kept];
  for (const secret of secrets) {
    assert.equal(secret.length, 32);
    assert.ok(!occurs(secret, everything), "a secret is kept in clear");
  }
  // The search would find one.
  const { x } = kept.keyring.entries[0]!.signing;
  assert.ok(occurs(decode(x), everything), "the public key stands there");
  assert.ok(occurs(secrets[1]!, [everything, { a: [{ b: Buffer.from(secrets[1]!).toString("base64url") }] }]));
});

test("a keyring that somebody altered does not open as something else", async () => {
  const { store, wallet } = await household();
  const kept = await store.wallet(wallet.party);
  const device = await store.device(wallet.party);
  assert.ok(kept && device);
  const key = () => readWalletKey(device, kept.walletKey).then((raw) => importLock(raw));
  const [own, ofLink, ofAlias, ofMeter] = kept.keyring.entries as [Entry, Entry, Entry, Entry];
  const refused = async (what: string, entries: unknown[], more: object = {}) => {
    const document = { ...kept.keyring, entries, ...more };
    const used = async () => {
      const keyring = await Keyring.open(await key(), document);
      for (const entry of keyring.linkEntries()) await keyring.link(entry);
      for (const entry of keyring.aliasEntries()) await keyring.alias(entry);
      for (const entry of keyring.streamEntries()) await keyring.pseudonym(entry.id);
    };
    await assert.rejects(used, what);
  };
  const all = [own, ofLink, ofAlias];
  await (await Keyring.open(await key(), { ...kept.keyring, entries: all })).link(wallet.keyring.linkEntries()[0]!);
  await refused("another chain", [{ ...own, chain: "assent:other" }, ofLink, ofAlias]);
  await refused("another operator", [{ ...own, operator: id("prt") }, ofLink, ofAlias]);
  await refused("an older key of the provider", [own, { ...ofLink, holder: "older" }, ofAlias]);
  await refused("another service", [own, { ...ofLink, service: id("svc") }, ofAlias]);
  await refused("another provider", [own, { ...ofLink, provider: id("prt") }, ofAlias]);
  await refused("another pair", [own, ofLink, { ...ofAlias, pair: id("cpr") }]);
  await refused("an alias as a link", [own, ofLink, { ...ofLink, id: ofAlias.id, signing: ofAlias.signing }]);
  await refused("another meter", [own, { ...ofMeter, stream: id("str") }]);
  await refused("another device", [own, { ...ofMeter, device: id("prt") }]);
  await refused("another key of the device", [own, { ...ofMeter, device_key: "another" }]);
  await refused("another name of the meter", [own, { ...ofMeter, label: "Meter next door" }]);
  await refused("a link as the holder of a meter", [own, { ...ofMeter, id: ofLink.id, signing: ofLink.signing }]);
  await refused("the key of another entry", [own, { ...ofLink, signing: ofAlias.signing }, ofAlias]);
  await refused("another public key", [own, { ...ofLink, signing: { ...ofLink.signing, x: ofAlias.signing.x } }, ofAlias]);
  await refused("a member more", [own, { ...ofLink, note: "x" }, ofAlias]);
  await refused("no party", [ofLink, ofAlias]);
  await refused("an entry twice", [own, ofLink, ofLink]);
  await refused("another party", all, { party: id("prt") });
  await refused("another format", all, { format: "assent-keyring/2" });
  await assert.rejects(Keyring.open(await makeLock(false), kept.keyring), { code: "keyring-altered" });
  const otherDevice = { ...(await makeDevice(wallet.party)), id: device.id };
  await assert.rejects(readWalletKey(otherDevice, kept.walletKey));
  await assert.rejects(readWalletKey({ ...device, id: "other" }, kept.walletKey));
});

test("what another device added is taken in, and nothing old comes back", async () => {
  const { store, wallet } = await household();
  const elsewhere = await reopened(store, wallet.party);
  const old = wallet.keyring.document;
  const pseudonym = await freshPseudonym();
  await elsewhere.keyring.addLink({ ...link, link: id("slr") as LinkId }, pseudonym);
  const [first] = wallet.keyring.linkEntries();
  await wallet.keyring.noteHolder(first!.id, "second");

  await wallet.keyring.merge(elsewhere.keyring.document);
  assert.equal((await wallet.keyring.pseudonym(pseudonym.surrogateId)).surrogateId, pseudonym.surrogateId);
  await wallet.keyring.merge(old);
  const holders = wallet.keyring.linkEntries().map(({ holder }) => holder);
  assert.deepEqual(holders.sort(), ["first", "second"]);
  await wallet.keyring.link(wallet.keyring.linkEntries().find(({ holder }) => holder === "second")!);

  const [alias] = wallet.keyring.aliasEntries();
  const pair = id("cpr") as PairId;
  await wallet.keyring.moveAlias(alias!.id, pair);
  const moved = wallet.keyring.aliasEntries().find((one) => one.id === alias!.id);
  assert.equal(moved?.pair, pair);
  await wallet.keyring.alias(moved!);

  const stranger = await Wallet.create(new BrowserStore(new IDBFactory()), CHAIN);
  await assert.rejects(wallet.keyring.merge(stranger.keyring.document), { code: "keyring-altered" });
  await assert.rejects(wallet.keyring.pseudonym(id("sur")), { code: "key-missing" });
});
