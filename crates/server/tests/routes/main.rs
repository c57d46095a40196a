//! Every route, against the real server on a real SQLite file. Folders mirror paths; files are named after verbs.

mod acme;
mod api;
mod calling;
mod chat;
mod client;
mod connections;
mod convene;
mod events;
mod healthz;
mod identities;
mod limits;
mod oauth2;
mod openapi;
mod pages;
mod postgresql;
mod properties;
mod provider;
mod push;
mod rooms;
mod sign_in;
mod signaling;
mod sweep;
mod teams_user;
mod tls;
mod v1_0;
mod well_known;
