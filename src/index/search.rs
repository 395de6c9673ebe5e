//! From a question in words to the code and the samples that fit it.
//!
//! A chunk is scored half by its head (name, symbol, path) and half by all its words; a sample half by its question
//! and half by its answer. Then come the rules: a definition that the query names goes first, tests and foreign code
//! go down, and so does each further hit in one file.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use tantivy::schema::Field;
use tantivy::{DocAddress, DocId, Searcher, SegmentReader, Term};

use super::lookup::{Lookup, each_document, each_text, keys_of};
use super::rank::{Lengths, Scores, Statistics, Weighted, frequency};
use super::schema::{self, id_of, is_chunk, kind};
use super::tokens::Words;

/// Beyond this a query says nothing new.
const LONGEST_QUERY: usize = 128 << 10;
/// The rarest words of a query that are looked for; a bit of a `u64` each.
const MOST_WORDS: usize = 48;
/// Names in a query that are looked up as definitions.
const MOST_NAMES: usize = 8;
/// Hits that are weighed against each other.
const POOL: usize = 200;
const ASIDE_FACTOR: f32 = 0.3;
const SAME_FILE_FACTOR: f32 = 0.93;
const LEAST_SAME_FILE_FACTOR: f32 = 0.6;
/// Share of the best score that a definition gains when the query merely holds its name.
const NAMED_BONUS: f32 = 0.5;

/// A question to the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub text: String,
    pub limit: usize,
    /// Whether to look for samples.
    pub samples: bool,
    /// Whether to look for chunks.
    pub chunks: bool,
    /// Only what lies in files whose path begins like this.
    pub path: Option<String>,
}

/// Something that fits a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hit {
    pub id: String,
    pub path: String,
    pub what: HitKind,
    pub score: f32,
    pub record: Vec<u8>,
    /// The words of the query that it has, as they were written, in their order.
    pub terms: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum HitKind {
    Chunk,
    Sample,
}

/// A document on its way to become a hit.
struct Candidate {
    score: f32,
    address: DocAddress,
    words: u64,
    key: String,
    path: String,
}

/// A word of the query.
struct Word {
    text: String,
    written: String,
    /// How many living documents have it, field by field.
    frequencies: Vec<u64>,
}

pub(super) fn search(lookup: &Lookup, query: &Query, statistics: &Statistics) -> Result<Vec<Hit>> {
    let text = query.text.trim();
    let text = schema::cut(text, LONGEST_QUERY);
    let mut searched: Vec<&Lengths> = Vec::new();
    if query.chunks {
        searched.extend([&statistics.head, &statistics.body]);
    }
    if query.samples {
        searched.extend([&statistics.question, &statistics.answer]);
    }
    let words = words_of(lookup.searcher(), text, &searched)?;
    let named = if query.chunks { named_chunks(lookup, text)? } else { HashMap::new() };
    let mut pool = pool(lookup, query, &searched, &words, &named)?;
    decay_within_files(&mut pool, &named);
    pool.sort_by(by_score);
    pool.truncate(query.limit);
    pool.into_iter().map(|candidate| hit(lookup, candidate, &words)).collect()
}

/// The distinct words of the query that occur at all: the rarest, in the order of the query.
fn words_of(searcher: &Searcher, text: &str, searched: &[&Lengths]) -> Result<Vec<Word>> {
    let mut seen = HashSet::new();
    let mut distinct = Vec::new();
    Words::new().each(text, |word, written| {
        if seen.insert(word.to_string()) {
            distinct.push((word.to_string(), written.to_string()));
        }
    });
    let mut words = Vec::new();
    for (text, written) in distinct {
        let mut frequencies = Vec::new();
        for lengths in searched {
            frequencies.push(frequency(searcher, lengths.field, &text)?);
        }
        if frequencies.iter().any(|&frequency| frequency > 0) {
            words.push(Word { text, written, frequencies });
        }
    }
    if words.len() > MOST_WORDS {
        let rarity = |word: &Word| word.frequencies.iter().max().copied().unwrap_or_default();
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by(|&left, &right| {
            let (left, right) = (&words[left], &words[right]);
            (rarity(left), &left.text).cmp(&(rarity(right), &right.text))
        });
        let kept: HashSet<usize> = order.into_iter().take(MOST_WORDS).collect();
        let mut at = 0..;
        words.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    }
    Ok(words)
}

