//! Walks an automaton over a text at several places at once.
//!
//! Each step of a walk waits for the step before it, which leaves most of a core idle; walks that do not depend on
//! one another fill it. What an automaton has found behind some byte depends on no more bytes before it than
//! its longest pattern has, so a walk that begins that much earlier finds what a walk from the beginning would.

use std::ops::Range;

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::dfa::DFA;

/// Walks at once.
const LANES: usize = 8;

/// The bytes that one walk covers before what it found is told, which bounds what waits to be told.
const LANE_BYTES_MAX: usize = 16 * 1024;

/// Texts below this many bytes are walked in one piece.
const LANES_FROM_BYTES: usize = 1_024;

/// A walk under way: where it is, and what it found.
struct Lane {
    state: StateID,
    /// The ends of matches, with the states that tell the patterns.
    found: Vec<(usize, StateID)>,
}

/// Tells every match of `dfa` in `text`, overlapping ones too: the pattern's index and the range, in order of the ends.
///
/// The automaton must search unanchored, and without a prefilter.
pub fn each(dfa: &DFA, text: &[u8], mut tell: impl FnMut(usize, Range<usize>)) {
    let Ok(start) = dfa.start_state(Anchored::No) else { return };
    let mut lanes: [Lane; LANES] =
        std::array::from_fn(|_| Lane { state: start, found: Vec::new() });
    let mut from = 0;
    while from < text.len() {
        let block = (text.len() - from).min(LANES * LANE_BYTES_MAX);
        let width = if block < LANES_FROM_BYTES { 0 } else { block / LANES };
        for (index, lane) in lanes.iter_mut().enumerate() {
            let at = from + index * width;
            let before = &text[at.saturating_sub(dfa.max_pattern_len())..at];
            lane.state =
                before.iter().fold(start, |state, byte| dfa.next_state(Anchored::No, state, *byte));
        }
        let parts: [&[u8]; LANES] =
            std::array::from_fn(|index| &text[from + index * width..][..width]);
        abreast(dfa, parts, from, &mut lanes);
        // What the division left over goes on where the last walk ended.
        let [.., last] = &mut lanes;
        for (at, byte) in (from + LANES * width..).zip(&text[from + LANES * width..from + block]) {
            last.state = dfa.next_state(Anchored::No, last.state, *byte);
            if dfa.is_match(last.state) {
                last.found.push((at + 1, last.state));
            }
        }
        for lane in &mut lanes {
            for (end, state) in lane.found.drain(..) {
                for index in 0..dfa.match_len(state) {
                    let pattern = dfa.match_pattern(state, index);
                    tell(pattern.as_usize(), end - dfa.pattern_len(pattern)..end);
                }
            }
        }
        from += block;
    }
}

/// Walks parts of one length, side by side.
fn abreast(dfa: &DFA, parts: [&[u8]; LANES], from: usize, lanes: &mut [Lane; LANES]) {
    let width = parts[0].len();
    let mut states: [StateID; LANES] = std::array::from_fn(|index| lanes[index].state);
    for at in 0..width {
        for (state, part) in std::iter::zip(&mut states, parts) {
            *state = dfa.next_state(Anchored::No, *state, part[at]);
        }
        if states.iter().fold(false, |any, state| any | dfa.is_match(*state)) {
            for (index, lane) in lanes.iter_mut().enumerate() {
                if dfa.is_match(states[index]) {
                    lane.found.push((from + index * width + at + 1, states[index]));
                }
            }
        }
    }
    for (lane, state) in std::iter::zip(lanes, states) {
        lane.state = state;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn automaton() -> DFA {
        let patterns = ["a", "aab", "abcabc", "bca", "ccc", "cabcabcabcab"];
        DFA::builder().ascii_case_insensitive(true).prefilter(false).build(patterns).unwrap()
    }

    fn agrees(text: &[u8]) {
        let dfa = automaton();
        let mut told = Vec::new();
        each(&dfa, text, |pattern, range| told.push((pattern, range)));
        let mut state = aho_corasick::automaton::OverlappingState::start();
        let input = aho_corasick::Input::new(text);
        let mut expected = Vec::new();
        loop {
            dfa.try_find_overlapping(&input, &mut state).unwrap();
            let Some(found) = state.get_match() else { break };
            expected.push((found.pattern().as_usize(), found.range()));
        }
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn what_walks_abreast_find_is_what_one_walk_finds(
            length in prop_oneof![0..2_000_usize, 65_400..65_700_usize, 131_000..140_000_usize],
            seed in prop::collection::vec(prop::sample::select(b"abcABCx ".to_vec()), 1..300),
        ) {
            agrees(&seed.iter().copied().cycle().take(length).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn a_match_that_lies_across_a_border_is_found_once() {
        for at in 0..LANE_BYTES_MAX * LANES + 64 {
            if at % (LANE_BYTES_MAX / 4) < 16 || at % (LANE_BYTES_MAX / 4) > LANE_BYTES_MAX / 4 - 16
            {
                let mut text = vec![b'x'; LANE_BYTES_MAX * LANES + 128];
                text[at..at + 12].copy_from_slice(b"cabcabcabcab");
                agrees(&text);
            }
        }
    }
}
