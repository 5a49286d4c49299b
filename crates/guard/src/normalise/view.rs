//! A text as it reads once something was undone, and where each part of it stood before.

use std::ops::Range;

/// A text made from another one.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct View {
    pub text: String,
    /// By `at`; the first begins at 0 unless the view is empty.
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Piece {
    /// Where it begins in the view.
    at: u32,
    /// What it was made from.
    from: u32,
    to: u32,
    /// Whether it was copied, so that each byte has its own counterpart.
    copied: bool,
}

impl View {
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), pieces: Vec::new() }
    }

    /// One piece that was made from all of `source`, such as decoded bytes.
    pub fn whole(text: String, source: Range<usize>) -> Self {
        let mut view = Self { text, pieces: Vec::new() };
        view.note(0, source, false);
        view
    }

    /// A text in which each byte was made from the byte at the same place.
    pub fn aligned(text: String) -> Self {
        let length = text.len();
        let mut view = Self { text, pieces: Vec::new() };
        view.note(0, 0..length, true);
        view
    }

    /// Adds what stood at `source` unchanged.
    pub fn copy(&mut self, part: &str, source: usize) {
        let copied = self.pieces.last().is_some_and(|piece| {
            piece.copied
                && piece.to as usize == source
                && self.text.len() - piece.at as usize == (piece.to - piece.from) as usize
        });
        if copied {
            if let Some(piece) = self.pieces.last_mut() {
                piece.to += part.len() as u32;
            }
        } else if !part.is_empty() {
            self.note(self.text.len(), source..source + part.len(), true);
        }
        self.text.push_str(part);
    }

    /// Adds a character that was made from what stood at `source`.
    pub fn put(&mut self, character: char, source: Range<usize>) {
        self.note(self.text.len(), source, false);
        self.text.push(character);
    }

    /// Adds a text that was made from what stood at `source`.
    pub fn put_all(&mut self, part: &str, source: Range<usize>) {
        if !part.is_empty() {
            self.note(self.text.len(), source, false);
            self.text.push_str(part);
        }
    }

    fn note(&mut self, at: usize, source: Range<usize>, copied: bool) {
        let (at, from, to) = (at as u32, source.start as u32, source.end as u32);
        self.pieces.push(Piece { at, from, to, copied });
    }

    /// Where the bytes `span` of this view stood in the text that it was made from.
    pub fn source(&self, span: &Range<usize>) -> Range<usize> {
        let first = self.origin(span.start);
        let last = self.origin(span.end.saturating_sub(1).max(span.start));
        // A view may read backwards.
        first.start.min(last.start)..first.end.max(last.end)
    }

    fn origin(&self, at: usize) -> Range<usize> {
        let index = self.pieces.partition_point(|piece| piece.at as usize <= at);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return 0..0;
        };
        if piece.copied {
            let from = piece.from as usize + (at - piece.at as usize);
            from.min(piece.to as usize)..(from + 1).min(piece.to as usize)
        } else {
            piece.from as usize..piece.to as usize
        }
    }
}

/// `span` widened to the character boundaries of `text`.
pub fn on_boundaries(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_leads_back_to_where_its_text_stood() {
        let mut view = View::default();
        view.copy("ig", 0);
        view.put('n', 2..6);
        view.copy("or", 6);
        view.copy("e", 8);
        assert_eq!(view.text, "ignore");
        assert_eq!(view.source(&(0..6)), 0..9);
        assert_eq!(view.source(&(1..3)), 1..6);
        assert_eq!(view.source(&(4..5)), 7..8);
    }

    #[test]
    fn a_view_may_read_backwards() {
        let mut view = View::default();
        for (at, character) in "abc".char_indices().rev() {
            view.put(character, at..at + 1);
        }
        assert_eq!(view.text, "cba");
        assert_eq!(view.source(&(0..2)), 1..3);
    }

    #[test]
    fn spans_widen_to_whole_characters() {
        assert_eq!(on_boundaries("aéb", 2..2), 1..3);
        assert_eq!(on_boundaries("aé", 5..9), 3..3);
    }
}
