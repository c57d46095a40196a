//! Chat threads, who is in them, and their messages.

mod change;
pub(super) mod follow;
mod messages;
pub(super) mod of_meeting;
mod threads;

pub(super) use change::{commit, insert};
pub(super) use messages::{message, messages, receipts};
pub(super) use threads::{delete, member, members, of_user, over};

use super::rows::get;
use super::{Connection, Db, DbRow, Pool};
use crate::StoreError;
use crate::names::unreadable;
use convene_model::chat::Metadata;

const WHAT: &str = "a chat thread";

fn metadata_text(metadata: &Metadata) -> Result<String, StoreError> {
    serde_json::to_string(metadata).map_err(|_| unreadable("metadata", WHAT))
}

fn read_metadata(row: &DbRow) -> Result<Metadata, StoreError> {
    serde_json::from_str(get(row, "metadata")?).map_err(|_| unreadable("metadata", WHAT))
}
