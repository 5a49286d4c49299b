//! A text and all that can be read in it once something is undone.

use std::ops::Range;

use super::lexicon::{Concept, one};
use super::words::{Word, words};
use crate::decode::{DEPTH_MAX, DERIVED_BYTES_MAX, blobs, ciphers, escapes, fragments};
use crate::normalise::fold::{fold, latinised};
use crate::normalise::survey::{Survey, survey};
use crate::normalise::view::on_boundaries;
use crate::normalise::{View, hidden, leet, spaced};
use crate::signature::{Signature, Signatures};

/// Invisible or styled characters before they count as hiding.
const HIDDEN_CHARACTERS_MIN: usize = 4;
/// Words that read like a cipher's, before the cipher is undone.
const CIPHER_WORDS_MIN: usize = 2;

/// One reading of the text.
pub struct Layer {
    /// Empty for the text itself.
    view: View,
    parent: usize,
    depth: usize,
    /// What was undone, from the text itself to here.
    pub hidden_by: Signatures,
    folded: bool,
    loose: bool,
    pub words: Vec<Word>,
}

/// All readings of one text; the first is the text itself.
pub struct Layers<'a> {
    text: &'a str,
    pub all: Vec<Layer>,
    left: usize,
    pub bytes_read: usize,
}

impl<'a> Layers<'a> {
    pub fn read(text: &'a str) -> Self {
        let first = Layer {
            view: View::default(),
            parent: 0,
            depth: 0,
            hidden_by: Signatures::default(),
            folded: false,
            loose: false,
            words: Vec::new(),
        };
        let mut layers = Self { text, all: vec![first], left: DERIVED_BYTES_MAX, bytes_read: 0 };
        let mut at = 0;
        while at < layers.all.len() {
            layers.expand(at);
            at += 1;
        }
        layers
    }

    pub fn text(&self, layer: usize) -> &str {
        if layer == 0 { self.text } else { &self.all[layer].view.text }
    }

    /// Where bytes of a layer stood in the text itself, on character boundaries.
    pub fn origin(&self, mut layer: usize, mut span: Range<usize>) -> Range<usize> {
        while layer != 0 {
            span = self.all[layer].view.source(&span);
            layer = self.all[layer].parent;
        }
        on_boundaries(self.text, span)
    }

    /// Reads one layer, and adds the layers that it hides.
    fn expand(&mut self, at: usize) {
        let (text, layer) = (self.text(at), &self.all[at]);
        let survey = survey(text);
        let mut bytes_read = text.len();
        let mut found = Vec::new();
        let mut children = Vec::new();
        if survey.beyond_ascii && !layer.folded {
            let folded = fold(text);
            if layer.depth < DEPTH_MAX {
                children.extend(
                    hidden::smuggled(text)
                        .map(|view| (view, Some(Signature::InvisibleText), false)),
                );
                children.extend(
                    hidden::reordered(text)
                        .map(|view| (view, Some(Signature::InvisibleText), false)),
                );
            }
            let trick = if folded.invisible >= HIDDEN_CHARACTERS_MIN {
                Some(Signature::InvisibleText)
            } else if folded.styled >= HIDDEN_CHARACTERS_MIN {
                Some(Signature::ConfusableText)
            } else {
                None
            };
            let view = folded.view;
            let mixed = folded.mixed && layer.depth < DEPTH_MAX;
            let latin = mixed.then(|| latinised(&view.text));
            let (parent, depth) = (at, layer.depth);
            let hidden_by = layer.hidden_by;
            let hidden_by = trick.map_or(hidden_by, |trick| hidden_by.with(trick));
            let loose = layer.loose;
            self.all.push(Layer {
                view,
                parent,
                depth,
                hidden_by,
                folded: true,
                loose,
                words: Vec::new(),
            });
            let folded_at = self.all.len() - 1;
            if let Some(latin) = latin {
                self.add(folded_at, latin, Some(Signature::ConfusableText), false);
            }
        } else {
            found = words(text, layer.loose);
            bytes_read += text.len();
            if layer.depth < DEPTH_MAX {
                children = undone(text, survey, &found, self.left);
            }
        }
        self.bytes_read += bytes_read;
        self.all[at].words = found;
        for (view, trick, loose) in children {
            self.add(at, view, trick, loose);
        }
    }

    fn add(&mut self, parent: usize, view: View, trick: Option<Signature>, loose: bool) {
        if view.text.len() > self.left {
            return;
        }
        self.left -= view.text.len();
        let depth = self.all[parent].depth + 1;
        let hidden_by = self.all[parent].hidden_by;
        let hidden_by = trick.map_or(hidden_by, |trick| hidden_by.with(trick));
        self.all.push(Layer {
            view,
            parent,
            depth,
            hidden_by,
            folded: false,
            loose,
            words: Vec::new(),
        });
    }
}

type Child = (View, Option<Signature>, bool);

/// The views of a folded text that the survey and the words make worth reading, together within `bytes_max`.
fn undone(text: &str, survey: Survey, words: &[Word], bytes_max: usize) -> Vec<Child> {
    let mut children: Vec<Child> = Vec::new();
    let text = &text[..on_boundaries(text, 0..text.len().min(bytes_max.saturating_sub(3))).end];
    let confusable = Some(Signature::ConfusableText);
    let encoded = Some(Signature::EncodedPayload);
    let many = |concept| {
        words.iter().filter(|word| word.is(one(concept))).take(CIPHER_WORDS_MIN).count()
            == CIPHER_WORDS_MIN
    };
    if survey.blob {
        children
            .extend(blobs::blobs(text, bytes_max).into_iter().map(|view| (view, encoded, false)));
    }
    if survey.escapes {
        children.extend(escapes::unescaped(text).map(|view| (view, encoded, false)));
    }
    if survey.spaced {
        children.extend(spaced::together(text).map(|(view, loose)| (view, confusable, loose)));
    }
    if survey.leet {
        children.push((leet::unleet(text, 'i'), confusable, false));
        if text.contains('1') {
            children.push((leet::unleet(text, 'l'), confusable, false));
        }
    }
    if survey.morse {
        // Morse code has no line ends, and words run into each other where there was one.
        children.push((ciphers::unmorsed(text), encoded, true));
    }
    if many(Concept::Rot13) {
        children.push((ciphers::rot13(text), encoded, false));
    }
    if many(Concept::Reversed) {
        children.push((ciphers::reversed(text), encoded, false));
    }
    if words.iter().any(|word| word.is(one(Concept::Join))) {
        children.extend(
            fragments::joined(text).map(|view| (view, Some(Signature::PayloadSplitting), false)),
        );
    }
    children
}
