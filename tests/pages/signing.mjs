// Calls to the API by somebody with a key: a request proof, as docs/reference/http.md says.

import { createHash, createPrivateKey, createPublicKey, randomUUID, sign } from "node:crypto";
import { readFile } from "node:fs/promises";

/** What stands before the 32 bytes of a seed in PKCS#8 (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** JSON with sorted members (RFC 8785, for the values that stand in statements). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function encoded(text) {
  return Buffer.from(text).toString("base64url");
}

/** A party with its key file, at a node. */
export class Caller {
  static async open(node, file) {
    const kept = JSON.parse(await readFile(file, "utf8"));
    const seed = Buffer.from(kept.signing, "base64url");
    const caller = new Caller();
    caller.node = node;
    caller.party = kept.party;
    caller.key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: "der", type: "pkcs8" });
    const { crv, kty, x } = createPublicKey(caller.key).export({ format: "jwk" });
    caller.jwk = { crv, kty, x };
    caller.kid = createHash("sha256").update(canonical(caller.jwk)).digest("base64url");
    const chain = await (await fetch(`${node.url}/v1/chain`)).json();
    caller.chain = chain.chain_id;
    return caller;
  }

  /** A statement, signed. */
  signed(typ, statement, seconds = 60) {
    const iat = Math.floor(Date.now() / 1000);
    const header = encoded(canonical({ alg: "EdDSA", kid: this.kid, typ }));
    const payload = encoded(canonical({
      aud: this.chain, exp: iat + seconds, iat, jti: randomUUID(), signer: this.jwk, statement,
    }));
    const signature = sign(null, Buffer.from(`${header}.${payload}`), this.key);
    return `${header}.${payload}.${signature.toString("base64url")}`;
  }

  /** Sends JSON in the party's name; the answer, which must be a success. */
  async post(target, body) {
    const bytes = JSON.stringify(body);
    const proof = this.signed("assent-request+jwt", {
      actor: { party: this.party },
      body: createHash("sha256").update(bytes).digest("base64url"),
      htm: "POST",
      htu: target,
    });
    const answer = await fetch(this.node.url + target, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Assent ${proof}` },
      body: bytes,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`POST ${target}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}
