//! Undoing what hides a text from a reader of bytes: Unicode's tricks, look-alikes, scattered letters.
//!
//! Each trick is undone into a [`View`] of its own, so that a text which merely looks like one trick is still read as
//! it stands, and spans lead back to the original bytes.

pub mod fold;
pub mod hidden;
pub mod leet;
pub mod spaced;
pub mod survey;
pub mod view;

pub use view::View;
