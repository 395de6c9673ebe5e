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

/// The folder of all designs.
pub(crate) const DESIGNS: &str = "design";
