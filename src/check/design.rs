//! A design stands on the code that it cites: what it says is there is there, what is new is said to be
//! new and fits the layout, and what a workflow or a constraint rests on is proved.

use std::collections::HashSet;

use super::{Bench, Rule};
use crate::model::{Design, Evidence, Part, Row, Stage, words};

pub(super) static RULE: Rule = Rule { name: "design", judge };

/// Fewer pieces of code carry no design, more do not fit beside it.
const EVIDENCE: std::ops::RangeInclusive<usize> = 2..=8;

fn judge(row: &Row, _: &Bench) -> Result<(), String> {
    let Some(design) = &row.design else { return Ok(()) };
    if !EVIDENCE.contains(&row.evidence.len()) {
        return Err(format!("it rests on {} pieces of code", row.evidence.len()));
    }
    sections(design)?;
    design.parts().try_for_each(|part| stands(row, part))?;
    (1..).zip(&design.workflow).try_for_each(|(number, stage)| runs(row, number, stage))?;
    for constraint in &design.constraints {
        if !row.claims.iter().any(|claim| claim.says == constraint.says && claim.cites == constraint.cites) {
            return Err(format!("nothing proves the constraint \"{}\"", constraint.says));
        }
    }
    for touch in &design.touches {
        let known = evidence_of(row, touch.chunk_id.as_str());
        let fits = match touch.status.as_str() {
            "change" | "remove" => known.is_some_and(|evidence| evidence.path == touch.path && evidence.symbol == touch.symbol),
            "add" => touch.chunk_id.as_str().is_empty() && has_siblings(row, &touch.path),
            _ => false,
        };
        if !fits {
            return Err(format!("it touches `{}` in {}, which is not there", touch.symbol, touch.path));
        }
    }
    Ok(())
}

/// What a design may not leave out.
fn sections(design: &Design) -> Result<(), String> {
    let filled = [
        ("overview", !design.overview.trim().is_empty()),
        ("components", !design.components.is_empty()),
        ("data_storage", !design.data_storage.is_empty()),
        ("workflow", !design.workflow.is_empty()),
        ("constraints", !design.constraints.is_empty()),
        ("assumptions", !design.assumptions.is_empty()),
        ("alternatives", !design.alternatives.is_empty()),
        ("risks", !design.risks.is_empty()),
        ("tests", !design.tests.is_empty()),
        ("touches", !design.touches.is_empty()),
    ];
    match filled.iter().find(|(_, there)| !there) {
        Some((section, _)) => Err(format!("it has no {section}")),
        None => design.prose().any(|text| text.trim().is_empty()).then(|| "a part of it says nothing".to_owned()).map_or(Ok(()), Err),
    }
}

/// Is a part what it says that it is?
fn stands(row: &Row, part: &Part) -> Result<(), String> {
    let known = evidence_of(row, part.chunk_id.as_str());
    let wrong = |says: &str| Err(format!("the part `{}` {says}", part.name));
    if !part.cites.iter().all(|cite| row.evidence.iter().any(|evidence| evidence.id == *cite)) {
        return wrong("cites code that is not shown");
    }
    match part.status.as_str() {
        "changed" | "reused" => match known {
            Some(evidence) if evidence.path == part.path => Ok(()),
            _ => wrong("is not in the code that is shown"),
        },
        "new" if !part.chunk_id.as_str().is_empty() => wrong("is new and has a chunk"),
        "new" if !part.path.is_empty() && !has_siblings(row, &part.path) => wrong("lies where nothing else does"),
        "new" if is_defined(row, part) => wrong("is there already"),
        "new" | "none" => Ok(()),
        other => wrong(&format!("has the status `{other}`")),
    }
}

/// Does a step that is said to be there call what it says?
fn runs(row: &Row, number: u32, stage: &Stage) -> Result<(), String> {
    let wrong = |says: &str| Err(format!("step {number} {says}"));
    if stage.step != number {
        return wrong("is out of order");
    }
    if stage.status == "new" {
        return Ok(());
    }
    let id = stage.chunk_id.as_str();
    if stage.status != "existing" || evidence_of(row, id).is_none() {
        return wrong("is of no code that is shown");
    }
    let proved = row.claims.iter().any(|claim| {
        let args = &claim.predicate.args;
        matches!(claim.predicate.name.as_str(), "calls" | "calls_when")
            && args.first().is_some_and(|of| of == id)
            && args.get(1) == Some(&stage.calls)
    });
    if stage.calls.is_empty() || proved { Ok(()) } else { wrong("calls what nothing proves that it calls") }
}

fn evidence_of<'r>(row: &'r Row, chunk: &str) -> Option<&'r Evidence> {
    row.evidence.iter().find(|evidence| evidence.chunk_id.as_str() == chunk)
}

/// Is there a file beside it, or the file itself?
fn has_siblings(row: &Row, path: &str) -> bool {
    let place = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.rsplit_once('.').map(|(_, extension)| extension.to_owned()))
    };
    row.evidence.iter().any(|evidence| place(&evidence.path) == place(path))
}

