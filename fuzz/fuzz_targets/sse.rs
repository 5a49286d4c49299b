//! The stream parser: reads the same wherever the stream is cut, and loses no byte but line ends.

#![no_main]

use domain::provider::Surface;
use gateway::Meter;
use speech::sse::{Event, Splitter};
use libfuzzer_sys::fuzz_target;

/// The events' bytes and data, with a cut after every `step` bytes.
fn read(stream: &[u8], step: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut splitter = Splitter::default();
    let (mut bytes, mut data) = (Vec::new(), Vec::new());
    let mut take = |event: Event| {
        bytes.extend_from_slice(event.bytes());
        data.extend(event.data().map(|data| data.into_owned()));
    };
    for piece in stream.chunks(step) {
        splitter.push(piece);
        while let Ok(Some(event)) = splitter.next_event() {
            take(event);
        }
    }
    splitter.finish().map(&mut take);
    (bytes, data)
}

fuzz_target!(|input: &[u8]| {
    let Some((step, stream)) = input.split_first() else { return };
    let (bytes, whole) = read(stream, stream.len().max(1));
    let (_, cut) = read(stream, usize::from(*step).max(1));
    assert_eq!(whole, cut);
    assert!(stream.starts_with(&bytes));
    assert!(stream[bytes.len()..].iter().all(|byte| matches!(byte, b'\r' | b'\n')));
    let mut meter = Meter::new(Surface::Chat);
    for data in whole {
        meter.event(&data);
    }
    let _ = meter.estimate(0);
});
