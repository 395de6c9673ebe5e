//! What a chunk is there for, in words that do not name it: from its docstring, else from its
//! name taken apart.

use crate::facts::{has_exceptions, plain_prose};
use crate::generate::tongue::is_han;
use crate::generate::verb::Verb;
use crate::model::{Chunk, ChunkKind};

/// A sentence with more words than this is no question.
const MAX_WORDS: usize = 18;
/// With fewer words that say something, a place is not found by them.
const MIN_INFORMATIVE: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// `charge`, `the card for a placed order`
    Does { verb: &'static Verb, what: String },
    /// Whether `a customer may use a coupon`
    Decides { clause: String },
    /// What it gives, or what a class stands for: `the weight of each parcel`
    Gives { what: String },
    /// A sentence in another language than English, as it stands.
    Said { sentence: String },
}

impl Deed {
    /// The deed without its grammar, to be quoted.
    pub(super) fn sentence(&self) -> String {
        match self {
            Self::Does { verb, what } => format!("{} {what}", verb.base),
            Self::Decides { clause } => format!("whether {clause}"),
            Self::Gives { what } => what.clone(),
            Self::Said { sentence } => sentence.clone(),
        }
    }
}

/// Words that name no thing of the domain.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "a", "about", "above", "according", "additional", "after", "all", "also", "an", "and", "another", "any", "appropriate", "are", "argument", "arguments", "as",
    "at", "attribute", "attributes", "available", "base", "based", "be", "been", "before", "between", "but", "by", "call", "callable", "called", "can", "certain", "class", "code",
    "correct", "corresponding", "current", "currently", "data", "default", "details", "dict", "dictionary", "different", "do", "does", "each", "element", "elements",
    "every", "false", "first", "for", "from", "function", "functions", "generic", "get", "given", "handle", "handles", "has", "have", "helper", "if", "in", "information", "input",
    "instance", "instances", "into", "is", "it", "item", "items", "its", "key", "keys", "like", "list", "make", "makes", "method", "methods", "mixin", "more", "name", "named", "names", "necessary", "new",
    "next", "no", "none", "not", "object", "objects", "of", "on", "one", "ones", "only", "optional", "or", "other", "output", "over", "parameter", "parameters", "particular", "passed",
    "perform", "performs", "possible", "provided", "relevant", "required", "result", "results", "return", "returns", "run", "same", "self", "set", "sets", "should", "simple", "single", "so", "some", "something",
    "specific", "specified", "string", "strings", "subclass", "such", "suitable", "text", "that", "the", "their", "them", "then", "there", "thing", "things", "to", "true", "tuple",
    "type", "types", "under", "use", "used", "useful", "uses", "using", "value", "values", "variable", "various", "was", "we", "what", "when", "where", "whether", "which", "will", "with", "within", "without",
];

/// A sentence that speaks of itself or to its reader is no description of the place.
#[rustfmt::skip]
const PERSONAL: &[&str] = &[
    "this", "these", "those", "here", "you", "your", "yours", "i", "we", "us", "our", "let's", "above", "below", "following", "subclass", "subclasses", "overridden", "override", "overrides",
    "deprecated", "internal", "shortcut", "alias", "wrapper", "helper", "todo", "fixme", "same", "like", "see", "note", "self", "hook", "e.g", "eg", "i.e", "etc",
];

/// Words that belong to the verb and not to the thing behind it.
const PARTICLES: &[&str] = &["back", "out", "up", "off", "down", "away", "again", "together"];

/// Words behind which a thing is told more of.
const LINKS: &[&str] = &[
    "for", "from", "to", "with", "in", "on", "at", "by", "when", "if", "until", "before", "after", "into", "as", "while", "unless",
    "through", "onto", "against", "using", "without", "over", "under", "during", "within", "that", "which", "where", "and", "or", "so",
];

