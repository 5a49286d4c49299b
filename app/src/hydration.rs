//! The links and the script that bring a page to life.
//!
//! Written here instead of taken from leptos 0.8.23, which puts the policy nonce into the preload's
//! `crossorigin` attribute; Firefox then aborts the fetch and the page stays dead.

use std::sync::OnceLock;

use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

/// The built files' paths below the site root, hash included.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Files {
    script: String,
    wasm: String,
    style: String,
}

impl Files {
    /// The files that belong to these options. With hashed names the hashes stand in a file beside the
    /// binary, which is read once; without that file the plain names are used.
    fn of(options: &LeptosOptions) -> &'static Self {
        static FILES: OnceLock<Files> = OnceLock::new();
        FILES.get_or_init(|| {
            let hashes = if options.hash_files { read_hashes(options) } else { String::new() };
            Self::named(&options.output_name, &options.site_pkg_dir, &hashes)
        })
    }

    fn named(output: &str, package: &str, hashes: &str) -> Self {
        let hash = |kind: &str| {
            hashes
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(key, _)| key.trim() == kind)
                .map(|(_, hash)| format!(".{}", hash.trim()))
                .unwrap_or_default()
        };
        Self {
            script: format!("/{package}/{output}{}.js", hash("js")),
            wasm: format!("/{package}/{output}{}.wasm", hash("wasm")),
            style: format!("/{package}/{output}{}.css", hash("css")),
        }
    }
}

fn read_hashes(options: &LeptosOptions) -> String {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.parent().map(|folder| folder.join(options.hash_file.as_ref())));
    beside.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
}

/// The style sheet, under its hashed name.
#[component]
pub fn StyleSheet(options: LeptosOptions) -> impl IntoView {
    view! { <link rel="stylesheet" href=Files::of(&options).style.clone()/> }
}

/// Preloads and starts the browser's part of the page, under the nonce of this response.
#[component]
pub fn HydrationScripts(options: LeptosOptions) -> impl IntoView {
    let Files { script, wasm, .. } = Files::of(&options).clone();
    let start = format!(
        "import('{script}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>m.hydrate()))"
    );
    view! {
        <link rel="modulepreload" href=script/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce()>
            {start}
        </script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_the_build_end_up_in_the_names() {
        let files = Files::named("tokenone", "pkg", "js: a1\nwasm: b2\ncss: c3\n");
        assert_eq!(files.script, "/pkg/tokenone.a1.js");
        assert_eq!(files.wasm, "/pkg/tokenone.b2.wasm");
        assert_eq!(files.style, "/pkg/tokenone.c3.css");
        assert_eq!(Files::named("tokenone", "pkg", "").script, "/pkg/tokenone.js");
    }
}
