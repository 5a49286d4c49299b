//! The tree stays as ARCHITECTURE.md draws it.
//!
//! Goal: what a reviewer would have to remember is checked here instead. Method: read the sources, the
//! manifests and `cargo metadata` once each and compare them with what the documents say.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is how a failure is told"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest source line, in characters; lines that hold a text are let be, since a text is not code.
const LINE_CHARS_MAX: usize = 140;
/// Longest hand-written source file outside tests, in lines.
const FILE_LINES_MAX: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Files that git tracks or would track, below the root.
fn sources(extensions: &[&str]) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "git ls-files failed");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(PathBuf::from)
        .filter(|path| extensions.iter().any(|e| path.extension().is_some_and(|x| x == *e)))
        .filter(|path| root().join(path).is_file())
        .collect()
}

fn metadata(extra: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(extra)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Which of our crates each of our crates imports (development dependencies aside).
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<_> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    packages
        .iter()
        .map(|package| {
            let imports = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .filter_map(|dependency| dependency["name"].as_str())
                .filter(|name| ours.contains(name))
                .map(String::from)
                .collect();
            (package["name"].as_str().unwrap().to_owned(), imports)
        })
        .collect()
}

#[test]
fn crates_import_what_the_architecture_says() {
    let text = read("ARCHITECTURE.md");
    let documented: BTreeMap<String, BTreeSet<String>> = text
        .lines()
        .skip_while(|line| !line.starts_with("| crate | may import |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|').map(str::trim);
            let name = cells.next().unwrap().trim_matches('`').to_owned();
            let imports = cells
                .next()
                .unwrap()
                .split_whitespace()
                .map(|word| word.trim_matches(['`', ',']).to_owned())
                .filter(|word| word != "—")
                .collect();
            (name, imports)
        })
        .collect();
    assert_eq!(imports(), documented, "the manifests and the table in ARCHITECTURE.md differ");
}

#[test]
fn the_browser_build_holds_no_server_parts() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", "frontend", "--target", "wasm32-unknown-unknown", "-e", "normal"])
        .args(["--prefix", "none", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<_> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for forbidden in ["sqlx", "tokio", "axum", "hyper", "reqwest", "store", "vault", "identity"] {
        assert!(!crates.contains(forbidden), "{forbidden} reaches the browser");
    }
}

#[test]
fn leptos_toml_equals_the_manifest() {
    let section = |text: &str| -> toml::Table {
        let value: toml::Table = text.parse().unwrap();
        value["workspace"]["metadata"]["leptos"][0].as_table().unwrap().clone()
    };
    let manifest = section(&read("Cargo.toml"));
    for (key, value) in section(&read("Leptos.toml")) {
        assert_eq!(manifest.get(&key), Some(&value), "{key} differs");
    }
}

#[test]
fn sources_keep_their_measure() {
    let mut faults = Vec::new();
    for path in sources(&["rs", "ts", "sql", "sh"]) {
        let text = read(&path);
        let name = path.display().to_string();
        for (index, line) in text.lines().enumerate() {
            if line.chars().count() > LINE_CHARS_MAX && !line.contains(['"', '\'']) {
                faults.push(format!("{name}:{}: longer than {LINE_CHARS_MAX}", index + 1));
            }
            if line.ends_with(' ') || line.contains('\t') {
                faults.push(format!("{name}:{}: trailing space or tab", index + 1));
            }
        }
        let tests = name.contains("/tests/") || name.starts_with("end2end/");
        if !tests && text.lines().count() > FILE_LINES_MAX {
            faults.push(format!("{name}: longer than {FILE_LINES_MAX} lines"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not find itself.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), "#[ignore"];
    let mut faults = Vec::new();
    for path in sources(&["rs", "ts", "sql", "sh", "md", "toml", "css"]) {
        if path.ends_with("tidy.rs") {
            continue;
        }
        for (index, line) in read(&path).lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                faults.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_the_store_speaks_sql() {
    let allowed = ["store", "testing"];
    for (name, manifest) in manifests() {
        let table: toml::Table = manifest.parse().unwrap();
        let uses = |kind: &str| {
            table.get(kind).and_then(|d| d.as_table()).is_some_and(|d| d.contains_key("sqlx"))
        };
        assert!(!uses("dependencies") || allowed.contains(&name.as_str()), "{name} imports sqlx");
    }
}

#[test]
fn only_the_gateway_reaches_providers() {
    for (name, manifest) in manifests() {
        let table: toml::Table = manifest.parse().unwrap();
        let uses = table["dependencies"].as_table().is_some_and(|d| d.contains_key("reqwest"));
        assert!(!uses || name == "gateway", "{name} imports an HTTP client");
    }
}

fn manifests() -> Vec<(String, String)> {
    sources(&["toml"])
        .into_iter()
        .filter(|path| path.ends_with("Cargo.toml") && path.components().count() > 1)
        .filter(|path| !path.starts_with("fuzz"))
        .map(|path| {
            let name = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            (name, read(&path))
        })
        .collect()
}

#[test]
fn every_crate_says_what_it_is_and_forbids_unsafe_code() {
    for path in sources(&["rs"]) {
        if path.ends_with("src/lib.rs") {
            let text = read(&path);
            assert!(text.starts_with("//!"), "{} has no crate documentation", path.display());
        }
    }
    for (name, manifest) in manifests() {
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} does not take the lints");
    }
}

#[test]
fn migrations_are_numbered_without_gaps_and_say_what_they_are_for() {
    let mut files: Vec<_> =
        sources(&["sql"]).into_iter().filter(|p| p.starts_with("migrations")).collect();
    files.sort();
    for (index, path) in files.iter().enumerate() {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name} is out of sequence");
        assert!(read(path).starts_with("-- "), "{name} does not say what it is for");
    }
}
