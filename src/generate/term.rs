//! The name of a constant in the words of the business: `MAX_REFUNDS_PER_ORDER` as "maximum
//! refunds per order", which is a limit.

/// What a constant is for, as far as its name and its value tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Limit,
    Duration,
    Default,
    Switch,
    /// Several values, or values under keys.
    Table,
    Other,
}

pub(super) struct Term {
    pub sort: Sort,
    /// "maximum refunds per order"; empty where the name makes no noun.
    pub noun: String,
    /// Of a limit: what is limited, "refunds per order"; empty where the name does not say.
    pub limited: String,
}

const LIMITS: &[&str] = &["max", "maximum", "min", "minimum", "limit", "limits", "threshold", "quota", "cap"];
const DURATIONS: &[&str] = &[
    "window", "ttl", "timeout", "timeouts", "lifetime", "seconds", "secs", "minutes", "hours", "days", "delay", "period", "interval",
    "expiry", "age",
];
const SHORT: &[(&str, &str)] = &[("max", "maximum"), ("min", "minimum"), ("num", "number of"), ("secs", "seconds")];
/// Written in capitals.
const INITIALS: &[&str] = &[
    "ttl", "url", "id", "http", "https", "api", "ca", "eu", "us", "upc", "sql", "json", "xml", "html", "csv", "ssl", "tls", "ip", "ui",
    "sku", "vat", "isbn", "utf", "csrf", "cli", "db", "cpu", "tcp", "udp", "dns", "uri", "pdf",
];
/// A name that ends so has its noun elsewhere.
const OPEN: &[&str] = &["from", "to", "of", "by", "per", "in", "on", "for", "with", "is", "has", "allow", "use", "enable", "re", "regex"];

/// The name of a constant, its value and its path as a term. A prefix that is the package's name
/// says nothing.
pub(super) fn term(name: &str, value: &str, path: &str) -> Term {
    let lower = name.trim_matches('_').to_lowercase();
    let mut tokens: Vec<&str> = lower.split('_').filter(|token| !token.is_empty()).collect();
    if tokens.len() > 2 && path.split('/').any(|part| part == tokens[0]) {
        tokens.remove(0);
    }
    let table =
        value.starts_with(['{', '[', '(']) || ["frozenset(", "set(", "dict(", "list(", "tuple("].iter().any(|call| value.starts_with(call));
    let has = |known: &[&str]| tokens.iter().any(|token| known.contains(token));
    let sort = match () {
        () if matches!(value, "True" | "False" | "true" | "false") => Sort::Switch,
        () if table => Sort::Table,
        () if has(LIMITS) => Sort::Limit,
        () if has(DURATIONS) || value.starts_with("timedelta(") => Sort::Duration,
        () if tokens.first() == Some(&"default") => Sort::Default,
        () => Sort::Other,
    };
    let plain =
        tokens.len() >= 2 && tokens.len() <= 6 && tokens.last().is_none_or(|last| !OPEN.contains(last)) && !OPEN.contains(&tokens[0]);
    let noun = if plain { said(&tokens) } else { String::new() };
    let limited = match tokens.split_first() {
        Some((&("max" | "maximum"), rest)) if plain && rest.contains(&"per") => said(rest),
        _ => String::new(),
    };
    Term { sort, noun, limited }
}

/// The thing that a class is about, in words: `OrderState` is about an "order". `endings` are
/// words that say what sort of class it is.
pub(super) fn thing(class: &str, endings: &[&str]) -> String {
    let mut name = class.trim_start_matches('_');
    name = name.strip_prefix("Abstract").or_else(|| name.strip_prefix("Base")).filter(|rest| !rest.is_empty()).unwrap_or(name);
    for ending in endings {
        name = name.strip_suffix(ending).filter(|rest| !rest.is_empty()).unwrap_or(name);
    }
    let mut out = String::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
        before = c;
    }
    out
}

fn said(tokens: &[&str]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match SHORT.iter().find(|(short, _)| short == token) {
            Some((_, long)) => (*long).to_owned(),
            None if INITIALS.contains(token) => token.to_uppercase(),
            None => (*token).to_owned(),
        })
        .collect();
    words.join(" ")
}

