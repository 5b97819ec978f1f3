/** Where a wallet gets its random bytes. The purpose lets tests hand out recorded values; nothing else reads it. */

import type { Bytes } from "./bytes.js";

export type Purpose =
  | "jti"
  | "cr_id"
  | "cr_pair_id"
  | "record_id"
  | "slr_id"
  | "salt"
  | "form_salt"
  | "alias_salt";

export type Random = (length: number, purpose: Purpose) => Bytes;

/** The random bytes of the platform. */
export const platformRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length));
