//! What outlives the process: settings, signing keys, users, meetings, the journal of calls and the events' outbox.
//!
//! [`Store`] says what a store does; [`SqliteStore`] does it in one file, [`PostgresStore`] in a database on a server. A
//! store decides nothing: what it keeps was
//! decided by the pure crates. When a method has returned `Ok`, what it wrote survives the end of the process and of
//! the machine's power (docs/decisions/0003-storage.md).

mod any;
mod call_records;
mod closing;
mod cursors;
mod error;
mod group_calls;
mod migrated;
mod names;
mod postgres;
mod push;
mod sqlite;
mod store;

pub use any::{AnyStore, Database};
pub use call_records::CallRecordStore;
pub use closing::closing_rows;
pub use cursors::{CallCursor, ChatCursor, MeetingCursor, RoomCursor};
pub use error::StoreError;
pub use group_calls::GroupCallStore;
pub use postgres::{DatabaseUrl, PostgresStore};
pub use push::PushStore;
pub use sqlite::SqliteStore;
pub use store::{OpenCall, Pruned, Settings, Store};
