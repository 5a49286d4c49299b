//! Where the words stand in a body: what is said to a model, by the channel that it came by, and what the
//! model says, whole and in streams, to be rewritten in place.
//!
//! Pure, and of one mind with whoever wrote the body: it never changes a byte outside of the words that
//! change, and what it does not know it treats as words.

#![forbid(unsafe_code)]

pub mod answer;
pub mod json;
pub mod prompt;
pub mod sse;

mod bytes;
mod text;
