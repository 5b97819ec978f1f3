//! Reading the whole log as anybody can, and looking for what must not be there.

use assent_crypto::base64url;
use assent_ledger::checkpoint::{Checkpoint, SignedCheckpoint};
use assent_ledger::merkle::{leaf_hash, verify_inclusion};
use serde_json::Value;

use super::Sharing;
use super::cast::{ADVISER_ACCOUNT, ARCHIVE_ACCOUNT, Cast, METER_NUMBER};
use crate::demo::Stage;
use crate::demo::checks::ensure;
use crate::failure::{Doing, Failure};

/// Proves every entry against a signed checkpoint and searches all that it says; how many there are.
pub(super) async fn search(
    cast: &Cast,
    sharing: &Sharing,
    stage: &mut Stage<'_>,
) -> Result<u64, Failure> {
    let client = &cast.session.client;
    let size = checkpoint(cast, &client.checkpoint().await?)?.size;
    let (household, consent) = (cast.household.party().to_string(), sharing.sink.to_string());
    let mut naming_household = 0;
    let (mut naming_consent, mut naming_both) = (0, 0);
    for index in 0..size {
        let entry = client.entry(index).await;
        let entry = entry.doing(format!("entry {index} of the log cannot be read"))?;
        let newest = checkpoint(cast, &entry.checkpoint)?;
        let leaf = leaf_hash(entry.leaf.as_bytes());
        let included = verify_inclusion(leaf, index, newest.size, &entry.proof, newest.log_root);
        ensure(
            included.is_ok(),
            "every entry is in the log that the checkpoint signs",
        )?;
        let text = said(&entry.leaf)?;
        for secret in [ARCHIVE_ACCOUNT, ADVISER_ACCOUNT, METER_NUMBER] {
            ensure(
                !text.contains(secret),
                "there is no personal data in the log",
            )?;
        }
        naming_household += usize::from(text.contains(&household));
        naming_consent += usize::from(text.contains(&consent));
        naming_both += usize::from(text.contains(&household) && text.contains(&consent));
    }
    ensure(
        naming_household == 1,
        "the household is named where it registered, and nowhere else",
    )?;
    ensure(naming_consent > 0, "the consent is in the log")?;
    ensure(
        naming_both == 0,
        "no entry ties the household to the consent",
    )?;
    let shown = format!("{size} entries proven, no personal data in them");
    stage.narrator.step("anyone", "reads the log", &shown);
    Ok(size)
}

fn checkpoint(cast: &Cast, note: &str) -> Result<Checkpoint, Failure> {
    SignedCheckpoint::parse(note, &cast.session.chain.checkpoint_key)
        .map_err(|error| Failure::problem("the checkpoint is not signed").caused_by(&error))
}

/// All that a leaf says: its own text, and that of every statement in it.
fn said(leaf: &str) -> Result<String, Failure> {
    let value: Value = serde_json::from_str(leaf).doing("a leaf of the log is not JSON")?;
    let mut text = leaf.to_owned();
    collect(&value, &mut text);
    Ok(text)
}

fn collect(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => {
            if let Some(payload) = payload(string) {
                text.push_str(&payload.to_string());
                collect(&payload, text);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, text)),
        Value::Object(members) => members.values().for_each(|member| collect(member, text)),
        _ => {}
    }
}

/// The payload of a compact JWS.
fn payload(compact: &str) -> Option<Value> {
    let [_, payload, _] = compact.split('.').collect::<Vec<_>>()[..] else {
        return None;
    };
    serde_json::from_slice(&base64url::decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_in_statements_are_read() {
        let inner = format!("e30.{}.AA", base64url::encode(br#"{"party":"prt_inner"}"#));
        let outer = format!(r#"{{"nested":["{inner}"],"party":"prt_outer"}}"#);
        let leaf = format!(
            r#"{{"event":{{"record":"e30.{}.AA"}}}}"#,
            base64url::encode(outer.as_bytes())
        );
        let text = said(&leaf).expect("the leaf is JSON");
        assert!(
            text.contains("prt_outer") && text.contains("prt_inner"),
            "{text}"
        );
    }
}
