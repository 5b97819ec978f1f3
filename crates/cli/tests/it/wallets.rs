//! Builds of the wallet: published by the operator, and checked by whoever downloaded one.

use std::fs;
use std::path::Path;

use assent_crypto::digest::Digest;

use crate::program::{Node, folder, text};

/// A build of two files, with its manifest as the bundler writes it.
fn build(at: &Path) {
    fs::create_dir_all(at.join("more")).expect("the folder is made");
    let files = [("index.html", "<!doctype html>"), ("more/wallet.js", "1;")];
    let mut named = Vec::new();
    for (name, content) in files {
        fs::write(at.join(name), content).expect("the file is written");
        named.push(format!("\"{name}\":\"{}\"", Digest::of(content.as_bytes())));
    }
    let manifest = format!(
        "{{\"files\":{{{}}},\"format\":\"assent-wallet-bundle/1\"}}",
        named.join(",")
    );
    fs::write(at.join("manifest.json"), manifest).expect("the manifest is written");
}

#[test]
fn a_build_is_published_once_and_verified_by_anybody() {
    let folder = folder();
    let node = Node::new(folder.path());
    let bundle = folder.path().join("bundle");
    build(&bundle);
    node.assent(&["wallet", "verify", text(&bundle)])
        .failed(1, "is not in the log");
    let publish = [
        "wallet",
        "publish",
        text(&bundle),
        "--origin",
        "https://wallet.example",
        "--data-dir",
        text(&node.data_dir),
    ];
    let published = node.assent(&publish).done().json();
    node.assent(&publish).failed(1, "wallet-known");
    let list = node.assent(&["wallet", "list"]).done().json();
    assert_eq!(list[0]["digest"], published["digest"]);
    let proven = node
        .assent(&["wallet", "verify", text(&bundle)])
        .done()
        .json();
    assert_eq!(proven["digest"], published["digest"]);
    assert_eq!(proven["origin"], "https://wallet.example");
    let stranger = "prt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    node.assent(&["wallet", "verify", text(&bundle), "--operator", stranger])
        .failed(1, "another operator");
    fs::write(bundle.join("more/wallet.js"), "2;").expect("the file is altered");
    node.assent(&["wallet", "verify", text(&bundle)])
        .failed(1, "are not those of its manifest");
    fs::write(bundle.join("more/wallet.js"), "1;").expect("the file is as before");
    fs::write(bundle.join("more.js"), "3;").expect("there is one more");
    node.assent(&["wallet", "verify", text(&bundle)])
        .failed(1, "are not those of its manifest");
}
