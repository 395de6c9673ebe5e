//! Ways to search that need no knowledge of code.

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{IndexRecordOption, STORED, Schema, TEXT, Value};
use tantivy::tokenizer::{TextAnalyzer, TokenStream};
use tantivy::{Index, TantivyDocument, Term, doc};

use super::corpus::Doc;
use super::{DEPTH, Fault};

/// BM25 over whole functions, cut by tantivy's default tokenizer.
pub(crate) fn tantivy(docs: &[Doc], live: &[usize], queries: &[&str]) -> Result<Vec<Vec<usize>>, Fault> {
    let mut schema = Schema::builder();
    let (text, place) = (schema.add_text_field("text", TEXT), schema.add_u64_field("place", STORED));
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 50_000_000)?;
    for &at in live {
        writer.add_document(doc!(text => docs[at].text.as_str(), text => docs[at].id.as_str(), place => at as u64))?;
    }
    writer.commit()?;
    let searcher = index.reader()?.searcher();
    let mut tokenizer: TextAnalyzer = index.tokenizer_for_field(text)?;
    let mut all = Vec::new();
    for query in queries {
        let mut terms: Vec<String> = Vec::new();
        let mut stream = tokenizer.token_stream(query);
        stream.process(&mut |token| terms.push(token.text.clone()));
        terms.sort();
        terms.dedup();
        let clause = |term: &String| -> (Occur, Box<dyn tantivy::query::Query>) {
            (Occur::Should, Box::new(TermQuery::new(Term::from_field_text(text, term), IndexRecordOption::WithFreqs)))
        };
        let top = searcher.search(&BooleanQuery::new(terms.iter().map(clause).collect()), &TopDocs::with_limit(DEPTH).order_by_score())?;
        let mut found = Vec::new();
        for (_, address) in top {
            let stored: TantivyDocument = searcher.doc(address)?;
            found.extend(stored.get_first(place).and_then(|value| value.as_u64()).map(|at| at as usize));
        }
        all.push(found);
    }
    Ok(all)
}

/// How often the words of the query stand in a function, in any case: what `rg --ignore-case --count-matches` says.
pub(crate) fn count(docs: &[Doc], live: &[usize], queries: &[&str]) -> Vec<Vec<usize>> {
    let texts: Vec<(usize, String)> = live.iter().map(|&at| (at, docs[at].text.to_lowercase())).collect();
    let answer = |query: &&str| {
        let mut words: Vec<String> =
            query.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_lowercase).collect();
        words.sort();
        words.dedup();
        let times = |text: &str| words.iter().map(|word| text.matches(word.as_str()).count()).sum::<usize>();
        let mut found: Vec<(usize, usize)> = texts.iter().map(|(at, text)| (times(text), *at)).filter(|(times, _)| *times > 0).collect();
        found.sort_by_key(|(times, at)| (std::cmp::Reverse(*times), *at));
        found.into_iter().take(DEPTH).map(|(_, at)| at).collect()
    };
    queries.iter().map(answer).collect()
}
