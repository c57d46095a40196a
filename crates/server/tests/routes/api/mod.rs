//! `/api`: what `--dev` adds.

mod token;
