/**
 * Whether the record of a consent is intact: every signature and link of its history, and each of its records in the
 * log under a signed checkpoint. A node can keep the newest record back; it can neither make one up nor change one.
 */

import { decode, utf8 } from "./bytes.js";
import * as canonical from "./canonical.js";
import { isIncluded, parseCheckpoint } from "./log.js";
import type { VerifyingKey } from "./signature.js";
import { ChainError, type ConsentView, type StatusChain, follow } from "./status_chain.js";

/** An entry of an evidence bundle: the leaf with its audit path. */
export interface BundleEntry {
  readonly index: number;
  readonly leaf: string;
  readonly proof: readonly string[];
}

export interface Bundle {
  readonly checkpoint: string;
  readonly entries: readonly BundleEntry[];
}

/** What is known about the node without asking it now. */
export interface Pins {
  readonly chain: string;
  readonly operatorKey: VerifyingKey;
  readonly checkpointKey: VerifyingKey;
}

export interface Intact {
  readonly history: StatusChain;
  /** How many records were found in the log. */
  readonly records: number;
  /** Until when the log was seen, in milliseconds since the epoch. */
  readonly asOf: number;
}

/** @throws {ChainError} the first thing that does not hold. */
export async function checkIntact(view: ConsentView, bundle: Bundle, pins: Pins): Promise<Intact> {
  const history = await follow(view, pins.chain, pins.operatorKey);
  const checkpoint = await parseCheckpoint(bundle.checkpoint, pins.checkpointKey).catch(() => {
    throw new ChainError("checkpoint-invalid");
  });
  const logged = new Set<string>();
  for (const { index, leaf, proof } of bundle.entries) {
    const path = proof.map((digest) => decode(digest, 32));
    if (!(await isIncluded(utf8(leaf), index, path, checkpoint))) throw new ChainError("inclusion-invalid");
    collect(canonical.decode(utf8(leaf)), logged);
  }
  const records = [view.record, ...view.statuses];
  if (!records.every((compact) => logged.has(compact))) throw new ChainError("record-not-in-log");
  return { history, records: records.length, asOf: checkpoint.time };
}

/** Every text in a leaf: the statements that it records are among them. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === "string") into.add(value);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach((inner) => collect(inner, into));
}
