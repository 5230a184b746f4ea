//! Many questions at once, but never more than a few in flight.

use std::future::Future;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

/// Asks for every item, at most `parallel` at a time; the answers come in the order of the items, the first error ends it.
pub async fn each<I, T, E, F>(
    items: impl IntoIterator<Item = I>,
    parallel: usize,
    ask: impl Fn(I) -> F,
) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    stream::iter(items).map(ask).buffered(parallel.max(1)).try_collect().await
}
