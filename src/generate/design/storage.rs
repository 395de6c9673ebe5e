//! Where the code at hand keeps what outlives a call, or that it was not found to.

use super::ground::Ground;
use crate::generate::phrase::{code, symbol};
use crate::generate::tongue::say;
use crate::model::{ChunkId, Outside, Part};

/// Calls that keep something, by the end of their name.
const KEEPS: &[&str] = &[".save", ".commit", ".flush", ".bulk_create"];

/// Does it only ask whether something is there?
fn is_look(callee: &str) -> bool {
    ["exists", "isfile", "isdir"].iter().any(|end| callee.ends_with(end))
}

/// The store that the cited code uses, or the statement that none was found.
pub(super) fn told(ground: &Ground) -> Vec<Part> {
    let tongue = ground.tongue;
    let part = |cite: usize, status: &str, says: String| Part {
        name: if cite == 0 { String::new() } else { ground.chunk(cite).symbol.clone() },
        path: if cite == 0 { String::new() } else { ground.chunk(cite).path.clone() },
        chunk_id: if cite == 0 { ChunkId::default() } else { ground.id(cite).clone() },
        status: status.to_owned(),
        says,
        cites: (cite > 0).then(|| format!("E{cite}")).into_iter().collect(),
    };
    let all = 1..=ground.neighbours.len() + 1;
    for cite in all.clone() {
        let chunk = ground.chunk(cite);
        let effect =
            chunk.facts.effects.iter().find(|effect| matches!(effect.on, Outside::Database | Outside::File) && !is_look(&effect.callee));
        if let Some((effect, callee)) = effect.and_then(|effect| Some((effect, code(&effect.callee)?))) {
            let (name, on) = (symbol(chunk), effect.on);
            let place = match (on, tongue) {
                (Outside::Database, _) => tongue.say("the database", "数据库"),
                _ => tongue.say("files", "文件"),
            };
            let says = say!(
                tongue,
                "{name} reaches {place} by {callee}; nothing new is kept, so nothing has to be migrated.",
                "{name} 通过 {callee} 访问{place}；本设计不保存新的数据，因此不需要迁移。"
            );
            return vec![part(cite, "reused", says)];
        }
    }
    for cite in all {
        let chunk = ground.chunk(cite);
        let call = chunk.facts.calls.iter().find(|call| KEEPS.iter().any(|end| call.callee.ends_with(end)));
        if let Some(callee) = call.and_then(|call| code(&call.callee)) {
            let name = symbol(chunk);
            let says = say!(
                tongue,
                "What outlives the call is kept by {callee} in {name}; this design keeps nothing else. No migration mechanism is in the code cited here.",
                "需要长期保存的内容由 {name} 中的 {callee} 保存；本设计不保存其他数据。所引用的代码中没有迁移机制。"
            );
            return vec![part(cite, "reused", says)];
        }
    }
    let name = symbol(ground.chunk(1));
    let says = say!(
        tongue,
        "Neither a store nor a migration mechanism was found in {name} and the code cited with it; this design keeps nothing that would need one.",
        "{name} 及所引用的代码中没有发现存储，也没有迁移机制；本设计不保存需要它们的数据。"
    );
    vec![part(0, "none", says)]
}
