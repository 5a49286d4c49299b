//! Configuration: one TOML file, with environment variables over it.
//!
//! Every setting is one line of [`setting::SETTINGS`], which gives its key, unit, default and meaning;
//! the file, the environment, `tokenone check` and `docs/configuration.md` all read that table. A key
//! that is not in it is refused: a misspelt limit must not silently be no limit.

mod alias;
mod file;
mod problem;
mod provider;
pub mod setting;
mod table;

use std::path::{Path, PathBuf};

pub use alias::AliasConfig;
pub use problem::Problem;
pub use provider::ProviderConfig;
pub use setting::Settings;

/// The whole configuration, checked.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The plain settings.
    pub settings: Settings,
    /// Providers to configure at start.
    pub providers: Vec<ProviderConfig>,
    /// Model aliases to configure at start.
    pub aliases: Vec<AliasConfig>,
}

/// Variables of our prefix that other parts read, or that tools around the server use.
const OTHER_VARIABLES: [&str; 8] = [
    "TOKENONE_CONFIG",
    "TOKENONE_POSTGRES_BIN",
    "TOKENONE_TOOLS",
    "TOKENONE_LOG",
    "TOKENONE_LISTEN",
    "TOKENONE_DATA",
    "TOKENONE_KEYSTORE",
    "TOKENONE_TEST_DATABASE_URL",
];

/// Short names for the settings that are most often moved.
const SHORT_NAMES: [(&str, &str); 4] = [
    ("TOKENONE_LISTEN", "server.listen"),
    ("TOKENONE_DATA", "data.directory"),
    ("TOKENONE_KEYSTORE", "keystore.file"),
    ("DATABASE_URL", "database.url"),
];

impl Config {
    /// Reads the file, where there is one, and then the environment.
    ///
    /// # Errors
    /// Every mistake found, each with where it stands and how to mend it.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut config = Self::default();
        let mut problems = Vec::new();
        if let Some(path) = path {
            match std::fs::read_to_string(path) {
                Ok(text) => file::apply(&mut config, path, &text, &mut problems),
                Err(error) => problems.push(Problem::new(
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                    "give the path of a readable TOML file with --config or TOKENONE_CONFIG",
                )),
            }
        }
        config.apply_environment(environment, &mut problems);
        provider::check(&config, &mut problems);
        alias::check(&config, &mut problems);
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    fn apply_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<Problem>,
    ) {
        let mut variables: Vec<_> = environment.into_iter().collect();
        variables.sort();
        for (name, value) in variables {
            let short = SHORT_NAMES.iter().find(|(short, _)| *short == name).map(|(_, key)| *key);
            let key = short.or_else(|| setting::key_of_variable(&name));
            let outcome = match key {
                Some(key) => self.settings.set(key, &value),
                None if !name.starts_with("TOKENONE_") => continue,
                None if OTHER_VARIABLES.contains(&name.as_str()) => continue,
                None => Err(setting::Unfit {
                    what: "is not a setting".to_owned(),
                    remedy: setting::suggest_variable(&name),
                }),
            };
            if let Err(unfit) = outcome {
                problems.push(Problem::new(
                    format!("environment variable {name}"),
                    unfit.what,
                    unfit.remedy,
                ));
            }
        }
    }

    /// The file to read: as named, or `tokenone.toml` in the working directory where it exists.
    #[must_use]
    pub fn default_path(named: Option<PathBuf>) -> Option<PathBuf> {
        named.or_else(|| Some(PathBuf::from("tokenone.toml")).filter(|path| path.is_file()))
    }
}

#[cfg(test)]
mod tests;
