//! Lists a page at a time.

use std::ops::Range;

/// So many rows stand on a page.
pub(super) const ROWS: usize = 25;

/// Where a reader is in a list.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    /// From 1.
    pub(super) page: usize,
    /// How many there are, at least 1.
    pub(super) pages: usize,
    /// The address without the page.
    address: String,
}

impl Paging {
    /// The page that was asked for of so many rows, as near as there is one. `address` ends where
    /// the page is to be written.
    pub(super) fn new(asked: &str, rows: usize, address: String) -> Self {
        let pages = rows.div_ceil(ROWS).max(1);
        let page = asked.parse().unwrap_or(1).clamp(1, pages);
        Self {
            page,
            pages,
            address,
        }
    }

    /// The places of the rows of this page, from 0; the last page can have fewer.
    pub(super) fn range(&self) -> Range<usize> {
        let first = (self.page - 1) * ROWS;
        first..first + ROWS
    }

    /// The address of the page before.
    pub(super) fn newer(&self) -> Option<String> {
        (self.page > 1).then(|| format!("{}{}", self.address, self.page - 1))
    }

    /// The address of the page after.
    pub(super) fn older(&self) -> Option<String> {
        (self.page < self.pages).then(|| format!("{}{}", self.address, self.page + 1))
    }
}

/// A query of these fields, without the empty ones; ends with `page=`.
pub(super) fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let query = query(path, fields);
    let sign = if query.contains('?') { '&' } else { '?' };
    format!("{query}{sign}page=")
}

/// A query of these fields, without the empty ones.
pub(super) fn query(path: &str, fields: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let value: String = value
            .bytes()
            .map(|byte| match byte {
                byte if safe(byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect();
        let sign = if address.contains('?') { "&" } else { "?" };
        address.extend([sign, name, "=", &value]);
    }
    address
}

#[cfg(test)]
mod tests {
    use super::{Paging, address};

    fn check(asked: &str, rows: usize, page: usize, shown: usize) {
        let paging = Paging::new(asked, rows, "/x?page=".into());
        let range = paging.range();
        let there = (0..rows).filter(|row| range.contains(row)).count();
        assert_eq!((paging.page, there), (page, shown), "{asked} of {rows}");
    }

    #[test]
    fn every_page_is_one_that_there_is() {
        check("", 0, 1, 0);
        check("1", 25, 1, 25);
        check("2", 26, 2, 1);
        check("9", 26, 2, 1);
        check("0", 26, 1, 25);
        check("-1", 26, 1, 25);
        check("x", 26, 1, 25);
    }

    #[test]
    fn addresses_keep_what_was_asked() {
        let made = address("/home", &[("a", "x y"), ("b", ""), ("c", "1&d=2")]);
        assert_eq!(made, "/home?a=x%20y&c=1%26d%3D2&page=");
    }
}
