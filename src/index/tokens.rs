//! Cuts code and prose into the words that are searched for. The index and the query are cut by the same rules.
//!
//! An identifier gives its parts (`getUserName`, `get_user_name` and `GETUserName` all give get, user, name) and itself
//! as a whole. English stop words are dropped, the rest is stemmed. Han, kana and hangul have no spaces: they give
//! single characters and pairs.

use std::collections::HashMap;
use std::ops::Range;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxBuildHasher;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the tokenizer is registered at every opening.
pub(super) const NAME: &str = "identifiers";

const LONGEST_WORD: usize = 64;
const LONGEST_NUMBER: usize = 16;
/// Identifiers are remembered up to this many, with the words they give: a repository repeats its own.
const REMEMBERED: usize = 50_000;

/// Cuts text into words, and remembers what it has cut.
pub(super) struct Words {
    cutter: Cutter,
    /// Where the words of an identifier stand in `given`.
    known: HashMap<Box<str>, Range<usize>, FxBuildHasher>,
    given: Vec<Word>,
    /// The words, one after the other.
    letters: String,
}

/// A word in `letters`, and the part of the identifier that it came from.
#[derive(Clone)]
struct Word {
    letters: Range<usize>,
    part: Range<usize>,
}

impl Words {
    pub(super) fn new() -> Words {
        Words { cutter: Cutter::new(), known: HashMap::default(), given: Vec::new(), letters: String::new() }
    }

    /// Calls `take(word, as written)` for each word of `text`.
    pub(super) fn each(&mut self, text: &str, mut take: impl FnMut(&str, &str)) {
        let mut rest = text;
        while let Some(start) = run_start(rest) {
            rest = &rest[start..];
            let spaceless = rest.chars().next().is_some_and(is_spaceless);
            let (run, after) = rest.split_at(run_end(rest, spaceless));
            rest = after;
            if spaceless {
                each_pair(run, &mut take);
            } else if run.len() > LONGEST_WORD {
                self.cutter.each(run, |word, part| take(word, &run[part]));
            } else {
                let words = self.words_of(run);
                for Word { letters, part } in &self.given[words] {
                    take(&self.letters[letters.clone()], &run[part.clone()]);
                }
            }
        }
    }

    fn words_of(&mut self, run: &str) -> Range<usize> {
        if let Some(known) = self.known.get(run) {
            return known.clone();
        }
        if self.known.len() >= REMEMBERED {
            self.known.clear();
            self.given.clear();
            self.letters.clear();
        }
        let from = self.given.len();
        let Words { cutter, given, letters, .. } = self;
        cutter.each(run, |word, part| {
            let start = letters.len();
            letters.push_str(word);
            given.push(Word { letters: start..letters.len(), part });
        });
        self.known.insert(run.into(), from..self.given.len());
        from..self.given.len()
    }
}

/// Where the next letter of a word is.
fn run_start(text: &str) -> Option<usize> {
    let at = text.bytes().position(|byte| byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    if text.as_bytes()[at].is_ascii() { Some(at) } else { text[at..].find(is_word).map(|more| at + more) }
}

/// Where the run of letters that `text` begins with ends.
fn run_end(text: &str, spaceless: bool) -> usize {
    let plain = text.bytes().take_while(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    if !spaceless && text.as_bytes().get(plain).is_none_or(u8::is_ascii) {
        return plain;
    }
    text.find(|letter| !is_word(letter) || is_spaceless(letter) != spaceless).unwrap_or(text.len())
}

/// Cuts one identifier into words.
struct Cutter {
    stemmer: Stemmer,
    lower: String,
}

impl Cutter {
    fn new() -> Cutter {
        Cutter { stemmer: Stemmer::create(Algorithm::English), lower: String::new() }
    }

    fn each(&mut self, run: &str, mut take: impl FnMut(&str, Range<usize>)) {
        let Cutter { stemmer, lower } = self;
        let mut parts = 0;
        let mut left = Parts(run);
        while let Some(part) = left.next() {
            parts += 1;
            lower.clear();
            push_lower(lower, part);
            if is_noise(lower) || is_stop_word(lower) {
                continue;
            }
            let end = run.len() - left.0.len();
            let place = end - part.len()..end;
            if lower.len() > 2 && lower.bytes().all(|byte| byte.is_ascii_lowercase()) {
                take(&stemmer.stem(lower), place);
            } else {
                take(lower, place);
            }
        }
        if parts > 1 && run.len() <= LONGEST_WORD {
            lower.clear();
            push_lower(lower, run);
            lower.retain(|letter| letter != '_');
            let start = run.len() - run.trim_start_matches('_').len();
            take(lower, start..start + run.trim_matches('_').len());
        }
    }
}

fn each_pair(run: &str, take: &mut impl FnMut(&str, &str)) {
    let mut before = None;
    for (start, letter) in run.char_indices() {
        let end = start + letter.len_utf8();
        take(&run[start..end], &run[start..end]);
        if let Some(before) = before {
            take(&run[before..end], &run[before..end]);
        }
        before = Some(start);
    }
}

/// The parts of an identifier.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0.trim_start_matches('_');
        let mut letters = text.char_indices().peekable();
        let (_, mut before) = letters.next()?;
        let mut end = text.len();
        while let Some((at, letter)) = letters.next() {
            let after = letters.peek().map(|(_, after)| *after);
            if is_seam(before, letter, after) {
                end = at;
                break;
            }
            before = letter;
        }
        let (part, rest) = text.split_at(end);
        self.0 = rest;
        Some(part)
    }
}

