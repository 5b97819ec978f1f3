//! What the wallet of the browser is given to answer, as its tests and the judge read it.

use assent_api::v1::consents::FormView;
use assent_client::keys::WalletLink;
use assent_crypto::base64url;
use serde_json::{Value, json};

use crate::cast::{Cast, OPTIONAL, REQUIRED, chain_id, resources};
use crate::world::START;

/// Everything that a wallet knows when a form is before it: keys, descriptions, the form.
pub(crate) fn scene(cast: &Cast, form: &FormView) -> Value {
    json!({
        "chain": chain_id(),
        "now": cast.world.now,
        "request": cast.asked.as_ref().unwrap().compact(),
        "language": cast.language,
        "form": form,
        "service": cast.requester.description,
        "source": cast.source.description,
        "service_link": link(&cast.requester.link),
        "source_link": link(&cast.source.link),
        "source_sealing_key": cast.source.keys.opening.sealing_key(),
        "holder": cast.requester.holder(),
        "token_key": cast.world.operator.token_key.verifying_key(),
        "operator_key": cast.world.operator.keys.signing.verifying_key(),
        "resource_set": resources(&[REQUIRED, OPTIONAL]),
        "age_confirmed": true,
        "valid_from": START,
        "valid_until": START.as_millis() + 30 * 86_400_000,
    })
}

fn link(link: &WalletLink) -> Value {
    json!({
        "slr_id": link.slr_id,
        "service_id": link.service_id,
        "provider": link.provider,
        "seed": base64url::encode(link.pseudonym.key.seed()),
    })
}