/// What the docstring says that it does.
pub(super) fn documented(chunk: &Chunk) -> Option<Deed> {
    if runs_on(chunk.summary()) {
        return None;
    }
    let stated = plain_prose(chunk.summary());
    let stated = stated.trim_end_matches(['.', '。', '!']);
    if stated.contains(is_han) {
        let fits = (6..=60).contains(&stated.chars().count()) && !stated.contains(['“', '”', '"', '：', ':']);
        return fits.then(|| Deed::Said { sentence: stated.to_owned() });
    }
    let sentence = trimmed(stated)?;
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| bare(word)).collect();
    let personal = lower.iter().any(|word| PERSONAL.contains(&word.as_str())) || early_pronoun(&lower);
    let named = chunk.name.contains('_') && lower.contains(&chunk.name.to_ascii_lowercase());
    if personal || named || words.len() < 3 || words.len() > MAX_WORDS {
        return None;
    }
    let rest = |from: usize| words[from..].join(" ");
    let starts = |phrases: &[&[&str]]| {
        phrases
            .iter()
            .find(|phrase| lower.len() > phrase.len() + 1 && lower.iter().zip(**phrase).all(|(a, b)| a == b))
            .map(|phrase| phrase.len())
    };
    const WHETHER: &[&[&str]] = &[
        &["return", "true", "if"],
        &["returns", "true", "if"],
        &["return", "true", "when"],
        &["returns", "true", "when"],
        &["true", "if"],
        &["return", "whether"],
        &["returns", "whether"],
        &["whether"],
        &["check", "whether"],
        &["checks", "whether"],
        &["check", "if"],
        &["checks", "if"],
        &["determine", "whether"],
        &["determines", "whether"],
        &["determine", "if"],
        &["determines", "if"],
        &["decide", "whether"],
        &["decides", "whether"],
        &["test", "if"],
        &["tests", "if"],
        &["test", "whether"],
        &["tests", "whether"],
        &["tell", "whether"],
        &["tells", "whether"],
        &["return", "if"],
        &["returns", "if"],
    ];
    if let Some(length) = starts(WHETHER) {
        let length = if lower.get(length).is_some_and(|word| word == "or") { length + 2 } else { length };
        let clear = words.len() >= length + 3 && informative(&rest(length)) + 1 >= MIN_INFORMATIVE;
        return clear.then(|| Deed::Decides { clause: rest(length) });
    }
    if informative(&sentence) < MIN_INFORMATIVE {
        return None;
    }
    let class = chunk.kind == ChunkKind::Class;
    if is_clause(&lower) {
        return None;
    }
    if lower[0] == "what" || matches!(lower[0].as_str(), "the" | "a" | "an") && words.len() >= 4 {
        let what = format!("{} {}", lower[0], rest(1));
        return Some(Deed::Gives { what });
    }
    let verb = Verb::opening(&lower[0])?;
    // `List of …` and `Store that …` are things.
    if matches!(lower[1].as_str(), "of" | "that" | "which" | "is" | "are" | "and" | "or" | "for" | "used")
        && !matches!(verb.base, "check" | "ensure" | "verify" | "wait")
    {
        return None;
    }
    let base = verb.base == lower[0];
    // A class that is described by a bare noun.
    if class && base && !starts_a_thing(&lower[1]) {
        return None;
    }
    match verb.base {
        _ if lower[1] == "as" => None,
        "represent" | "describe" | "define" if class => starts_a_thing(&lower[1]).then(|| Deed::Gives { what: rest(1) }),
        "raise" if matches!(lower[1].as_str(), "unless" | "if" | "when" | "an" | "a") => None,
        "return" | "yield" | "give" => starts_a_thing(&lower[1]).then(|| Deed::Gives { what: rest(1) }),
        _ => Some(Deed::Does { verb, what: rest(1) }),
    }
}

/// Does a line begin with a capital though the one before it does not end? Two thoughts without
/// a full stop.
fn runs_on(summary: &str) -> bool {
    summary.lines().skip(1).any(|line| line.trim_start().starts_with(char::is_uppercase))
}

/// Is it a whole sentence of its own, `the bank said no`, where a thing is wanted?
fn is_clause(words: &[String]) -> bool {
    const RELATIVE: &[&str] =
        &["that", "which", "who", "whose", "where", "when", "if", "what", "how", "why", "whether", "as", "until", "unless", "so"];
    const FINITE: &[&str] = &[
        "is", "are", "was", "were", "did", "does", "do", "has", "have", "had", "can", "cannot", "could", "will", "would", "must", "may",
        "should", "said", "went",
    ];
    let main = words.iter().take_while(|word| !RELATIVE.contains(&word.as_str())).count();
    let acts = |at: usize| {
        let object =
            words.get(at + 1).is_some_and(|next| matches!(next.as_str(), "a" | "an" | "the" | "as" | "to" | "its" | "all" | "any"));
        object && Verb::opening(&words[at]).is_some_and(|verb| verb.base != words[at])
    };
    (1..main).any(|at| FINITE.contains(&words[at].as_str()) || at > 1 && matches!(words[0].as_str(), "the" | "a" | "an") && acts(at))
}