/// Whether an identifier is cut between `before` and `letter`.
fn is_seam(before: char, letter: char, after: Option<char>) -> bool {
    letter == '_'
        || before.is_numeric() != letter.is_numeric()
        || (letter.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && after.is_some_and(char::is_lowercase))))
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Letters of scripts that are written without spaces.
fn is_spaceless(letter: char) -> bool {
    matches!(letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

fn push_lower(lower: &mut String, text: &str) {
    if text.is_ascii() {
        lower.push_str(text);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(text.chars().flat_map(char::to_lowercase));
    }
}

fn is_noise(word: &str) -> bool {
    word.len() < 2 || word.len() > LONGEST_WORD || (word.len() > LONGEST_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// Sorted. They are rare in code, so their weight would be high: without them searches improve most.
static STOP_WORDS: &[&str] = &[
    "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "being", "both",
    "but", "by", "can", "could", "did", "do", "does", "doing", "done", "each", "etc", "for", "from", "had", "has", "have", "having", "he",
    "her", "here", "him", "his", "how", "if", "in", "into", "is", "it", "its", "just", "may", "me", "might", "more", "most", "must", "my",
    "no", "nor", "not", "of", "off", "on", "only", "or", "other", "our", "out", "over", "own", "please", "same", "shall", "she", "should",
    "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "too", "under", "until", "up", "us", "very", "was", "we", "were", "what", "when", "where", "whether", "which", "while", "who", "whom",
    "whose", "why", "will", "with", "would", "you", "your",
];

/// The same words as a tantivy tokenizer.
pub(super) struct IdentifierTokenizer {
    words: Words,
    /// The words of the text at hand, one after the other.
    text: String,
    ends: Vec<usize>,
    token: Token,
}

impl IdentifierTokenizer {
    pub(super) fn new() -> IdentifierTokenizer {
        IdentifierTokenizer { words: Words::new(), text: String::new(), ends: Vec::new(), token: Token::default() }
    }
}

impl Clone for IdentifierTokenizer {
    /// A clone works alone: it shares no memory with the first.
    fn clone(&self) -> IdentifierTokenizer {
        IdentifierTokenizer::new()
    }
}

impl Tokenizer for IdentifierTokenizer {
    type TokenStream<'a> = IdentifierStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> IdentifierStream<'a> {
        self.text.clear();
        self.ends.clear();
        self.token.reset();
        let (words, ends) = (&mut self.text, &mut self.ends);
        self.words.each(text, |word, _| {
            words.push_str(word);
            ends.push(words.len());
        });
        IdentifierStream { words, ends, next: 0, token: &mut self.token }
    }
}

pub(super) struct IdentifierStream<'a> {
    words: &'a str,
    ends: &'a [usize],
    next: usize,
    token: &'a mut Token,
}

impl TokenStream for IdentifierStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(&end) = self.ends.get(self.next) else {
            return false;
        };
        let start = self.next.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.token.text.clear();
        self.token.text.push_str(&self.words[start..end]);
        self.token.position = self.token.position.wrapping_add(1);
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let mut words = Vec::new();
        Words::new().each(text, |word, _| words.push(word.to_string()));
        assert_eq!(words.join(" "), want);
    }

    #[test]
    fn identifiers_give_parts_and_themselves() {
        check("getUserName", "get user name getusername");
        check("get_user_name", "get user name getusername");
        check("HTTPServerError2", "http server error httpservererror2");
        check("__init__", "init");
        check("sha256sum", "sha 256 sum sha256sum");
        check("a.b + x1", "x1");
        check("_", "");
    }

    #[test]
    fn prose_loses_stop_words_and_endings() {
        check("How are the orders placed?", "order place");
        check("is_valid", "valid isvalid");
    }

    #[test]
    fn scripts_without_spaces_give_characters_and_pairs() {
        check("订单支付 order", "订 单 订单 支 单支 付 支付 order");
    }

    #[test]
    fn other_scripts_are_lowered_not_stemmed() {
        check("Größe БОЛЬШОЙ", "größe большой");
    }

    #[test]
    fn noise_is_dropped() {
        check(&"a".repeat(65), "");
        check(&"1".repeat(17), "");
        check("\u{0}\u{1b}[31m", "31 31m");
    }

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn the_tokenizer_gives_the_same_words() {
        let mut tokenizer = IdentifierTokenizer::new();
        let mut stream = tokenizer.token_stream("placeOrder 订单");
        let mut words = Vec::new();
        while stream.advance() {
            words.push(stream.token().text.clone());
        }
        assert_eq!(words.join(" "), "place order placeorder 订 单 订单");
    }
}
