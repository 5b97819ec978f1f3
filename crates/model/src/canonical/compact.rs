//! From the JSON that `serde_json` writes to canonical JSON, where only the order of members is
//! missing: with plain names and small integers nothing else sets the two apart. Nearly all of our
//! records are like that, and sorting bytes that are written already costs a fraction of what
//! building every object anew does.

use std::ops::Range;

/// The longest integer that a double surely holds, in digits (2^53 has sixteen).
const DIGITS_MAX: usize = 15;

/// There is a name, a number or a pair of names of one object that needs more than sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotPlain;

/// Sorts the members of all objects in a document that `serde_json` has written, without white
/// space.
pub(super) fn sorted(json: Vec<u8>) -> Result<Vec<u8>, NotPlain> {
    let mut document = Document {
        json,
        members: Vec::new(),
        scratch: Vec::new(),
    };
    document.value(0)?;
    Ok(document.json)
}

struct Document {
    json: Vec<u8>,
    /// The members met so far of all objects that are still open, outermost first.
    members: Vec<Member>,
    /// Where an object is put together anew.
    scratch: Vec<u8>,
}

/// A member of an object, by where it stands.
#[derive(Clone)]
struct Member {
    /// The name, between its quotes.
    name: Range<usize>,
    /// From the first quote to the end of the value.
    whole: Range<usize>,
}

impl Document {
    /// Sorts within the value that begins here; says where it ends.
    fn value(&mut self, begin: usize) -> Result<usize, NotPlain> {
        match self.json[begin] {
            b'{' => self.object(begin),
            b'[' => self.array(begin),
            b'"' => Ok(self.string(begin)),
            b'-' | b'0'..=b'9' => self.number(begin),
            b't' | b'n' => Ok(begin + 4),
            _ => Ok(begin + 5),
        }
    }

    fn object(&mut self, begin: usize) -> Result<usize, NotPlain> {
        let first = self.members.len();
        let mut at = begin + 1;
        if self.json[at] == b'}' {
            return Ok(at + 1);
        }
        loop {
            let end_of_name = self.string(at);
            let name = at + 1..end_of_name - 1;
            let is_plain = |byte: &u8| byte.is_ascii() && *byte != b'\\';
            if !self.json[name.clone()].iter().all(is_plain) {
                return Err(NotPlain);
            }
            let end = self.value(end_of_name + 1)?;
            let whole = at..end;
            self.members.push(Member { name, whole });
            if self.json[end] == b'}' {
                self.sort(first, begin + 1..end)?;
                return Ok(end + 1);
            }
            at = end + 1;
        }
    }

    /// Sorts the members of an object, which takes as many bytes as before. Names are ASCII, so
    /// the order of their bytes is that of their UTF-16 code units (RFC 8785, section 3.2.3).
    fn sort(&mut self, first: usize, inside: Range<usize>) -> Result<(), NotPlain> {
        let json = &self.json;
        let name = |member: &Member| &json[member.name.clone()];
        let members = &mut self.members[first..];
        if !members.is_sorted_by(|one, next| name(one) < name(next)) {
            members.sort_unstable_by(|one, other| name(one).cmp(name(other)));
            if members
                .windows(2)
                .any(|pair| name(&pair[0]) == name(&pair[1]))
            {
                return Err(NotPlain);
            }
            self.scratch.clear();
            for member in members {
                self.scratch.extend_from_slice(&json[member.whole.clone()]);
                self.scratch.push(b',');
            }
            self.scratch.pop();
            self.json[inside].copy_from_slice(&self.scratch);
        }
        self.members.truncate(first);
        Ok(())
    }

    fn array(&mut self, begin: usize) -> Result<usize, NotPlain> {
        let mut at = begin + 1;
        if self.json[at] == b']' {
            return Ok(at + 1);
        }
        loop {
            let end = self.value(at)?;
            if self.json[end] == b']' {
                return Ok(end + 1);
            }
            at = end + 1;
        }
    }

    /// Where the string that begins here ends. Both encodings escape the same characters the same
    /// way.
    fn string(&self, begin: usize) -> usize {
        let mut at = begin + 1;
        loop {
            match self.json[at] {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }

    fn number(&self, begin: usize) -> Result<usize, NotPlain> {
        let digits = begin + usize::from(self.json[begin] == b'-');
        let rest = &self.json[digits..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = digits + count;
        let is_fraction = self.json.get(end).is_some_and(|byte| b".eE".contains(byte));
        if is_fraction || !(1..=DIGITS_MAX).contains(&count) {
            return Err(NotPlain);
        }
        Ok(end)
    }
}
