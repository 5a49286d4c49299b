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

/// Walks that would cover fewer bytes each than this are not worth their beginnings.
const LANE_BYTES_MIN: usize = 16;

/// What a walk found: the ends of matches, and the states that tell the patterns.
type Found = Vec<(usize, StateID)>;

/// Tells every match of `dfa` in `text`, overlapping ones too: the pattern's index and the range, in order of the ends.
///
/// The automaton must search unanchored, and without a prefilter.
pub fn each(dfa: &DFA, text: &[u8], mut tell: impl FnMut(usize, Range<usize>)) {
    let Ok(start) = dfa.start_state(Anchored::No) else { return };
    let mut tell_all = |end: usize, state: StateID| {
        for index in 0..dfa.match_len(state) {
            let pattern = dfa.match_pattern(state, index);
            tell(pattern.as_usize(), end - dfa.pattern_len(pattern)..end);
        }
    };
    let lead = dfa.max_pattern_len();
    let mut found: [Found; LANES] = std::array::from_fn(|_| Vec::new());
    let (mut walked, mut state) = (0_usize, start);
    loop {
        // Each walk begins with what the one before it ends with.
        let from = walked.saturating_sub(lead);
        let width = (text.len() - from).saturating_sub(lead) / LANES;
        if width < LANE_BYTES_MIN {
            break;
        }
        let width = width.min(LANE_BYTES_MAX);
        let parts = std::array::from_fn(|index| &text[from + index * width..][..lead + width]);
        state = abreast(dfa, start, parts, from == 0, &mut found);
        for (index, found) in found.iter_mut().enumerate() {
            let at = from + index * width;
            found.drain(..).for_each(|(end, state)| tell_all(at + end, state));
        }
        walked = from + LANES * width + lead;
    }
    for (at, byte) in text.iter().enumerate().skip(walked) {
        state = dfa.next_state(Anchored::No, state, *byte);
        if dfa.is_match(state) {
            tell_all(at + 1, state);
        }
    }
}

/// Walks parts of one length side by side, and says where the last walk ends. Matches that end within the first bytes of a
/// part are those of the part before, but for the `first`, before which there is none.
fn abreast(
    dfa: &DFA,
    start: StateID,
    parts: [&[u8]; LANES],
    first: bool,
    found: &mut [Found; LANES],
) -> StateID {
    let mut states = [start; LANES];
    let lead = dfa.max_pattern_len();
    for at in 0..parts[0].len() {
        for (state, part) in std::iter::zip(&mut states, parts) {
            *state = dfa.next_state(Anchored::No, *state, part[at]);
        }
        if states.iter().fold(false, |any, state| any | dfa.is_match(*state)) {
            for (index, (state, found)) in std::iter::zip(states, &mut *found).enumerate() {
                if dfa.is_match(state) && (at >= lead || first && index == 0) {
                    found.push((at + 1, state));
                }
            }
        }
    }
    states[LANES - 1]
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
