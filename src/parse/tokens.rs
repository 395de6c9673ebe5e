//! The tokens of a chunk for its sketch: what is left when layout, comments, documentation and the
//! chunk's own name are gone.

use super::syntax::{NodeId, Syntax};
use crate::model::{Sketch, TokenSort};

/// The sketch of what stands below the roots, without what `skip` names.
pub(super) fn sketch(syntax: &Syntax, roots: &[NodeId], skip: impl Fn(NodeId) -> bool) -> Sketch {
    let mut tokens: Vec<u16> = Vec::new();
    let comma = Sketch::token(TokenSort::Fixed, b",");
    for &root in roots {
        let mut node = root;
        while node < syntax.end(root) {
            if skip(node) || syntax.is_comment(node) {
                node = syntax.end(node);
                continue;
            }
            let here = node;
            let text = is_text(syntax.kind(here));
            node = if text { syntax.end(here) } else { here + 1 };
            let written = syntax.text(here);
            if !text && !syntax.is_leaf(here) || written.is_empty() {
                continue;
            }
            // A formatter puts a comma before a bracket that it moves to a line of its own.
            if matches!(written, ")" | "]" | "}") && tokens.last() == Some(&comma) {
                tokens.pop();
            }
            tokens.push(token(syntax, here, text));
            if tokens.len() > Sketch::MOST {
                return Sketch::default();
            }
        }
    }
    Sketch::new(&tokens)
}

/// Texts count whole, with whatever quotes.
fn is_text(kind: &str) -> bool {
    kind == "string" || kind.ends_with("string_literal")
}

fn token(syntax: &Syntax, node: NodeId, text: bool) -> u16 {
    let written = syntax.text(node);
    if text {
        return Sketch::token(TokenSort::Text, written.trim_matches(['"', '\'']).as_bytes());
    }
    let sort = match syntax.kind(node) {
        _ if !syntax.is_named(node) => TokenSort::Fixed,
        kind if kind.contains("identifier") => TokenSort::Name,
        "integer" | "float" | "number" => TokenSort::Number,
        kind if kind.ends_with("integer_literal") || kind.ends_with("float_literal") || kind.ends_with("floating_point_literal") => {
            TokenSort::Number
        }
        "char_literal" | "character_literal" => TokenSort::Text,
        _ => TokenSort::Fixed,
    };
    Sketch::token(sort, written.as_bytes())
}

#[cfg(test)]
mod tests {
    use crate::model::Sketch;
    use crate::parse;

    const PYTHON: &str = "
def price(order, rate=0.19):
    '''Adds the tax.'''
    total = 0
    for line in order.lines:
        if line.qty <= 0:
            raise ValueError('nothing of it')
        total += line.qty * line.price
    return round(total * (1 + rate), 2), order.currency
";

    fn sketch(path: &str, text: &str, symbol: &str) -> Sketch {
        let chunks = parse::chunks(parse::by_path(path).unwrap(), path, text).unwrap();
        chunks.into_iter().find(|chunk| chunk.symbol == symbol).unwrap().sketch
    }

    #[test]
    fn layout_comments_documentation_and_its_name_do_not_count() {
        let plain = sketch("a.py", PYTHON, "price");
        assert!(!plain.is_empty());
        let laid_out = PYTHON
            .replace("price(order, rate=0.19)", "cost(\n    order,\n    rate=0.19,  # a share\n)")
            .replace("'''Adds the tax.'''", "'''Another text.'''\n    # and why")
            .replace("'nothing of it'", "\"nothing of it\"");
        assert_eq!(sketch("a.py", &laid_out, "cost"), plain);
        let other = sketch("a.py", &PYTHON.replace("<= 0", "< 0"), "price");
        assert_ne!(other.blind(), plain.blind());
        let renamed = sketch("a.py", &PYTHON.replace("order", "cart").replace("0.19", "0.2").replace("nothing", "none"), "price");
        assert_ne!(renamed, plain);
        assert_eq!(renamed.blind(), plain.blind());
    }

    #[test]
    fn a_class_is_sketched_without_the_bodies_of_its_methods() {
        let members: String = (0..20).map(|at| format!("    limit_{at} = {at}\n")).collect();
        let class = |body: &str| format!("class Limits:\n{members}    def most(self):\n        {body}\n");
        let one = sketch("a.py", &class("return 1"), "Limits");
        assert!(!one.is_empty());
        assert_eq!(one, sketch("a.py", &class("return max(1, 2)"), "Limits"));
        assert!(sketch("a.py", PYTHON, "<module>").is_empty());
    }

    #[test]
    fn rust_is_sketched_alike() {
        let code = "fn price(order: &Order, rate: f64) -> Result<f64, Fault> {\n    let mut total = 0.0;\n    for line in &order.lines {\n        if line.qty == 0 { return Err(Fault::new(\"nothing of it\")); }\n        total += line.price;\n    }\n    Ok(total * (1.0 + rate))\n}\n";
        let plain = sketch("a.rs", code, "price");
        assert!(!plain.is_empty());
        let renamed = code.replace("order", "cart").replace("\"nothing of it\"", "r\"none\"").replace("{\n    let", "{ // why\n    let");
        assert_eq!(sketch("a.rs", &renamed, "price").blind(), plain.blind());
    }
}
