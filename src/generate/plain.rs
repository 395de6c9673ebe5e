//! Conditions in plain English: `order.total > credit_limit` as "the order's total is above the
//! credit limit". Only where it reads well; everything else is left to the code.

/// The condition in words, where it has simple ones.
pub(super) fn plain(condition: &str) -> Option<String> {
    let parts: Vec<&str> = condition.split(" and ").collect();
    if parts.len() > 2 || condition.contains(" or ") || condition.contains(" if ") || condition.contains("lambda") {
        return None;
    }
    let said: Option<Vec<String>> = parts.into_iter().map(one).collect();
    Some(said?.join(" and "))
}

fn one(condition: &str) -> Option<String> {
    if let Some(inner) = condition.strip_prefix("isinstance(").and_then(|rest| rest.strip_suffix(')')) {
        let (what, class) = inner.split_once(", ")?;
        let class = class.rsplit('.').next()?;
        let plain = class.chars().all(|c| c.is_alphanumeric() || c == '_');
        return plain.then(|| Some(format!("{} is {} `{class}`", operand(what)?, article(class))))?;
    }
    for (operator, says) in [(" is not None", "is given"), (" is None", "is missing"), (" != None", "is given"), (" == None", "is missing")]
    {
        if let Some(what) = condition.strip_suffix(operator) {
            return Some(format!("{} {says}", operand(what)?));
        }
    }
    let comparisons = [
        (" not in ", "is none of"),
        (" in ", "is one of"),
        (" is not ", "is not"),
        (" is ", "is"),
        (" == ", "is"),
        (" != ", "is not"),
        (" >= ", "is at least"),
        (" <= ", "is at most"),
        (" > ", "is above"),
        (" < ", "is below"),
    ];
    for (operator, says) in comparisons {
        let Some((left, right)) = condition.split_once(operator) else { continue };
        if comparisons.iter().any(|(other, _)| right.contains(other)) {
            return None;
        }
        return Some(format!("{} {says} {}", operand(left)?, value(right)?));
    }
    match condition.strip_prefix("not ") {
        Some(what) => state(what, "not ").or_else(|| Some(format!("there are no {}", several(what)?))),
        None => state(condition, "").or_else(|| Some(format!("there are {}", several(condition)?))),
    }
}

/// `order.is_paid`: "the order is paid".
fn state(what: &str, not: &str) -> Option<String> {
    let (owner, last) = what.rsplit_once('.')?;
    let owner = operand(owner).filter(|_| owner != "self")?;
    let name = last.trim_end_matches("()");
    if let Some(rest) = name.strip_prefix("is_") {
        return Some(format!("{owner} is {not}{}", words(rest)?));
    }
    let rest = name.strip_prefix("has_")?;
    Some(format!("{owner} has {}{}", if not.is_empty() { "" } else { "no " }, words(rest)?))
}

/// Names of more than one thing.
fn several(what: &str) -> Option<String> {
    let last = what.rsplit('.').next()?;
    let plural = last.len() > 4 && last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us") && !last.ends_with("is");
    let of = what.strip_suffix(last)?.trim_end_matches('.');
    let words = words(last).filter(|_| plural)?;
    match of {
        "" | "self" => Some(words),
        _ => Some(format!("{words} in {}", operand(of)?)),
    }
}

/// A value that something is compared with.
fn value(text: &str) -> Option<String> {
    let literal = text.parse::<f64>().is_ok() || text.len() >= 2 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    match text {
        "0" => Some("zero".to_owned()),
        "True" | "False" => None,
        _ if literal => Some(format!("`{text}`")),
        _ => operand(text),
    }
}

/// Something with a name: "the order's total", "the number of lines", "the credit limit".
fn operand(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix("len(").and_then(|rest| rest.strip_suffix(')')) {
        let named = operand(inner)?;
        return Some(format!("the number of {}", named.strip_prefix("the ").unwrap_or(&named)));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let last = parts.last()?;
    let constant = last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    match parts.as_slice() {
        // `wanted` alone is no thing.
        ["self" | "cls", only] if constant => Some(format!("`{only}`")),
        [only] | ["self" | "cls", only] if only.ends_with("ed") || only.ends_with("ing") => None,
        [only] | ["self" | "cls", only] => Some(format!("the {}", words(only)?)),
        // A member of a set goes by its name.
        [owner, _] if constant && owner.starts_with(char::is_uppercase) => Some(format!("`{text}`")),
        [_, member] if constant => Some(format!("the {}", words(member)?)),
        [owner, member] | ["self" | "cls", owner, member] => Some(format!("the {}'s {}", words(owner)?, words(member)?)),
        _ => None,
    }
}

/// `credit_limit`, `creditLimit`: "credit limit". None for what is no word.
pub(super) fn words(name: &str) -> Option<String> {
    let name = name.trim_matches('_');
    let plain = name.len() >= 3 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c == '_' || before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            out.push(' ');
        }
        if c != '_' {
            out.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let sayable = out.split(' ').all(|word| word.len() >= 2 && word != "self" && word.contains(['a', 'e', 'i', 'o', 'u', 'y']));
    (plain && sayable && !out.contains(|c: char| c.is_ascii_digit())).then_some(out)
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[track_caller]
    fn check(condition: &str, want: &str) {
        assert_eq!(plain(condition).as_deref().unwrap_or("-"), want, "{condition}");
    }

    #[test]
    fn conditions_are_said_where_they_can_be() {
        check("order.total > credit_limit", "the order's total is above the credit limit");
        check("amount < coupon.minimum", "the amount is below the coupon's minimum");
        check("len(self.lines) >= limits.MAX_LINES_PER_ORDER", "the number of lines is at least the max lines per order");
        check("order.coupon is not None", "the order's coupon is given");
        check("customer.is_blocked", "the customer is blocked");
        check("not order.lines", "there are no lines in the order");
        check("not self.lines", "there are no lines");
        check("isinstance(value, bytes)", "the value is a `bytes`");
        check("a + b > 3", "-");
        check("x is None", "-");
        check("self.now() - paid_at > limits.REFUND_WINDOW", "-");
        check("a.b.c.d", "-");
    }
}
