/** The keyring as the node keeps it, read and replaced as a whole. */

import { decode, encode, text, utf8 } from "../bytes.js";
import type { KeyringDocument } from "../keystore/entries.js";
import type { Wrapping } from "../agent/person.js";
import { type Caller, type NodeClient, NodeError } from "../agent/node_client.js";
import { DeviceError } from "./error.js";

const KEYRING = "/v1/accounts/keyring";

export interface AtNode {
  readonly revision: number;
  readonly tag: string | undefined;
  /** Not read yet. */
  readonly document: unknown;
  readonly wrappings: readonly Wrapping[];
}

interface Kept {
  readonly revision: number;
  readonly keyring: string;
  readonly wrappings: readonly Wrapping[];
}

/** Without `who`, by the session of the browser: a device that has no keys yet. @throws {DeviceError} `keyring-absent`. */
export async function readKeyring(client: NodeClient, who?: Caller): Promise<AtNode> {
  const { body, tag } = await client.getTagged<Kept>(KEYRING, who).catch((error: unknown) => {
    throw error instanceof NodeError && error.status === 404 ? new DeviceError("keyring-absent") : error;
  });
  return { revision: body.revision, tag, document: JSON.parse(text(decode(body.keyring))), wrappings: body.wrappings };
}

/** Puts a keyring in the place of the one with this tag; the new revision. */
export async function replaceKeyring(
  client: NodeClient,
  who: Caller,
  document: KeyringDocument,
  wrappings: readonly Wrapping[],
  tag: string | undefined,
): Promise<number> {
  const keyring = encode(utf8(JSON.stringify(document)));
  return (await client.put<{ revision: number }>(KEYRING, { keyring, wrappings }, who, tag)).body.revision;
}
