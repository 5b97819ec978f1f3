/**
 * A node whose chain is known. The operator's id is that of the key which signed the genesis, and everything else that
 * a wallet knows of the node follows from it; what was pinned when the account was made is compared.
 */

import * as canonical from "../canonical.js";
import { type DescriptionRef, type ServiceDescription, reference } from "../description.js";
import type { PartyId, ServiceId } from "../ids.js";
import type { Pins } from "../intact.js";
import type { Chain } from "../keystore/keyring.js";
import { type KeyHistory, checkReaches, trace } from "../key_history.js";
import { type VerifyingKey, parseJwk } from "../signature.js";
import { Signer, verify } from "../statement.js";
import { NodeClient } from "./node_client.js";

/** What a node shows that does not hold: nothing is signed. */
export class Distrust extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

interface ChainView {
  readonly chain_id: string;
  readonly genesis: string;
}

interface Genesis {
  readonly operator: PartyId;
  readonly token_key: unknown;
  readonly checkpoint_key: unknown;
}

interface ServiceView {
  readonly registration: string;
  readonly description: ServiceDescription;
}

interface Registration {
  readonly provider: PartyId;
  readonly description: DescriptionRef;
}

/** A service as its provider described and signed it. */
export interface Described {
  readonly description: ServiceDescription;
  readonly provider: KeyHistory;
}

export class Session {
  private constructor(
    readonly client: NodeClient,
    readonly chain: Chain,
    readonly tokenKey: VerifyingKey,
    readonly pins: Pins,
  ) {}

  /** Learns which chain the node has. @throws {Distrust} its genesis does not hold, or is not the one that is known. */
  static async open(client: NodeClient, known?: Chain): Promise<Session> {
    const view = await client.get<ChainView>("/v1/chain");
    const genesis = await verify<Genesis>("assent-genesis+jwt", view.chain_id, view.genesis).catch(() => {
      throw new Distrust("genesis-invalid");
    });
    const { operator, token_key, checkpoint_key } = genesis.content;
    const chain = { chain: view.chain_id, operator };
    if (known !== undefined && !canonical.same(known, chain)) throw new Distrust("other-chain");
    const keys = await historyOf(client, operator, view.chain_id);
    const [tokenKey, checkpointKey] = await Promise.all([parseJwk(token_key), parseJwk(checkpoint_key)]);
    return new Session(client, chain, tokenKey, {
      chain: view.chain_id,
      operatorKey: keys.signingKey,
      checkpointKey,
    });
  }

  /** Signs for the chain, now. */
  signer(): Signer {
    return new Signer(this.chain.chain, Date.now());
  }

  /** The keys of a party as they are now, followed from its id. */
  async keysOf(party: PartyId): Promise<KeyHistory> {
    return historyOf(this.client, party, this.chain.chain);
  }

  /** The service in the version that something signed names, as its provider signed it. @throws {Distrust} */
  async described(named: DescriptionRef): Promise<Described> {
    const { service_id, version } = named;
    const view = await this.client.get<ServiceView>(`/v1/services/${service_id}/versions/${version}`);
    const registration = await verify<Registration>("assent-service-registration+jwt", this.chain.chain, view.registration).catch(
      () => {
        throw new Distrust("description-unsigned");
      },
    );
    const said = registration.content;
    const isNamed = canonical.same(said.description, named) && canonical.same(await reference(view.description), named);
    if (!isNamed || said.provider !== view.description.provider.party_id) throw new Distrust("description-mismatch");
    const provider = await this.keysOf(said.provider);
    checkReaches(provider, registration.signer.kid);
    return { description: view.description, provider };
  }

  /** The service in its current version. */
  async current(service: ServiceId): Promise<Described> {
    const view = await this.client.get<ServiceView>(`/v1/services/${service}`);
    return this.described(await reference(view.description));
  }
}

async function historyOf(client: NodeClient, party: PartyId, chain: string): Promise<KeyHistory> {
  const view = await client.get<{ statements: string[] }>(`/v1/parties/${party}/keys`);
  return trace(party, chain, view.statements);
}
