//! From a question in words to the code and the samples that fit it.
//!
//! A chunk is scored by the words of its code, its name, its symbol and its path (see [`Blend`]), and by what else speaks
//! for it (see [`Hints`]); a sample half by its question and half by its answer. Then come the rules: a definition that the query
//! names goes first, tests and foreign code go down. The weights were measured on histories of real repositories:
//! `cargo bench -- retrieval`.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocId, Searcher, SegmentReader};

use super::blend::Blend;
use super::hints::{Columns, Hints, column};
use super::lookup::{Lookup, each_text, keys_of};
use super::named::named_chunks;
use super::rank::{Lengths, Scores, Statistics, Weighted, frequency};
use super::schema::{self, id_of, kind};
use super::second::{self, Fit, Fitting};
use super::tokens::Words;

/// Beyond this a query says nothing new.
const LONGEST_QUERY: usize = 128 << 10;
/// The rarest words of a query that are looked for; a bit of a `u64` each.
const MOST_WORDS: usize = 48;
const ASIDE_FACTOR: f32 = 0.3;

/// What the path counts beside the whole that it is a part of.
const FOLDER: f32 = 0.2;

/// What is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum What {
    #[default]
    Chunks,
    Samples,
}

/// A question to the index.
#[derive(Clone, Copy, Default)]
pub(crate) struct Query<'q> {
    pub text: &'q str,
    pub limit: usize,
    pub what: What,
    /// Only what lies in files whose path is accepted.
    pub accepts: Option<&'q dyn Fn(&str) -> bool>,
    /// Only what is of one of the sorts of each of these groups.
    pub sorts: &'q [Vec<u64>],
    /// Ids of chunks, each with what it gains, in units of the best score.
    pub favours: &'q [(String, f32)],
    /// A second view of the chunks.
    pub second: Option<Fit<'q>>,
}

/// Something that fits a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hit {
    pub id: String,
    pub path: String,
    pub score: f32,
    pub record: Vec<u8>,
    /// The words of the query that it has, as they were written, in their order.
    pub terms: Vec<String>,
    /// Does the query name it?
    pub named: bool,
    /// Message of the earlier commit that speaks for it most; empty where none does.
    pub message: String,
}

/// A document on its way to become a hit.
struct Candidate {
    score: f32,
    address: DocAddress,
    words: u64,
    message: Option<DocAddress>,
}

/// A word of the query.
struct Word {
    text: String,
    written: String,
    /// How many living documents have it, field by field.
    frequencies: Vec<u64>,
}

pub(super) fn search(lookup: &Lookup, query: &Query<'_>, statistics: &Statistics) -> Result<Vec<Hit>> {
    let text = schema::cut(query.text.trim(), LONGEST_QUERY);
    let fields: &[(&Lengths, f32)] = match query.what {
        What::Chunks => &[
            (&statistics.called, 1.0),
            (&statistics.title, 1.0),
            (&statistics.folder, FOLDER),
            (&statistics.body, 1.0),
            (&statistics.message, 1.0),
            (&statistics.question, 1.0),
        ],
        What::Samples => &[(&statistics.question, 0.5), (&statistics.answer, 0.5)],
    };
    let words = words_of(lookup.searcher(), text, fields)?;
    let weighted = |at: usize| -> Vec<Weighted<'_>> {
        let (lengths, share) = fields[at];
        let words = words.iter().enumerate();
        words.filter_map(|(number, word)| Weighted::new(lengths, share, &word.text, number, word.frequencies[at])).collect()
    };
    let (terms, blend, hints, mut named) = match query.what {
        What::Chunks => {
            let blend = Blend::new(statistics, words.iter().map(|word| (word.text.as_str(), &word.frequencies[..])));
            let named = if text.is_empty() { HashMap::new() } else { named_chunks(lookup, text)? };
            (weighted(2), Some(blend), Hints::read(lookup, &weighted(4), &weighted(5))?, named)
        }
        What::Samples => ((0..2).flat_map(weighted).collect(), None, Hints::default(), HashMap::new()),
    };
    let called: HashSet<DocAddress> = named.keys().copied().collect();
    for (id, gain) in query.favours {
        lookup.each_segment(&[lookup.fields().chunk_key(id)], |at, _, documents| {
            for &document in documents {
                *named.entry(DocAddress::new(at, document)).or_default() += gain;
            }
            Ok(())
        })?;
    }
    let best = best(lookup, query, &Asked { words: &words, terms, blend, hints, named })?;
    best.into_iter().map(|(key, candidate)| hit(lookup, &key, &candidate, &words, called.contains(&candidate.address))).collect()
}

