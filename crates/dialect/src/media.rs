//! Images and files: `data:` addresses (RFC 2397), links, and what each dialect takes.

use std::borrow::Cow;

use domain::provider::Surface;

use crate::fault::{Path, Unsupported};
use crate::reach::{Word, need};
use crate::turn::Source;

const IMAGES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const PDF: &str = "application/pdf";

/// What an address stands for: bytes in itself, or a link.
pub(crate) fn source<'a>(
    address: Cow<'a, str>,
    path: &Path<'_>,
) -> Result<Source<'a>, Unsupported> {
    if is_link(&address) {
        return Ok(Source::Url(address));
    }
    let Some(rest) = address.strip_prefix("data:") else {
        return Err(path.refuse("it must be an `https:` or a `data:` address"));
    };
    let Some((head, _)) = rest.split_once(',') else {
        return Err(path.refuse("it is no complete `data:` address"));
    };
    let Some(media) = head.strip_suffix(";base64") else {
        return Err(path.refuse("its data must be in base64"));
    };
    let media = media.split(';').next().unwrap_or_default().to_ascii_lowercase();
    let data_at = "data:".len() + head.len() + 1;
    let data = match address {
        Cow::Borrowed(address) => Cow::Borrowed(address.get(data_at..).unwrap_or_default()),
        Cow::Owned(mut address) => Cow::Owned(address.split_off(data_at)),
    };
    Ok(Source::Base64 { media: media.into(), data })
}

/// Whether this is a web address.
pub(crate) fn is_link(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// Refuses an image of a kind that the target does not take.
pub(crate) fn need_image(
    to: Surface,
    source: &Source<'_>,
    path: &Path<'_>,
) -> Result<(), Unsupported> {
    match source {
        Source::Base64 { media, .. } if !IMAGES.contains(&&**media) => {
            need(to, Word::ImageOfOtherKind, path)
        }
        _ => Ok(()),
    }
}

/// Refuses a file that the target does not take.
pub(crate) fn need_file(
    to: Surface,
    source: &Source<'_>,
    path: &Path<'_>,
) -> Result<(), Unsupported> {
    match source {
        Source::Url(_) => need(to, Word::FileByUrl, path),
        Source::Base64 { media, .. } if media != PDF => need(to, Word::FileOfOtherKind, path),
        Source::Base64 { .. } => Ok(()),
    }
}
