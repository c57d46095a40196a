//! The store's contract against PostgreSQL.

mod cluster;
mod contract;

use contract::contract_tests;
use convene_store::PostgresStore;

async fn empty() -> (PostgresStore, ()) {
    (PostgresStore::open(&cluster::database().parse().unwrap()).await.unwrap(), ())
}

contract_tests!(empty);
