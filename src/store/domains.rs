//! `context/domain_map.json`: the business areas, their entities and their words.
//!
//! Sums over files, so an update brings them forward without looking at the rest.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::model::{Chunk, ChunkKind};

/// Path on the branch.
pub(crate) const DOMAIN_MAP: &str = "context/domain_map.json";

/// The areas by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DomainMap(BTreeMap<String, Domain>);

/// One area. Each number says how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Domain {
    pub files: i64,
    pub functions: i64,
    /// Classes that hold something: with attributes or with a constructor.
    pub entities: BTreeMap<String, i64>,
    /// Words of the names of its files and classes.
    pub words: BTreeMap<String, i64>,
}

impl DomainMap {
    /// Adds (`sign` 1) or takes away (`sign` -1) the code of one file.
    pub(crate) fn file(&mut self, domain: &str, path: &str, chunks: &[impl AsRef<Chunk>], sign: i64) {
        if chunks.is_empty() {
            return;
        }
        let area = self.0.entry(domain.to_owned()).or_default();
        area.files += sign;
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
        let mut words: Vec<String> = split(stem);
        for chunk in chunks.iter().map(AsRef::as_ref) {
            area.functions += sign * i64::from(matches!(chunk.kind, ChunkKind::Function | ChunkKind::Method));
            if chunk.kind == ChunkKind::Class && chunk.container.is_empty() {
                words.extend(split(&chunk.name));
                let facts = &chunk.facts;
                if !facts.attributes.is_empty() || facts.methods.iter().any(|name| name == "__init__") {
                    add(&mut area.entities, &chunk.name, sign);
                }
            }
        }
        words.iter().for_each(|word| add(&mut area.words, word, sign));
        if *area == Domain::default() {
            self.0.remove(domain);
        }
    }

    pub(crate) fn get(&self, domain: &str) -> Option<&Domain> {
        self.0.get(domain)
    }

    pub(crate) fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).context("while writing the map of domains")?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> anyhow::Result<Self> {
        serde_json::from_slice(bytes).with_context(|| format!("while reading {DOMAIN_MAP} on the dataset branch"))
    }
}

fn add(sums: &mut BTreeMap<String, i64>, key: &str, sign: i64) {
    let sum = sums.entry(key.to_owned()).or_default();
    *sum += sign;
    if *sum == 0 {
        sums.remove(key);
    }
}

/// The words of a name, in lower case: `OrderLine` and `order_line` are two words.
fn split(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = '_';
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || c.is_uppercase() && before.is_lowercase();
        if begins && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    out.extend((!word.is_empty()).then_some(word));
    out.retain(|word| word.len() > 2);
    out
}

#[cfg(test)]
mod tests {
    use super::{DomainMap, split};
    use crate::model::{Chunk, ChunkKind};

    #[test]
    fn sums_come_back_to_nothing() {
        let class = Chunk { kind: ChunkKind::Class, name: "OrderLine".into(), ..Chunk::default() };
        let chunks = [std::sync::Arc::new(class)];
        let mut map = DomainMap::default();
        map.file("orders", "shop/orders/model.py", &chunks, 1);
        assert_eq!(map.0["orders"].words.keys().collect::<Vec<_>>(), ["line", "model", "order"]);
        assert_eq!(DomainMap::from_bytes(&map.to_bytes().unwrap()).unwrap(), map);
        map.file("orders", "shop/orders/model.py", &chunks, -1);
        assert_eq!(map, DomainMap::default());
    }

    #[test]
    fn names_have_words() {
        assert_eq!(split("HTTPAdapter_of"), ["httpadapter"]);
        assert_eq!(split("parseInstant"), ["parse", "instant"]);
    }
}
