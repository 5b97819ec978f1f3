//! Records as they come, for as long as the reader may have them.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use assent_crypto::base64url;
use axum::response::sse::Event;
use futures_util::stream::{self, Stream};

use super::RunningTail;
use super::reading::{Ended, Reader};
use super::records;
use crate::http::failure::Failure;
use crate::node::Node;
use crate::release::decide::Refusal;

/// How many records are read ahead. None is given out without another look at the consent.
const READ_AHEAD: u32 = 32;
/// How often a reader is looked at while nothing happens.
const LOOK: Duration = Duration::from_secs(5);
/// How often while the end of the consent is on its way into a block.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A tail that runs.
struct Tail {
    node: Arc<Node>,
    reader: Reader,
    /// The number of the record that is due.
    next: u64,
    ahead: VecDeque<Vec<u8>>,
    is_over: bool,
    _running: RunningTail,
}

/// The events of a tail from a record on. A receipt has been written by then.
///
/// # Errors
/// The reader has as many tails as it may.
pub(crate) fn events(
    node: Arc<Node>,
    reader: Reader,
    from: u64,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + Send + 'static, Failure> {
    let tail = Tail {
        _running: reader.begin_tail(&node)?,
        reader,
        next: from,
        ahead: VecDeque::new(),
        is_over: false,
        node,
    };
    Ok(stream::unfold(tail, |mut tail| async move {
        let event = tail.event().await?;
        Some((Ok(event), tail))
    }))
}

impl Tail {
    /// The next event; none after the one that says that it has ended.
    async fn event(&mut self) -> Option<Event> {
        if self.is_over {
            return None;
        }
        let code = loop {
            let channel = self.node.streams.channel(self.reader.stream);
            let (mut changes, mut head) = (channel.changes(), self.node.head.clone());
            head.mark_unchanged();
            if self.ahead.is_empty() {
                match self.read_ahead().await {
                    Ok(()) => {}
                    Err(failure) => break failure.problem().code.clone(),
                }
            }
            // The last look before the record leaves.
            let look = match self.reader.ended(&self.node).await {
                Ok(None) => LOOK,
                // Nothing leaves until it is known whether the consent has ended.
                Ok(Some(Ended::Refused(Refusal::Stopping))) => LOOK_AGAIN,
                Ok(Some(ended)) => break ended.code().to_owned(),
                Err(failure) => break failure.problem().code.clone(),
            };
            let may_leave = look == LOOK;
            if let Some(record) = self.ahead.pop_front_if(|_| may_leave) {
                return Some(self.leaving(&record));
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = head.changed() => {}
                () = tokio::time::sleep(look) => {}
                () = self.node.streams.stopped() => return None,
            }
        };
        self.is_over = true;
        Some(Event::default().event("ended").data(code))
    }

    fn leaving(&mut self, record: &[u8]) -> Event {
        let event = Event::default()
            .id(self.next.to_string())
            .event("record")
            .data(base64url::encode(record));
        self.next += 1;
        event
    }

    async fn read_ahead(&mut self) -> Result<(), Failure> {
        let read = records::read(&self.node, self.reader.stream, self.next, READ_AHEAD);
        self.ahead = read.await?.into();
        Ok(())
    }
}
