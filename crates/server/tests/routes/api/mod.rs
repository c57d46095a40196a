//! `/api`: what `--dev` adds.

mod token;
mod visitors;
