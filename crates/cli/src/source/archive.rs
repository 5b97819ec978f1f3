//! Meter readings by account and concept: the data that this source has.

use std::collections::BTreeMap;

use assent_meter::{Framer, Telegram};
use serde_json::{Map, Value, json};

use crate::failure::{Doing, Failure};

/// The telegrams of accounts, as readings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Archive {
    accounts: BTreeMap<String, Account>,
}

/// The readings of one account.
#[derive(Debug, Clone, Default)]
struct Account {
    telegrams: usize,
    by_concept: BTreeMap<&'static str, Vec<Value>>,
}

impl Archive {
    /// Takes in the telegrams of a file; how many there were.
    pub(crate) fn add(&mut self, account: &str, mut bytes: &[u8]) -> Result<usize, Failure> {
        let account = self.accounts.entry(account.to_owned()).or_default();
        let before = account.telegrams;
        let mut framer = Framer::new();
        loop {
            let frame = match framer.read(&mut bytes) {
                Some(frame) => frame,
                None => match framer.finish() {
                    Some(frame) => frame,
                    None => break,
                },
            };
            let frame = frame
                .map_err(|error| Failure::problem("a telegram is damaged").caused_by(&error))?;
            account.add(&Telegram::parse(&frame))?;
        }
        Ok(account.telegrams - before)
    }

    /// All readings of an account, by concept: those of each telegram in order.
    pub(crate) fn data(&self, account: &str) -> Option<Map<String, Value>> {
        let account = self.accounts.get(account)?;
        let fields = account.by_concept.iter();
        let fields = fields.map(|(concept, readings)| ((*concept).to_owned(), json!(readings)));
        Some(fields.collect())
    }
}

impl Account {
    fn add(&mut self, telegram: &Telegram) -> Result<(), Failure> {
        self.telegrams += 1;
        for reading in telegram.readings() {
            let Some(concept) = reading.concept else {
                continue;
            };
            let mut value = serde_json::to_value(reading).doing("a reading has no JSON form")?;
            if let Some(fields) = value.as_object_mut() {
                fields.remove("concept");
                fields.insert("telegram".to_owned(), json!(self.telegrams));
            }
            self.by_concept.entry(concept).or_default().push(value);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELEGRAM: &[u8] = include_bytes!("../../../../fixtures/p1/v5.txt");

    #[test]
    fn readings_are_kept_by_account_and_concept() {
        let mut archive = Archive::default();
        assert_eq!(archive.add("7", TELEGRAM), Ok(1));
        assert_eq!(archive.add("7", &[TELEGRAM, TELEGRAM].concat()), Ok(2));
        let data = archive.data("7").expect("the account is known");
        assert_eq!(data["power_delivered"][2]["telegram"], 3);
        assert_eq!(
            data["gas_delivered"][0],
            json!({"telegram": 1, "obis": "0-1:24.2.1", "value": "0.107", "unit": "m3", "time": "2017-01-02T16:10:05W"})
        );
        assert_eq!(archive.data("8"), None);
    }

    #[test]
    fn a_damaged_telegram_is_not_taken_in() {
        let mut damaged = TELEGRAM.to_vec();
        damaged[200] ^= 1;
        assert!(Archive::default().add("7", &damaged).is_err());
    }
}