fn starts_a_thing(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "all" | "each" | "every" | "any" | "what" | "how" | "which" | "both")
}

/// The sentence up to where a second thought begins; None where it has marks of another kind.
fn trimmed(stated: &str) -> Option<String> {
    let mut text = String::new();
    let mut depth = 0;
    for c in stated.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => text.push(c),
            _ => (),
        }
    }
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["; ", ": ", " - ", " -- ", " — "] {
        text.truncate(text.find(mark).unwrap_or(text.len()));
    }
    let words = |text: &str| text.split_whitespace().count();
    let ends = |at: usize| words(&text[..at]) >= 4 || text[at + 2..].starts_with("but ") || text[at + 2..].starts_with("if ");
    if let Some(at) = text.match_indices(", ").map(|(at, _)| at).find(|at| ends(*at)) {
        text.truncate(at);
    }
    // `take an amount and return a receipt`: one deed is asked for.
    let second = text.match_indices(" and ").map(|(at, _)| at).find(|at| {
        let next = text[at + 5..].split_whitespace().next().unwrap_or_default();
        Verb::opening(next).is_some() || next == "then" || next.ends_with("ed")
    });
    if let Some(at) = second {
        text.truncate(at);
    }
    let text = text.trim().trim_end_matches([',', '.', ':', ';']);
    let plain =
        text.is_ascii() && !text.contains(['`', '"', '*', '|', '=', '<', '>', '[', ']', '{', '}', '\\', '/', '@', '_', '?', '#', ':']);
    let complete = !text.rsplit(' ').next().is_some_and(|last| LINKS.contains(&last) || matches!(last, "a" | "an" | "the" | "of"));
    (plain && complete && text.matches('\'').count() <= 2).then(|| text.to_owned())
}

/// A pronoun with nothing before it that it could stand for.
fn early_pronoun(words: &[String]) -> bool {
    words.iter().take(4).any(|word| matches!(word.as_str(), "it" | "its" | "they" | "their" | "them"))
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase()
}

/// How many of the words name something of the domain.
pub(super) fn informative(text: &str) -> usize {
    text.split_whitespace().map(bare).filter(|word| word.len() > 2 && !PLAIN.contains(&word.as_str())).count()
}

/// Verbs that a name often begins with as a noun.
const OFTEN_A_NOUN: &[&str] = &[
    "book", "cache", "cast", "change", "count", "display", "draw", "dump", "fix", "format", "group", "guess", "hash", "import", "issue",
    "limit", "link", "lock", "match", "measure", "mount", "note", "place", "plan", "plot", "post", "present", "process", "query", "queue",
    "quote", "rank", "report", "request", "route", "sign", "test", "visit", "vote", "wait", "walk",
];

/// Verbs that hide what is done.
const SAYS_LITTLE: &[&str] = &["begin", "handle", "make", "perform", "print", "return", "run", "set", "start", "use", "yield"];

