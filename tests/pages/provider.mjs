// An identity provider of an organisation, as OpenID Connect has it: people press a button there, and the node exchanges a
// code for a token that the provider has signed.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer } from "node:http";

const CLIENT = "this-node";
const SECRET = "a secret of provider and node";
const spell = (text) => Buffer.from(text).toString("base64url");

export class Provider {
  static async start() {
    const provider = new Provider();
    provider.keys = generateKeyPairSync("ed25519");
    provider.codes = new Map();
    provider.subject = "somebody";
    provider.server = createServer((request, response) => void provider.#answer(request, response));
    await new Promise((resolve) => provider.server.listen(0, "127.0.0.1", resolve));
    provider.issuer = `http://127.0.0.1:${provider.server.address().port}`;
    return provider;
  }

  stop() {
    this.server.close();
  }

  /** What the operator of the node sets. */
  get settings() {
    const said = { id: "acme", name: "Acme", issuer: this.issuer, client_id: CLIENT, client_secret: SECRET };
    const lines = Object.entries(said).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    return ["[[identity_providers]]", ...lines, "private = true", ""].join("\n");
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, this.issuer);
    const json = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return json(200, this.#description());
      case "/keys":
        return json(200, { keys: [{ ...this.keys.publicKey.export({ format: "jwk" }), kid: "one", use: "sig" }] });
      case "/authorize":
        return this.#ask(searchParams, response);
      case "/token":
        return this.#token(await bodyOf(request), json);
      default:
        return json(404, {});
    }
  }

  #description() {
    const at = (path) => this.issuer + path;
    return {
      issuer: this.issuer,
      authorization_endpoint: at("/authorize"),
      token_endpoint: at("/token"),
      jwks_uri: at("/keys"),
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["EdDSA"],
    };
  }

  /** The page of the provider: one button that goes on, and one that does not. */
  #ask(asked, response) {
    const code = randomBytes(16).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: CLIENT, sub: this.subject, nonce: asked.get("nonce"), iat: now, exp: now + 300, auth_time: now };
    this.codes.set(code, { claims, challenge: asked.get("code_challenge"), redirect: asked.get("redirect_uri") });
    const back = (answer) => `${asked.get("redirect_uri")}?${new URLSearchParams({ ...answer, state: asked.get("state") })}`;
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    const link = (name, answer) => `<p><a href="${back(answer).replaceAll("&", "&amp;")}">${name}</a></p>`;
    response.end(`<!doctype html><title>Acme</title><h1>Acme</h1>${link("Go on", { code })}${link("Cancel", { error: "access_denied" })}`);
  }

  /** A token, for who has the code and can show who began. */
  #token(form, json) {
    const granted = this.codes.get(form.get("code"));
    this.codes.delete(form.get("code"));
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (granted?.challenge !== challenge || granted.redirect !== form.get("redirect_uri")) return json(400, { error: "invalid_grant" });
    const input = `${spell(JSON.stringify({ alg: "EdDSA", kid: "one" }))}.${spell(JSON.stringify(granted.claims))}`;
    const id_token = `${input}.${sign(null, Buffer.from(input), this.keys.privateKey).toString("base64url")}`;
    return json(200, { access_token: "unused", token_type: "Bearer", expires_in: 300, id_token });
  }
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}
