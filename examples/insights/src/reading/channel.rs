//! This service's end of a stream.

use assent_client::channel::fault::Culprit;
use assent_client::channel::{ChannelFault, Reading, Subscriber, keys};
use assent_client::streams::NamingFault;
use assent_crypto::base64url;
use assent_crypto::sealing::OpeningKey;
use assent_meter::datasets::Part;
use assent_meter::zone::UnixSeconds;
use assent_model::ids::StreamId;
use assent_model::records::consent::ResourceSet;
use assent_model::records::stream::StreamAnchor;
use assent_model::time::Timestamp;

use super::relay::NamedStream;
use crate::energy;
use crate::household::{Fault, KeptChannel, Record};

/// The culprit of what the device has signed.
pub(super) const DEVICE: &str = "device";

/// A part of a record under its dataset and concept.
pub(super) type NamedPart = (String, String, Part);

/// What a record says to this service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    /// Readings.
    Readings(Vec<NamedPart>),
    /// Nothing was measured.
    Gap {
        /// From this second.
        from: UnixSeconds,
        /// Until before this one.
        until: UnixSeconds,
    },
    /// Nothing for this service.
    Nothing,
    /// From here on this service can read nothing.
    LeftOut,
    /// The device was taken off.
    Closed,
}

/// One end of a stream.
#[derive(Debug)]
pub(super) struct Channel {
    named: NamedStream,
    subscriber: Subscriber,
    begins_anew: bool,
}

impl Channel {
    /// Goes on where it was, or begins where the device's keys begin; `None` where there are no keys
    /// that open, or only those of a time that was read and forgotten.
    pub(super) fn open(named: &NamedStream, record: &Record, opening: &OpeningKey) -> Option<Self> {
        let kept = record.channel.as_ref();
        let same = kept.filter(|kept| {
            kept.stream_id == named.stream_id && kept.device_key == named.device_key
        });
        let begins_anew = named.keys.is_some()
            && same.is_some_and(|kept| gives_more(named.history_from, kept.history_from));
        let same = same.filter(|_| !begins_anew);
        let resumed = same.and_then(|kept| {
            let bytes = base64url::decode(&kept.subscriber).ok()?;
            Subscriber::from_bytes(&bytes).ok()
        });
        let subscriber = match resumed {
            Some(resumed) if resumed.is_authorised() => resumed,
            lost => {
                let mark = record.mark.filter(|mark| mark.stream_id == named.stream_id);
                let marked = mark.map_or(0, |mark| mark.sequence);
                let read = lost.map_or(0, |lost| lost.sequence());
                let opened = keys::open(named.keys.as_ref()?, opening).ok()?;
                if opened.sequence() < read.max(marked) {
                    return None;
                }
                let mut joined = Subscriber::join(named.stream_id, named.device_key, opened);
                joined.skip_past_until(read.max(marked));
                joined
            }
        };
        Some(Self {
            named: named.clone(),
            subscriber,
            begins_anew,
        })
    }

    /// Whether it reads everything again, with the past that the person has given since: what was made of
    /// the readings is made anew, out of all of them in their order.
    pub(super) fn begins_anew(&self) -> bool {
        self.begins_anew
    }

    /// Whether the person has given more of the past meanwhile, and the device the keys of it.
    pub(super) fn is_behind(&self, named: &NamedStream) -> bool {
        let given = self.named.history_from;
        named.stream_id == self.stream()
            && named.keys.is_some()
            && gives_more(named.history_from, given)
    }

    /// As it is kept.
    pub(super) fn kept(&self) -> KeptChannel {
        KeptChannel {
            stream_id: self.named.stream_id,
            device_key: self.named.device_key,
            sequence: self.subscriber.sequence(),
            history_from: self.named.history_from,
            subscriber: base64url::encode(&self.subscriber.to_bytes()),
        }
    }

    pub(super) fn stream(&self) -> StreamId {
        self.named.stream_id
    }

    pub(super) fn check_anchor(&self, anchor: &StreamAnchor) -> Result<(), ChannelFault> {
        self.subscriber.check_anchor(anchor)
    }

    /// The number of the record that is due.
    pub(super) fn sequence(&self) -> u64 {
        self.subscriber.sequence()
    }

    /// Goes on with a later part of what is from before the keys, or where they begin: whether there was any.
    pub(super) fn skip_past(&mut self) -> bool {
        self.subscriber.skip_past()
    }

    /// Takes in the next record.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Taken, Fault> {
        let reading = match self.subscriber.read(bytes) {
            Ok(reading) => reading,
            // A tail that began anew may begin with what was read.
            Err(ChannelFault::RecordRepeated) => return Ok(Taken::Nothing),
            Err(error) => return Err(fault(&error)),
        };
        Ok(match reading {
            Reading::Measured { parts, .. } => Taken::Readings(self.named_parts(parts)?),
            Reading::Gap { from, until } => Taken::Gap {
                from: seconds(from),
                until: seconds(until),
            },
            Reading::Excluded { .. } if !self.subscriber.is_authorised() => Taken::LeftOut,
            Reading::Closed => Taken::Closed,
            Reading::Excluded { .. }
            | Reading::Rotated { .. }
            | Reading::Withheld
            | Reading::Nothing => Taken::Nothing,
        })
    }

    fn named_parts(
        &self,
        parts: Vec<(assent_crypto::channel::Lane, Vec<u8>)>,
    ) -> Result<Vec<NamedPart>, Fault> {
        let mut named = Vec::with_capacity(parts.len());
        for (lane, bytes) in parts {
            let part = Part::from_bytes(&bytes).map_err(|_| Fault {
                code: "part-malformed".to_owned(),
                culprit: DEVICE.to_owned(),
            })?;
            if let Some(name) = self.subscriber.lanes().name(lane) {
                let (dataset, concept) = (&name.dataset_id, &name.concept_id);
                named.push((dataset.to_string(), concept.to_string(), part));
            }
        }
        Ok(named)
    }
}

/// The parts that the person lets this service read, whatever the device has sealed to it.
pub(super) fn within(parts: Vec<NamedPart>, allowed: &ResourceSet) -> Vec<NamedPart> {
    let is_allowed = |(dataset, concept, _): &NamedPart| energy::gives(allowed, dataset, concept);
    parts.into_iter().filter(is_allowed).collect()
}

/// What went wrong, and who is shown to have done it.
pub(super) fn fault(error: &ChannelFault) -> Fault {
    let culprit = match error.culprit() {
        Culprit::Device => DEVICE,
        Culprit::Relay => "relay",
    };
    Fault {
        code: error.code().to_owned(),
        culprit: culprit.to_owned(),
    }
}

/// What is wrong with a stream that is offered under the consent.
pub(super) fn misnamed(fault: NamingFault) -> Fault {
    let (code, culprit) = match fault {
        NamingFault::Record => ("consent-mismatch", "relay"),
        NamingFault::Naming => ("stream-not-named", "holder"),
        NamingFault::Keys => ("keys-not-of-device", "relay"),
    };
    Fault {
        code: code.to_owned(),
        culprit: culprit.to_owned(),
    }
}

/// Whether a past that begins `from` has more than another.
fn gives_more(from: Option<Timestamp>, than: Option<Timestamp>) -> bool {
    match (from, than) {
        (Some(from), Some(than)) => from < than,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Whether a relay refuses because it no longer has the records that are due.
pub(super) fn is_gone(code: Option<&str>) -> bool {
    code == Some("records-gone")
}

fn seconds(instant: Timestamp) -> UnixSeconds {
    UnixSeconds::try_from(instant.as_seconds()).unwrap_or(UnixSeconds::MAX)
}
