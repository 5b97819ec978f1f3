//! Completions for shells.

use crate::program::assent;

#[test]
fn every_shell_gets_its_script() {
    for (shell, words) in [
        ("bash", "complete -F _assent"),
        ("zsh", "#compdef assent"),
        ("fish", "complete -c assent"),
        ("elvish", "edit:completion:arg-completer[assent]"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = assent(&["completions", shell]).done().stdout;
        assert!(script.contains(words), "{shell}");
        assert!(script.contains("withdraw"), "{shell} knows the commands");
    }
    assent(&["completions", "cmd"]).failed(2, "invalid value 'cmd'");
}
