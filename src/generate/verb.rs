//! What code does, as a verb in each of its forms.

/// A verb that code is described by or named after. What is empty is formed by rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verb {
    pub base: &'static str,
    past: &'static str,
    going: &'static str,
}

const fn v(base: &'static str) -> Verb {
    Verb { base, past: "", going: "" }
}

const fn odd(base: &'static str, past: &'static str, going: &'static str) -> Verb {
    Verb { base, past, going }
}

#[rustfmt::skip]
static VERBS: &[Verb] = &[
    v("accept"), v("acquire"), v("activate"), v("add"), v("adjust"), v("aggregate"),
    v("allocate"), v("allow"), v("analyze"), v("append"), v("apply"), v("approve"),
    v("archive"), v("assemble"), v("assign"), v("attach"), v("authenticate"),
    v("authorize"), odd("begin", "begun", "beginning"), odd("bind", "bound", ""), v("block"),
    v("book"), odd("build", "built", ""), v("cache"), v("calculate"), odd("cancel", "cancelled", "cancelling"),
    v("capture"), odd("cast", "cast", ""), v("change"), v("charge"), v("check"),
    odd("choose", "chosen", ""), v("clean"), v("cleanup"), v("clear"), v("clone"), v("close"),
    v("collapse"), v("collect"), v("combine"), odd("commit", "committed", "committing"), v("compare"),
    v("compile"), v("complete"), v("compose"), v("compress"), v("compute"), v("configure"),
    v("confirm"), v("connect"), v("construct"), v("consume"), v("convert"), v("copy"),
    v("count"), v("create"), odd("debug", "debugged", "debugging"), v("decide"), v("decode"), v("decompress"),
    v("decorate"), v("decrease"), v("decrypt"), v("deduct"), v("define"), v("delete"),
    v("deliver"), v("deny"), v("describe"), v("deserialize"), v("destroy"), v("detect"),
    v("determine"), v("disable"), v("discard"), v("disconnect"), v("dispatch"), v("display"),
    v("distribute"), v("download"), odd("draw", "drawn", ""), odd("drop", "dropped", "dropping"), v("dump"),
    v("emit"), v("enable"), v("encode"), v("encrypt"), v("enforce"), v("ensure"),
    v("escape"), v("estimate"), v("evaluate"), v("examine"), v("execute"), v("expand"),
    v("expire"), v("explain"), v("export"), v("expose"), v("extend"), v("extract"),
    v("fetch"), v("fill"), v("filter"), v("finalize"), odd("find", "found", ""), v("finish"),
    v("fix"), v("flatten"), v("flush"), v("follow"), odd("forbid", "forbidden", "forbidding"), v("force"),
    odd("format", "formatted", "formatting"), v("forward"), odd("freeze", "frozen", ""), v("generate"),
    odd("give", "given", ""), v("grant"), v("group"), v("guess"), v("handle"), v("hash"),
    odd("hide", "hidden", ""), v("identify"), v("ignore"), v("implement"), v("import"),
    v("increase"), v("increment"), v("infer"), v("initialize"), v("inject"), v("insert"),
    v("inspect"), v("install"), v("instantiate"), v("interpret"), v("invalidate"), v("invoke"),
    v("issue"), v("iterate"), v("join"), odd("keep", "kept", ""), v("launch"), v("limit"),
    v("link"), v("list"), v("load"), v("locate"), v("lock"), odd("log", "logged", "logging"),
    odd("make", "made", ""), v("manage"), odd("map", "mapped", "mapping"), v("mark"), v("match"), v("measure"),
    v("merge"), v("migrate"), v("modify"), v("monitor"), v("mount"), v("move"),
    v("multiply"), v("negotiate"), v("normalize"), v("note"), v("notify"), v("open"),
    v("override"), v("parse"), v("patch"), odd("pay", "paid", ""), v("perform"), v("pick"),
    v("place"), odd("plan", "planned", "planning"), odd("plot", "plotted", "plotting"), v("populate"), v("post"), v("prefetch"),
    v("prepare"), v("preprocess"), v("present"), v("prevent"), v("print"), v("process"),
    v("produce"), v("promise"), v("promote"), v("protect"), v("provide"), v("prune"), v("publish"),
    v("pull"), v("purge"), v("push"), odd("put", "put", "putting"), v("query"), v("queue"),
    v("quote"), v("raise"), v("randomize"), v("rank"), odd("read", "read", ""), odd("rebuild", "rebuilt", ""),
    v("receive"), v("recommend"), v("reconcile"), v("record"), v("recover"), v("redeem"), v("redirect"),
    v("reduce"), v("refresh"), v("refund"), v("refuse"), v("register"), v("reject"),
    v("release"), v("reload"), v("remember"), v("remove"), v("rename"), v("render"),
    v("renew"), v("reorder"), v("repair"), v("repeat"), v("replace"), v("report"), v("represent"),
    v("request"), v("require"), v("reserve"), odd("reset", "reset", "resetting"), v("resolve"), v("restore"),
    v("restrict"), v("retrieve"), v("retry"), v("return"), v("reverse"), v("revert"),
    v("revoke"), v("rewind"), odd("rewrite", "rewritten", ""), v("rotate"), v("round"), v("route"),
    odd("run", "run", "running"), v("save"), odd("scan", "scanned", "scanning"), v("schedule"), v("search"), v("select"),
    odd("send", "sent", ""), v("separate"), v("serialize"), v("serve"), odd("set", "set", "setting"), v("settle"),
    odd("ship", "shipped", "shipping"), odd("show", "shown", ""), odd("shut", "shut", "shutting"), v("sign"), v("simplify"),
    odd("skip", "skipped", "skipping"), v("solve"), v("sort"), odd("split", "split", "splitting"), v("start"),
    odd("stop", "stopped", "stopping"), v("store"), odd("strip", "stripped", "stripping"), odd("submit", "submitted", "submitting"),
    v("subscribe"), v("substitute"), v("subtract"), v("suggest"), v("summarize"), v("suspend"),
    odd("swap", "swapped", "swapping"), v("switch"), v("sync"), v("synchronize"), odd("take", "taken", ""), odd("teach", "taught", ""),
    odd("tell", "told", ""), v("terminate"), v("test"), v("toggle"), v("tokenize"), v("track"),
    v("transfer"), v("transform"), v("translate"), odd("trim", "trimmed", "trimming"), v("truncate"), v("try"), v("turn"),
    v("unlock"), v("unpack"), v("unregister"), v("update"), v("upgrade"), v("upload"),
    v("use"), v("validate"), v("verify"), v("visit"), v("vote"), v("wait"), v("walk"), v("warn"),
    odd("wrap", "wrapped", "wrapping"), odd("write", "written", ""), v("yield"),
];

