//! Records as they come: server-sent events of a relay.

use std::time::Duration;

use assent_crypto::base64url;
use reqwest::{Response, StatusCode};

use super::{ClientError, NodeClient, StreamAccess, problem, read};

/// How long one tail may take as a whole. A token does not last longer.
const TAIL_TIMEOUT: Duration = Duration::from_mins(6);
/// The longest event that is read, in bytes: a record of 1 MiB in base64url, and its number.
const EVENT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What comes out of a tail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TailEvent {
    /// A record, as it is to be verified.
    Record {
        /// Its number, as the relay says.
        sequence: u64,
        /// The record.
        bytes: Vec<u8>,
    },
    /// The relay gives no more, for the reason with this code.
    Ended(String),
}

/// Records of a stream as they come, until the consent ends or the token does.
#[derive(Debug)]
pub struct StreamTail {
    response: Response,
    buffered: Vec<u8>,
}

impl NodeClient {
    /// Follows a stream from the record with this number on.
    ///
    /// # Errors
    /// As [`ClientError`] says: the relay refuses, or cannot be reached.
    pub async fn tail(
        &self,
        access: StreamAccess<'_>,
        from: u64,
    ) -> Result<StreamTail, ClientError> {
        let StreamAccess { stream, cr_id, .. } = access;
        let path = format!("v1/streams/{stream}/tail?from={from}&cr_id={cr_id}");
        let request = self.with_access(access, &path)?.timeout(TAIL_TIMEOUT);
        let mut response = request.send().await.map_err(ClientError::transport)?;
        if response.status() == StatusCode::OK {
            return Ok(StreamTail {
                response,
                buffered: Vec::new(),
            });
        }
        let body = read(&mut response).await?;
        Err(match problem(&response, &body) {
            Some(problem) => ClientError::Problem(Box::new(problem)),
            None => unexpected(response.status()),
        })
    }
}

impl StreamTail {
    /// The next event; `None` where the relay has hung up.
    ///
    /// # Errors
    /// The connection failed, or what came is no event of a tail.
    pub async fn next(&mut self) -> Result<Option<TailEvent>, ClientError> {
        loop {
            while let Some(text) = self.take_event() {
                if let Some(event) = parse(&text)? {
                    return Ok(Some(event));
                }
            }
            let chunk = self.response.chunk().await;
            let Some(chunk) = chunk.map_err(ClientError::transport)? else {
                return Ok(None);
            };
            if self.buffered.len() + chunk.len() > EVENT_BYTES_MAX {
                return Err(ClientError::AnswerTooLarge);
            }
            self.buffered.extend_from_slice(&chunk);
        }
    }

    /// What comes before the next empty line.
    fn take_event(&mut self) -> Option<Vec<u8>> {
        let end = self.buffered.windows(2).position(|two| two == b"\n\n")?;
        let event = self.buffered.drain(..end + 2).collect();
        Some(event)
    }
}

/// Reads one event; comments, which only keep the connection open, are nothing.
fn parse(bytes: &[u8]) -> Result<Option<TailEvent>, ClientError> {
    let malformed = || unexpected(StatusCode::OK);
    let text = str::from_utf8(bytes).map_err(|_| malformed())?;
    let field = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.trim_start()))
    };
    let Some(data) = field("data:") else {
        return Ok(None);
    };
    match field("event:") {
        Some("record") => {
            let sequence = field("id:").and_then(|id| id.parse().ok());
            Ok(Some(TailEvent::Record {
                sequence: sequence.ok_or_else(malformed)?,
                bytes: base64url::decode(data).map_err(|_| malformed())?,
            }))
        }
        Some("ended") => Ok(Some(TailEvent::Ended(data.to_owned()))),
        _ => Ok(None),
    }
}

fn unexpected(status: StatusCode) -> ClientError {
    ClientError::UnexpectedAnswer {
        status: status.as_u16(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_are_written() {
        for (text, expected) in [
            (": alive\n\n", None),
            ("event: other\ndata: x\n\n", None),
            (
                "event: ended\ndata: consent-withdrawn\n\n",
                Some(TailEvent::Ended("consent-withdrawn".into())),
            ),
            (
                "id: 7\nevent: record\ndata: aGk\n\n",
                Some(TailEvent::Record {
                    sequence: 7,
                    bytes: b"hi".to_vec(),
                }),
            ),
        ] {
            let event = parse(text.as_bytes()).expect("an event");
            assert_eq!(event, expected, "{text}");
        }
        for text in [
            "event: record\ndata: aGk\n\n",
            "id: 7\nevent: record\ndata: !\n\n",
            "id: x\nevent: record\ndata: aGk\n\n",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
