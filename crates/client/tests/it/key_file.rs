//! Keys on disk are private, whole, and never overwritten.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use assent_client::key_file::{KeyFileError, load_party, load_wallet, save_party, save_wallet};
use assent_client::keys::{PairAlias, PartyKeys, Pseudonym, Wallet, WalletLink};
use assent_model::ids::{LinkId, PairId, ServiceId};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_party_is_the_same_after_loading() {
    let folder = folder();
    let path = folder.path().join("keys.json");
    let keys = PartyKeys::generate();
    save_party(&path, &keys).unwrap();
    let loaded = load_party(&path).unwrap();
    assert_eq!(loaded.party_id(), keys.party_id());
    assert_eq!(loaded.signing.seed(), keys.signing.seed());
    assert_eq!(loaded.recovery.seed(), keys.recovery.seed());
    assert_eq!(loaded.opening.seed(), keys.opening.seed());
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(folder.path()), ["keys.json"]);
}

#[test]
fn a_file_is_never_overwritten() {
    let folder = folder();
    let path = folder.path().join("keys.json");
    let keys = PartyKeys::generate();
    save_party(&path, &keys).unwrap();
    let before = fs::read(&path).unwrap();
    let again = save_party(&path, &PartyKeys::generate());
    assert!(matches!(again, Err(KeyFileError::Exists)));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(folder.path()), ["keys.json"]);
}

#[track_caller]
fn check_refused(change: impl FnOnce(&Path), expected: &str) {
    let folder = folder();
    let path = folder.path().join("keys.json");
    save_party(&path, &PartyKeys::generate()).unwrap();
    change(&path);
    let error = load_party(&path).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn rewrite(path: &Path, change: impl FnOnce(String) -> String) {
    fs::write(path, change(fs::read_to_string(path).unwrap())).unwrap();
}

const OPEN: &str = "the key file can be read by others; its mode must be 0600";
const DAMAGED: &str = "the key file is damaged or of another kind";

#[test]
fn a_file_that_others_can_touch_is_refused() {
    for mode in [0o640, 0o604, 0o660, 0o602, 0o610] {
        check_refused(|path| set_mode(path, mode), OPEN);
    }
}

#[test]
fn a_damaged_file_is_refused() {
    check_refused(|path| fs::write(path, "").unwrap(), DAMAGED);
    check_refused(|path| fs::write(path, [0xff; 100]).unwrap(), DAMAGED);
    check_refused(
        |path| rewrite(path, |text| text.replace("\"party\"", "\"link\"")),
        DAMAGED,
    );
    check_refused(
        |path| rewrite(path, |text| text.replace("recovery", "other")),
        DAMAGED,
    );
    check_refused(
        |path| rewrite(path, |text| text + &" ".repeat(5000) + "{"),
        DAMAGED,
    );
    check_refused(
        |path| rewrite(path, |text| text.replace("keys/1", "keys/2")),
        "the key file has another format than assent-keys/1",
    );
    check_refused(
        |path| fs::remove_file(path).unwrap(),
        "the key file cannot be accessed",
    );
}

fn link() -> WalletLink {
    WalletLink {
        slr_id: LinkId::random(),
        service_id: ServiceId::random(),
        provider: PartyKeys::generate().party_id(),
        holder: Pseudonym::generate().key.verifying_key().thumbprint(),
        pseudonym: Pseudonym::generate(),
    }
}

fn alias() -> PairAlias {
    PairAlias {
        pair: PairId::random(),
        source_link: LinkId::random(),
        alias: Pseudonym::generate(),
    }
}

#[test]
fn a_wallet_grows_by_files() {
    let folder = folder();
    let path = folder.path().join("wallet");
    let mut wallet = Wallet::new(PartyKeys::generate());
    wallet.add_link(link());
    save_wallet(&path, &wallet).unwrap();
    assert_eq!(mode(&path), 0o700);
    assert_eq!(names(&path).len(), 2);

    wallet.add_link(link());
    wallet.add_alias(alias());
    save_wallet(&path, &wallet).unwrap();
    assert_eq!(names(&path).len(), 4);
    for name in names(&path) {
        assert_eq!(mode(&path.join(name)), 0o600);
    }

    fs::write(path.join("notes.json"), "{}").unwrap();
    let loaded = load_wallet(&path).unwrap();
    assert_eq!(loaded.keys.party_id(), wallet.keys.party_id());
    assert_eq!(loaded.links().count(), 2);
    for link in wallet.links() {
        let same = loaded.link(link.slr_id).unwrap();
        assert_eq!(same.pseudonym.surrogate_id(), link.pseudonym.surrogate_id());
        let described = |link: &WalletLink| (link.service_id, link.provider, link.holder);
        assert_eq!(described(same), described(link));
    }
    let kept = wallet.aliases().next().unwrap();
    let same = loaded.alias(kept.pair).unwrap();
    assert_eq!(same.alias.surrogate_id(), kept.alias.surrogate_id());
    assert_eq!(same.source_link, kept.source_link);
}

#[test]
fn a_wallet_is_not_saved_over_another() {
    let folder = folder();
    save_wallet(folder.path(), &Wallet::new(PartyKeys::generate())).unwrap();
    let other = save_wallet(folder.path(), &Wallet::new(PartyKeys::generate()));
    assert!(matches!(other, Err(KeyFileError::Exists)));
}

#[test]
fn secrets_are_not_shown() {
    let keys = PartyKeys::generate();
    let shown = format!("{keys:?}");
    for seed in [
        keys.signing.seed(),
        keys.recovery.seed(),
        keys.opening.seed(),
    ] {
        assert!(!shown.contains(&assent_crypto::base64url::encode(seed)));
    }
}
