//! A design as text: an overview, then its sections.

use std::fmt::Write;

use crate::model::{Design, Part};

/// Cites of a line, in the form that the style wants them.
type Cited<'c> = dyn Fn(&[String]) -> String + 'c;

pub(super) fn text(design: &Design, cited: &Cited) -> String {
    let mut out = design.overview.clone();
    parts(&mut out, "Components", &design.components, cited);
    parts(&mut out, "Interfaces", &design.api_changes, cited);
    parts(&mut out, "Domain model", &design.domain_model, cited);
    parts(&mut out, "Data storage", &design.data_storage, cited);
    section(&mut out, "Workflow", design.workflow.iter().map(|stage| format!("{}. {}{}", stage.step, stage.says, cited(&stage.cites))));
    section(
        &mut out,
        "Constraints",
        design.constraints.iter().map(|constraint| format!("- {}{}", constraint.says, cited(&constraint.cites))),
    );
    section(&mut out, "Assumptions", design.assumptions.iter().map(|says| format!("- {says}")));
    section(&mut out, "Alternatives", design.alternatives.iter().map(|way| format!("- {} Against it: {}", way.says, way.against)));
    section(&mut out, "Risks", design.risks.iter().map(|says| format!("- {says}")));
    parts(&mut out, "Tests", &design.tests, cited);
    let touch = |touch: &crate::model::Touch| format!("- {} `{}` in `{}`", touch.status, touch.symbol, touch.path);
    section(&mut out, "Places touched", design.touches.iter().map(touch));
    out
}

fn parts(out: &mut String, title: &str, parts: &[Part], cited: &Cited) {
    section(out, title, parts.iter().map(|part| format!("- {}{}", part_line(part), cited(&part.cites))));
}

/// `new `Name` in `path`: what it is`.
fn part_line(part: &Part) -> String {
    let place = if part.path.is_empty() { String::new() } else { format!(" in `{}`", part.path) };
    let name = if part.name.is_empty() { String::new() } else { format!(" `{}`", part.name) };
    format!("{}{name}{place}: {}", part.status, part.says)
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        _ = write!(out, "\n\n{title}:");
    }
    lines.for_each(|line| _ = write!(out, "\n{line}"));
}

/// The parts that a text of this form lists as new.
pub(super) fn new_parts(text: &str) -> Vec<Part> {
    let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("- new `"));
    lines
        .filter_map(|rest| {
            let (name, rest) = rest.split_once('`')?;
            let path = rest.strip_prefix(" in `").and_then(|rest| rest.split_once('`')).map_or("", |(path, _)| path);
            Some(Part { name: name.to_owned(), path: path.to_owned(), status: "new".to_owned(), ..Part::default() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{new_parts, text};
    use crate::model::{Design, Part};

    #[test]
    fn what_is_new_is_found_again() {
        let part = |name: &str, status: &str| Part {
            name: name.into(),
            path: "a.py".into(),
            status: status.into(),
            says: "it does it".into(),
            cites: vec!["E1".into()],
            ..Part::default()
        };
        let design = Design { overview: "Do it.".into(), components: vec![part("Old", "reused"), part("New", "new")], ..Design::default() };
        let told = text(&design, &|cites| format!(" [{}]", cites.join("][")));
        assert_eq!(told, "Do it.\n\nComponents:\n- reused `Old` in `a.py`: it does it [E1]\n- new `New` in `a.py`: it does it [E1]");
        let found = new_parts(&told);
        assert_eq!((found.len(), found[0].name.as_str(), found[0].path.as_str()), (1, "New", "a.py"));
    }
}
