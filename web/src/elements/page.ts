/**
 * Where the elements stand: in a page of a node, which says who is signed in and gives the words of the reader's language;
 * or in the wallet of another site, which says so itself.
 */

import { NodeClient } from "../agent/node_client.js";
import type { PartyId } from "../ids.js";
import { parse } from "../ids.js";

export interface Place {
  readonly client: NodeClient;
  /** Whose account it is. @throws nobody's. */
  party(): PartyId;
  /** A message as it is in the catalogue, with `{name}` to be filled in. */
  message(key: string): string | undefined;
  language(): string;
  /** Where a device that has the keys lets another have them. */
  readonly admission: string;
  /** Goes on where something led to: a path of My Home. */
  go(path: string): void;
}

interface Said {
  readonly party: string;
  readonly words: Readonly<Record<string, string>>;
}

/** What a page says in an element of its head. */
function inHead<T>(name: string, otherwise: T): () => T {
  let read: T | undefined;
  return () => {
    const content = document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content;
    return (read ??= content === undefined ? otherwise : (JSON.parse(content) as T));
  };
}

const said = inHead<Said>("assent-wallet", { party: "", words: {} });
const vocabulary = inHead<Readonly<Record<string, string>>>("assent-vocabulary", {});

/** A page of a node. */
function pageOfNode(): Place {
  return {
    client: new NodeClient(),
    party: () => parse("prt", said().party),
    message: (key) => said().words[key] ?? vocabulary()[key],
    language: () => document.documentElement.lang,
    admission: `${location.origin}/home/devices/add`,
    go: (path) => location.assign(path),
  };
}

let place: Place | undefined;

function here(): Place {
  return (place ??= pageOfNode());
}

/** Says where the elements stand, if it is no page of a node. */
export function stand(at: Place): void {
  place = at;
}

export function client(): NodeClient {
  return here().client;
}

/** Who is signed in. @throws nobody is. */
export function party(): PartyId {
  return here().party();
}

/** A message, with `{name}` filled in. */
export function words(key: string, values: Readonly<Record<string, string>> = {}): string {
  const message = here().message(key) ?? key;
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), message);
}

/** A word of a closed list. */
export function word(key: string): string {
  return words(key);
}

/** The language of the page. */
export function language(): string {
  return here().language();
}

export function admission(): string {
  return here().admission;
}

/** Goes on at a path of this node and nothing else, as the server sees it. */
export function go(wanted: string | null): void {
  const isLocal = wanted !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted);
  here().go(isLocal ? wanted : "/home");
}
