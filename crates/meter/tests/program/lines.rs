//! What the program prints.

use std::collections::BTreeMap;

use serde_json::Value;

/// One record.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) dataset: String,
    pub(crate) sequence: u64,
    pub(crate) record: Value,
}

impl Line {
    /// `None` for a line that a killed process did not finish.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let record: Value = serde_json::from_str(text).ok()?;
        Some(Self {
            dataset: record["dataset"].as_str()?.to_owned(),
            sequence: record["sequence"].as_u64()?,
            record,
        })
    }
}

/// Every record under its dataset and number, in order. One that came twice must be the same, and
/// none may be missing.
pub(crate) fn in_order(lines: &[Line]) -> BTreeMap<String, Vec<Value>> {
    let mut numbered: BTreeMap<(&str, u64), &Value> = BTreeMap::new();
    for line in lines {
        let known = numbered.insert((&line.dataset, line.sequence), &line.record);
        assert!(known.is_none_or(|known| *known == line.record), "{line:?}");
    }
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for ((dataset, sequence), record) in numbered {
        let records = records.entry(dataset.to_owned()).or_default();
        assert_eq!(
            Ok(sequence),
            u64::try_from(records.len()),
            "{dataset} misses one"
        );
        records.push(record.clone());
    }
    records
}

/// The record of this number.
pub(crate) fn at<'a>(lines: &'a [Line], dataset: &str, sequence: u64) -> &'a Value {
    let wanted = |line: &&Line| line.dataset == dataset && line.sequence == sequence;
    &lines.iter().find(wanted).expect("it was printed").record
}
