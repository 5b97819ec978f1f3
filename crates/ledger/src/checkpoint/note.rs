//! C2SP signed notes: a text, an empty line, and one line for each signature.

use assent_crypto::digest::Digest;
use assent_crypto::signature::{self, Signature, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CheckpointError, Origin};

/// The signature type of Ed25519.
const ED25519: u8 = 0x01;
/// The bytes of a key id.
const KEY_ID_BYTES: usize = 4;
/// The most signature lines that are looked at.
const SIGNATURES_MAX: usize = 64;

/// A note taken apart. Its signatures are not checked yet.
pub(super) struct Note<'text> {
    /// The signed text, with its last newline.
    pub(super) text: &'text str,
    signatures: Vec<SignatureLine<'text>>,
}

struct SignatureLine<'text> {
    name: &'text str,
    key_id: [u8; KEY_ID_BYTES],
    signature: Vec<u8>,
}

impl<'text> Note<'text> {
    /// Takes a signed note apart; `None` where it has not the form of one.
    pub(super) fn split(note: &'text str) -> Option<Note<'text>> {
        if note
            .chars()
            .any(|character| character < ' ' && character != '\n')
        {
            return None;
        }
        let (text, signatures) = note.split_at(note.rfind("\n\n")? + 1);
        let lines = signatures
            .strip_prefix('\n')?
            .strip_suffix('\n')?
            .split('\n');
        let signatures = lines
            .take(SIGNATURES_MAX + 1)
            .map(SignatureLine::parse)
            .collect::<Option<Vec<_>>>()?;
        (signatures.len() <= SIGNATURES_MAX).then_some(Note { text, signatures })
    }

    /// Checks every signature that names this key, of which there must be one.
    pub(super) fn verify(&self, name: &str, key: &VerifyingKey) -> Result<(), CheckpointError> {
        let id = key_id(name, key);
        let mut by_key = self
            .signatures
            .iter()
            .filter(|line| line.name == name && line.key_id == id)
            .peekable();
        if by_key.peek().is_none() {
            return Err(CheckpointError::NotSigned);
        }
        if by_key.all(|line| line.verifies(key, self.text)) {
            Ok(())
        } else {
            Err(CheckpointError::BadSignature)
        }
    }
}

impl<'text> SignatureLine<'text> {
    fn parse(line: &'text str) -> Option<SignatureLine<'text>> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let signature = unbase64(signature)?;
        let (key_id, signature) = signature.split_first_chunk()?;
        let whole = is_key_name(name) && !signature.is_empty();
        whole.then(|| SignatureLine {
            name,
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }

    fn verifies(&self, key: &VerifyingKey, text: &str) -> bool {
        self.signature.as_slice().try_into().is_ok_and(|bytes| {
            let signature = Signature::from_bytes(bytes);
            signature::verify(key, text.as_bytes(), &signature).is_ok()
        })
    }
}

/// The signed note of a text that ends with a newline.
pub(super) fn sign(text: &str, name: &str, key: &SigningKey) -> String {
    let mut signature = key_id(name, key.verifying_key()).to_vec();
    signature.extend_from_slice(key.sign(text.as_bytes()).as_bytes());
    format!("{text}\n— {name} {}\n", base64(&signature))
}

/// The public key of a log as note verifiers take it: `name+key id+base64(0x01 ‖ key)`, the key id
/// in hexadecimal.
pub fn verifier_key(origin: &Origin, key: &VerifyingKey) -> String {
    let id = u32::from_be_bytes(key_id(origin.as_str(), key));
    format!("{origin}+{id:08x}+{}", base64(&typed_key(key)))
}

/// The first four bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)`.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; KEY_ID_BYTES] {
    let hash = Digest::of(&[name.as_bytes(), b"\n", &typed_key(key)].concat());
    *hash
        .as_bytes()
        .first_chunk()
        .expect("a digest is longer than a key id")
}

fn typed_key(key: &VerifyingKey) -> Vec<u8> {
    [&[ED25519], key.as_bytes().as_slice()].concat()
}

/// Whether a text can name a key.
pub(super) fn is_key_name(text: &str) -> bool {
    let fits =
        |character: char| !character.is_whitespace() && !character.is_control() && character != '+';
    !text.is_empty() && text.chars().all(fits)
}

/// Base64 with padding (RFC 4648, section 4), as C2SP wants it.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 in its one spelling.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
