//! What can go wrong in a store.

use std::path::PathBuf;

/// Why a store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something with the same key is there already.
    #[error("there is already {what} with the same id: use another id")]
    Conflict {
        /// What, with its article.
        what: &'static str,
    },
    /// A journal row or an event of a call that never started.
    #[error("a journal row or an event belongs to a call that was never started: commit its CallStarted first")]
    UnknownCall,
    /// The folder or the file cannot be made or read.
    #[error("the data file {} cannot be opened: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do, without a final stop.
        reason: String,
    },
    /// The database cannot be used.
    #[error("the database {database} cannot be used: {reason}")]
    Database {
        /// Which, without its password.
        database: String,
        /// What is wrong and what to do, without a final stop.
        reason: String,
    },
    /// The database refused, or could not be reached.
    #[error("the store could not {doing}: {source}")]
    Failed {
        /// What it was doing, as an infinitive.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A row that this version cannot have written.
    #[error("the store holds {what} that cannot be read: it was changed by hand, or by a newer version")]
    Unreadable {
        /// What, with its article.
        what: String,
    },
}

/// Turns an error of the database into one of ours. `what` is what a clash of ids would be about.
pub(crate) fn failed(doing: &'static str, what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |source| match &source {
        sqlx::Error::Database(error) if error.is_unique_violation() => StoreError::Conflict { what },
        sqlx::Error::Database(error) if error.is_foreign_key_violation() => StoreError::UnknownCall,
        _ => StoreError::Failed { doing, source },
    }
}
