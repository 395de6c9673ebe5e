//! The words of a model for a chunk that only moved or was renamed: they follow it, and no model is
//! asked again for what it said already.

use crate::check::{self, Code, Gate, Provers, Secrets};
use crate::commands::shards::with_code;
use crate::generate;
use crate::model::{Brief, Claim, Draft, Row};

/// The row under the chunk's new name. None where its facts are not those of today, or where the
/// words do not pass the gate once the names in them are changed.
pub(crate) fn carried(row: &Row, brief: &Brief, code: &Code, secrets: &Secrets) -> Option<Row> {
    let Draft(floor) = generate::draft(with_code(brief.clone(), code));
    let was = row.evidence.iter().find(|evidence| evidence.role == "subject")?;
    let now = floor.evidence.iter().find(|evidence| evidence.role == "subject")?;
    let pairs =
        [(was.path.as_str(), now.path.as_str()), (was.symbol.as_str(), now.symbol.as_str()), (last(&was.symbol), last(&now.symbol))];
    let names: Vec<(String, String)> =
        pairs.iter().filter(|(from, to)| from != to).map(|(from, to)| ((*from).into(), (*to).into())).collect();
    let renamed = |text: &str| names.iter().fold(text.to_owned(), |text, (from, to)| replaced(&text, from, to));
    let judged: Vec<Claim> = row
        .claims
        .iter()
        .filter(|claim| claim.verdict == "judged")
        .map(|claim| Claim { says: renamed(&claim.says), ..claim.clone() })
        .collect();
    let same_facts = row.claims.len() - judged.len() == floor.claims.len()
        && row.claims.iter().zip(&floor.claims).all(|(was, is)| {
            let args = was.predicate.args.iter().skip(1).map(|arg| renamed(arg));
            was.predicate.name == is.predicate.name && args.eq(is.predicate.args.iter().skip(1).cloned()) && was.cites == is.cites
        });
    if !same_facts {
        return None;
    }
    let mut carried = Row {
        question: renamed(&row.question),
        answer: renamed(&row.answer),
        followups: row.followups.clone(),
        trace: row.trace.clone(),
        generator: row.generator.clone(),
        recipe: row.recipe.clone(),
        model: row.model.clone(),
        ..floor
    };
    for turn in &mut carried.followups {
        turn.question = renamed(&turn.question);
        turn.answer = renamed(&turn.answer);
    }
    carried.trace.iter_mut().for_each(|step| step.says = renamed(&step.says));
    carried.claims.extend(judged);
    check::verify(&[&carried], Gate { code, provers: &Provers::default(), secrets }).is_empty().then_some(carried)
}

fn last(symbol: &str) -> &str {
    symbol.rsplit('.').next().unwrap_or(symbol)
}

/// Replaces a name where it stands as a whole.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let inner = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from).filter(|_| !from.is_empty()) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        out.push_str(before);
        let part = before.ends_with(inner) || after.starts_with(inner) || before.is_empty() && out.ends_with(inner);
        out.push_str(if part { from } else { to });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_replaced_whole() {
        let check = |text: &str, want: &str| assert_eq!(super::replaced(text, "take", "grab"), want);
        check("`take` or `Shop.take()` but not `taken`, `un_take`", "`grab` or `Shop.grab()` but not `taken`, `un_take`");
        check("taketake take", "taketake grab");
        check("", "");
    }
}
