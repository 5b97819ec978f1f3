//! The notice: the one that the record names, and the one that request and descriptions make.

use assent_api::v1::consents::{Notice, notice};
use assent_crypto::digest::Digest;
use assent_model::canonical;
use assent_model::records::consent::NoticeRef;
use assent_model::time::Timestamp;

use super::EvidenceError;
use super::case::Asked;
use super::descriptions::Descriptions;

/// Checks the text of a notice against the record that names it, and makes it again from what it
/// is about.
pub(super) fn check(
    text: &str,
    named: &NoticeRef,
    asked: &Asked,
    descriptions: &Descriptions<'_>,
) -> Result<Notice, EvidenceError> {
    let mismatch = EvidenceError::NoticeMismatch;
    if Digest::of(text.as_bytes()) != named.digest {
        return Err(mismatch);
    }
    let shown: Notice = canonical::decode(text.as_bytes()).map_err(|_| mismatch)?;
    let request = asked.request.content();
    let service = &descriptions.known(&request.service).description;
    let source = request
        .source
        .as_ref()
        .map(|source| &descriptions.known(source).description);
    let purpose = service.purpose(&request.purpose_id).ok_or(mismatch)?;
    let max = request.valid_until_max.map(Timestamp::as_millis);
    let made = notice(service, purpose, source, &asked.offer, max, &named.language);
    if shown == made && shown.version == named.version {
        Ok(shown)
    } else {
        Err(mismatch)
    }
}
