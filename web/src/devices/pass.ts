/** How a device without keys, at another site, shows whose it is: by a code that comes to the person's address. */

import type { NodeClient } from "../agent/node_client.js";
import type { PartyId } from "../ids.js";

const PASSES = "/v1/accounts/passes";

/** A code that was asked for. */
export interface PassAsked {
  readonly asked: string;
}

export async function askPass(client: NodeClient, email: string, language: string): Promise<PassAsked> {
  return client.post<PassAsked>(PASSES, { email, language });
}

/** Gives the client the pass that the code is good for; whose account it is, as the node says. */
export async function takePass(client: NodeClient, { asked }: PassAsked, code: string): Promise<PartyId> {
  const given = await client.post<{ party_id: PartyId; pass: string }>(`${PASSES}/confirmations`, { asked, code });
  client.pass = given.pass;
  return given.party_id;
}
