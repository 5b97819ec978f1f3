//! Every word that a page needs is there, in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::texts::Texts;

/// Below the folder of the crate.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The keys that a catalogue file defines.
fn defined(text: &str) -> BTreeSet<String> {
    let starts = |line: &&str| line.starts_with(|first: char| first.is_ascii_alphabetic());
    let key = |line: &str| line.split_once('=').map(|(key, _)| key.trim().to_owned());
    text.lines().filter(starts).filter_map(key).collect()
}

/// What stands in quotes directly behind a call.
fn named_in<'a>(text: &'a str, call: &'a str) -> impl Iterator<Item = &'a str> {
    let behind = text.split(call).skip(1);
    behind.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

/// The keys of every language; a language says each of them once.
fn catalogues() -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for language in Texts::languages() {
        let tag = language.tag();
        let mut paths = Vec::new();
        files(&folder("texts/pages").join(&tag), "ftl", &mut paths);
        for path in paths {
            for key in defined(&fs::read_to_string(&path).expect("a catalogue")) {
                let is_new = keys.entry(tag.clone()).or_default().insert(key.clone());
                assert!(is_new, "{tag} says {key} twice");
            }
        }
    }
    keys
}

#[test]
fn every_language_has_the_same_messages() {
    let keys = catalogues();
    let english = keys["en"].clone();
    for (tag, own) in keys {
        let missing: Vec<_> = english.difference(&own).collect();
        let unknown: Vec<_> = own.difference(&english).collect();
        assert!(missing.is_empty(), "{tag} lacks {missing:?}");
        assert!(unknown.is_empty(), "{tag} alone has {unknown:?}");
    }
}

/// The longest sentence that people read without losing the thread, in words.
const SENTENCE_MAX: usize = 28;

#[test]
fn sentences_are_short() {
    for language in Texts::languages() {
        let tag = language.tag();
        let mut paths = Vec::new();
        files(&folder("texts/pages").join(&tag), "ftl", &mut paths);
        for path in paths {
            let text = fs::read_to_string(&path).expect("a catalogue");
            let messages = text.lines().filter(|line| !line.starts_with('#'));
            let messages = messages.filter_map(|line| Some(line.split_once(" = ")?.1));
            for sentence in messages.flat_map(|said| said.split(['.', '!', '?', ':', ';'])) {
                let words = sentence.split_whitespace().count();
                assert!(words <= SENTENCE_MAX, "{tag}, {words} words: {sentence}");
            }
        }
    }
}

#[test]
fn every_message_that_a_page_names_is_there() {
    let mut paths = Vec::new();
    files(&folder("templates"), "html", &mut paths);
    files(&folder("src/pages"), "rs", &mut paths);
    let english = catalogues().remove("en").expect("an English catalogue");
    let mut seen = 0;
    // This file names no messages, though it says what naming one looks like.
    paths.retain(|path| !path.ends_with("texts_tests.rs"));
    for path in paths {
        let text = fs::read_to_string(&path).expect("a source");
        for call in ["texts.get(", "texts.count(", "texts.named(", "texts.with("] {
            for key in named_in(&text, call) {
                seen += 1;
                let is_there = english.contains(key);
                assert!(is_there, "{} names {key}", path.display());
            }
        }
    }
    assert!(seen > 30, "only {seen} names were found");
}

/// A template without what is not shown: its own tags, code, and the tags of HTML.
fn shown(template: &str) -> String {
    let mut text = template.to_owned();
    let hidden = [
        ("{%", "%}"),
        ("{{", "}}"),
        ("{#", "#}"),
        ("<code>", "</code>"),
        ("<script", "</script>"),
        ("<", ">"),
    ];
    for (open, close) in hidden {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((before, behind)) = rest.split_once(open) {
            kept.push_str(before);
            kept.push(' ');
            // The value of an attribute may be cut off within a tag of the template.
            rest = behind.split_once(close).map_or("", |(_, after)| after);
        }
        kept.push_str(rest);
        text = kept;
    }
    text
}

/// Names, units and paths, which are the same in every language.
fn is_name(word: &str) -> bool {
    let word = word.trim_matches(['(', ')']);
    ["Assent", "SHA-256", "DID", "ms", "&amp;", "&nbsp;"].contains(&word)
        || word.contains(['/', '.', '_', '"'])
        || !word.contains(char::is_alphabetic)
}

#[test]
fn no_template_has_words_of_its_own() {
    let mut paths = Vec::new();
    files(&folder("templates"), "html", &mut paths);
    assert!(paths.len() > 30, "only {} templates", paths.len());
    for path in paths {
        let template = fs::read_to_string(&path).expect("a template");
        let text = shown(&template);
        let words = text.split_whitespace();
        let own: Vec<&str> = words.filter(|word| !is_name(word)).collect();
        assert!(own.is_empty(), "{} says {own:?}", path.display());
        for name in ["title", "alt", "aria-label", "placeholder"] {
            for said in template.split(&format!(" {name}=\"")).skip(1) {
                let said = shown(said.split('"').next().unwrap_or_default());
                let is_said = said.contains(char::is_alphabetic) && !said.contains("{{");
                assert!(!is_said, "{} says {said:?} as {name}", path.display());
            }
        }
    }
}

#[test]
fn words_are_noticed_where_they_should_not_be() {
    assert_eq!(shown("<p>{{ a }} Hello</p>").trim(), "Hello");
    assert!(!is_name("Hello") && is_name("SHA-256") && is_name("/v1/log"));
}
