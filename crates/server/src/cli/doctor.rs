//! `convene doctor`.

use crate::config::ServeSettings;
use crate::doctor::{State, Subject, examine};
use clap::Args;
use std::io::Write as _;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct DoctorOptions {
    #[command(flatten)]
    settings: ServeSettings,
    /// A configuration file (TOML), as for `serve`; the command line wins
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: super::DataFolder,
    /// Also make a call of two clients without a browser, and say where its time goes
    #[arg(long)]
    call: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints what was found; whether nothing failed.
///
/// # Errors
/// A sentence, if the settings cannot be used at all.
pub(super) async fn run(options: DoctorOptions) -> Result<bool, String> {
    let settings = options.settings.and_file(options.config.as_deref()).map_err(|error| error.to_string())?;
    let settings = options.data.over(settings);
    let config = settings.check(options.data.path).map_err(|error| error.to_string())?;
    let subject = Subject::of(config).await;
    let report = examine(&subject, options.call).await;
    let text = match options.json {
        true => serde_json::to_string_pretty(&report).map_err(|error| error.to_string())? + "\n",
        false => report.text(),
    };
    // A reader that is gone has seen enough.
    let _closed = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(report.state != State::Fail)
}