/// Does the file that a new part goes to define its name already?
fn is_defined(row: &Row, part: &Part) -> bool {
    let here = |evidence: &&Evidence| evidence.path == part.path && evidence.symbol == part.name;
    row.evidence.iter().any(|evidence| here(&evidence))
}

/// The words of names that a design says are new.
pub(super) fn new_names(row: &Row) -> HashSet<&str> {
    let design = row.design.iter();
    let parts = design.clone().flat_map(|design| design.parts()).filter(|part| part.status == "new");
    let parts = parts.flat_map(|part| words(&part.name).chain(words(&part.path)));
    let touches = design.flat_map(|design| &design.touches).filter(|touch| touch.status == "add");
    // What a new step calls comes with it, or is there.
    let steps = row.design.iter().flat_map(|design| &design.workflow).filter(|stage| stage.status == "new");
    let steps = steps.flat_map(|stage| words(&stage.calls));
    parts.chain(steps).chain(touches.flat_map(|touch| words(&touch.path).chain(words(&touch.symbol)))).collect()
}

#[cfg(test)]
mod tests {

    use super::super::{Bench, Gate, Provers, Secrets};
    use crate::model::{Alternative, ChunkId, Claim, Constraint, Design, Evidence, Part, Predicate, Row, Stage, Touch};

    fn sound() -> Row {
        let of = |symbol: &str, id: &str| Evidence {
            id: id.into(),
            chunk_id: ChunkId::new("shop/a.py", symbol),
            path: "shop/a.py".into(),
            symbol: symbol.into(),
            ..Evidence::default()
        };
        let claim = |says: &str, predicate: Predicate| Claim { says: says.into(), predicate, cites: vec!["E1".into()], ..Claim::default() };
        let part = |name: &str, path: &str, status: &str| Part {
            name: name.into(),
            path: path.into(),
            status: status.into(),
            says: "So.".into(),
            ..Part::default()
        };
        let design = Design {
            overview: "Do it.".into(),
            components: vec![
                Part { chunk_id: ChunkId::new("shop/a.py", "f"), ..part("f", "shop/a.py", "changed") },
                part("g", "shop/new.py", "new"),
            ],
            data_storage: vec![part("", "", "none")],
            workflow: vec![Stage {
                step: 1,
                actor: "f".into(),
                chunk_id: ChunkId::new("shop/a.py", "f"),
                calls: "save".into(),
                status: "existing".into(),
                says: "It saves.".into(),
                ..Stage::default()
            }],
            constraints: vec![Constraint { says: "f saves".into(), cites: vec!["E1".into()] }],
            assumptions: vec!["None.".into()],
            alternatives: vec![Alternative { says: "Not.".into(), against: "No.".into() }],
            risks: vec!["Some.".into()],
            tests: vec![part("test_g", "", "new")],
            touches: vec![Touch {
                path: "shop/a.py".into(),
                symbol: "f".into(),
                chunk_id: ChunkId::new("shop/a.py", "f"),
                status: "change".into(),
            }],
            ..Design::default()
        };
        Row {
            claims: vec![claim("f saves", Predicate::new("calls", ["shop/a.py::f", "save"]))],
            evidence: vec![of("f", "E1"), of("save", "E2")],
            design: Some(Box::new(design)),
            ..Row::default()
        }
    }

    #[track_caller]
    fn check(spoil: impl FnOnce(&mut Row, &mut Design), says: &str) {
        let mut row = sound();
        let mut design = row.design.take().unwrap();
        spoil(&mut row, &mut design);
        row.design = Some(design);
        let gate = Gate { code: &|_, _, _| None, provers: &Provers::default(), secrets: &Secrets::default() };
        let bench = Bench::new(gate, std::iter::empty());
        let verdict = super::judge(&row, &bench);
        assert_eq!(verdict.is_ok(), says.is_empty(), "{verdict:?}");
        assert!(verdict.err().unwrap_or_default().contains(says), "{says}");
    }

    #[test]
    fn what_a_design_says_is_there_is_there() {
        check(|_, _| (), "");
        check(|_, design| design.components[0].chunk_id = ChunkId::new("shop/a.py", "h"), "is not in the code");
        check(|_, design| design.components[1].path = "elsewhere/new.py".into(), "lies where nothing else does");
        check(
            |_, design| design.components[1] = Part { name: "save".into(), path: "shop/a.py".into(), ..design.components[1].clone() },
            "there already",
        );
        check(|_, design| design.workflow[0].calls = "drop".into(), "calls what nothing proves");
        check(|_, design| design.constraints[0].says = "f drops".into(), "nothing proves the constraint");
        check(|_, design| design.touches[0].symbol = "h".into(), "which is not there");
        check(|_, design| design.risks.clear(), "has no risks");
        check(|row, _| row.evidence.truncate(1), "rests on 1");
    }
}
