//! One claim put to the proof from outside, for the tests and campaigns that ask what the proof
//! itself is worth.

use super::{Bench, Gate, Provers, Secrets, claims};
use crate::model::{ChunkId, Claim, Evidence, Predicate, Row};
use crate::parse;

/// A piece of code that a claim cites.
#[derive(Clone, Debug, Default)]
pub struct Exhibit {
    pub chunk_id: String,
    pub path: String,
    pub symbol: String,
    pub code: String,
    /// What follows it in its file.
    pub rest: String,
}

/// The names of all predicates.
pub fn predicates() -> Vec<&'static str> {
    parse::PREDICATES.iter().map(|sort| sort.name).collect()
}

/// Do the exhibits prove the predicate? The very rule that drafts go through answers.
pub fn holds(exhibits: &[Exhibit], predicate: &str, args: &[String]) -> bool {
    // Each exhibit has lines of its own, wherever it came from.
    let apart = 1_000_000;
    let starts = (0..).map(|at| at * apart + 1);
    let evidence = starts.zip(exhibits).map(|(start, exhibit)| Evidence {
        id: format!("E{start}"),
        chunk_id: ChunkId::stored(exhibit.chunk_id.clone()),
        path: exhibit.path.clone(),
        symbol: exhibit.symbol.clone(),
        start_line: start,
        end_line: start + exhibit.code.lines().count().max(1) as u32 - 1,
        code: exhibit.code.clone(),
        ..Evidence::default()
    });
    let evidence: Vec<Evidence> = evidence.collect();
    let code = |_: &str, line: u32, _: u32| {
        let exhibit = exhibits.get((line / apart) as usize)?;
        let whole = format!("{}\n{}", exhibit.code, exhibit.rest);
        whole.lines().nth((line % apart) as usize - 1).map(str::to_owned)
    };
    let claim = Claim {
        predicate: Predicate { name: predicate.to_owned(), args: args.to_vec() },
        cites: evidence.iter().map(|piece| piece.id.clone()).collect(),
        ..Claim::default()
    };
    let row = Row { evidence, ..Row::default() };
    let gate = Gate { code: &code, provers: &Provers::default(), secrets: &Secrets::default() };
    claims::proved(&row, &claim, &Bench::new(gate, std::iter::empty())).is_some()
}
