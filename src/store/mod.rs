//! The dataset as files: where a row lives, how it is written, what the card says.
//!
//! Pure: bytes in, bytes out; `git` moves them. One shard mirrors one source file, rows are
//! sorted by id, one JSON object a line, keys in schema order, LF, no clock and no commit.

mod card;
mod domains;
mod facts;
mod journal;
mod layout;
mod manifest;
mod rows;

pub(crate) use card::{card, summary};
pub(crate) use domains::{DOMAIN_MAP, DomainMap};
pub(crate) use facts::{FactsRow, RuleRow};
pub(crate) use journal::{Entry, HEAD as JOURNAL_HEAD, journal_entry, journal_line, read_journal};
pub(crate) use layout::{
    CARD, DESIGNS, HISTORY, MANIFEST, REVIEWS, SPLITS, SUMMARY, design_shard, facts_shard, history_shard, mined_commit, qa_shard,
    reviewed_path, reviews_shard, trace_shard,
};
pub(crate) use manifest::{Manifest, SCHEMA, Source, Tally};
pub(crate) use rows::{read_rows, row_id, write_rows};
