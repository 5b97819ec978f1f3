/** Talking to a node over `/v1`, as the SDK does: signed statements, and request proofs where a route wants to know who calls. */

import { type Bytes, utf8 } from "../bytes.js";
import { requestProof } from "../identity.js";
import type { PartyKeys, Pseudonym } from "../keys.js";
import type { Signer } from "../statement.js";

/** An answer that is not a success, with the stable code of the problem (RFC 9457), or none at all. */
export class NodeError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(code);
  }
}

/** Who calls: the signer gives chain and time. */
export interface Caller {
  readonly signer: Signer;
  readonly caller: PartyKeys | Pseudonym;
}

/** An answer with the tag of what it shows. */
export interface Tagged<T> {
  readonly body: T;
  readonly tag: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
}

/** Where a pass counts. */
const ACCOUNTS = "/v1/accounts/";

export type Fetching = (url: string, request: RequestInit) => Promise<Response>;

export class NodeClient {
  readonly #fetching: Fetching;
  /** What a device without keys, at another site, has in place of a session. */
  pass: string | undefined;

  /** `base` is empty for the node that the page came from. */
  constructor(
    readonly base: string = "",
    fetching?: Fetching,
  ) {
    this.#fetching = fetching ?? ((url, request) => fetch(url, request));
  }

  /** Who holds keys that are used with this client: a page of the node itself, or one that came from elsewhere. */
  get custody(): "page" | "independent" {
    return this.base === "" ? "page" : "independent";
  }

  async get<T>(path: string, who?: Caller): Promise<T> {
    return (await this.getTagged<T>(path, who)).body;
  }

  async getTagged<T>(path: string, who?: Caller): Promise<Tagged<T>> {
    return read(await this.#send("GET", path, undefined, who));
  }

  /** All items of a list, page by page. */
  async list<T>(path: string, who: () => Caller): Promise<T[]> {
    const items: T[] = [];
    let query = "";
    for (;;) {
      const page: Page<T> = await this.get(`${path}?limit=100${query}`, who());
      items.push(...page.items);
      if (page.next === undefined || page.next === null) return items;
      query = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }

  async post<T>(path: string, body: unknown, who?: Caller): Promise<T> {
    return (await read<T>(await this.#send("POST", path, body, who))).body;
  }

  /** Asks for something to be done that needs no words and is answered with none. */
  async postEmpty(path: string, who: Caller): Promise<void> {
    const answer = await this.#send("POST", path, undefined, who);
    if (!answer.ok) throw await problem(answer);
  }

  async delete(path: string, who?: Caller): Promise<void> {
    const answer = await this.#send("DELETE", path, undefined, who);
    if (!answer.ok) throw await problem(answer);
  }

  /** `tag` is that of what is replaced. */
  async put<T>(path: string, body: unknown, who: Caller, tag: string | undefined): Promise<Tagged<T>> {
    return read(await this.#send("PUT", path, body, who, tag === undefined ? {} : { "if-match": tag }));
  }

  /** The same for what is answered with no words. */
  async putEmpty(path: string, body: unknown, who: Caller): Promise<void> {
    const answer = await this.#send("PUT", path, body, who);
    if (!answer.ok) throw await problem(answer);
  }

  async #send(
    method: string,
    path: string,
    body: unknown,
    who: Caller | undefined,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const content: Bytes | undefined = body === undefined ? undefined : utf8(JSON.stringify(body));
    const headers: Record<string, string> = { accept: "application/json", ...more };
    if (content !== undefined) headers["content-type"] = "application/json";
    if (who === undefined && this.pass !== undefined && path.startsWith(ACCOUNTS)) headers["authorization"] = `Assent-Pass ${this.pass}`;
    if (who !== undefined) headers["authorization"] = await requestProof(who.signer, who.caller, method, path, content);
    const request: RequestInit = { method, headers, redirect: "error", cache: "no-store" };
    if (content !== undefined) request.body = content;
    try {
      return await this.#fetching(this.base + path, request);
    } catch {
      throw new NodeError("unreachable", 0);
    }
  }
}

async function read<T>(answer: Response): Promise<Tagged<T>> {
  if (!answer.ok) throw await problem(answer);
  try {
    return { body: (await answer.json()) as T, tag: answer.headers.get("etag") ?? undefined };
  } catch {
    throw new NodeError("unexpected-answer", answer.status);
  }
}

async function problem(answer: Response): Promise<NodeError> {
  const said: unknown = await answer.json().catch(() => undefined);
  const code = Object(said).code;
  return new NodeError(typeof code === "string" ? code : "unexpected-answer", answer.status);
}
