//! What is true of every text, and the texts that each rule is for.

mod kinds;
mod properties;
mod sensitive;
mod signatures;
