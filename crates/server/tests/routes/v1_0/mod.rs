//! `/v1.0`: meetings in the shape of Microsoft Graph.

pub mod online_meetings;
mod users;
