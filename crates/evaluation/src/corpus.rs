//! The corpus: files of one kind of row each.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{0}: {1}")]
    Read(PathBuf, io::Error),
    #[error("{0}, line {1}: {2}")]
    Row(PathBuf, usize, serde_json::Error),
    #[error("{0}: {1}")]
    Write(PathBuf, io::Error),
    #[error("no file of the corpus is in {0}")]
    Empty(PathBuf),
}

/// A text that is an attack or is not.
#[derive(Clone, Deserialize)]
pub struct Row {
    pub id: String,
    pub source: String,
    /// `attack`, `benign`, `hard_benign`.
    pub label: String,
    #[serde(default)]
    pub category: String,
    /// `core` has a surface marker; `ext` is noisy, or needs context.
    #[serde(default)]
    pub tier: String,
    #[serde(default)]
    pub channel: String,
    pub text: String,
}

/// The rows of `<name>.jsonl.gz` or `<name>.jsonl`, or nothing if there is no such file.
pub fn rows<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Option<Vec<T>>, Fault> {
    let zipped = folder.join(format!("{name}.jsonl.gz"));
    let plain = folder.join(format!("{name}.jsonl"));
    let path = if zipped.is_file() { zipped } else { plain };
    if !path.is_file() {
        return Ok(None);
    }
    let file = File::open(&path).map_err(|error| Fault::Read(path.clone(), error))?;
    let reader: Box<dyn Read> = if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut rows = Vec::new();
    for (index, line) in BufReader::new(reader).lines().enumerate() {
        let line = line.map_err(|error| Fault::Read(path.clone(), error))?;
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(&line)
            .map_err(|error| Fault::Row(path.clone(), index + 1, error))?;
        rows.push(row);
    }
    Ok(Some(rows))
}