/// What the name says that it does: `verb_noun_phrase`, `is_adjective`.
pub(super) fn named(chunk: &Chunk) -> Option<Deed> {
    let facts = &chunk.facts;
    let substantial = facts.statements >= 3 || facts.branches > 0 || facts.raises.iter().any(|raise| !raise.caught);
    if chunk.kind == ChunkKind::Class || !substantial {
        return None;
    }
    let words = split(&chunk.name);
    let (first, rest) = words.split_first()?;
    let around = split_last(&chunk.container);
    let around: Vec<String> = around.into_iter().filter(|word| !is_frame(word)).collect();
    let fits = (1..=4).contains(&rest.len())
        && rest.iter().all(|word| (word.len() > 2 || matches!(word.as_str(), "is" | "be")) && word.chars().all(|c| c.is_ascii_lowercase()));
    if !fits {
        return None;
    }
    let rest_informative = informative(&rest.join(" "));
    let enough = rest_informative + informative(&around.join(" ")) >= MIN_INFORMATIVE - 1 && rest_informative > 0;
    if !enough {
        return None;
    }
    if matches!(first.as_str(), "is" | "has" | "can" | "should" | "needs") {
        let linked = rest.iter().any(|word| LINKS.contains(&word.as_str()));
        let thing = around.join(" ");
        // `is_`, `can_` and `should_` go with what follows; what is had needs an article that nobody knows.
        let short = matches!(first.as_str(), "is" if rest.len() == 1) || matches!(first.as_str(), "can" | "should");
        return (!around.is_empty() && !linked && short && around.len() <= 3).then(|| {
            let article = if thing.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
            Deed::Decides { clause: format!("{article} {thing} {first} {}", rest.join(" ")) }
        });
    }
    let verb = Verb::of(first).filter(|verb| !OFTEN_A_NOUN.contains(&verb.base) && !SAYS_LITTLE.contains(&verb.base));
    let verb = verb.or_else(|| (first == "get").then(|| Verb::of("determine")).flatten())?;
    let checks = matches!(verb.base, "check" | "ensure" | "verify" | "validate");
    if let Some(at) = rest.iter().position(|word| word == "is").filter(|at| checks && *at > 0 && at + 1 < rest.len()) {
        return Some(Deed::Does { verb, what: format!("that the {} is {}", rest[..at].join(" "), rest[at + 1..].join(" ")) });
    }
    // `get_load_dotenv`: what follows is no thing.
    let broken = Verb::of(&rest[0]).is_some()
        || rest.last().is_some_and(|word| word.ends_with("ed"))
        || rest.iter().any(|word| {
            LINKS.contains(&word.as_str())
                || matches!(
                    word.as_str(),
                    "not"
                        | "is"
                        | "are"
                        | "args"
                        | "kwargs"
                        | "all"
                        | "many"
                        | "one"
                        | "internal"
                        | "impl"
                        | "new"
                        | "real"
                        | "maybe"
                        | "can"
                        | "has"
                )
        });
    // The last word is what the phrase is about; a verb there is no thing.
    let plain = rest.last().is_some_and(|word| !PLAIN.contains(&word.as_str()) || rest.len() >= 2);
    (!broken && plain).then(|| Deed::Does { verb, what: format!("the {}", rest.join(" ")) })
}

/// Words that tell how a class is built in, not what it is of.
fn is_frame(word: &str) -> bool {
    matches!(word, "mixin" | "base" | "abstract" | "impl" | "interface" | "meta" | "class" | "object" | "default")
}

/// Where it stands, as words: `the card gateway`, `the refunds module`.
pub(super) fn surroundings(chunk: &Chunk) -> String {
    let class: Vec<String> =
        split_last(&chunk.container).into_iter().filter(|word| !matches!(word.as_str(), "base" | "abstract" | "impl")).collect();
    match class.as_slice() {
        [] => (),
        [only] => return format!("the {only} {}", if has_exceptions(&chunk.path) { "class" } else { "type" }),
        _ => return format!("the {}", class.join(" ")),
    }
    let stem = chunk.path.rsplit_once('.').map_or(chunk.path.as_str(), |(stem, _)| stem);
    let part = stem.rsplit('/').find(|part| !matches!(*part, "__init__" | "mod" | "lib" | "main"));
    let words = part.map(split).unwrap_or_default();
    if words.is_empty() { String::new() } else { format!("the {} module", words.join(" ")) }
}

fn split_last(symbol: &str) -> Vec<String> {
    let symbol = symbol.split(['<', '#']).next().unwrap_or_default();
    split(symbol.rsplit(['.', ':']).next().unwrap_or_default())
}