impl Verb {
    /// The verb with this base form: `charge`.
    pub(super) fn of(base: &str) -> Option<&'static Self> {
        VERBS.iter().find(|verb| verb.base == base)
    }

    /// The verb that a word is a form of, `charge` or `charges`; of a sentence's first word.
    pub(super) fn opening(word: &str) -> Option<&'static Self> {
        let word = word.to_ascii_lowercase();
        VERBS.iter().find(|verb| verb.base == word || verb.third() == word)
    }

    /// `charges`
    pub(super) fn third(&self) -> String {
        let base = self.base;
        match base.strip_suffix('y') {
            Some(stem) if ends_in_consonant(stem) => format!("{stem}ies"),
            _ if base.ends_with(['s', 'x', 'z', 'o']) || base.ends_with("ch") || base.ends_with("sh") => format!("{base}es"),
            _ => format!("{base}s"),
        }
    }

    /// `charged`
    pub(super) fn participle(&self) -> String {
        let base = self.base;
        match base.strip_suffix('y') {
            _ if !self.past.is_empty() => self.past.to_owned(),
            Some(stem) if ends_in_consonant(stem) => format!("{stem}ied"),
            _ if base.ends_with('e') => format!("{base}d"),
            _ => format!("{base}ed"),
        }
    }

    /// `charging`
    pub(super) fn gerund(&self) -> String {
        match self.base.strip_suffix('e') {
            _ if !self.going.is_empty() => self.going.to_owned(),
            Some(stem) if !stem.ends_with('e') => format!("{stem}ing"),
            _ => format!("{}ing", self.base),
        }
    }
}

fn ends_in_consonant(stem: &str) -> bool {
    !stem.is_empty() && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
}

#[cfg(test)]
mod tests {
    use super::{VERBS, Verb};

    #[test]
    fn forms_follow_the_rules_of_english() {
        for (base, third, participle, gerund) in [
            ("charge", "charges", "charged", "charging"),
            ("apply", "applies", "applied", "applying"),
            ("pay", "pays", "paid", "paying"),
            ("push", "pushes", "pushed", "pushing"),
            ("ship", "ships", "shipped", "shipping"),
            ("write", "writes", "written", "writing"),
            ("set", "sets", "set", "setting"),
            ("fix", "fixes", "fixed", "fixing"),
        ] {
            let verb = Verb::of(base).unwrap();
            assert_eq!((verb.third(), verb.participle(), verb.gerund()), (third.to_owned(), participle.to_owned(), gerund.to_owned()));
            assert_eq!(Verb::opening(third), Some(verb));
        }
        assert_eq!(Verb::opening("Order"), None);
    }

    #[test]
    fn a_verb_is_listed_once() {
        for pair in VERBS.windows(2) {
            assert!(pair[0].base < pair[1].base, "{} {}", pair[0].base, pair[1].base);
        }
    }
}
