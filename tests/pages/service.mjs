// A service with keys and a description, acting over HTTP as its own server would. It signs with the library in
// `web`, which `cargo xtask web` compiles.

import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const LIBRARY = new URL("../../web/build/src/", import.meta.url);
const from = (module) => import(new URL(module, LIBRARY)).catch(() => {
  throw new Error(`${module} is not compiled: run \`cargo xtask web\``);
});
const { NodeClient } = await from("agent/node_client.js");
const { decode } = await from("bytes.js");
const { reference } = await from("description.js");
const { randomId } = await from("ids.js");
const { platformRandom } = await from("random.js");
const { signingKey } = await from("signature.js");
const { Signer, verify } = await from("statement.js");

const EXAMPLES = new URL("../../examples/household/", import.meta.url).pathname;
const DAY = 86_400_000;
const spell = (bytes) => Buffer.from(bytes).toString("base64url");

export class Service {
  /** A new organisation, with the service of one of the examples, in which something may be changed. */
  static async register(node, name, example, change) {
    const keys = `${name}.json`;
    await node.assent("party", "new", "--kind", "organisation", "--out", keys);
    await node.assent("party", "register", "--keys", keys);
    const said = JSON.parse(await readFile(`${EXAMPLES}${example}.json`, "utf8"));
    change?.(said);
    const description = node.path(`${name}-description.json`);
    await writeFile(description, JSON.stringify(said));
    const registered = await node.assent("service", "register", "--keys", keys, "--description", description);
    const service = new Service();
    Object.assign(service, { node, keyFile: keys });
    const file = JSON.parse(await readFile(node.path(keys), "utf8"));
    service.keys = { party: file.party, signing: await signingKey(decode(file.signing, 32)) };
    service.client = new NodeClient(node.url);
    service.chain = (await service.client.get("/v1/chain")).chain_id;
    const id = registered.service_id ?? registered.service;
    await service.#read(id);
    return service;
  }

  async #read(id) {
    this.description = (await this.client.get(`/v1/services/${id}`)).description;
    this.reference = await reference(this.description);
  }

  /** Registers the next version of the description, in which something was changed. */
  async supersede(change) {
    const { service_id, version, provider, ...next } = structuredClone(this.description);
    const { party_id, ...rest } = provider;
    const said = { ...next, provider: rest };
    change(said);
    const file = this.node.path(`${service_id}.json`);
    await writeFile(file, JSON.stringify(said));
    await this.node.assent("service", "register", "--keys", this.keyFile, "--service", service_id, "--description", file);
    await this.#read(service_id);
  }

  get #signer() {
    return new Signer(this.chain, Date.now());
  }

  get #who() {
    return { signer: this.#signer, caller: this.keys };
  }

  /** Asks for a link with whoever comes by the path that this gives. */
  async askLink() {
    this.account = spell(randomBytes(32));
    const [back] = this.description.instance.linking_redirect_uris;
    return this.#push("/v1/link-requests", { service: this.reference, account: this.account, ...this.#errand(back) });
  }

  /** Sends whoever is asked by a path; what comes of it is told by `redeem`. */
  async send(request) {
    const [back] = this.description.instance.consent_redirect_uris;
    return this.#push(`/v1/consent-requests/${request}/redirect`, this.#errand(back));
  }

  async #push(path, body) {
    return new URL((await this.client.post(path, body, this.#who)).url).pathname;
  }

  #errand(redirect_uri) {
    this.verifier = spell(randomBytes(32));
    this.state = spell(randomBytes(16));
    const code_challenge = createHash("sha256").update(this.verifier).digest("base64url");
    return { redirect_uri, state: this.state, code_challenge };
  }

  /** What the code says that somebody came back with. */
  async redeem(address, path = "/v1/consent-requests/redemptions") {
    const { searchParams } = new URL(address);
    if (searchParams.get("state") !== this.state) throw new Error("back from another errand");
    return this.client.post(path, { code: searchParams.get("code"), code_verifier: this.verifier }, this.#who);
  }

  /** Takes in the person who comes back: redeems the code, looks at the record, signs it too. */
  async takeBack(address, custody = "page") {
    const { record: compact } = await this.redeem(address, "/v1/link-requests/redemptions");
    const record = await verify("assent-slr+jwt", this.chain, compact);
    const said = record.content;
    if (said.account !== this.account || said.custody !== custody) throw new Error("another link than was asked for");
    const countersigned = await this.#signer.sign("assent-slr-countersignature+jwt", this.keys.signing, {
      slr_id: said.slr_id,
      slr_digest: record.digest,
      provider: this.keys.party,
    });
    await this.client.post("/v1/links", { record: compact, countersignature: countersigned.compact });
    this.link = said;
  }

  /** Asks the linked person for consent; the id of the request. */
  async askConsent(purpose, source) {
    const request = {
      request_id: randomId("crq", platformRandom, "jti"),
      provider: this.keys.party,
      service: this.reference,
      slr_id: this.link.slr_id,
      surrogate_id: this.link.surrogate_id,
      purpose_id: purpose,
      source: source?.reference,
      answer_by: Date.now() + DAY,
      valid_until_max: Date.now() + 30 * DAY,
    };
    const signed = await this.#signer.sign("assent-consent-request+jwt", this.keys.signing, request);
    await this.client.post("/v1/consent-requests", { request: signed.compact });
    return request.request_id;
  }
}
