//! What a dialect has no words for: the one table of refusals that depend on the target.

use domain::provider::Surface;

use crate::fault::{Path, Unsupported};

/// A thing that not every dialect can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Seed,
    Penalty,
    LogitBias,
    TopK,
    Stop,
    /// A temperature above 1.
    Hot,
    /// JSON without a schema.
    AnyJson,
    /// Capacity that is bought apart: flex, scale, priority.
    Tier,
    /// A file by its address.
    FileByUrl,
    /// A file that is no PDF.
    FileOfOtherKind,
    /// An image that is not JPEG, PNG, GIF or WebP.
    ImageOfOtherKind,
}

/// Refuses, by its path, what the target cannot say.
pub(crate) fn need(to: Surface, word: Word, path: &Path<'_>) -> Result<(), Unsupported> {
    refusal(to, word).map_or(Ok(()), |reason| Err(path.refuse(reason)))
}

fn refusal(to: Surface, word: Word) -> Option<&'static str> {
    let chat = to == Surface::Chat;
    let responses = to == Surface::Responses;
    let messages = to == Surface::Messages;
    let (beyond, reason) = match word {
        Word::Seed => (!chat, "the provider of this model knows no seed"),
        Word::Penalty => (!chat, "the provider of this model knows no penalties"),
        Word::LogitBias => (!chat, "the provider of this model knows no biases of single tokens"),
        Word::TopK => (!messages, "the provider of this model knows no `top_k`"),
        Word::Stop => (responses, "the provider of this model knows no stop sequences"),
        Word::Hot => (messages, "the provider of this model takes temperatures from 0 to 1"),
        Word::AnyJson => (
            messages,
            "the provider of this model takes a JSON schema only; give one by `json_schema`",
        ),
        Word::Tier => (messages, "the provider of this model has no such tier"),
        Word::FileByUrl => {
            (chat, "the provider of this model takes no files by address; send the file's bytes")
        }
        Word::FileOfOtherKind => {
            (chat || messages, "the provider of this model takes PDF files only")
        }
        Word::ImageOfOtherKind => {
            (messages, "the provider of this model takes JPEG, PNG, GIF and WebP images only")
        }
    };
    beyond.then_some(reason)
}
