//! Group calls that have a lobby.

use super::rows::{get, number, unsigned};
use super::{Backend, DbRow};
use crate::names::{read_raw_id, unreadable};
use crate::{GroupCallStore, StoreError, error::failed};
use convene_model::RawId;
use convene_model::group_call::{GroupBypass, GroupCall};
use std::collections::BTreeSet;

const WHAT: &str = "a group call";

impl GroupCallStore for Backend {
    async fn keep_group_call(&self, group: &GroupCall) -> Result<bool, StoreError> {
        let Some(lobby) = group.lobby else { return Ok(false) };
        let done = sqlx::query(
            "INSERT INTO group_call (resource, group_id, lobby, hosts, bypassers, version) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (resource, group_id) DO UPDATE SET lobby = excluded.lobby, hosts = excluded.hosts, \
             bypassers = excluded.bypassers, version = excluded.version WHERE group_call.version < excluded.version",
        )
        .bind(&group.resource)
        .bind(&group.group_id)
        .bind(lobby.name())
        .bind(lines(&group.hosts))
        .bind(lines(&group.bypassers))
        .bind(number(group.version, WHAT)?)
        .execute(&self.write)
        .await
        .map_err(failed("keep a group call", WHAT))?;
        Ok(done.rows_affected() > 0)
    }

    async fn group_call(&self, resource: &str, group_id: &str) -> Result<Option<GroupCall>, StoreError> {
        let query = sqlx::query("SELECT * FROM group_call WHERE resource = $1 AND group_id = $2");
        let row = query.bind(resource).bind(group_id).fetch_optional(&self.read).await;
        row.map_err(failed("read a group call", WHAT))?.as_ref().map(read).transpose()
    }

    async fn forget_group_call(&self, resource: &str, group_id: &str) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query("DELETE FROM group_call WHERE resource = $1 AND group_id = $2 RETURNING version");
        let row = query.bind(resource).bind(group_id).fetch_optional(&self.write).await;
        let row = row.map_err(failed("forget a group call", WHAT))?;
        row.map(|row| unsigned(get(&row, "version")?, "a group call's version")).transpose()
    }
}

fn lines(users: &BTreeSet<RawId>) -> String {
    users.iter().map(|user| format!("{user}\n")).collect()
}

fn read_lines(text: &str) -> Result<BTreeSet<RawId>, StoreError> {
    text.lines().map(read_raw_id).collect()
}

fn read(row: &DbRow) -> Result<GroupCall, StoreError> {
    let lobby: &str = get(row, "lobby")?;
    Ok(GroupCall {
        resource: get(row, "resource")?,
        group_id: get(row, "group_id")?,
        lobby: Some(GroupBypass::parse(lobby).ok_or_else(|| unreadable("who need not wait", lobby))?),
        hosts: read_lines(get(row, "hosts")?)?,
        bypassers: read_lines(get(row, "bypassers")?)?,
        version: unsigned(get(row, "version")?, "a group call's version")?,
    })
}
