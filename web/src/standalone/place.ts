/** Where the elements stand here: at the node that was chosen, with the account of this wallet there. */

import { NodeClient } from "../agent/node_client.js";
import type { Place } from "../elements/page.js";
import { stand } from "../elements/page.js";
import type { PartyId } from "../ids.js";
import { KeyringError } from "../keystore/keyring.js";
import { language, message } from "./words.js";

class Here implements Place {
  client = new NodeClient();
  account: PartyId | undefined;
  readonly admission = location.href.split("#")[0] ?? "";

  constructor(readonly go: (path: string) => void) {}

  party(): PartyId {
    if (this.account === undefined) throw new KeyringError("key-missing");
    return this.account;
  }

  message(key: string): string | undefined {
    return message(key);
  }

  language(): string {
    return language();
  }
}

let here: Here;

/** Begins without a node. `go` shows what elsewhere is a page of My Home. */
export function begin(go: (path: string) => void): void {
  here = new Here(go);
  stand(here);
}

/** Is at a node from now on, without an account. */
export function at(client: NodeClient): void {
  here.client = client;
  here.account = undefined;
}

/** Says whose account it is. */
export function of(party: PartyId): void {
  here.account = party;
}
