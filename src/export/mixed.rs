//! A row whose evidence stands among code that is nearly about it, so that finding what to cite has to be learnt.

use super::shorten::DISTRACTOR;
use crate::model::{Evidence, Row, key};

/// Puts code between the evidence of a row and numbers all of it anew. The order is the row's own for ever: a hash of
/// ids decides.
pub(crate) fn mixed(mut row: Row, beside: Vec<Evidence>) -> Row {
    let beside = beside.into_iter().map(|piece| Evidence { id: String::new(), role: DISTRACTOR.to_owned(), ..piece });
    let mut all: Vec<Evidence> = std::mem::take(&mut row.evidence).into_iter().chain(beside).collect();
    all.sort_by_key(|piece| (key(&row.id, piece.chunk_id.as_str()), piece.start_line));
    let mut names = Vec::new();
    for (number, piece) in (1..).zip(&mut all) {
        let new = format!("E{number}");
        names.push((std::mem::replace(&mut piece.id, new.clone()), new));
    }
    let rename = |cites: &mut Vec<String>| {
        for cite in cites {
            if let Some((_, new)) = names.iter().find(|(old, _)| old == cite) {
                new.clone_into(cite);
            }
        }
    };
    row.trace.iter_mut().for_each(|step| rename(&mut step.cites));
    row.claims.iter_mut().for_each(|claim| rename(&mut claim.cites));
    if let Some(design) = &mut row.design {
        let lists =
            [&mut design.components, &mut design.api_changes, &mut design.domain_model, &mut design.data_storage, &mut design.tests];
        lists.into_iter().flatten().for_each(|part| rename(&mut part.cites));
        design.workflow.iter_mut().for_each(|stage| rename(&mut stage.cites));
        design.constraints.iter_mut().for_each(|constraint| rename(&mut constraint.cites));
    }
    row.evidence = all;
    row
}

#[cfg(test)]
mod tests {
    use super::mixed;
    use crate::model::{ChunkId, Evidence, Row, TraceStep};

    #[test]
    fn cites_follow_their_evidence() {
        let piece = |id: &str, symbol: &str| Evidence { id: id.into(), chunk_id: ChunkId::new("a.py", symbol), ..Evidence::default() };
        let step = TraceStep { cites: vec!["E2".into()], ..TraceStep::default() };
        let mut firsts = std::collections::BTreeSet::new();
        for number in 0..8 {
            let row = Row {
                id: format!("qa:{number}"),
                evidence: vec![piece("E1", "f"), piece("E2", "g")],
                trace: vec![step.clone()],
                ..Row::default()
            };
            let beside = vec![piece("", "x"), piece("", "y")];
            let out = mixed(row.clone(), beside.clone());
            let ids: Vec<&str> = out.evidence.iter().map(|piece| piece.id.as_str()).collect();
            assert_eq!(ids, ["E1", "E2", "E3", "E4"]);
            let cited = out.evidence.iter().find(|piece| piece.id == out.trace[0].cites[0]).unwrap();
            assert_eq!(cited.chunk_id.as_str(), "a.py::g");
            assert_eq!(out, mixed(row, beside));
            firsts.insert(out.evidence[0].chunk_id.to_string());
        }
        assert!(firsts.len() > 1, "the subject does not always stand first");
    }
}
