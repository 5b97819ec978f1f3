//! Pages for people, as a browser without JavaScript meets them.

mod attacks;
mod authenticator;
pub(crate) mod browser;
mod consent_form;
mod console;
mod devices;
mod form_attacks;
mod home;
mod hosted;
mod identity_provider;
mod languages;
mod letters;
mod own_page;
mod passkeys;
mod providers;
mod relying;
