//! Telling what happens while it happens: one line a step, with the time it took.

use std::env;
use std::io::{self, IsTerminal as _};
use std::time::Instant;

use crate::failure::Failure;
use crate::output::{Output, print};

const BOLD: &str = "\u{1b}[1m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// Tells a story on standard output, or nothing at all where the answer is JSON.
#[derive(Debug)]
pub(super) struct Narrator {
    output: Output,
    is_painted: bool,
    last: Instant,
    steps: usize,
}

impl Narrator {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            is_painted: io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none(),
            last: Instant::now(),
            steps: 0,
        }
    }

    /// How many steps were told.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    pub(super) fn title(&mut self, title: &str) {
        self.say(&self.heading(title));
        self.last = Instant::now();
    }

    /// A heading with an empty line around it.
    pub(super) fn heading(&self, text: &str) -> String {
        format!("\n{}\n\n", self.paint(BOLD, text))
    }

    /// Who did what, and what came of it.
    pub(super) fn step(&mut self, who: &str, did: &str, shown: &str) {
        self.tell(who, did, &self.paint(GREEN, shown));
    }

    /// Who tried what, and with which code it was refused, as it should be.
    pub(super) fn refused(&mut self, who: &str, tried: &str, code: &str) {
        self.tell(who, tried, &self.paint(YELLOW, &format!("refused: {code}")));
    }

    /// Something beside the story.
    pub(super) fn note(&self, text: &str) -> Result<(), Failure> {
        if self.output.is_json() {
            Ok(())
        } else {
            print(text.to_owned())
        }
    }

    fn tell(&mut self, who: &str, did: &str, shown: &str) {
        let millis = self.last.elapsed().as_millis();
        let time = self.paint(DIM, &format!("{millis:>5} ms"));
        self.say(&format!("{time}  {who:<14} {did:<46} {shown}"));
        self.last = Instant::now();
        self.steps += 1;
    }

    fn say(&self, text: &str) {
        // A story goes on where nobody listens any more: its end is the answer.
        let _ = self.note(text);
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.is_painted {
            format!("{style}{text}{PLAIN}")
        } else {
            text.to_owned()
        }
    }
}
