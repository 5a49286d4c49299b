//! The key store file: JSON, so that an operator can see which versions it holds.
//!
//! ```json
//! {"format":"tokenone-keystore-1","id":"…uuid…","derivation":"…base64…","current":1,
//!  "masters":[{"version":1,"created_at":"2026-01-31T12:00:00Z","key":"…base64…"}]}
//! ```

use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::key::{KEY_BYTES, Key256, RandomnessUnavailable};

/// What the file says it is.
const FORMAT: &str = "tokenone-keystore-1";
/// Longest key store that is read, in bytes: room for thousands of versions.
pub(super) const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The key store in memory.
pub(super) struct Contents {
    /// Names this key store, so that a wrapped key tells when it meets another one.
    pub id: Uuid,
    /// Derived secrets come from this key and not from a master version: a rotation of the master key
    /// must not change the API-key pepper or a database password.
    pub derivation: Key256,
    pub current: u32,
    pub masters: Vec<Master>,
}

/// One version of the master key.
pub(super) struct Master {
    pub version: u32,
    pub created_at: DateTime<Utc>,
    pub key: Key256,
}

/// Why a text is no key store.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Damaged(&'static str),
    Weak(&'static str),
}

impl Contents {
    /// A new key store with one master version.
    pub fn generate(now: DateTime<Utc>) -> Result<Self, RandomnessUnavailable> {
        let first = Master { version: 1, created_at: now, key: Key256::generate()? };
        Ok(Self {
            id: Uuid::now_v7(),
            derivation: Key256::generate()?,
            current: 1,
            masters: vec![first],
        })
    }

    /// The same key store with one more master version, which is current.
    pub fn rotated(&self, now: DateTime<Utc>) -> Result<Self, RandomnessUnavailable> {
        let version = self.masters.iter().map(|master| master.version).max().unwrap_or(0) + 1;
        let mut masters: Vec<Master> =
            self.masters.iter().map(|old| Master { key: old.key.duplicate(), ..*old }).collect();
        masters.push(Master { version, created_at: now, key: Key256::generate()? });
        Ok(Self { id: self.id, derivation: self.derivation.duplicate(), current: version, masters })
    }

    /// The key of a version.
    pub fn master(&self, version: u32) -> Option<&Key256> {
        self.masters.iter().find(|master| master.version == version).map(|master| &master.key)
    }

    /// The file's text.
    pub fn text(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        let file = File {
            format: FORMAT.to_owned(),
            id: self.id,
            derivation: encode(&self.derivation),
            current: self.current,
            masters: self
                .masters
                .iter()
                .map(|master| FileMaster {
                    version: master.version,
                    created_at: master.created_at,
                    key: encode(&master.key),
                })
                .collect(),
        };
        serde_json::to_vec_pretty(&file).map(Zeroizing::new)
    }

    /// Reads a file's text and refuses what no key store would hold.
    pub fn read(text: &[u8]) -> Result<Self, Flaw> {
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(Flaw::Damaged("it is empty"));
        }
        if text.iter().all(|byte| *byte == 0) {
            return Err(Flaw::Damaged("it holds nothing but zeros"));
        }
        // The parser's own message could quote the file, so it is not passed on.
        let file: File = serde_json::from_slice(text)
            .map_err(|_| Flaw::Damaged("it is not a key store file"))?;
        if file.format != FORMAT {
            return Err(Flaw::Damaged("its format is unknown"));
        }
        let derivation = decode(&file.derivation)?;
        let mut masters: Vec<Master> = Vec::with_capacity(file.masters.len());
        for entry in &file.masters {
            let key = decode(&entry.key)?;
            if masters.iter().any(|other| other.version == entry.version) {
                return Err(Flaw::Damaged("two of its versions have one number"));
            }
            if key == derivation || masters.iter().any(|other| other.key == key) {
                return Err(Flaw::Weak("two of its keys are equal"));
            }
            masters.push(Master { version: entry.version, created_at: entry.created_at, key });
        }
        let contents = Self { id: file.id, derivation, current: file.current, masters };
        match contents.master(contents.current) {
            Some(_) => Ok(contents),
            None => Err(Flaw::Damaged("its current version is missing")),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    id: Uuid,
    derivation: Encoded,
    current: u32,
    masters: Vec<FileMaster>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileMaster {
    version: u32,
    created_at: DateTime<Utc>,
    key: Encoded,
}

/// A key in base64, wiped after use.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Encoded(String);

impl Drop for Encoded {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn encode(key: &Key256) -> Encoded {
    Encoded(BASE64.encode(key.expose()))
}

fn decode(text: &Encoded) -> Result<Key256, Flaw> {
    let bytes = BASE64.decode(text.0.as_bytes()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| Flaw::Damaged("one of its keys is not base64"))?;
    let key = Key256::from_slice(&bytes);
    let key = key.ok_or(Flaw::Damaged("one of its keys does not have 32 bytes"))?;
    match giveaway(key.expose()) {
        Some(what) => Err(Flaw::Weak(what)),
        None => Ok(key),
    }
}

/// What shows that a key was not drawn at random. A random key meets none of these in the lifetime of
/// the universe: the likeliest, thirty-two printable characters, has a chance of 2 in 10^14.
fn giveaway(key: &[u8; KEY_BYTES]) -> Option<&'static str> {
    let steps = |by: u8| key.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == by);
    if key.iter().all(|byte| *byte == 0) {
        return Some("all zeros");
    }
    if steps(0) {
        return Some("one byte repeated");
    }
    if steps(1) || steps(255) {
        return Some("a counting sequence");
    }
    if key.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some("text");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH
    }

    #[test]
    fn what_is_written_is_read() {
        let made = Contents::generate(now()).unwrap().rotated(now()).unwrap();
        let read = Contents::read(&made.text().unwrap()).unwrap();
        assert_eq!((read.id, read.current), (made.id, 2));
        assert_eq!(read.derivation, made.derivation);
        assert_eq!(read.master(1), made.master(1));
        assert_eq!(read.master(2), made.master(2));
        assert!(read.master(3).is_none());
    }

    #[test]
    fn d12_keys_that_nobody_drew_are_refused() {
        let counting: Vec<u8> = (0..32).collect();
        let falling: Vec<u8> = (0..32).rev().collect();
        let typed = b"changeme-changeme-changeme-chang";
        for weak in [&[0; 32][..], &[0xFF; 32], &counting, &falling, typed] {
            let text = BASE64.encode(weak);
            assert!(matches!(decode(&Encoded(text)), Err(Flaw::Weak(_))), "{weak:?}");
        }
        assert!(matches!(decode(&Encoded(BASE64.encode(&[3; 16]))), Err(Flaw::Damaged(_))));
    }
}
