/** A node and everybody around it, as far as a wallet sees them: what they sign is signed, what the node says can be altered. */

import { IDBFactory } from "fake-indexeddb";
import { NodeClient } from "../src/agent/node_client.js";
import { Person } from "../src/agent/person.js";
import { Session } from "../src/agent/session.js";
import { encode, text } from "../src/bytes.js";
import { type Offer, type ServiceDescription, offer, reference } from "../src/description.js";
import { digestOfJson } from "../src/digest.js";
import { type LinkId, type PartyId, type RequestId, type SurrogateId, partyIdOf, randomId } from "../src/ids.js";
import { freshPseudonym } from "../src/keystore/keyring.js";
import { makeSigningKey } from "../src/keystore/locking.js";
import { BrowserStore } from "../src/keystore/store.js";
import { Wallet } from "../src/keystore/wallet.js";
import { notice } from "../src/notice.js";
import { platformRandom } from "../src/random.js";
import type { ConsentRequest } from "../src/request.js";
import { openingKey } from "../src/sealing.js";
import type { SigningKey } from "../src/signature.js";
import { Signer } from "../src/statement.js";
import { vector } from "./scripted.js";

export const CHAIN = "assent:test";
const id = <Prefix extends string>(prefix: Prefix) => randomId(prefix, platformRandom, "jti");

/** Somebody with keys, and everything signed about those. */
export interface Party {
  readonly party: PartyId;
  readonly signing: SigningKey;
  readonly statements: string[];
}

const signer = () => new Signer(CHAIN, Date.now());

async function sealing_key(): Promise<string> {
  return encode((await openingKey(crypto.getRandomValues(new Uint8Array(32)))).sealingKey);
}

export async function possession(party: PartyId, role: string, key: SigningKey): Promise<string> {
  return (await signer().sign("assent-key-possession+jwt", key, { party, role })).compact;
}

export async function organisation(): Promise<Party> {
  const [signing, recovery] = [await makeSigningKey(), await makeSigningKey()];
  const party = await partyIdOf(signing.verifying.bytes);
  const content = {
    party,
    kind: "organisation",
    custody: "independent",
    sealing_key: await sealing_key(),
    recovery: await possession(party, "recovery", recovery),
  };
  const registration = await signer().sign("assent-registration+jwt", signing, content);
  return { party, signing, statements: [registration.compact] };
}

/** The same party with another signing key. */
export async function rotated(before: Party): Promise<Party> {
  const signing = await makeSigningKey();
  const content = { party: before.party, signing: await possession(before.party, "signing", signing) };
  const rotation = await signer().sign("assent-key-rotation+jwt", before.signing, content);
  return { ...before, signing, statements: [...before.statements, rotation.compact] };
}

export async function operator() {
  const [signing, token, checkpoint] = [await makeSigningKey(), await makeSigningKey(), await makeSigningKey()];
  const content = {
    operator: await partyIdOf(signing.verifying.bytes),
    token_key: token.verifying.jwk,
    checkpoint_key: checkpoint.verifying.jwk,
    sealing_key: await sealing_key(),
  };
  const genesis = await signer().sign("assent-genesis+jwt", signing, content);
  return { party: content.operator, signing, statements: [genesis.compact] };
}

/** A description of one of the services in the vectors, offered by somebody else. */
export async function describe(
  kind: "service" | "source",
  provider: Party,
  change: object = {},
  alter: (description: any) => void = () => {},
): Promise<Shown> {
  const said = (await vector("sharing.json"))[kind];
  alter(said);
  const service_id = id("svc");
  const description = { ...said, ...change, service_id, version: 1, provider: { ...said.provider, party_id: provider.party } };
  return { description: description as ServiceDescription, registration: await registered(description, provider) };
}

export async function registered(description: ServiceDescription, provider: Party): Promise<string> {
  const content = { provider: provider.party, description: await reference(description), outline: { datasets: [], purposes: [] } };
  return (await signer().sign("assent-service-registration+jwt", provider.signing, content)).compact;
}

/** What a node answers, by path, and what it was sent. A test that lies changes the answers. */
export class ShownNode {
  readonly answers = new Map<string, unknown>();
  readonly sent: [string, any][] = [];
  readonly client = new NodeClient("", async (url, request) => this.#answer(url, request));

  #answer(url: string, request: RequestInit): Response {
    const path = url.split("?")[0] ?? "";
    if (request.method !== "GET") {
      const body = request.body as Uint8Array<ArrayBuffer> | undefined;
      this.sent.push([path, body && JSON.parse(text(body))]);
    }
    const found = this.answers.get(path);
    const isHere = found !== undefined && !(request.method === "GET" && path === "/v1/accounts/keyring");
    return isHere ? Response.json(found) : Response.json({ code: "not-found" }, { status: 404 });
  }

