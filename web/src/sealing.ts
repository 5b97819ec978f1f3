/** Sealing and opening: HPKE base mode (RFC 9180) with X-Wing, HKDF-SHA-256 and AES-256-GCM, one message to a context. The encapsulated key stands in front. */

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { type Bytes, concat, utf8 } from "./bytes.js";

export const SEALING_KEY_LENGTH = 1216;
const ENCAPSULATED_LENGTH = 1120;

const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** The key that opens, with the public half that others seal to. */
export interface OpeningKey {
  readonly pair: CryptoKeyPair;
  readonly sealingKey: Bytes;
}

/** The key of a 32-byte seed, which the caller can wipe. */
export async function openingKey(seed: Bytes): Promise<OpeningKey> {
  // The pair keeps the bytes that it is given.
  const pair = await kem.generateKeyPairDerand(seed.slice());
  return { pair, sealingKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)) };
}

/** @throws the key is no X-Wing public key. */
export async function seal(key: Bytes, info: string, aad: string, plain: Bytes): Promise<Bytes> {
  const recipientPublicKey = await kem.deserializePublicKey(key);
  const sender = await suite.createSenderContext({ recipientPublicKey, info: utf8(info) });
  const sealed = await sender.seal(plain, utf8(aad));
  return concat(new Uint8Array(sender.enc), new Uint8Array(sealed));
}

/** @throws the box was made for another key, `info` or `aad`, or was altered. */
export async function open(key: OpeningKey, info: string, aad: string, sealed: Bytes): Promise<Bytes> {
  const enc = sealed.slice(0, ENCAPSULATED_LENGTH);
  const recipient = await suite.createRecipientContext({ recipientKey: key.pair, enc, info: utf8(info) });
  return new Uint8Array(await recipient.open(sealed.slice(ENCAPSULATED_LENGTH), utf8(aad)));
}
