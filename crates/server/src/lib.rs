//! The server: composition only. It owns the sockets, the store, the media thread and the tasks that drive the pure crates,
//! and decides nothing about meetings or calls.

pub mod acme;
pub mod admin;
mod admin_accounts;
mod admin_calls;
mod admin_meetings;
pub mod app;
mod applications;
pub mod bounds;
pub mod cli;
pub mod clock;
pub mod committer;
pub mod config;
pub mod control;
pub mod data;
pub mod doctor;
pub mod drive;
pub mod embed;
mod hooks;
pub mod hosts;
pub mod http;
mod keeper;
pub mod live;
pub mod oidc;
mod outbound;
mod playing;
mod push;
pub mod resources;
pub mod secret;
pub mod serve;
pub mod signaling;
mod streaming;
mod subscriptions;
pub mod sweep;
pub mod tls;
mod turn;
