//! The operations of the account of a person.

use assent_api::problem::Code;
use assent_api::v1::accounts::{
    AccountExport, AddPseudonym, ConfirmLostKey, EraseAccount, Erased, LostKeyStarted,
    PseudonymAdded, PseudonymList, StartLostKey, Stopped,
};
use assent_api::v1::devices::{
    AskPass, ConfirmPass, DevicePass, DeviceWaits, PassAsked, WaitForKeys, WaitingDevices,
};
use assent_api::v1::keyring::{KeptKeyring, Keyring, KeyringRevision};

use super::operation::Operation;

/// What a person does with the account.
pub(super) fn accounts() -> Vec<Operation> {
    let all = [pseudonyms(), keys(), passes(), endings()];
    all.into_iter().flatten().collect()
}

/// Which pseudonyms are whose.
fn pseudonyms() -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/accounts/pseudonyms",
            "listPseudonyms",
            "List the pseudonyms of the caller",
        )
        .by("the party")
        .gives::<PseudonymList>("The pseudonyms that the party has named as its own."),
        Operation::post(
            "/v1/accounts/pseudonyms",
            "addPseudonym",
            "Name a pseudonym as one's own",
        )
        .about("The statement is signed with the pseudonym's key. The operator alone learns of it.")
        .by("the party")
        .takes::<AddPseudonym>()
        .gives::<PseudonymAdded>("The pseudonym belongs to the account.")
        .verifies()
        .refuses(&[Code::PseudonymTaken]),
    ]
}

/// Keys of a wallet in a browser.
fn keys() -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/accounts/keyring",
            "readKeyring",
            "Read the encrypted keys of the caller",
        )
        .by_page_or("the party")
        .about("So does a pass (`Authorization: Assent-Pass …`).")
        .gives::<KeptKeyring>("The keyring as it was kept last.")
        .refuses(&[Code::NotFound]),
        Operation::put(
            "/v1/accounts/keyring",
            "keepKeyring",
            "Keep the encrypted keys of the caller",
        )
        .about("With `If-Match` where there is a keyring already: none is written over unseen. At most 256 KiB.")
        .by_page_or("the party")
        .if_match()
        .takes::<Keyring>()
        .gives::<KeyringRevision>("The keyring is kept, and the one before is erased.")
        .refuses(&[Code::SignInAgain, Code::KeyringInvalid]),
        Operation::get(
            "/v1/accounts/devices",
            "listDevices",
            "List the devices of the caller that wait for keys",
        )
        .by_page_or("the party")
        .gives::<WaitingDevices>("The devices that wait."),
        Operation::post(
            "/v1/accounts/devices",
            "awaitKeys",
            "Have a device of the caller wait for keys",
        )
        .about("For ten minutes. The keys come with the keyring, sealed to the key of the device.")
        .by_page_or("the party")
        .about("So does a pass (`Authorization: Assent-Pass …`).")
        .takes::<WaitForKeys>()
        .gives::<DeviceWaits>("The device waits.")
        .refuses(&[Code::KeyringInvalid, Code::TooManyDevices]),
        Operation::delete(
            "/v1/accounts/devices/{device}",
            "refuseDevice",
            "Let a device of the caller wait no longer",
        )
        .by_page_or("the party")
        .about("So does a pass (`Authorization: Assent-Pass …`).")
        .gives_nothing("The device waits no more."),
    ]
}

/// Devices without keys, at another site.
fn passes() -> Vec<Operation> {
    vec![
        Operation::post(
            "/v1/accounts/passes",
            "askPass",
            "Ask for a code for a device without keys",
        )
        .about("For a wallet of another site. Pages of the node have the session of the browser.")
        .takes::<AskPass>()
        .gives::<PassAsked>(
            "A code was sent if the address is somebody's contact. The answer does not tell.",
        )
        .refuses(&[Code::EmailInvalid]),
        Operation::post(
            "/v1/accounts/passes/confirmations",
            "confirmPass",
            "Get a pass for a device without keys",
        )
        .about("For a quarter of an hour the pass reads the encrypted keyring and has the device wait, and does nothing else.")
        .takes::<ConfirmPass>()
        .gives::<DevicePass>("The pass, and whose account it is.")
        .refuses(&[Code::CodeWrong, Code::CodeSpent]),
    ]
}

/// Taking everything along, erasing it, and losing a key.
fn endings() -> Vec<Operation> {
    vec![
        Operation::get(
            "/v1/accounts/export",
            "exportAccount",
            "Export everything that the node holds about the caller",
        )
        .by("the party")
        .gives::<AccountExport>("Everything, in one document."),
        Operation::post(
            "/v1/accounts/erasure",
            "eraseAccount",
            "Erase everything about the caller that is not on the ledger",
        )
        .about("There is no way back. All consents must have ended.")
        .by("the party")
        .takes::<EraseAccount>()
        .gives::<Erased>("What was erased.")
        .refuses(&[Code::ConfirmationMismatch, Code::ErasureConsentsActive]),
        Operation::post(
            "/v1/accounts/lost-key/start",
            "startLostKey",
            "Ask for a code after the loss of a signing key",
        )
        .takes::<StartLostKey>()
        .gives::<LostKeyStarted>(
            "A code was sent if the address is somebody's contact. The answer does not tell.",
        )
        .refuses(&[Code::EmailInvalid]),
        Operation::post(
            "/v1/accounts/lost-key/confirm",
            "confirmLostKey",
            "Have the operator pause or end consents",
        )
        .takes::<ConfirmLostKey>()
        .gives::<Stopped>("What became of the consents.")
        .refuses(&[Code::CodeWrong, Code::CodeSpent, Code::NotFound]),
    ]
}