/// A name as its words, in small letters: `CardGateway`, `card_gateway`.
pub(super) fn split(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (at, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        let hump =
            c.is_uppercase() && at > 0 && (chars[at - 1].is_lowercase() || chars.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if !open || hump {
            words.push(String::new());
        }
        open = true;
        words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
    }
    words
}

/// `the card`, `is`, ` for a placed order`: what a sentence in the passive is made of, where the
/// thing is plain to see.
pub(super) fn passive(what: &str) -> Option<(String, &'static str, String)> {
    let words: Vec<&str> = what.split_whitespace().collect();
    let end = words.iter().position(|word| LINKS.contains(word) || PARTICLES.contains(word)).unwrap_or(words.len());
    let article = words.first().is_some_and(|word| matches!(*word, "a" | "an" | "the" | "each" | "every" | "any"));
    let thing = words.get(..end)?;
    let last = thing.last()?;
    let plain = article
        && (2..=5).contains(&end)
        && thing.iter().all(|word| !word.contains(','))
        && !last.ends_with("ed")
        && words.get(end).is_none_or(|word| !matches!(*word, "and" | "or"));
    let many =
        matches!(words[0], "the" | "any") && last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us") && !last.ends_with("is");
    let tail = words[end..].iter().map(|word| format!(" {word}")).collect();
    plain.then(|| (thing.join(" "), if many { "are" } else { "is" }, tail))
}

#[cfg(test)]
mod tests {
    use super::{Deed, documented, named, passive, split, surroundings};
    use crate::model::{Chunk, Facts};

    fn chunk(container: &str, name: &str, doc: &str) -> Chunk {
        let facts = Facts { statements: 5, ..Facts::default() };
        let (name, container, doc) = (name.to_owned(), container.to_owned(), doc.to_owned());
        Chunk {
            path: "shop/payments/refunds.py".to_owned(),
            kind: crate::model::ChunkKind::Method,
            name,
            container,
            doc,
            facts,
            ..Chunk::default()
        }
    }

    #[track_caller]
    fn says(doc: &str, want: &str) {
        let found = documented(&chunk("", "f", doc)).map(|deed| deed.sentence()).unwrap_or_default();
        assert_eq!(found, want, "{doc}");
    }

    #[test]
    fn a_docstring_tells_the_deed() {
        says("The bank said no to the card.", "");
        says("The order object implements a state machine of the shop.", "");
        says("Describe an option in a group\nExamples of colours", "");
        says("The coupon's value for a gold customer, but never more.", "the coupon's value for a gold customer");
        says("Charge the card for a placed order.", "charge the card for a placed order");
        says("Charges the card\nfor a placed order.", "charge the card for a placed order");
        says("Decide whether a customer may use a coupon.", "whether a customer may use a coupon");
        says("Return True if the basket is empty.", "whether the basket is empty");
        says("Return the weight of each shipped parcel.", "the weight of each shipped parcel");
        says("Take an amount of money and return a receipt.", "take an amount of money");
        says("Take money from the customer and return a receipt.", "take money from the customer");
        says("Returns the value.", "");
        says("List of orders that were shipped.", "");
        says("Resolve this header against your adapter.", "");
        says("Send ``x=1`` to the backend server.", "");
        says("为客户的订单收取款项。", "为客户的订单收取款项");
    }

    #[track_caller]
    fn reads(container: &str, name: &str, want: &str) {
        let found = named(&chunk(container, name, "")).map(|deed| deed.sentence()).unwrap_or_default();
        assert_eq!(found, want, "{container}.{name}");
    }

    #[test]
    fn a_name_tells_the_deed() {
        reads("CheckoutMixin", "validate_billing_address", "validate the billing address");
        reads("CheckoutMixin", "check_basket_is_valid", "check that the basket is valid");
        reads("Basket", "is_shipping_required", "");
        reads("BasketLine", "is_shippable", "whether a basket line is shippable");
        reads("Basket", "get_shipping_method", "determine the shipping method");
        reads("Basket", "add_to_basket", "");
        reads("Basket", "get_load_dotenv", "");
        reads("Basket", "skip_unless_payment_is_required", "");
        reads("Basket", "request_url", "");
        reads("Entry", "check_balanced", "");
        reads("", "run_all", "");
        reads("", "set_value", "");
    }

    #[test]
    fn a_place_has_surroundings() {
        assert_eq!(surroundings(&chunk("CardGateway", "charge", "")), "the card gateway");
        assert_eq!(surroundings(&chunk("Basket", "charge", "")), "the basket class");
        assert_eq!(surroundings(&chunk("", "charge", "")), "the refunds module");
        assert_eq!(split("HTTPBasicAuth"), ["http", "basic", "auth"]);
    }

    #[test]
    fn the_passive_needs_a_plain_thing() {
        let told = |what: &str| passive(what).map(|(thing, is, tail)| format!("{is} {thing}|{tail}")).unwrap_or_default();
        assert_eq!(told("the card for a placed order"), "is the card| for a placed order");
        assert_eq!(told("the billing addresses"), "are the billing addresses|");
        assert_eq!(told("a promise back"), "is a promise| back");
        assert_eq!(told("money back"), "");
        assert_eq!(told("the orders and lines"), "");
    }

    #[test]
    fn a_deed_is_quoted_whole() {
        assert_eq!(Deed::Decides { clause: "x is y".to_owned() }.sentence(), "whether x is y");
    }
}
