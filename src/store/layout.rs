//! Paths on the dataset branch.

/// The dataset card.
pub(crate) const CARD: &str = "README.md";
/// The repository in short.
pub(crate) const SUMMARY: &str = "context/repo_summary.md";
pub(crate) const MANIFEST: &str = "dataset.json";
pub(crate) const SPLITS: [&str; 3] = ["train", "validation", "test"];

/// The folder of what people said of samples.
pub(crate) const REVIEWS: &str = "reviews/";

/// What people said of the samples about one file.
pub(crate) fn reviews_shard(path: &str) -> String {
    format!("{REVIEWS}{path}.jsonl")
}

/// The source file whose reviews a shard holds; None where it holds something else.
pub(crate) fn reviewed_path(shard: &str) -> Option<&str> {
    shard.strip_prefix(REVIEWS)?.strip_suffix(".jsonl")
}

/// Questions and answers about the code in one file.
pub(crate) fn qa_shard(split: &str, path: &str) -> String {
    format!("qa/{split}/{path}.jsonl")
}

/// The call graph of one file.
pub(crate) fn trace_shard(path: &str) -> String {
    format!("trace/{path}.jsonl")
}

/// The chunks of one file.
pub(crate) fn facts_shard(path: &str) -> String {
    format!("facts/{path}.jsonl")
}

/// The designs of a business area.
pub(crate) fn design_shard(split: &str, domain: &str) -> String {
    format!("{DESIGNS}/{split}/{domain}.jsonl")
}

/// What was mined from a commit of that second.
pub(crate) fn history_shard(seconds: i64, commit: &str) -> String {
    format!("{HISTORY}/{:04}/{commit}.jsonl", year(seconds))
}

/// The commit that a shard of history is of; None where it holds something else.
pub(crate) fn mined_commit(shard: &str) -> Option<&str> {
    let (_, name) = shard.strip_prefix(HISTORY)?.strip_prefix('/')?.split_once('/')?;
    name.strip_suffix(".jsonl")
}

/// The year of a second since 1970, in UTC.
fn year(seconds: i64) -> i64 {
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    // Years of this count begin with March.
    years + era * 400 + i64::from(of_year >= 306)
}

/// The folder of what was mined from commits.
pub(crate) const HISTORY: &str = "history";

/// The folder of all designs.
pub(crate) const DESIGNS: &str = "design";

#[cfg(test)]
mod tests {
    use super::{history_shard, mined_commit};

    #[test]
    fn a_commit_stands_in_its_year() {
        for (seconds, year) in
            [(0, "1970"), (-1, "1969"), (951_782_399, "2000"), (1_704_067_199, "2023"), (1_704_067_200, "2024"), (1_709_251_200, "2024")]
        {
            assert_eq!(history_shard(seconds, "abc"), format!("history/{year}/abc.jsonl"));
        }
        assert_eq!(mined_commit("history/2024/abc.jsonl"), Some("abc"));
        assert_eq!(mined_commit("qa/train/abc.jsonl"), None);
    }
}
