//! What stands around the lines of a chunk so that the grammar takes them.

use super::prove;
use crate::parse::language::Frame;
use crate::parse::{Language, Tree};

/// Around a member of a class, and around an entry of an object.
pub(super) const CLASS: &str = "class __framed__ {";
pub(super) const OBJECT: &str = "__framed__ = {";

/// The first frame in which the lines parse and begin with a definition; none where they do as they are,
/// or in no frame.
pub(super) fn frame(language: &'static Language, code: &str) -> Option<Frame> {
    let stands = |before: &str, behind: &str| {
        let text = format!("{before}{code}{behind}");
        Tree::parse(language, &text).is_ok_and(|tree| {
            let syntax = tree.of(&text);
            !syntax.is_broken() && prove::stands_alone(&syntax)
        })
    };
    let frame = |before, behind: &str, unfinished| Some(Frame { before, behind: behind.to_owned(), unfinished });
    // The brackets behind stand on a line of their own: a comment may end the last.
    match () {
        () if stands("", "") => None,
        () if stands(CLASS, "\n}") => frame(CLASS, "\n}", false),
        () if stands(OBJECT, "\n}") => frame(OBJECT, "\n}", false),
        // The head of a class.
        () if stands("", "\n}") => frame("", "\n}", true),
        () => None,
    }
}
