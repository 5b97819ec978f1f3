//! Records of streams, as rows and as segments.

use assent_crypto::digest::Digest;
use assent_model::time::Span;
use assent_storage::{Store, StreamRecord, StreamSegment};

use crate::bed::Bed;
use crate::chain::START;

on_both_engines! {
    records_are_appended_once_and_read_in_order
    a_segment_takes_the_place_of_its_records
    what_is_old_is_found
}

fn record(sequence: u64, minutes: u64) -> StreamRecord {
    StreamRecord {
        sequence,
        taken_at: START + Span::from_minutes(minutes),
        digest: Digest::of(&sequence.to_be_bytes()),
        body: vec![7; 3],
    }
}

async fn append(store: &Store, stream: &str, numbers: std::ops::Range<u64>) {
    let records = numbers.map(|number| record(number, number)).collect();
    store.append_stream_records(stream, records).await.unwrap();
}

async fn numbers(store: &Store, stream: &str, from: u64, limit: u32) -> Vec<u64> {
    let records = store.stream_records(stream, from, limit).await.unwrap();
    records.iter().map(|record| record.sequence).collect()
}

async fn records_are_appended_once_and_read_in_order(bed: Bed) {
    let store = bed.open().await;
    assert_eq!(store.last_stream_record("a").await.unwrap(), None);
    append(&store, "a", 0..3).await;
    append(&store, "a", 3..5).await;
    append(&store, "b", 0..1).await;
    assert_eq!(numbers(&store, "a", 0, 9).await, [0, 1, 2, 3, 4]);
    assert_eq!(numbers(&store, "a", 2, 2).await, [2, 3]);
    assert!(numbers(&store, "a", 5, 2).await.is_empty());
    let last = store.last_stream_record("a").await.unwrap();
    assert_eq!(last, Some(record(4, 4)));
    // All or none: one of them is there already.
    let twice = vec![record(5, 5), record(4, 4)];
    assert!(store.append_stream_records("a", twice).await.is_err());
    assert_eq!(numbers(&store, "a", 4, 9).await, [4]);
}

fn segment(first: u64, next: u64) -> StreamSegment {
    StreamSegment {
        stream: "a".to_owned(),
        first,
        next,
        taken_until: START + Span::from_minutes(next - 1),
        object: format!("streams/a/{first}"),
    }
}

async fn a_segment_takes_the_place_of_its_records(bed: Bed) {
    let store = bed.open().await;
    append(&store, "a", 0..9).await;
    append(&store, "b", 0..9).await;
    store.move_to_segment(segment(0, 3)).await.unwrap();
    store.move_to_segment(segment(3, 5)).await.unwrap();
    assert!(store.move_to_segment(segment(3, 9)).await.is_err());
    assert_eq!(numbers(&store, "a", 0, 9).await, [5, 6, 7, 8]);
    assert_eq!(numbers(&store, "b", 0, 9).await.len(), 9);
    let at = async |number| store.stream_segment("a", number).await.unwrap();
    assert_eq!(at(0).await, Some(segment(0, 3)));
    assert_eq!(at(2).await, Some(segment(0, 3)));
    assert_eq!(at(3).await, Some(segment(3, 5)));
    assert_eq!(at(5).await, None);
    assert_eq!(store.stream_segment("b", 0).await.unwrap(), None);
    assert_eq!(store.forget_segment("a", 0).await, Ok(true));
    assert_eq!(store.forget_segment("a", 0).await, Ok(false));
    assert_eq!(at(0).await, Some(segment(3, 5)));
}

async fn what_is_old_is_found(bed: Bed) {
    let store = bed.open().await;
    append(&store, "a", 0..9).await;
    // A stream of one record has none that can go.
    append(&store, "lone", 0..1).await;
    let streams = async |minutes| {
        let before = START + Span::from_minutes(minutes);
        store.streams_taken_before(before, 9).await.unwrap()
    };
    assert!(streams(0).await.is_empty());
    assert_eq!(streams(1).await, ["a"]);
    store.move_to_segment(segment(0, 8)).await.unwrap();
    assert!(streams(99).await.is_empty());
    let segments = async |minutes| {
        let before = START + Span::from_minutes(minutes);
        store.segments_taken_before(before, 9).await.unwrap()
    };
    assert!(segments(7).await.is_empty());
    assert_eq!(segments(8).await, [segment(0, 8)]);
}
