//! `/v1.0`: meetings in the shape of Microsoft Graph.

mod online_meetings;
