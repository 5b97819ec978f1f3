/** What the page says to its elements: who is signed in, and the words of the reader's language. */

import type { PartyId } from "../ids.js";
import { parse } from "../ids.js";

interface Said {
  readonly party: string;
  readonly words: Readonly<Record<string, string>>;
}

let read: Said | undefined;

function said(): Said {
  const content = document.querySelector<HTMLMetaElement>("meta[name=assent-wallet]")?.content;
  return (read ??= JSON.parse(content ?? '{"party":"","words":{}}') as Said);
}

/** Who is signed in. @throws nobody is. */
export function party(): PartyId {
  return parse("prt", said().party);
}

/** A message, with `{name}` filled in. */
export function words(key: string, values: Readonly<Record<string, string>> = {}): string {
  const message = said().words[key] ?? key;
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), message);
}

/** The language of the page. */
export function language(): string {
  return document.documentElement.lang;
}

/** A path of this node and nothing else, as the server sees it. */
export function localPath(wanted: string | null): string {
  const isLocal = wanted !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted);
  return isLocal ? wanted : "/home";
}
