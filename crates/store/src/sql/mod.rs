//! The queries, written once for every database.
//!
//! This folder is compiled once for each: `sqlite` and `postgres` include it as a module of theirs, and say in their
//! `mod.rs` what [`Db`], [`DbRow`], [`Arguments`], [`Pool`] and [`Connection`] are, so every query is checked against the
//! types of both. What both understand: placeholders `$1, $2, …` (`?` is SQLite's alone), numbers as `i64`,
//! `ON CONFLICT`, `RETURNING`, and `"user"` in quotes, since PostgreSQL has a word `user` of its own.

/// Does something in one transaction.
macro_rules! whole {
    ($store:ident, $doing:literal, $what:literal, |$tx:ident| $work:expr) => {{
        let mut $tx = $store.begin($doing).await?;
        let done = $work.await?;
        $tx.commit().await.map_err(failed($doing, $what))?;
        Ok(done)
    }};
}

mod accounts;
mod applications;
mod call_records;
mod calls;
mod chat;
mod group_calls;
mod meetings;
mod push;
mod quality;
mod resources;
mod retention;
mod rooms;
mod rows;
mod store;
mod subscriptions;
mod surveys;
mod users;

use super::{Arguments, Backend, Connection, Db, DbRow, Pool};
