//! What a channel has: a lane for each concept of each dataset.

use std::fmt;
use std::str::FromStr;

use assent_crypto::channel::Lane;
use assent_model::canonical;
use assent_model::names::{ConceptId, DatasetId};
use assent_model::records::consent::ResourceSet;
use assent_model::vocabulary::Resolution;
use serde::{Deserialize, Serialize};

/// The most lanes of a channel.
const LANES_MAX: usize = 256;

/// What devices call their dataset of a resolution. Descriptions are free to call theirs otherwise.
pub fn dataset(resolution: Resolution) -> DatasetId {
    let name = match resolution {
        Resolution::Second => "live",
        Resolution::QuarterHour => "quarter-hours",
        Resolution::Day => "days",
    };
    name.parse().expect("it is a name of a dataset")
}

/// The name of a lane, written `dataset/concept`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneName {
    /// The dataset of the device, which is its resolution ([`dataset`]).
    pub dataset_id: DatasetId,
    /// What is measured.
    pub concept_id: ConceptId,
}

/// A list is not that of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a channel has 1 to 256 different lanes, each named dataset/concept")]
pub struct InvalidLanes;

impl fmt::Display for LaneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dataset_id, self.concept_id)
    }
}

impl FromStr for LaneName {
    type Err = InvalidLanes;

    fn from_str(text: &str) -> Result<Self, InvalidLanes> {
        let (dataset, concept) = text.split_once('/').ok_or(InvalidLanes)?;
        Ok(Self {
            dataset_id: dataset.parse().map_err(|_| InvalidLanes)?,
            concept_id: concept.parse().map_err(|_| InvalidLanes)?,
        })
    }
}

/// The lanes of a channel; their places are their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes(Vec<LaneName>);

impl Lanes {
    /// These lanes, numbered in this order.
    ///
    /// # Errors
    /// There are none, more than 256, or one comes twice.
    pub fn new(names: impl IntoIterator<Item = LaneName>) -> Result<Self, InvalidLanes> {
        let names: Vec<LaneName> = names.into_iter().collect();
        let mut sorted: Vec<&LaneName> = names.iter().collect();
        sorted.sort_unstable();
        let is_unique = sorted.windows(2).all(|pair| pair[0] != pair[1]);
        if is_unique && (1..=LANES_MAX).contains(&names.len()) {
            Ok(Self(names))
        } else {
            Err(InvalidLanes)
        }
    }

    /// The number of a lane.
    pub fn number(&self, name: &LaneName) -> Option<Lane> {
        let place = self.0.iter().position(|known| known == name)?;
        Some(Lane(u16::try_from(place).expect("there are few lanes")))
    }

    /// The name of a lane.
    pub fn name(&self, lane: Lane) -> Option<&LaneName> {
        self.0.get(usize::from(lane.0))
    }

    /// All numbers.
    pub fn all(&self) -> Vec<Lane> {
        (0..).map(Lane).take(self.0.len()).collect()
    }

    /// The lanes that a resource set gives, in order; it has the device's datasets. What the channel does not have is passed over.
    pub fn within(&self, resources: &ResourceSet) -> Vec<Lane> {
        let gives = |name: &LaneName| {
            let concepts = resources.get(&name.dataset_id);
            concepts.is_some_and(|concepts| concepts.contains(&name.concept_id))
        };
        let numbered = (0..).map(Lane).zip(&self.0);
        let given = numbered.filter(|(_, name)| gives(name));
        given.map(|(lane, _)| lane).collect()
    }

    /// As the opening record says it: canonical JSON.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        canonical::encode(&self.0)
    }
}
