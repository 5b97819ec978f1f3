//! How pages spell what others wrote.

/// Text of others with nothing in it that turns the text around it about: control characters, those
/// that change the direction of writing (UAX #9) and those that nobody sees (Unicode TR 36, section
/// 2.10) are shown as what they are, a foreign body.
pub(crate) fn plain(text: &str) -> String {
    let is_foreign = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(
                letter,
                '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{2069}' | '\u{feff}'
            )
    };
    let spelled = |letter| {
        if is_foreign(letter) {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(spelled).collect()
}

/// Whether a word mixes letters of scripts that look alike: a name that may have been made to be taken
/// for another (Unicode TR 39, section 5.1). Two languages in one name are no reason, so words are
/// looked at one by one.
pub(crate) fn is_mixed(text: &str) -> bool {
    let mixes = |word: &str| {
        let mut scripts = word.chars().filter_map(script);
        let first = scripts.next();
        scripts.any(|script| Some(script) != first)
    };
    text.split(|letter: char| !letter.is_alphanumeric())
        .any(mixes)
}

/// The first letters of the first two words of a name: a mark that people know it by. Empty where a
/// name has no word.
pub(crate) fn initials(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    let first = words.filter_map(|word| word.chars().next());
    first.take(2).flat_map(char::to_uppercase).collect()
}

/// Scripts with letters that look like those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    /// Letters of another script in the shape of Latin ones, such as those of mathematics.
    Shaped,
}

const fn script(letter: char) -> Option<Script> {
    match letter {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            Some(Script::Latin)
        }
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{2de0}'..='\u{2dff}'
        | '\u{a640}'..='\u{a69f}' => Some(Script::Cyrillic),
        '\u{530}'..='\u{58f}' => Some(Script::Armenian),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some(Script::Cherokee),
        '\u{250}'..='\u{2af}'
        | '\u{1d00}'..='\u{1dbf}'
        | '\u{2100}'..='\u{214f}'
        | '\u{ff21}'..='\u{ff5a}'
        | '\u{1d400}'..='\u{1d7ff}' => Some(Script::Shaped),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_like_others_are_noticed() {
        for honest in [
            "Bright Energy Advice B.V.",
            "Ærø Élan Łódź 24/7",
            "Газпром Energy",
            "Αθήνα Power",
            "東京Gas",
            "",
        ] {
            assert!(!is_mixed(honest), "{honest}");
        }
        for false_ in [
            "\u{412}right Energy",
            "Brig\u{04bb}t",
            "Energ\u{3c5}",
            "\u{1d401}right",
            "Bri\u{ff47}ht",
        ] {
            assert!(is_mixed(false_), "{false_}");
        }
    }

    #[test]
    fn nothing_turns_the_text_about() {
        assert_eq!(
            plain("elpmaxe\u{202e}moc\u{2066}\u{7}"),
            "elpmaxe\u{fffd}moc\u{fffd}\u{fffd}"
        );
        assert_eq!(plain("a\u{200b}b\u{feff}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(
            plain("Bright Énergie <b>\nשלום"),
            "Bright Énergie <b>\nשלום"
        );
    }

    #[test]
    fn a_mark_is_made_of_a_name() {
        for (name, mark) in [
            ("Bright Energy Advice", "BE"),
            ("meter-archive", "MA"),
            ("Østkraft", "Ø"),
            ("3-Phase", "3P"),
            ("\u{202e}evil", "E"),
            ("…", ""),
        ] {
            assert_eq!(initials(name), mark, "{name}");
        }
    }
}
