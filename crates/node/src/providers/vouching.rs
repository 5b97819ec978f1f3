//! The two halves of signing in at a provider: sending somebody there, and believing what it says.

use assent_api::problem::Code;
use assent_crypto::base64url;
use assent_crypto::random::random_bytes;
use assent_model::time::{Span, Timestamp};
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};

use super::Provider;
use super::calling::CallError;
use crate::clock::Clock;
use crate::http::failure::Failure;

/// With which algorithms a provider may sign: public keys only, so that nothing that this node has in
/// common with a provider can make a token.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::EdDsa,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
];
/// How far a token's time of issue may be from now: a sign-in takes minutes.
const ISSUED_WITHIN: Span = Span::from_minutes(10);
/// How far clocks may be apart.
const SKEW: Span = Span::from_minutes(1);

/// The client of a provider that publishes where to go, and perhaps where to exchange codes.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is kept while somebody is at the provider.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begun {
    /// The provider, by its name in addresses.
    pub(crate) provider: String,
    /// Where to go afterwards.
    pub(crate) here: String,
    nonce: String,
    verifier: String,
    /// Since when the provider must have seen the person, where that matters.
    seen_since: Option<Timestamp>,
}

/// Somebody for whom a provider vouches.
pub(crate) struct Vouched {
    pub(crate) subject: String,
    /// When the provider last saw the person, if it says so.
    pub(crate) seen_at: Option<Timestamp>,
}

/// Why nobody is vouched for. In checking order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    /// No answer, or none that can be read.
    #[error("the identity provider does not answer")]
    Unavailable,
    /// The provider says no, or what it says does not hold.
    #[error("the identity provider does not vouch")]
    Refused,
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unavailable => Code::ProviderUnavailable.into(),
            Denied::Refused => Code::ProviderRefused.into(),
        }
    }
}

/// Where somebody is sent to sign in, and what is kept meanwhile. With `again` the provider has to see
/// the person once more, whatever it remembers.
///
/// # Errors
/// The provider does not answer.
pub(crate) async fn begin(
    provider: &Provider,
    clock: &Clock,
    token: String,
    here: &str,
    again: bool,
) -> Result<(String, Begun), Denied> {
    let now = clock.now();
    let metadata = match provider.known(now) {
        Some(metadata) => metadata,
        None => discover(provider, now).await?,
    };
    let client = client(provider, metadata)?;
    let nonce = base64url::encode(&random_bytes::<32>());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (state, sent) = (CsrfToken::new(token), Nonce::new(nonce.clone()));
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let mut request = client
        .authorize_url(flow, move || state, move || sent)
        .set_pkce_challenge(challenge);
    if again {
        let at_once = std::time::Duration::ZERO;
        request = request
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(at_once);
    }
    let (url, _, _) = request.url();
    let begun = Begun {
        provider: provider.settings.id.clone(),
        here: here.to_owned(),
        nonce,
        verifier: verifier.secret().clone(),
        seen_since: again.then_some(now),
    };
    Ok((url.into(), begun))
}

/// Exchanges the code that somebody came back with, and believes the provider if everything holds.
///
/// # Errors
/// See [`Denied`].
pub(crate) async fn vouch(
    provider: &Provider,
    clock: &Clock,
    begun: &Begun,
    code: String,
) -> Result<Vouched, Denied> {
    let now = clock.now();
    let (metadata, is_new) = match provider.known(now) {
        Some(metadata) => (metadata, false),
        None => (discover(provider, now).await?, true),
    };
    let client = client(provider, metadata)?;
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|_| Denied::Unavailable)?
        .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.clone()))
        .request_async(&provider.line)
        .await
        .map_err(|error| not_exchanged(&error))?;
    let token = answer.id_token().ok_or(Denied::Refused)?;
    match check(&client, token, begun, now) {
        // The provider may have changed its keys since it was asked.
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) if !is_new => {
            let client = self::client(provider, discover(provider, now).await?)?;
            check(&client, token, begun, now)
        }
        checked => checked,
    }
    .map_err(|error| {
        // The words may name the subject.
        let reason = kind_of(&error);
        tracing::warn!(reason, "a token of an identity provider is refused");
        Denied::Refused
    })
}

