//! What every page has around it: language, navigation, assets.

use askama::Template;
use assent_model::ids::PartyId;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::assets;
use super::signed_in::SignedIn;
use super::texts::Texts;
use super::wallet;

/// The frame of a page. Templates extend `frame.html` and have one as `frame`.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The words.
    pub(crate) texts: Texts,
    /// The title of the page, in words.
    pub(crate) title: String,
    /// Which entry of the navigation this page belongs to, such as `home`.
    pub(crate) area: &'static str,
    /// Whether somebody is signed in, so that there is somewhere to navigate to.
    pub(crate) signed_in: bool,
    /// Where this page is, for the way back after a change of language.
    pub(crate) here: String,
    /// Whose page this is, for the wallet in it; nothing where nobody is signed in.
    pub(crate) party: Option<PartyId>,
    /// How many notifications have not been seen.
    pub(crate) unseen: usize,
    /// Whose home this is, where it is another's.
    pub(crate) host: Option<Host>,
}

/// Somebody who has let the reader in.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    /// Under which address the person is known.
    pub(crate) name: String,
    /// The name of the one home, if it is not everything.
    pub(crate) home: Option<String>,
}

impl Frame {
    /// The frame of a page for anybody.
    pub(crate) fn open(texts: Texts, title: &str, here: &str) -> Self {
        Self {
            title: texts.get(title),
            texts,
            area: "",
            signed_in: false,
            here: here.to_owned(),
            party: None,
            unseen: 0,
            host: None,
        }
    }

    /// The frame of a page for who is signed in. `title` is the key of the title.
    pub(crate) fn of(
        texts: Texts,
        title: &str,
        area: &'static str,
        here: &str,
        signed_in: &SignedIn,
    ) -> Self {
        Self {
            area,
            signed_in: true,
            party: Some(signed_in.party),
            unseen: signed_in.unseen,
            ..Self::open(texts, title, here)
        }
    }

    /// The address of an asset, with a hash of its content in it.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The address of the wallet, unless this node was built without it.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub(crate) fn wallet(&self) -> Option<String> {
        assets::wallet()
    }

    /// What the elements of the wallet are told, as JSON.
    pub(crate) fn wallet_said(&self) -> String {
        wallet::said(&self.texts, self.party)
    }

    /// The words of notices that the wallet is told, as JSON.
    pub(crate) fn vocabulary(&self) -> String {
        wallet::vocabulary(&self.texts)
    }

    /// All languages, for the choice in the footer.
    #[expect(clippy::unused_self, reason = "templates call it on the frame")]
    pub(crate) fn languages(&self) -> Vec<Texts> {
        Texts::languages()
    }
}

/// A page as an answer.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    let html = template.render().expect("templates render into memory");
    let html_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, html_type, html).into_response()
}

/// A path of this node and nothing else: who follows it stays here, whatever was asked for.
pub(crate) fn local_path(wanted: &str) -> &str {
    let is_local = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && wanted
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local { wanted } else { "/home" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    fn check(wanted: &str, expected: &str) {
        assert_eq!(local_path(wanted), expected, "{wanted:?}");
    }

    #[test]
    fn nobody_is_sent_elsewhere() {
        check(
            "/home/consents?status=active",
            "/home/consents?status=active",
        );
        check("https://evil.example/", "/home");
        check("//evil.example", "/home");
        check("/\\evil.example", "/home");
        check("/\t/evil.example", "/home");
        check("javascript:alert(1)", "/home");
        check("", "/home");
    }
}
