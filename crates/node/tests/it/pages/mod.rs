//! Pages for people, as a browser without JavaScript meets them.

pub(crate) mod browser;
mod consent_form;
mod form_attacks;
mod home;
mod hosted;
mod letters;
mod own_page;
mod relying;
