//! `/api`: what `--dev` adds.

mod session;
mod token;
mod visitors;
