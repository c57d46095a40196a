//! What versions of the tables there are, in words.

use sqlx::migrate::{MigrateError, Migrator};

/// Whether the tables are of this version, by the `applied` migrations; otherwise a sentence without its final stop.
pub(crate) fn check(migrations: &Migrator, applied: &[i64]) -> Result<(), String> {
    if let Some(newer) = applied.iter().find(|version| !migrations.version_exists(**version)) {
        return Err(newer_version(*newer));
    }
    if migrations.iter().any(|migration| !applied.contains(&migration.version)) {
        return Err("it is of an older version of Convene; the next start of the server brings it up".into());
    }
    Ok(())
}

/// Why the migrations did not run. `why` says it of an error of the database.
pub(crate) fn why_not(error: &MigrateError, why: impl Fn(&sqlx::Error) -> String) -> String {
    match error {
        MigrateError::VersionMissing(version) => newer_version(*version),
        MigrateError::VersionMismatch(version) => format!(
            "its migration {version} differs from this version's; it was written by a build that was never released"
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => why(error),
        error => format!("its tables could not be brought up to this version: {error}"),
    }
}

fn newer_version(version: i64) -> String {
    format!("it was written by a newer version of Convene (migration {version}); install that version or a later one")
}
