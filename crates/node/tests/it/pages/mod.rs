//! Pages for people, as a browser without JavaScript meets them.

mod activity;
mod age;
mod at_rest;
mod attacks;
mod authenticator;
pub(crate) mod browser;
mod consent_form;
mod console;
mod delegates;
mod devices;
mod form_attacks;
mod home;
mod hosted;
mod identity_provider;
mod languages;
mod letters;
mod logos;
mod meters;
mod notifications;
mod own_meters;
mod own_page;
mod ownership;
mod passkeys;
mod providers;
mod relying;
