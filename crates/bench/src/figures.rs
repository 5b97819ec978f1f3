//! What a benchmark reports.

use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, Value, json};

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    against: Option<(String, f64)>,
    target: Option<Target>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    AtLeast(f64),
    Below(f64),
}

impl Figure {
    /// A measured value.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            against: None,
            target: None,
        }
    }

    /// What it is held against, and what came out: the ratio is its share of that. Where runs
    /// took turns, the ratio is the median of theirs and not the quotient of two values.
    pub(crate) fn against(mut self, what: impl Into<String>, ratio: f64) -> Self {
        self.against = Some((what.into(), ratio));
        self
    }

    /// Met when ratio (or value, where there is none) is at least this.
    pub(crate) fn at_least(mut self, bound: f64) -> Self {
        self.target = Some(Target::AtLeast(bound));
        self
    }

    /// Met when ratio (or value, where there is none) is below this or just this.
    pub(crate) fn at_most(mut self, bound: f64) -> Self {
        self.target = Some(Target::Below(bound));
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.against.as_ref().map(|(_, ratio)| *ratio)
    }

    fn is_met(&self) -> Option<bool> {
        let judged = self.ratio().unwrap_or(self.value);
        self.target.map(|target| match target {
            Target::AtLeast(bound) => judged >= bound,
            Target::Below(bound) => judged <= bound,
        })
    }

    fn target(&self) -> Option<String> {
        self.target.map(|target| match target {
            Target::AtLeast(bound) => format!("≥ {bound}"),
            Target::Below(bound) => format!("≤ {bound}"),
        })
    }

    fn row(&self) -> [String; 6] {
        let verdict = match self.is_met() {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        [
            self.name.clone(),
            format!("{} {}", rounded(self.value), self.unit),
            self.ratio()
                .map(|ratio| rounded(ratio).to_string())
                .unwrap_or_default(),
            self.against
                .as_ref()
                .map(|(what, _)| what.clone())
                .unwrap_or_default(),
            self.target().unwrap_or_default(),
            verdict.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "value": rounded(self.value),
            "unit": self.unit,
            "ratio": self.ratio().map(rounded),
            "against": self.against.as_ref().map(|(what, _)| what),
            "target": self.target(),
            "met": self.is_met(),
        })
    }
}

/// All figures of a benchmark, in the order of reporting.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    /// One more.
    pub(crate) fn push(&mut self, figure: Figure) {
        self.0.push(figure);
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        table.set_header(["figure", "value", "ratio", "against", "target", "met"]);
        for figure in &self.0 {
            table.add_row(figure.row());
        }
        for column in [1, 2] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }

    /// For programs: one object.
    pub(crate) fn json(&self) -> String {
        let figures = self.0.iter();
        let object: Map<String, Value> = figures
            .map(|figure| (figure.name.clone(), figure.json()))
            .collect();
        Value::Object(object).to_string()
    }
}

/// Four digits say all that a measurement knows.
fn rounded(value: f64) -> f64 {
    if value == 0.0 {
        return value;
    }
    let digits = 3.0 - value.abs().log10().floor();
    let scale = 10_f64.powf(digits.max(0.0));
    (value * scale).round() / scale
}
