//! Secrets in the configuration.

use crate::config::ConfigError;
use serde::Deserialize;
use std::fmt;
use std::path::Path;

/// A text that nothing shows.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// For the one place that uses it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret that is given, as it stands or in a file. `what` it is, and the `option` that gives it; with `-file` at its end, and in
    /// capitals in the environment, it gives it by the other ways.
    ///
    /// # Errors
    /// [`ConfigError`] if it is given twice, or its file cannot be read or is empty.
    pub fn given(
        secret: Option<Self>,
        file: Option<&Path>,
        what: &str,
        option: &str,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(path) = file else { return Ok(secret) };
        if secret.is_some() {
            let variable = option.to_uppercase().replace('-', "_");
            return Err(ConfigError(format!(
                "there are two {what}s: --{option}-file and --{option} (or CONVENE_{variable}). Give one."
            )));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError(format!("cannot read the {what} in {}: {error}.", path.display())))?;
        match text.trim() {
            "" => Err(ConfigError(format!("the {what}'s file {} is empty.", path.display()))),
            secret => Ok(Some(Self(secret.to_owned()))),
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
