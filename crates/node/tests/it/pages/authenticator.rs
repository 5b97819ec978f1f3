//! An authenticator made of software, which can do everything wrong that a real one does right.

use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// The person is there, and has shown who it is (Web Authentication, section 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// An authenticator with one key.
pub(super) struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    /// The account, as the site calls it.
    pub(super) account: Vec<u8>,
    /// What the browser says about where it is.
    pub(super) origin: String,
    /// The name of the site.
    pub(super) site: &'static str,
    /// What is counted; 0 for one that does not count.
    pub(super) count: u32,
    pub(super) flags: u8,
    /// Whether it finds the key without being told which.
    pub(super) finds: bool,
}

impl Authenticator {
    /// An authenticator in a browser at this origin.
    pub(super) fn at(origin: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: random_bytes::<32>().to_vec(),
            account: Vec::new(),
            origin: origin.to_owned(),
            site: "localhost",
            count: 1,
            flags: PRESENT | VERIFIED,
            finds: true,
        }
    }

    /// Without fingerprint, face or PIN.
    pub(super) fn unverified(&mut self) {
        self.flags = PRESENT;
    }

    /// Makes the key that is asked for: what the script would send.
    pub(super) fn make(&mut self, asked: &Value) -> Value {
        let asked = &asked["publicKey"];
        self.account = base64url::decode(asked["user"]["id"].as_str().unwrap()).unwrap();
        let said = self.said("webauthn.create", asked);
        let mut data = self.data(HAS_CREDENTIAL);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.public_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend_from_slice(&data);
        let response = json!({
            "clientDataJSON": base64url::encode(said.as_bytes()),
            "attestationObject": base64url::encode(&object),
            "transports": ["internal"],
        });
        self.credential(&response, &json!({ "credProps": { "rk": self.finds } }))
    }

    /// Answers with the key, and counts.
    pub(super) fn answer(&mut self, asked: &Value) -> Value {
        if self.count > 0 {
            self.count += 1;
        }
        let said = self.said("webauthn.get", &asked["publicKey"]);
        let data = self.data(0);
        let signed = [&data[..], digest(&SHA256, said.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": base64url::encode(said.as_bytes()),
            "authenticatorData": base64url::encode(&data),
            "signature": base64url::encode(signature.as_ref()),
            "userHandle": base64url::encode(&self.account),
        });
        self.credential(&response, &json!({}))
    }

    fn credential(&self, response: &Value, extensions: &Value) -> Value {
        let id = base64url::encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "response": response, "clientExtensionResults": extensions,
        })
    }

    fn said(&self, what: &str, asked: &Value) -> String {
        let (challenge, origin) = (&asked["challenge"], &self.origin);
        json!({ "type": what, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend_from_slice(&self.count.to_be_bytes());
        data
    }

    /// CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        [
            b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20",
            x,
            b"\x22\x58\x20",
            y,
        ]
        .concat()
    }
}
