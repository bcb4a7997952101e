// A provider of identities on this machine: oidc-provider as it is, and between it and the world a hand that can alter its answers.

import { createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

export const CLIENT = "xueshi";
export const SECRET = "a secret: of + the/test";

/** A key pair of the provider. */
function keyOf(kid) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export class Identities {
  /** The keys it signs with. */
  key = keyOf("one");
  /** How people who sign in there prove who they are, as its tokens say it. */
  amr = ["pwd"];
  /** Alters the ID token of an answer, while there is one. */
  alter = null;
  /** An address that fails, while there is one. */
  broken = null;
  /** How often its description and its keys were asked for. */
  asked = { description: 0, keys: 0 };

  async start(redirect) {
    this.redirect = redirect;
    this.server = createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.issuer = `http://localhost:${this.server.address().port}`;
    this.rotate("one");
  }

  /** Goes over to a key of its own. */
  rotate(kid) {
    this.key = keyOf(kid);
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: [this.redirect], response_types: ["code"], grant_types: ["authorization_code"] }],
      jwks: { keys: [this.key] },
      pkce: { required: () => true },
      claims: { openid: ["sub", "amr"] },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      cookies: { keys: ["only for this test"] },
    });
    const finish = provider.interactionFinished.bind(provider);
    provider.interactionFinished = (request, response, result, ...more) => {
      const proved = result.login ? { ...result, login: { ...result.login, amr: this.amr } } : result;
      return finish(request, response, proved, ...more);
    };
    this.handler = provider.callback();
  }

  #answer(request, response) {
    const { pathname } = new URL(request.url, this.issuer);
    if (pathname === "/.well-known/openid-configuration") this.asked.description += 1;
    if (pathname === "/jwks") this.asked.keys += 1;
    if (pathname === this.broken) {
      response.writeHead(500).end();
      return;
    }
    if (pathname === "/token" && this.alter) {
      const end = response.end.bind(response);
      response.end = (body) => {
        const answer = JSON.parse(body);
        answer.id_token = this.alter(answer.id_token);
        const text = JSON.stringify(answer);
        response.setHeader("content-length", Buffer.byteLength(text));
        return end(text);
      };
    }
    this.handler(request, response);
  }

  /** The same token saying something else, signed by the provider's key, or another. */
  resigned(token, claims, key = this.key, header = {}) {
    const said = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    const message = `${encoded({ alg: "RS256", typ: "JWT", kid: key.kid, ...header })}.${encoded({ ...said, ...claims })}`;
    return `${message}.${sign("RSA-SHA256", Buffer.from(message), createPrivateKey({ key, format: "jwk" })).toString("base64url")}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const now = () => Math.floor(Date.now() / 1000);

/** Answers that are not to be believed: what is altered, and why the log says it was refused. */
export const FORGERIES = [
  ["of another request", "nonce", (at, token) => at.resigned(token, { nonce: "another" })],
  ["without the request", "nonce", (at, token) => at.resigned(token, { nonce: undefined })],
  ["for another client", "audience", (at, token) => at.resigned(token, { aud: "another" })],
  ["for several clients, made for none", "audience", (at, token) => at.resigned(token, { aud: [CLIENT, "another"] })],
  ["made for another client", "audience", (at, token) => at.resigned(token, { aud: [CLIENT, "another"], azp: "another" })],
  ["of another provider", "issuer", (at, token) => at.resigned(token, { iss: "http://localhost:1" })],
  ["expired", "expired", (at, token) => at.resigned(token, { exp: now() - 120 })],
  ["of tomorrow", "not yet", (at, token) => at.resigned(token, { iat: now() + 86400 })],
  ["about nobody", "subject", (at, token) => at.resigned(token, { sub: "" })],
  ["about another, with the signature as it was", "signature", (at, token) => [token.split(".")[0], at.resigned(token, { sub: "another" }).split(".")[1], token.split(".")[2]].join(".")],
  ["signed by a stranger", "signature", (at, token) => at.resigned(token, {}, keyOf(at.key.kid))],
  ["signed by a key of no name there", "key", (at, token) => at.resigned(token, {}, keyOf("stranger"))],
  ["unsigned", "key", (at, token) => `${encoded({ alg: "none" })}.${token.split(".")[1]}.`],
  [
    "signed with the secret",
    "key",
    (at, token) => {
      const message = `${encoded({ alg: "HS256", kid: at.key.kid })}.${token.split(".")[1]}`;
      return `${message}.${createHmac("sha256", SECRET).update(message).digest("base64url")}`;
    },
  ],
  ["with a condition we do not know", "crit", (at, token) => at.resigned(token, {}, at.key, { crit: ["exp"] })],
  ["no token", "form", () => "nothing"],
];