/// The chunks that the query names, each with its bonus in units of the best score.
fn named_chunks(lookup: &Lookup, text: &str) -> Result<HashMap<DocAddress, f32>> {
    let fields = lookup.fields();
    let mut named = HashMap::new();
    let mut name_as = |term: Term, path: Option<&str>, bonus: f32| {
        lookup.each_segment(&[term], |at, segment, documents| {
            let mut documents = documents.to_vec();
            if let Some(path) = path {
                let mut there = Vec::new();
                let of_path = fields.exact(fields.path, path);
                each_document(segment, &of_path, |document| there.push(document))?;
                documents.retain(|document| there.binary_search(document).is_ok());
            }
            for document in documents {
                let best = named.entry(DocAddress::new(at, document)).or_insert(bonus);
                *best = bonus.max(*best);
            }
            Ok(())
        })
    };
    let mut name = |name: &str, bonus: f32| -> Result<()> {
        if let Some((path, symbol)) = name.rsplit_once("::") {
            name_as(fields.exact(fields.symbol, symbol), Some(path), 3.0 * bonus)?;
        }
        name_as(fields.chunk_key(name), None, 4.0 * bonus)?;
        name_as(fields.exact(fields.symbol, name), None, 2.0 * bonus)?;
        name_as(fields.exact(fields.name, name), None, bonus)
    };
    // An id may hold a parameter list, and so a space.
    name(text, 1.0)?;
    let parts = text.split_whitespace().map(trim_name);
    for part in parts.filter(|part| *part != text && looks_like_name(part)).take(MOST_NAMES) {
        name(part, NAMED_BONUS / 4.0)?;
    }
    if let Some(call) = text.strip_suffix("()") {
        name(call, 1.0)?;
    }
    Ok(named)
}

fn trim_name(word: &str) -> &str {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '(' | ')'));
    let word = word.strip_suffix("()").unwrap_or(word);
    word.trim_matches(['(', ')'])
}

/// Whether a word among others is meant as a name of the code.
fn looks_like_name(word: &str) -> bool {
    let mut letters = word.chars().skip(1).zip(word.chars());
    word.len() > 2
        && word.len() < 1_000
        && (word.contains(['_', '.', ':']) || letters.any(|(letter, before)| letter.is_uppercase() && before.is_lowercase()))
}

/// The best documents by score, those that tie with the last of them too, so that no chance decides.
fn pool(lookup: &Lookup, query: &Query, searched: &[&Lengths], words: &[Word], named: &HashMap<DocAddress, f32>) -> Result<Vec<Candidate>> {
    let terms: Vec<Weighted<'_>> = words
        .iter()
        .enumerate()
        .flat_map(|(at, word)| {
            let fields = searched.iter().zip(&word.frequencies);
            fields.filter_map(move |(lengths, &frequency)| Weighted::new(lengths, 0.5, &word.text, at, frequency))
        })
        .collect();
    let tests_wanted = words.iter().any(|word| matches!(word.text.as_str(), "test" | "vendor" | "generat" | "fixtur" | "mock" | "spec"));
    let mut scored: Vec<(f32, DocAddress, u64)> = Vec::new();
    let mut scores = Scores::default();
    for (at, segment) in (0..).zip(lookup.searcher().segment_readers()) {
        scores.fill(segment, &terms)?;
        let within = within(segment, lookup.fields().path, query.path.as_deref())?;
        let kinds = segment.fast_fields().u64(schema::KIND)?;
        let here = |document: DocId| {
            segment.alive_bitset().is_none_or(|alive| alive.is_alive(document))
                && within.as_ref().is_none_or(|within| within[document as usize])
        };
        for &document in scores.touched.iter().filter(|document| here(**document)) {
            let mut score = scores.score[document as usize];
            if !tests_wanted && kinds.first(document) == Some(kind::ASIDE) {
                score *= ASIDE_FACTOR;
            }
            scored.push((score, DocAddress::new(at, document), scores.words[document as usize]));
        }
        for address in named.keys().filter(|address| address.segment_ord == at) {
            let document = address.doc_id;
            if scores.words[document as usize] == 0 && here(document) {
                scored.push((0.0, *address, 0));
            }
        }
    }
    let best = scored.iter().map(|(score, ..)| *score).fold(1.0, f32::max);
    for (score, address, _) in &mut scored {
        *score += best * named.get(address).unwrap_or(&0.0);
    }
    let size = POOL.max(query.limit.saturating_mul(2));
    if scored.len() > size {
        let (_, last, _) = scored.select_nth_unstable_by(size - 1, |left, right| right.0.total_cmp(&left.0));
        let last = last.0;
        scored.retain(|(score, ..)| *score >= last);
    }
    candidates(lookup, scored)
}

