/** Whether the record of a consent is intact, and that of its pair. */

import type { ConsentId, PartyId } from "../ids.js";
import { type Bundle, type Intact, checkIntact } from "../intact.js";
import type { Chain } from "../keystore/keyring.js";
import type { Store } from "../keystore/store.js";
import { Wallet } from "../keystore/wallet.js";
import { ChainError, type ConsentView } from "../status_chain.js";
import type { NodeClient } from "./node_client.js";
import { Session } from "./session.js";

/**
 * Checks a consent of the account. Who has a wallet here has pinned the chain; who has none takes what the operator's
 * genesis says now.
 *
 * @throws what does not hold.
 */
export async function checkConsent(client: NodeClient, store: Store, party: PartyId, id: ConsentId): Promise<Intact> {
  const session = await Session.open(client, await pinned(store, party));
  const bundle = await client.get<Bundle>(`/v1/consents/${id}/evidence`);
  const view = await client.get<ConsentView>(`/v1/consents/${id}`);
  if (view.cr_id !== id) throw new ChainError("consent-mismatch");
  return checkIntact(view, bundle, session.pins);
}

async function pinned(store: Store, party: PartyId): Promise<Chain | undefined> {
  return (await Wallet.open(store, party))?.keyring.chain;
}
