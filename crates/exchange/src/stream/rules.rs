//! The rules of streams.

use assent_model::ids::{StreamId, SurrogateId};
use assent_model::machine::Context;
use assent_model::records::identity::PartyKind;
use assent_model::records::stream::{StreamAnchor, StreamClosing, StreamHolding, StreamOpening};
use assent_model::statement::{Recorded, Verified};

use super::command::StreamCommand;
use super::event::StreamEvent;
use super::rejection::StreamRejection;
use super::state::{Anchor, Pairing, Stream, StreamStatus};
use crate::identity::state::Party;
use crate::state::{State, View};

type Decision = Result<Vec<StreamEvent>, StreamRejection>;

/// Decides on a command of this component.
pub(crate) fn decide(view: &View<'_>, command: &StreamCommand, context: Context) -> Decision {
    match command {
        StreamCommand::Open(opening) => open(view, opening, context),
        StreamCommand::Anchor(anchor) => advance(view, anchor),
        StreamCommand::Close(closing) => close(view, closing),
    }
}

fn open(view: &View<'_>, opening: &Verified<StreamOpening>, context: Context) -> Decision {
    let said = opening.content();
    let device = view
        .party(said.device)
        .filter(|party| Party::is_active(party))
        .ok_or(StreamRejection::DeviceInactive)?;
    if device.kind != PartyKind::Device {
        return Err(StreamRejection::NotADevice);
    }
    if device.signing_key != *opening.signer() {
        return Err(StreamRejection::WrongKey);
    }
    let holding = held(view, said, context)?;
    if view.stream(said.stream_id).is_some() {
        return Err(StreamRejection::StreamIdTaken);
    }
    let pairing = view.pairing(said.device);
    if pairing.is_some_and(|pairing| pairing.stream.is_some()) {
        return Err(StreamRejection::DevicePaired);
    }
    Ok(vec![StreamEvent::Opened {
        opening: opening.record(),
        holding: holding.record(),
    }])
}

/// The word of the person: well signed by the pseudonym that it names, about this stream of this
/// device, for this chain, and fresh.
fn held(
    view: &View<'_>,
    said: &StreamOpening,
    context: Context,
) -> Result<Verified<StreamHolding>, StreamRejection> {
    let holding = said
        .holding
        .verify()
        .map_err(|_| StreamRejection::HoldingUnproven)?;
    let is_fresh = view.chain().is_some_and(|chain| {
        let claims = holding.envelope().check(&chain.id, context.time);
        claims.is_ok()
    });
    let wanted = StreamHolding {
        stream_id: said.stream_id,
        device: said.device,
        holder: SurrogateId::of(holding.signer()),
    };
    if is_fresh && *holding.content() == wanted {
        Ok(holding)
    } else {
        Err(StreamRejection::HoldingUnproven)
    }
}

fn advance(view: &View<'_>, anchor: &Verified<StreamAnchor>) -> Decision {
    let said = anchor.content();
    let stream = open_stream(view, said.stream_id)?;
    if *anchor.signer() != stream.device_key {
        return Err(StreamRejection::WrongKey);
    }
    if stream
        .anchor
        .is_some_and(|last| last.sequence >= said.sequence)
    {
        return Err(StreamRejection::AnchorNotLater);
    }
    Ok(vec![StreamEvent::Anchored {
        anchor: anchor.record(),
    }])
}

fn close(view: &View<'_>, closing: &Verified<StreamClosing>) -> Decision {
    let stream = open_stream(view, closing.content().stream_id)?;
    if ![stream.device_key, stream.holder_key].contains(closing.signer()) {
        return Err(StreamRejection::WrongKey);
    }
    view.pairing(stream.device);
    Ok(vec![StreamEvent::Closed {
        closing: closing.record(),
        device: stream.device,
    }])
}

fn open_stream<'a>(view: &View<'a>, id: StreamId) -> Result<&'a Stream, StreamRejection> {
    let stream = view.stream(id).ok_or(StreamRejection::StreamUnknown)?;
    match stream.status {
        StreamStatus::Open => Ok(stream),
        StreamStatus::Closed => Err(StreamRejection::StreamClosed),
    }
}

/// Applies what happened.
pub(crate) fn evolve(state: &mut State, event: &StreamEvent) {
    match event {
        StreamEvent::Opened { opening, holding } => opened(state, opening, holding),
        StreamEvent::Anchored { anchor } => {
            let said = anchor.content();
            state.streams.expect_mut(&said.stream_id).anchor = Some(Anchor {
                sequence: said.sequence,
                head: said.head,
            });
        }
        StreamEvent::Closed { closing, device } => {
            let stream = closing.content().stream_id;
            state.streams.expect_mut(&stream).status = StreamStatus::Closed;
            state.pairings.expect_mut(device).stream = None;
        }
    }
}

fn opened(state: &mut State, opening: &Recorded<StreamOpening>, holding: &Recorded<StreamHolding>) {
    let said = opening.content();
    let stream = Stream {
        device: said.device,
        device_key: *opening.signer(),
        holder: holding.content().holder,
        holder_key: *holding.signer(),
        anchor: None,
        status: StreamStatus::Open,
    };
    state.streams.put(said.stream_id, stream);
    let pairing = Pairing {
        stream: Some(said.stream_id),
    };
    state.pairings.put(said.device, pairing);
}

/// Reads what applying `event` needs, so that the view names what is not loaded.
pub(crate) fn touched(view: &View<'_>, event: &StreamEvent) {
    match event {
        StreamEvent::Opened { .. } => {}
        StreamEvent::Anchored { anchor } => {
            view.stream(anchor.content().stream_id);
        }
        StreamEvent::Closed { closing, device } => {
            view.stream(closing.content().stream_id);
            view.pairing(*device);
        }
    }
}
