/** The domain-separation strings that a wallet uses, spelled as in `crates/crypto/src/domains.rs`. The shared vectors compare them. */

export const PARTY_ID = "assent/v1/party-id";
export const SURROGATE_ID = "assent/v1/surrogate-id";
export const COMMITMENT_FORM = "assent/v1/commitment/form";
export const COMMITMENT_LINK = "assent/v1/commitment/link";
export const COMMITMENT_ALIAS = "assent/v1/commitment/alias";
export const SEAL_DOCUMENT = "assent/v1/seal/document";
export const SEAL_CHALLENGE = "assent/v1/seal/challenge";
export const SEAL_ALIAS = "assent/v1/seal/alias";
export const SEAL_STREAM_GRANT = "assent/v1/seal/stream-grant";
/** The key of a device, as its digest is compared. */
export const DEVICE_KEY = "assent/v1/device-key";
export const SEAL_WALLET_KEY = "assent/v1/seal/wallet-key";
export const KIT_KEY = "assent/v1/recovery-kit";
export const KIT_CHECK = "assent/v1/recovery-kit-check";
