//! Work that is committed and told, whether or not its client waits for the answer.

use super::error::ApiError;
use convene_store::StoreError;

/// Carries out what may not end halfway.
pub async fn told<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<Result<T, StoreError>, ApiError> {
    tokio::spawn(work).await.map_err(|error| ApiError::Failed(error.to_string()))
}
