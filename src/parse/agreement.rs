//! What the extraction says of the fixtures is what the proofs find there.

use std::path::{Path, PathBuf};

use super::{Beside, Prover, by_path, chunks, line_starts, lines_of};
use crate::model::{CallUse, Chunk, ChunkKind, Guard, Predicate};

/// Every fact of a chunk as a claim.
pub(super) fn claims(chunk: &Chunk) -> Vec<Predicate> {
    let (id, facts) = (chunk.id.as_str(), &chunk.facts);
    let mut out = Vec::new();
    if chunk.kind != ChunkKind::Constant {
        out.push(Predicate::new("defined_at", [id, &chunk.name]));
    }
    for part in &facts.parameters {
        out.push(Predicate::new("parameter", [id, &part.name, &part.annotation, &part.default]));
        out.extend((!part.default.is_empty()).then(|| Predicate::new("default", [id, &part.name, &part.default])));
    }
    out.extend(Some(&facts.returns).filter(|returns| !returns.is_empty()).map(|returns| Predicate::new("result", [id, returns])));
    out.extend(facts.exits.iter().map(|exit| Predicate::new("returns", [id, &exit.value, &Guard::joined(&exit.when)])));
    out.extend(facts.raises.iter().map(|raise| Predicate::new("raises", [id, &raise.exception, &Guard::joined(&raise.when)])));
    for call in &facts.calls {
        out.push(Predicate::new("calls", [id, &call.callee]));
        out.extend(match call.usage {
            CallUse::Returned => Some(Predicate::new("returns_call", [id, &call.callee])),
            CallUse::Ignored if !call.tried => Some(Predicate::new("ignores_call", [id, &call.callee])),
            CallUse::Assigned => Some(Predicate::new("assigns_call", [id, &call.callee, &call.target])),
            _ => None,
        });
        out.extend(call.tried.then(|| Predicate::new("hands_on", [id, &call.callee])));
        out.extend(call.catches.iter().map(|exception| Predicate::new("handles", [id, &call.callee, exception])));
        if !call.when.is_empty() && call.when.len() < 12 {
            out.push(Predicate::new("calls_when", [id, &call.callee, &Guard::joined(&call.when)]));
        }
    }
    out.extend(facts.writes.iter().map(|write| Predicate::new("writes", [id, &write.target, &write.value, &Guard::joined(&write.when)])));
    out.extend(facts.refs.iter().map(|name| Predicate::new("reads", [id, name])));
    out.extend(facts.effects.iter().map(|effect| Predicate::new("effect", [id, effect.on.name(), &effect.callee])));
    out.extend(facts.decorators.iter().map(|decorator| Predicate::new("decorated", [id, decorator])));
    // A Rust type's traits stand in `impl`s, which are not cited with it.
    let derived = !chunk.path.ends_with(".rs") || chunk.signature.contains("trait ");
    out.extend(facts.bases.iter().filter(|_| derived).map(|base| Predicate::new("base", [id, base])));
    out.extend(facts.methods.iter().filter(|_| derived).map(|method| Predicate::new("method", [id, method])));
    let held = if chunk.kind == ChunkKind::Constant { "constant" } else { "attribute" };
    for attribute in facts.attributes.iter().filter(|attribute| held == "attribute" || !attribute.value.is_empty()) {
        out.push(Predicate::new(held, [id, &attribute.name, &attribute.value]));
    }
    out.extend(Some(chunk.summary()).filter(|summary| !summary.is_empty()).map(|summary| Predicate::new("documented", [id, summary])));
    out
}

/// The facts of the files of a folder: how many there are, and those that do not prove from the
/// lines of their chunk.
fn unproved(folder: &Path) -> (usize, Vec<String>) {
    let mut open: Vec<PathBuf> = vec![folder.to_owned()];
    let (mut all, mut out) = (0, Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let name = path.to_string_lossy().into_owned();
        let (Some(language), Ok(text)) = (by_path(&name), std::fs::read_to_string(&path)) else { continue };
        let starts = line_starts(&text);
        for chunk in chunks(language, &name, &text).unwrap_or_default().iter().filter(|chunk| chunk.kind != ChunkKind::Module) {
            let prover = Prover::new(language, lines_of(&text, &starts, chunk.lines.start, chunk.lines.end).unwrap());
            assert!(prover.is_of(&chunk.symbol), "{}", chunk.id);
            let claims = claims(chunk);
            all += claims.len();
            let wrong = claims.iter().filter(|claim| prover.proof(claim, Beside::Nothing).is_none());
            out.extend(wrong.map(ToString::to_string));
        }
    }
    (all, out)
}

#[test]
fn facts_are_proved() {
    for repository in ["repos/shop", "repos/ledger", "repos/depot", "languages/desk"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(repository);
        let (all, wrong) = unproved(&folder);
        assert!(all > 100, "{all} facts of {repository}");
        assert!(wrong.is_empty(), "{} of {all} facts of {repository} are not proved\n{}", wrong.len(), wrong.join("\n"));
    }
}
