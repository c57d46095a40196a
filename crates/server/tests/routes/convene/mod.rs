//! `/convene`: what apps' servers ask for that ACS does not have.

mod group_calls;
