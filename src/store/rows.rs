//! Rows to bytes and back.

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One JSON object a line. The caller has sorted the rows.
pub(crate) fn write_rows<T: Serialize>(rows: &[T]) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut out, row).context("while writing a row")?;
        out.push(b'\n');
    }
    Ok(out)
}

/// The rows of a shard. Keys that this version does not know are dropped, keys that it misses
/// are an error: the manifest's schema version says which tool reads what.
pub(crate) fn read_rows<T: DeserializeOwned>(shard: &str, bytes: &[u8]) -> anyhow::Result<Vec<T>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(number, line)| {
            serde_json::from_slice(line).with_context(|| format!("while reading line {} of {shard} on the dataset branch", number + 1))
        })
        .collect()
}

/// The id of a row from its line, without reading the rest: `id` is the first key.
pub(crate) fn row_id(line: &[u8]) -> Option<String> {
    let text = line.strip_prefix(b"{\"id\":")?;
    serde_json::Deserializer::from_slice(text).into_iter::<String>().next()?.ok()
}