  show(described: Shown, provider: Party): void {
    this.answers.set(`/v1/parties/${provider.party}/keys`, { statements: provider.statements });
    this.answers.set(`/v1/services/${described.description.service_id}/versions/1`, described);
  }
}

export interface Shown {
  readonly description: ServiceDescription;
  readonly registration: string;
}

export class Cast {
  constructor(
    readonly node: ShownNode,
    readonly operator: Party,
    public requester: Party,
    readonly source: Party,
    readonly service: Shown,
    readonly sourceService: Shown,
    readonly person: Person,
    readonly link: { id: LinkId; surrogate: SurrogateId },
  ) {}

  /** A person with keys in a browser, linked with a service that asks for data of another, which `alter` changes. */
  static async assemble(alter?: (source: any) => void): Promise<Cast> {
    const [op, requester, source] = [await operator(), await organisation(), await organisation()];
    const [service, sourceService] = [await describe("service", requester), await describe("source", source, {}, alter)];
    const node = new ShownNode();
    node.answers.set("/v1/chain", { chain_id: CHAIN, genesis: op.statements[0] });
    node.answers.set(`/v1/parties/${op.party}/keys`, { statements: op.statements });
    node.show(service, requester);
    node.show(sourceService, source);
    for (const path of ["/v1/accounts/keyring", "/v1/accounts/pseudonyms", "/v1/consents"]) node.answers.set(path, {});
    const wallet = await Wallet.create(new BrowserStore(new IDBFactory()), { chain: CHAIN, operator: op.party });
    const atService = await linked(wallet, service, requester);
    const atSource = await linked(wallet, sourceService, source);
    node.answers.set(`/v1/links/${atSource.id}`, { status: "active" });
    const person = new Person(await Session.open(node.client, wallet.keyring.chain), wallet);
    return new Cast(node, op, requester, source, service, sourceService, person, atService);
  }

  /** The requester asks; the node shows the form that follows. */
  async ask(change: Partial<ConsentRequest> = {}, by: SigningKey = this.requester.signing): Promise<RequestId> {
    const { description } = this.service;
    const request = {
      request_id: id("crq"),
      provider: this.requester.party,
      service: await reference(description),
      slr_id: this.link.id,
      surrogate_id: this.link.surrogate,
      purpose_id: description.purposes[0]!.purpose_id,
      source: await reference(this.sourceService.description),
      answer_by: Date.now() + 86_400_000,
      valid_until_max: Date.now() + 365 * 86_400_000,
      ...change,
    } as ConsentRequest;
    const signed = await signer().sign("assent-consent-request+jwt", by, request);
    this.node.answers.set(`/v1/consent-requests/${request.request_id}`, { request: signed.compact });
    this.node.answers.set(`/v1/consent-requests/${request.request_id}/form`, await this.form(request));
    return request.request_id;
  }

  /** The form as an honest node makes it. */
  async form(request: ConsentRequest, language = "en") {
    const { description } = this.service;
    const purpose = description.purposes.find((one) => one.purpose_id === request.purpose_id)!;
    const source = request.source && this.sourceService.description;
    const made = await notice({
      service: description,
      purpose,
      source,
      offer: offer(purpose, source ?? description) as Offer,
      validUntilMax: request.valid_until_max,
      language,
    });
    return {
      request_id: request.request_id,
      notice: made,
      notice_digest: await digestOfJson(made),
      usage_rules: {
        purpose_id: purpose.purpose_id,
        legal_basis: purpose.legal_basis,
        conditions: await digestOfJson(purpose),
      },
      service: request.service,
      source: request.source,
      pop_key: this.requester.signing.verifying.kid,
    };
  }
}

/** A wallet's link with a service. */
async function linked(wallet: Wallet, { description }: Shown, provider: Party) {
  const pseudonym = await freshPseudonym();
  const made = {
    link: id("slr"),
    service: description.service_id,
    provider: provider.party,
    holder: provider.signing.verifying.kid,
  };
  await wallet.keyring.addLink(made, pseudonym);
  return { id: made.link, surrogate: pseudonym.surrogateId };
}