fn check(
    client: &Client,
    token: &CoreIdToken,
    begun: &Begun,
    now: Timestamp,
) -> Result<Vouched, ClaimsVerificationError> {
    let is_fresh = |seen: Option<DateTime<Utc>>| match (begun.seen_since, seen.map(instant)) {
        (Some(since), Some(seen)) => seen + SKEW >= since,
        (Some(_), None) => false,
        (None, _) => true,
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || date(now))
        .set_issue_time_verifier_fn(move |issued| {
            let issued = instant(issued);
            let is_now = issued <= now + SKEW && now.since(issued) <= ISSUED_WITHIN;
            is_now
                .then_some(())
                .ok_or_else(|| "issued at another time".into())
        })
        .set_auth_time_verifier_fn(move |seen| {
            is_fresh(seen)
                .then_some(())
                .ok_or_else(|| "seen too long ago".into())
        });
    let claims = token.claims(&verifier, &Nonce::new(begun.nonce.clone()))?;
    Ok(Vouched {
        subject: claims.subject().as_str().to_owned(),
        seen_at: claims.auth_time().map(instant),
    })
}

/// What the provider publishes, and its keys. The issuer in it is the one that was asked.
async fn discover(provider: &Provider, now: Timestamp) -> Result<CoreProviderMetadata, Denied> {
    let issuer = IssuerUrl::new(provider.settings.issuer.clone());
    let issuer = issuer.map_err(|_| Denied::Unavailable)?;
    let found = CoreProviderMetadata::discover_async(issuer, &provider.line).await;
    let metadata = found.map_err(|error| {
        let reason = match &error {
            DiscoveryError::Request(error) => error.to_string(),
            DiscoveryError::Validation(_) => "another issuer".into(),
            _ => "not a description of a provider".into(),
        };
        let provider = provider.settings.id.as_str();
        tracing::warn!(provider, reason, "an identity provider cannot be asked");
        Denied::Unavailable
    })?;
    provider.learn(now, &metadata);
    Ok(metadata)
}

fn client(provider: &Provider, metadata: CoreProviderMetadata) -> Result<Client, Denied> {
    let callback = RedirectUrl::new(provider.callback.clone());
    let callback = callback.map_err(|_| Denied::Unavailable)?;
    let settings = &provider.settings;
    let secret = Some(settings.client_secret.clone()).filter(|secret| !secret.is_empty());
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes_basic =
        methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let client_id = ClientId::new(settings.client_id.clone());
    let client =
        CoreClient::from_provider_metadata(metadata, client_id, secret.map(ClientSecret::new));
    let auth_type = if takes_basic {
        AuthType::BasicAuth
    } else {
        AuthType::RequestBody
    };
    Ok(client.set_redirect_uri(callback).set_auth_type(auth_type))
}

type NotExchanged = RequestTokenError<CallError, StandardErrorResponse<CoreErrorResponseType>>;

fn not_exchanged(error: &NotExchanged) -> Denied {
    let (reason, denied) = match error {
        RequestTokenError::ServerResponse(_) => ("refused", Denied::Refused),
        RequestTokenError::Parse(..) => ("not a token", Denied::Refused),
        RequestTokenError::Request(_) => ("no answer", Denied::Unavailable),
        RequestTokenError::Other(_) => ("another answer", Denied::Unavailable),
    };
    tracing::warn!(reason, "an identity provider exchanges no code");
    denied
}

const fn kind_of(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "expired",
        ClaimsVerificationError::InvalidAudience(_) => "audience",
        ClaimsVerificationError::InvalidAuthTime(_) => "auth-time",
        ClaimsVerificationError::InvalidIssuer(_) => "issuer",
        ClaimsVerificationError::InvalidNonce(_) => "nonce",
        ClaimsVerificationError::SignatureVerification(_) => "signature",
        _ => "claims",
    }
}

fn instant(date: DateTime<Utc>) -> Timestamp {
    Timestamp::from_millis(u64::try_from(date.timestamp_millis()).unwrap_or(0))
}

fn date(instant: Timestamp) -> DateTime<Utc> {
    let millis = i64::try_from(instant.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
