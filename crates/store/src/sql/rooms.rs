//! Rooms, and the answers to requests that made them.

use super::rows::{number, read_repeatable_answer, read_room};
use super::{Connection, Pool};
use crate::{RoomCursor, StoreError, error::failed, names::role_name};
use convene_model::record::{RepeatableAnswer, Room};
use convene_model::{RoomId, WallMs};

const DOING: &str = "read a room";
const WHAT: &str = "a room";

pub(super) async fn insert(connection: &mut Connection, room: &Room) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO room (id, resource, valid_from, valid_until, pstn_dial_out_enabled, lobby, participants, created_at, \
         version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(room.id.as_str())
    .bind(&room.resource)
    .bind(room.valid_from)
    .bind(room.valid_until)
    .bind(room.pstn_dial_out_enabled)
    .bind(room.lobby)
    .bind(participants_text(room))
    .bind(room.created_at)
    .bind(number(room.version, WHAT)?)
    .execute(connection)
    .await
    .map_err(failed("add a room", WHAT))?;
    Ok(())
}

/// Writes what may change of a room, if the stored version is the one before. False if it is not, or there is none.
pub(super) async fn update(pool: &Pool, room: &Room) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE room SET valid_from = $1, valid_until = $2, pstn_dial_out_enabled = $3, lobby = $4, participants = $5, \
         version = $6 WHERE id = $7 AND resource = $8 AND version = $6 - 1",
    )
    .bind(room.valid_from)
    .bind(room.valid_until)
    .bind(room.pstn_dial_out_enabled)
    .bind(room.lobby)
    .bind(participants_text(room))
    .bind(number(room.version, WHAT)?)
    .bind(room.id.as_str())
    .bind(&room.resource)
    .execute(pool)
    .await
    .map_err(failed("change a room", WHAT))?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a room. False if there was none.
pub(super) async fn delete(pool: &Pool, resource: &str, id: &RoomId) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM room WHERE id = $1 AND resource = $2").bind(id.as_str()).bind(resource);
    Ok(done.execute(pool).await.map_err(failed("delete a room", WHAT))?.rows_affected() > 0)
}

fn participants_text(room: &Room) -> String {
    room.participants.iter().map(|(user, role)| format!("{user} {}\n", role_name(*role))).collect()
}

pub(super) async fn by_id(pool: &Pool, resource: &str, id: &RoomId) -> Result<Option<Room>, StoreError> {
    let query = sqlx::query("SELECT * FROM room WHERE id = $1 AND resource = $2").bind(id.as_str()).bind(resource);
    query.fetch_optional(pool).await.map_err(failed(DOING, WHAT))?.map(read_room).transpose()
}

pub(super) async fn of(
    pool: &Pool,
    resource: &str,
    after: Option<&RoomCursor>,
    limit: u32,
) -> Result<Vec<Room>, StoreError> {
    let query = match after {
        None => sqlx::query("SELECT * FROM room WHERE resource = $1 ORDER BY created_at DESC, id DESC LIMIT $2")
            .bind(resource),
        Some(after) => sqlx::query(
            "SELECT * FROM room WHERE resource = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC \
             LIMIT $4",
        )
        .bind(resource)
        .bind(after.created_at)
        .bind(after.id.as_str()),
    };
    let rows = query.bind(i64::from(limit)).fetch_all(pool).await.map_err(failed(DOING, WHAT))?;
    rows.into_iter().map(read_room).collect()
}

pub(super) async fn keep_answer(connection: &mut Connection, answer: &RepeatableAnswer) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO repeatable_answer (resource, request_id, request_hash, answer, at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&answer.resource)
    .bind(&answer.request_id)
    .bind(&answer.request_hash)
    .bind(&answer.answer)
    .bind(answer.at)
    .execute(connection)
    .await
    .map_err(failed("keep an answer", "an answered request"))?;
    Ok(())
}

pub(super) async fn answer(
    pool: &Pool,
    resource: &str,
    request_id: &str,
) -> Result<Option<RepeatableAnswer>, StoreError> {
    let query = sqlx::query("SELECT * FROM repeatable_answer WHERE resource = $1 AND request_id = $2");
    let row = query.bind(resource).bind(request_id).fetch_optional(pool).await;
    row.map_err(failed("read an answer", "an answered request"))?.map(read_repeatable_answer).transpose()
}

pub(super) async fn forget_answers(pool: &Pool, before: WallMs) -> Result<(), StoreError> {
    let done = sqlx::query("DELETE FROM repeatable_answer WHERE at < $1").bind(before).execute(pool).await;
    done.map_err(failed("forget old answers", "an answered request")).map(|_| ())
}
