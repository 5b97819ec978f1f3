//! A notice in words: every fact in it under a heading, in the language that it is in.

use assent_api::v1::consents::{Notice, NoticeDataset, pick};
use assent_model::description::{ProcessingBasis, Provider, Texts as Said};
use serde::Serialize;
use serde_json::Value;

use crate::pages::spelling::plain;
use crate::pages::texts::Texts;

/// One thing that a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Fact {
    /// The key of the heading.
    pub(in crate::pages) key: &'static str,
    /// What is said, in lines.
    pub(in crate::pages) lines: Vec<String>,
}

/// All that a notice says, in the order in which the law asks for it (GDPR articles 13 and 14).
pub(in crate::pages) fn facts(notice: &Notice, texts: &Texts) -> Vec<Fact> {
    let mut facts = Facts {
        notice,
        texts,
        gathered: Vec::new(),
    };
    facts.parties();
    facts.purpose();
    facts.data();
    facts.keeping();
    facts.person();
    facts.gathered.retain(|fact| !fact.lines.is_empty());
    facts.gathered
}

/// The word of a closed list in the language of the reader.
pub(in crate::pages) fn word(texts: &Texts, list: &str, value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(value)) => texts.get(&format!("{list}-{value}")),
        _ => String::new(),
    }
}

struct Facts<'n> {
    notice: &'n Notice,
    texts: &'n Texts,
    gathered: Vec<Fact>,
}

impl Facts<'_> {
    fn add(&mut self, key: &'static str, lines: Vec<String>) {
        self.gathered.push(Fact { key, lines });
    }

    fn said(&self, said: &Said) -> Vec<String> {
        let text = pick(said, &self.notice.language);
        if text.is_empty() {
            Vec::new()
        } else {
            vec![plain(text)]
        }
    }

    fn parties(&mut self) {
        let notice = self.notice;
        let provider = &notice.provider;
        self.add("notice-controller", controller(provider));
        self.add("notice-contact", vec![plain(&provider.contact)]);
        let optional = |text: &Option<String>| text.iter().map(|text| plain(text)).collect();
        self.add(
            "notice-officer",
            optional(&provider.data_protection_officer),
        );
        self.add("notice-representative", optional(&provider.representative));
        if let Some(source) = &notice.source {
            let mut lines = vec![plain(&source.name)];
            lines.extend(controller(&source.provider));
            self.add("notice-source", lines);
        }
    }

    fn purpose(&mut self) {
        let purpose: &ProcessingBasis = &self.notice.purpose;
        self.add("notice-purpose", self.said(&purpose.name));
        self.add("notice-what-for", self.said(&purpose.description));
        let texts = self.texts;
        self.add(
            "notice-category",
            vec![word(texts, "purpose", &purpose.category)],
        );
        self.add(
            "notice-legal-basis",
            vec![word(texts, "legal-basis", &purpose.legal_basis)],
        );
        let processing = purpose.processing_categories.iter();
        let processing = processing
            .map(|one| word(texts, "processing", one))
            .collect();
        self.add("notice-processing", processing);
    }

    fn data(&mut self) {
        let notice = self.notice;
        let purpose = &notice.purpose;
        let named = |of: fn(&NoticeDataset) -> Vec<String>| {
            let datasets = notice.datasets.iter();
            datasets.filter_map(move |dataset| {
                let concepts = of(dataset).join(", ");
                (!concepts.is_empty()).then(|| format!("{}: {concepts}", titled(dataset)))
            })
        };
        let required = named(|dataset| dataset.required.values().map(|name| plain(name)).collect());
        self.add("notice-required", required.collect());
        let optional = named(|dataset| dataset.optional.values().map(|name| plain(name)).collect());
        self.add("notice-optional", optional.collect());
        if purpose.special_categories {
            self.add(
                "notice-special",
                vec![self.texts.get("notice-special-text")],
            );
        }
        if let Some(age) = &notice.minimum_age {
            self.add("notice-age", vec![plain(&age.rule), plain(&age.statement)]);
        }
        let collection = word(self.texts, "collection", &purpose.collection_method);
        self.add("notice-collection", vec![collection]);
    }

    fn keeping(&mut self) {
        let purpose = &self.notice.purpose;
        let texts = self.texts;
        let recipients = purpose.recipients.iter();
        let recipients = recipients
            .map(|one| word(texts, "recipient", one))
            .collect();
        self.add("notice-recipients", recipients);
        let shared = purpose.share_with.iter().map(|other| {
            format!(
                "{} ({}), {}",
                plain(&other.org_name),
                plain(&other.business_type),
                plain(&other.org_url)
            )
        });
        self.add("notice-shared", shared.collect());
        self.add(
            "notice-location",
            vec![word(texts, "location", &purpose.storage.location)],
        );
        let mut period = self.said(&purpose.storage.period);
        period.push(word(texts, "duration", &purpose.storage.duration));
        self.add("notice-period", period);
        let obligations = purpose.obligations.iter();
        let promised =
            |event: &str, activity: &str| format!("{}: {}", plain(event), plain(activity));
        let obligations = obligations
            .map(|one| promised(&one.event, &one.activity))
            .collect();
        self.add("notice-obligations", obligations);
        self.add("notice-termination", self.said(&purpose.termination));
    }

    fn person(&mut self) {
        let purpose = &self.notice.purpose;
        let automated = if purpose.automated_decisions.is_empty() {
            vec![self.texts.get("notice-automated-none")]
        } else {
            self.said(&purpose.automated_decisions)
        };
        self.add("notice-automated", automated);
        self.add(
            "notice-consequences",
            self.said(&purpose.consequences_of_refusal),
        );
        self.add("notice-risks", self.said(&purpose.risks));
        let rights = self
            .notice
            .rights
            .iter()
            .map(|right| plain(right))
            .collect();
        self.add("notice-rights", rights);
        let authority = &self.notice.provider.supervisory_authority;
        self.add("notice-authority", vec![plain(authority)]);
        let policy = &purpose.policy;
        let lines = vec![
            plain(&policy.policy_ref),
            plain(&policy.policy_version),
            format!("SHA-256 {}", policy.policy_hash),
        ];
        self.add("notice-policy", lines);
    }
}

/// A dataset by its name, and how often it has a value where it is a stream.
pub(in crate::pages) fn titled(dataset: &NoticeDataset) -> String {
    match &dataset.how_often {
        Some(how_often) => format!("{} ({})", plain(&dataset.title), plain(how_often)),
        None => plain(&dataset.title),
    }
}

fn controller(provider: &Provider) -> Vec<String> {
    vec![
        plain(&provider.name),
        plain(&provider.business_id),
        plain(&provider.address),
        plain(&provider.jurisdiction),
    ]
}
