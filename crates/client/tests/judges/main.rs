//! Foreign programs judge what this product signs.
//!
//! [`tokens`] gives every kind of JWS to the judges in `tests/judges`, which verify with `jose` and
//! `jwcrypto`. [`bundles`] gives evidence bundles, good and damaged, to the verifier in
//! `examples/verify-python`, which was written from the documentation, and compares its verdicts
//! with those of [`assent_client::evidence`]. [`wallet`] has the wallet in `web` sign everything that
//! a person signs.

#![expect(clippy::unwrap_used, reason = "tests")]

mod bundles;
#[expect(dead_code, reason = "shared with the other tests of this crate")]
#[path = "../it/cast.rs"]
mod cast;
mod changes;
mod damage;
mod emitted;
mod stories;
mod tampering;
mod tokens;
mod tools;
mod wallet;
#[path = "../it/wallet_scene.rs"]
mod wallet_scene;
#[path = "../it/world.rs"]
mod world;