/// A value in words where it has some: "15 minutes", "604,800 (`7 * 24 * 60 * 60`)".
pub(super) fn amount(value: &str) -> Option<Amount> {
    if let Some(inner) = value.rsplit_once("timedelta(").filter(|(before, _)| before.is_empty() || before.ends_with("datetime.")) {
        let (unit, number) = inner.1.strip_suffix(')')?.split_once('=')?;
        let number: u64 = number.trim().parse().ok()?;
        return matches!(unit.trim(), "days" | "hours" | "minutes" | "seconds" | "weeks")
            .then(|| Amount::Time { number, unit: unit.trim().to_owned() });
    }
    let factors: Option<Vec<u64>> = value.split('*').map(|factor| factor.trim().replace('_', "").parse().ok()).collect();
    let factors = factors.filter(|factors| factors.len() > 1)?;
    factors.into_iter().try_fold(1_u64, u64::checked_mul).map(Amount::Number)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Time { number: u64, unit: String },
    Number(u64),
}

/// The keys of a table, or the entries of a list, as they stand at its top.
pub(super) fn entries(value: &str) -> Vec<(String, String)> {
    let Some(inner) = inside(value) else { return Vec::new() };
    let pairs = value.starts_with('{');
    let split = |part: &str| -> (String, String) {
        match pieces(part, ':').as_slice() {
            [key, rest] if pairs => (key.trim().to_owned(), rest.trim().to_owned()),
            _ => (part.trim().to_owned(), String::new()),
        }
    };
    pieces(inner, ',').iter().map(|part| part.trim()).filter(|part| !part.is_empty()).map(split).collect()
}

fn inside(value: &str) -> Option<&str> {
    let mut inner = value;
    for call in ["frozenset(", "set(", "dict(", "list(", "tuple("] {
        if let Some(rest) = inner.strip_prefix(call).and_then(|rest| rest.strip_suffix(')')) {
            inner = rest;
        }
    }
    [('{', '}'), ('[', ']'), ('(', ')')].iter().find_map(|(open, close)| inner.strip_prefix(*open)?.strip_suffix(*close))
}

/// The parts of a text between marks that stand in no bracket and no quotes.
fn pieces(text: &str, mark: char) -> Vec<&str> {
    let (mut out, mut depth, mut quote, mut from) = (Vec::new(), 0_i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, c) if c == mark && depth == 0 => {
                out.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => (),
        }
    }
    out.push(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::{Amount, Sort, amount, entries, term, thing};

    #[test]
    fn a_name_becomes_a_noun() {
        for (name, value, path, sort, noun, limited) in [
            ("MAX_REFUNDS_PER_ORDER", "5", "shop/limits.py", Sort::Limit, "maximum refunds per order", "refunds per order"),
            ("OSCAR_PRODUCTS_PER_PAGE", "20", "src/oscar/defaults.py", Sort::Other, "products per page", ""),
            ("RESERVATION_TTL", "timedelta(minutes=15)", "a.py", Sort::Duration, "reservation TTL", ""),
            ("FREE_SHIPPING_FROM", "5_000", "a.py", Sort::Other, "", ""),
            ("TAX_RATES", "{\"DE\": 19}", "a.py", Sort::Table, "tax rates", ""),
            ("DEFAULT_POOL_TIMEOUT", "None", "a.py", Sort::Duration, "default pool timeout", ""),
            ("_STRICT", "True", "a.py", Sort::Switch, "", ""),
        ] {
            let got = term(name, value, path);
            assert_eq!((got.sort, got.noun.as_str(), got.limited.as_str()), (sort, noun, limited), "{name}");
        }
    }

    #[test]
    fn a_class_is_about_a_thing() {
        for (class, want) in
            [("OrderState", "order"), ("AbstractBasket", "basket"), ("ConditionalOffer", "conditional offer"), ("State", "state")]
        {
            assert_eq!(thing(class, &["State"]), want);
        }
    }

    #[test]
    fn amounts_are_said_in_words() {
        assert_eq!(amount("timedelta(minutes=15)"), Some(Amount::Time { number: 15, unit: "minutes".into() }));
        assert_eq!(amount("7 * 24 * 60"), Some(Amount::Number(10_080)));
        assert_eq!(amount("5"), None);
        assert_eq!(amount("timedelta(days=1, hours=2)"), None);
    }

    #[test]
    fn tables_are_taken_apart() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(entries("{\"a:b\": 1, X.B: frozenset({X.C, X.D}),}"), [pair("\"a:b\"", "1"), pair("X.B", "frozenset({X.C, X.D})")]);
        assert_eq!(entries("frozenset({\"AT\", \"BE\"})"), [pair("\"AT\"", ""), pair("\"BE\"", "")]);
        assert_eq!(entries("5"), []);
    }
}
