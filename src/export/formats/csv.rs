//! Traces as CSV: the call graph, a call a line, and the reasoning of the rows, a step a line.

use crate::export::{Format, Framing, Item, Needs, Opening, Piece};

use super::no_end;

pub(super) static FORMAT: Format = Format {
    name: "csv",
    about: "traces: the call graph and the steps of reasoning, a line each",
    needs: Needs { rows: true, pairs: false, calls: true, files: false },
    has_field: false,
    begin,
    pieces,
    end: no_end,
};

const CALLS: &str = "calls.csv";
const STEPS: &str = "steps.csv";

fn begin(_: &Opening) -> Vec<Piece> {
    vec![
        Piece::text(CALLS, line(&["function", "path", "split", "callee", "target", "certainty"])),
        Piece::text(STEPS, line(&["id", "split", "path", "start_line", "end_line", "question", "step", "op", "says", "cites"])),
    ]
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    match item {
        Item::Calls(row) => {
            let calls = row.calls.iter();
            calls
                .map(|call| put(CALLS, &[row.function.as_str(), &row.path, &row.split, &call.callee, &call.target, &call.certainty]))
                .collect()
        }
        Item::Sample { row, .. } => {
            let origin = super::Origin::of(row);
            let (start, end) = (origin.start_line.to_string(), origin.end_line.to_string());
            let steps = row.trace.iter();
            steps
                .map(|step| {
                    let (number, cites) = (step.step.to_string(), step.cites.join(" "));
                    put(STEPS, &[&row.id, &row.split, origin.path, &start, &end, &row.question, &number, &step.op, &step.says, &cites])
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn put(file: &str, fields: &[&str]) -> Piece {
    Piece { file: file.to_owned(), framing: Framing::Plain, bytes: line(fields).into_bytes(), is_row: true }
}

/// A line as RFC 4180 has it, but for the end: LF. A field that a spreadsheet would take for a formula is quoted by a
/// leading apostrophe.
fn line(fields: &[&str]) -> String {
    let field = |text: &&str| {
        let risky = text.starts_with(['=', '+', '@', '\t', '\r']) || text.starts_with('-') && text.len() > 1;
        let text = if risky { format!("'{text}") } else { (*text).to_owned() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    fields.iter().map(field).collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(line(&["a", "b,c", "say \"x\"", "two\nlines", "=1+1"]), "a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\",'=1+1\n");
    }
}
