//! Every operation of the API is a command, or is said here not to be one, and why.

use std::collections::BTreeMap;

use crate::program::assent;

/// The command of each operation; what is in brackets is no command, and why.
const COMMANDS: &[(&str, &str)] = &[
    ("readChain", "doctor"),
    ("askChallenge", "party register"),
    ("registerParty", "party register"),
    ("readParty", "party show"),
    ("readKeys", "party keys"),
    ("rotateKeys", "party rotate"),
    ("recoverParty", "party recover"),
    ("deactivateParty", "party deactivate"),
    ("readContact", "contact show"),
    ("askContact", "contact set"),
    ("confirmContact", "contact confirm"),
    ("makeSignInLink", "sign-in"),
    ("listSignInBindings", "account bindings"),
    ("bindSignIn", "account bind"),
    ("unbindSignIn", "account unbind"),
    ("signIn", "(for the wallet in a browser)"),
    ("lookUp", "contact find"),
    ("listPseudonyms", "account pseudonyms"),
    ("addPseudonym", "account name"),
    ("readKeyring", "account keyring show"),
    ("keepKeyring", "account keyring keep"),
    ("listDevices", "account device list"),
    ("awaitKeys", "(for the wallet in a browser)"),
    ("refuseDevice", "account device refuse"),
    ("askPass", "(for the wallet in a browser)"),
    ("confirmPass", "(for the wallet in a browser)"),
    ("exportAccount", "account export"),
    ("eraseAccount", "account erase"),
    ("startLostKey", "account lost-key"),
    ("confirmLostKey", "account lost-key"),
    ("listServices", "service list"),
    ("registerService", "service register"),
    ("readService", "service show"),
    ("readServiceVersion", "service show"),
    ("listServiceConsents", "consent list"),
    ("createLink", "link create"),
    ("readLink", "link show"),
    ("changeLink", "link remove"),
    ("askConsent", "request"),
    ("readRequest", "form"),
    ("readForm", "form"),
    ("refuseConsent", "refuse"),
    ("giveConsent", "give"),
    ("readConsent", "consent show"),
    ("changeConsent", "withdraw"),
    ("readEvidence", "evidence"),
    ("readReceipt", "consent receipt"),
    ("acknowledge", "acknowledge"),
    ("listRequests", "form"),
    ("listConsents", "consent list"),
    ("listLinks", "link show"),
    ("listReceipts", "consent receipts"),
    ("issueToken", "token"),
    ("decide", "source serve"),
    ("reportUse", "fetch"),
    ("offerPairing", "(of a device)"),
    ("readPairing", "meter pair"),
    ("endPairing", "(of a device)"),
    ("beginPairing", "meter pair"),
    ("awaitPairing", "(of a device)"),
    ("followPairing", "meter pair"),
    ("answerPairing", "meter pair"),
    ("openStream", "(of a device)"),
    ("readStream", "meter list"),
    ("closeStream", "meter unpair"),
    ("createWebhook", "webhook add"),
    ("listWebhooks", "webhook list"),
    ("readWebhook", "webhook list"),
    ("deleteWebhook", "webhook remove"),
    ("testWebhook", "webhook test"),
    ("listDeliveries", "webhook deliveries"),
    ("replayDelivery", "webhook replay"),
    ("listWallets", "wallet list"),
    ("publishWallet", "wallet publish"),
    ("readWallet", "wallet verify"),
    ("replayDeliveries", "webhook replay"),
    ("changeWebhook", "webhook enable"),
    ("readCheckpoint", "log checkpoint"),
    ("readTile", "(for programs: a tile is bytes)"),
    ("readEntry", "log entry"),
    ("pushRedirect", "redirect consent"),
    ("redeemConsent", "redirect redeem"),
    ("pushLink", "redirect link"),
    ("redeemLink", "redirect redeem"),
    ("anchorStream", "(for devices)"),
    ("putRecords", "(for devices)"),
    ("readStanding", "(for devices)"),
    ("putStreamKeys", "(for devices)"),
    ("putGrant", "(for the pages of the home)"),
    ("deleteGrant", "(for the pages of the home)"),
    ("readRecords", "(for services: the SDK)"),
    ("tailStream", "(for services: the SDK)"),
    ("listConsentStreams", "(for services: the SDK)"),
    ("askStreamKeys", "(for services: the SDK)"),
    ("readIndex", "(a page)"),
    ("readOpenApi", "(for programs)"),
    ("listProblems", "(a page)"),
    ("readProblem", "(a page)"),
];

#[test]
fn every_operation_has_a_command() {
    let document = assent_node::http::openapi::document();
    let commands: BTreeMap<&str, &str> = COMMANDS.iter().copied().collect();
    let paths = document["paths"].as_object().expect("paths");
    let mut missing = Vec::new();
    for methods in paths.values() {
        for operation in methods.as_object().expect("methods").values() {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            if !commands.contains_key(id) {
                missing.push(id.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "no command for {missing:?}");
}

#[test]
fn every_command_of_the_list_is_one() {
    for (operation, command) in COMMANDS
        .iter()
        .filter(|(_, command)| !command.starts_with('('))
    {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.push("--help");
        let help = assent(&words).done().stdout;
        assert!(help.contains("Usage: assent"), "{operation}: {command}");
    }
}