/// Which documents of a segment lie in files whose path begins with the prefix; None: all do.
fn within(segment: &SegmentReader, field: Field, prefix: Option<&str>) -> Result<Option<Vec<bool>>> {
    let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) else {
        return Ok(None);
    };
    let mut within = vec![false; segment.max_doc() as usize];
    let paths = segment.inverted_index(field)?;
    let mut stream = paths.terms().range().ge(prefix).into_stream()?;
    while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
        let option = tantivy::schema::IndexRecordOption::Basic;
        let mut postings = paths.read_block_postings_from_terminfo(stream.value(), option)?;
        while !postings.docs().is_empty() {
            for &document in postings.docs() {
                within[document as usize] = true;
            }
            postings.advance();
        }
    }
    Ok(Some(within))
}

fn candidates(lookup: &Lookup, mut scored: Vec<(f32, DocAddress, u64)>) -> Result<Vec<Candidate>> {
    scored.sort_unstable_by_key(|(_, address, _)| *address);
    let mut candidates = Vec::with_capacity(scored.len());
    for same_segment in scored.chunk_by(|left, right| left.1.segment_ord == right.1.segment_ord) {
        let segment = lookup.searcher().segment_reader(same_segment[0].1.segment_ord);
        let documents: Vec<DocId> = same_segment.iter().map(|(_, address, _)| address.doc_id).collect();
        let mut keys: HashMap<DocId, String> = keys_of(segment, &documents)?.into_iter().collect();
        let mut paths: HashMap<DocId, String> = HashMap::new();
        each_text(segment, schema::PATH, &documents, |document, path| {
            paths.insert(document, path.to_string());
        })?;
        for &(score, address, words) in same_segment {
            let no_name = "a document has no key or path";
            candidates.push(Candidate {
                score,
                address,
                words,
                key: keys.remove(&address.doc_id).context(no_name)?,
                path: paths.remove(&address.doc_id).context(no_name)?,
            });
        }
    }
    Ok(candidates)
}

/// What the query names keeps its score.
fn decay_within_files(pool: &mut [Candidate], named: &HashMap<DocAddress, f32>) {
    pool.sort_by(by_score);
    let mut factors: HashMap<String, f32> = HashMap::new();
    for candidate in pool {
        let factor = factors.entry(candidate.path.clone()).or_insert(1.0);
        if !named.contains_key(&candidate.address) {
            candidate.score *= *factor;
        }
        *factor = (*factor * SAME_FILE_FACTOR).max(LEAST_SAME_FILE_FACTOR);
    }
}

fn by_score(left: &Candidate, right: &Candidate) -> Ordering {
    right.score.total_cmp(&left.score).then_with(|| left.key.cmp(&right.key))
}

fn hit(lookup: &Lookup, candidate: Candidate, words: &[Word]) -> Result<Hit> {
    let mut terms: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if candidate.words >> at & 1 == 1 && !terms.contains(&word.written) {
            terms.push(word.written.clone());
        }
    }
    Ok(Hit {
        id: id_of(&candidate.key).to_string(),
        path: candidate.path,
        what: if is_chunk(&candidate.key) { HitKind::Chunk } else { HitKind::Sample },
        score: candidate.score,
        record: lookup.record(candidate.address)?,
        terms,
    })
}
