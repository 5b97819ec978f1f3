//! Segments of old records, read as a whole.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assent_api::problem::Code;
use assent_api::v1::streams::split_records;
use assent_model::time::Span;
use assent_storage::StreamSegment;

use crate::http::failure::Failure;
use crate::node::Node;
use crate::objects::Objects;

/// So many segments that were read lately are kept in memory, at 4 MiB each: a reader asks for the
/// same one again and again, and a bucket is paid by the byte.
const KEPT: usize = 8;

/// The segments, wherever their objects lie.
pub(super) struct Segments {
    objects: Objects,
    /// By the name of their object, the newest first. They never change.
    lately: Mutex<VecDeque<(String, Records)>>,
}

type Records = Arc<[Vec<u8>]>;

impl Segments {
    pub(super) fn new(objects: Objects) -> Self {
        Self {
            objects,
            lately: Mutex::default(),
        }
    }

    fn lately(&self) -> MutexGuard<'_, VecDeque<(String, Records)>> {
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records of a segment.
    ///
    /// # Errors
    /// They are gone, or their place cannot be read.
    pub(super) async fn of(
        &self,
        node: &Node,
        segment: &StreamSegment,
    ) -> Result<Records, Failure> {
        if let Some(records) = self.kept(&segment.object) {
            return Ok(records);
        }
        let object = self.objects.get(&segment.object).await.map_err(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a segment cannot be read");
            Failure::from(Code::StoreUnavailable)
        })?;
        let Some(object) = object else {
            return Err(missing(node, segment).into());
        };
        let records = split_records(&object).map_err(|_| Failure::from(Code::Internal))?;
        let records: Records = records.into_iter().map(<[u8]>::to_vec).collect();
        let mut lately = self.lately();
        lately.push_front((segment.object.clone(), Arc::clone(&records)));
        lately.truncate(KEPT);
        Ok(records)
    }

    fn kept(&self, object: &str) -> Option<Records> {
        let mut lately = self.lately();
        let place = lately.iter().position(|(name, _)| name == object)?;
        let found = lately.remove(place)?;
        let records = Arc::clone(&found.1);
        lately.push_front(found);
        Some(records)
    }
}

/// Retention deletes an object before its row. One that is missing earlier was lost, or lies in
/// another place than the one that is set now: it may come back.
fn missing(node: &Node, segment: &StreamSegment) -> Code {
    let kept_for = Span::from_days(node.config.stream_kept_days);
    if segment.taken_until < node.clock.now() - kept_for {
        return Code::RecordsGone;
    }
    tracing::error!("a segment is missing: does `objects_url` name the place where they are?");
    Code::StoreUnavailable
}