/// All that decides a score.
struct Asked<'a> {
    words: &'a [Word],
    terms: Vec<Weighted<'a>>,
    blend: Option<Blend<'a>>,
    hints: Hints,
    /// What is gained by being named, in units of the best score.
    named: HashMap<DocAddress, f32>,
}

/// The distinct words of the query that occur at all: the rarest, in the order of the query.
fn words_of(searcher: &Searcher, text: &str, searched: &[(&Lengths, f32)]) -> Result<Vec<Word>> {
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
        for (lengths, _) in searched {
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

/// The best documents with their keys, the best first; the key decides between equals, so that no chance does.
fn best(lookup: &Lookup, query: &Query<'_>, asked: &Asked<'_>) -> Result<Vec<(String, Candidate)>> {
    let tests_wanted =
        asked.words.iter().any(|word| matches!(word.text.as_str(), "test" | "vendor" | "generat" | "fixtur" | "mock" | "spec"));
    let aside = if tests_wanted { 1.0 } else { ASIDE_FACTOR };
    let kinds: &[u64] = match query.what {
        What::Chunks => &[kind::CHUNK, kind::ASIDE],
        What::Samples => &[kind::SAMPLE],
    };
    let mut found: Vec<Candidate> = Vec::new();
    let mut scores = Scores::default();
    let mut second = query.second.map(Fitting::new);
    for (at, segment) in (0..).zip(lookup.searcher().segment_readers()) {
        scores.fill(segment, &asked.terms)?;
        if let Some(blend) = &asked.blend {
            blend.add(segment, &mut scores)?;
        }
        let within = within(segment, lookup.fields().path, query.accepts)?;
        let kind_of = column(segment, schema::KIND)?;
        let sort_of = column(segment, schema::SORT)?;
        let columns = Columns::open(segment)?;
        let is_here = |document: DocId| {
            segment.alive_bitset().is_none_or(|alive| alive.is_alive(document))
                && within.as_ref().is_none_or(|within| within[document as usize])
                && query.sorts.iter().all(|group| sort_of.values_for_doc(document).any(|sort| group.contains(&sort)))
        };
        let mut weigh = |document: DocId| {
            let kind = kind_of.first(document).unwrap_or_default();
            if !kinds.contains(&kind) {
                return;
            }
            let address = DocAddress::new(at, document);
            let (gain, message) = asked.hints.of(&columns, document);
            let score = (scores.score[document as usize] + gain) * if kind == kind::ASIDE { aside } else { 1.0 };
            if is_here(document) && (score > 0.0 || asked.named.contains_key(&address)) {
                found.push(Candidate { score, address, words: scores.words[document as usize], message });
            }
        };
        if asked.hints.is_empty() {
            scores.touched.iter().for_each(|&document| weigh(document));
            let unscored = asked.named.keys().filter(|address| address.segment_ord == at && scores.words[address.doc_id as usize] == 0);
            unscored.for_each(|address| weigh(address.doc_id));
        } else {
            (0..segment.max_doc()).for_each(weigh);
        }
        if let Some(second) = &mut second {
            let wanted: &[u64] = if tests_wanted { &[kind::CHUNK, kind::ASIDE] } else { &[kind::CHUNK] };
            second.look(at, segment, |document| wanted.contains(&kind_of.first(document).unwrap_or_default()) && is_here(document))?;
        }
    }
    let top = found.iter().map(|candidate| candidate.score).fold(1.0, f32::max);
    for candidate in &mut found {
        candidate.score += top * asked.named.get(&candidate.address).unwrap_or(&0.0);
    }
    let mut best = ordered(lookup, found, if second.is_some() { second::CONSIDERED } else { query.limit })?;
    if let Some(second) = second {
        best = joined(lookup, best, second, &asked.named)?;
    }
    best.truncate(query.limit);
    Ok(best)
}

/// So many of the best, or a few more that are as good, with their keys.
fn ordered(lookup: &Lookup, mut found: Vec<Candidate>, limit: usize) -> Result<Vec<(String, Candidate)>> {
    if found.len() > limit {
        let (_, last, _) = found.select_nth_unstable_by(limit - 1, |left, right| right.score.total_cmp(&left.score));
        let last = last.score;
        found.retain(|candidate| candidate.score >= last);
    }
    let mut best = keyed(lookup, found)?;
    best.sort_by(|left, right| right.1.score.total_cmp(&left.1.score).then_with(|| left.0.cmp(&right.0)));
    Ok(best)
}

/// Both views as one list. What the query names stays in front.
fn joined(
    lookup: &Lookup,
    best: Vec<(String, Candidate)>,
    second: Fitting<'_>,
    named: &HashMap<DocAddress, f32>,
) -> Result<Vec<(String, Candidate)>> {
    let fitting = second.best().into_iter().map(|(score, address)| Candidate { score, address, words: 0, message: None });
    let fitting = ordered(lookup, fitting.collect(), usize::MAX)?;
    let scores = second::fused(best.iter().map(|(key, _)| key.as_str()), fitting.iter().map(|(key, _)| key.as_str()));
    let scores: HashMap<String, f32> = scores.into_iter().map(|(key, score)| (key.to_owned(), score)).collect();
    let mut seen = HashSet::new();
    let mut joined: Vec<(String, Candidate)> = best.into_iter().chain(fitting).filter(|(key, _)| seen.insert(key.clone())).collect();
    for (key, candidate) in &mut joined {
        candidate.score = scores.get(key).unwrap_or(&0.0) + named.get(&candidate.address).unwrap_or(&0.0);
    }
    joined.sort_by(|left, right| right.1.score.total_cmp(&left.1.score).then_with(|| left.0.cmp(&right.0)));
    Ok(joined)
}

/// Which documents of a segment lie in files whose path is accepted; None: all do.
fn within(segment: &SegmentReader, field: Field, accepts: Option<&dyn Fn(&str) -> bool>) -> Result<Option<Vec<bool>>> {
    let Some(accepts) = accepts else {
        return Ok(None);
    };
    let mut within = vec![false; segment.max_doc() as usize];
    let paths = segment.inverted_index(field)?;
    let mut stream = paths.terms().stream()?;
    while stream.advance() {
        if !std::str::from_utf8(stream.key()).is_ok_and(accepts) {
            continue;
        }
        let mut postings = paths.read_block_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
        while !postings.docs().is_empty() {
            for &document in postings.docs() {
                within[document as usize] = true;
            }
            postings.advance();
        }
    }
    Ok(Some(within))
}

fn keyed(lookup: &Lookup, mut found: Vec<Candidate>) -> Result<Vec<(String, Candidate)>> {
    found.sort_unstable_by_key(|candidate| candidate.address);
    let mut keys: HashMap<DocAddress, String> = HashMap::with_capacity(found.len());
    for same_segment in found.chunk_by(|left, right| left.address.segment_ord == right.address.segment_ord) {
        let at = same_segment[0].address.segment_ord;
        let documents: Vec<DocId> = same_segment.iter().map(|candidate| candidate.address.doc_id).collect();
        let there = keys_of(lookup.searcher().segment_reader(at), &documents)?;
        keys.extend(there.into_iter().map(|(document, key)| (DocAddress::new(at, document), key)));
    }
    let of = |candidate: Candidate| Ok((keys.remove(&candidate.address).context("a document has no key")?, candidate));
    found.into_iter().map(of).collect()
}

fn hit(lookup: &Lookup, key: &str, candidate: &Candidate, words: &[Word], named: bool) -> Result<Hit> {
    let mut terms: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if candidate.words >> at & 1 == 1 && !terms.contains(&word.written) {
            terms.push(word.written.clone());
        }
    }
    let at = candidate.address;
    let mut path = String::new();
    each_text(lookup.searcher().segment_reader(at.segment_ord), schema::PATH, &[at.doc_id], |_, text| path = text.to_owned())?;
    let message = candidate.message.map(|message| lookup.record(message)).transpose()?.unwrap_or_default();
    Ok(Hit {
        id: id_of(key).to_string(),
        path,
        score: candidate.score,
        record: lookup.record(at)?,
        terms,
        named,
        message: String::from_utf8_lossy(&message).into_owned(),
    })
}
