//! The part of a file that is code: of a single-file component what stands in its script blocks.

use std::borrow::Cow;

/// The text with everything else blanked, so that each line keeps its number. Code that shares a line
/// with the tags around it is not read: it could not be shown alone.
pub(in crate::parse) fn sections<'t>(path: &str, text: &'t str) -> Cow<'t, str> {
    if !path.ends_with(".vue") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() / 2);
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let tag = line.trim_start();
        if inside && tag.starts_with("</script") {
            inside = false;
        }
        if inside {
            out.push_str(line);
        } else {
            out.push_str(if line.ends_with('\n') { "\n" } else { "" });
        }
        // A block begins at the margin; markup and other languages are not read.
        let opens = line.starts_with("<script") && line.trim_end().ends_with('>') && !line.contains("</script");
        let known = !["lang=\"tsx\"", "lang=\"jsx\"", " src="].iter().any(|other| line.contains(other));
        inside |= opens && known;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn lines_keep_their_numbers() {
        let text = "<template>\n  <a/>\n</template>\n<script setup lang=\"ts\">\nconst a = 1;\n</script>\n<script>one()</script>\n<style>\n.a {}\n</style>";
        assert_eq!(sections("a.vue", text), "\n\n\n\nconst a = 1;\n\n\n\n\n");
        assert_eq!(sections("a.ts", text), text);
    }
}
