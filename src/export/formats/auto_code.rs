//! The files of AutoCodeDataPipeline: `samples/`, `dataset/` and `sft/` with its keys. Where its files mix keys from row
//! to row, every row here has all of them, so that loaders see one schema.

use serde::Serialize;

use super::no_end;
use crate::export::{Format, Framing, Item, Needs, Opening, Piece};
use crate::model::{Design, Evidence, Part, Row};

pub(super) static FORMAT: Format = Format {
    name: "auto-code",
    about: "the files of AutoCodeDataPipeline: samples, dataset and sft, with evidence by chunk_id and reasoning steps",
    needs: Needs { rows: true, pairs: false, calls: false, files: false },
    has_field: false,
    begin,
    pieces,
    end: no_end,
};

const SOURCE: &str = "git-trainset";

#[derive(Serialize)]
struct Place<'r> {
    chunk_id: &'r str,
    file_path: &'r str,
    start_line: u32,
    end_line: u32,
}

#[derive(Serialize)]
struct Cited<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    content: &'r str,
}

#[derive(Serialize)]
struct Snippet<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    code_lang: &'r str,
    code: &'r str,
}

#[derive(Serialize)]
struct Trace<'r> {
    r#type: &'static str,
    rule_ids: Vec<&'r str>,
    reasoning_steps: Vec<&'r str>,
}

#[derive(Serialize)]
struct About<'r> {
    domain: &'r str,
    qa_type: &'r str,
    focus: &'r str,
    boundary: &'r str,
    generator: &'r str,
    source: &'static str,
}

#[derive(Serialize)]
struct Meta<'r> {
    task_type: &'r str,
    language: &'r str,
    domain: &'r str,
    qa_type: &'r str,
    focus: &'r str,
    boundary: &'r str,
    difficulty: &'r str,
    requirement_id: &'r str,
    requirement_source: Source<'r>,
    evidence: Vec<Place<'r>>,
    evidence_snippets: Vec<Snippet<'r>>,
    trace_digest: Vec<&'r str>,
    generator: &'r str,
    source: &'static str,
    sample_id: &'r str,
}

#[derive(Serialize)]
struct Source<'r> {
    r#type: &'r str,
    id: &'r str,
}

#[derive(Serialize)]
struct Question<'r> {
    sample_id: &'r str,
    task_type: &'r str,
    language: &'r str,
    question: &'r str,
    answer: &'r str,
    evidence: Vec<Cited<'r>>,
    trace: Trace<'r>,
    meta: About<'r>,
    text: &'r str,
    meta_v2: &'r Meta<'r>,
}

#[derive(Serialize)]
struct Proposal<'r> {
    sample_id: &'r str,
    task_type: &'r str,
    language: &'r str,
    requirement: &'r str,
    repo_context: Context<'r>,
    design_output: Output,
    evidence: Vec<Snippet<'r>>,
    trace: Trace<'r>,
    text: &'r str,
    meta_v2: &'r Meta<'r>,
}

#[derive(Serialize)]
struct Context<'r> {
    top_entities: Vec<&'r str>,
    top_operations: Vec<&'r str>,
    constraints: Vec<&'r str>,
}

#[derive(Serialize)]
struct Output {
    architecture_overview: String,
    evidence_hints: Vec<String>,
    strategy_set: Vec<String>,
    strategy_ids: Vec<String>,
    components: Vec<String>,
    apis: Vec<String>,
    data_model: Vec<String>,
    sequence_flows: Vec<String>,
    risk_and_mitigation: Vec<String>,
    repo_constraints: Vec<String>,
}

#[derive(Serialize)]
struct Tuning<'r> {
    text: &'r str,
    meta: &'r Meta<'r>,
}

const QA: &str = "samples/qa_samples.jsonl";
const DESIGNS: &str = "samples/design_samples.jsonl";

fn begin(_: &Opening) -> Vec<Piece> {
    let shared = ["train", "dev", "test"].into_iter().flat_map(|split| {
        let languages = ["en", "zh"].map(|language| format!("sft/{split}_{language}.jsonl"));
        [format!("dataset/{split}.jsonl"), format!("dataset/design_{split}.jsonl"), format!("dataset/final_{split}.jsonl")]
            .into_iter()
            .chain(languages)
    });
    [QA.to_owned(), DESIGNS.to_owned()].into_iter().chain(shared).map(|file| Piece::empty(file, Framing::Plain)).collect()
}

fn pieces(item: &Item, _: &Opening) -> Vec<Piece> {
    let Item::Sample { row, .. } = item else { return Vec::new() };
    let split = if row.split == "validation" { "dev" } else { &row.split };
    let meta = meta(row);
    let (text, prompted) = (text(row, false), text(row, true));
    let trace = Trace {
        r#type: "rule_based",
        rule_ids: row.claims.iter().map(|claim| claim.predicate.name.as_str()).collect(),
        reasoning_steps: meta.trace_digest.clone(),
    };
    let (sample_id, task_type, language) = (row.id.as_str(), row.task.as_str(), row.lang.as_str());
    let whole = match &row.design {
        None => {
            let about = About {
                domain: &row.domain,
                qa_type: &row.kind,
                focus: &row.intent,
                boundary: meta.boundary,
                generator: &row.generator,
                source: SOURCE,
            };
            let evidence = row.evidence.iter().map(|evidence| Cited { place: place(evidence), content: &evidence.code }).collect();
            let (question, answer) = (row.question.as_str(), row.answer.as_str());
            let question =
                Question { sample_id, task_type, language, question, answer, evidence, trace, meta: about, text: &text, meta_v2: &meta };
            [Piece::line(QA, &question), Piece::line(format!("dataset/{split}.jsonl"), &question)]
        }
        Some(design) => {
            let proposal = Proposal {
                sample_id,
                task_type,
                language,
                requirement: &row.question,
                repo_context: context(row, design),
                design_output: output(row, design),
                evidence: row.evidence.iter().map(snippet).collect(),
                trace,
                text: &text,
                meta_v2: &meta,
            };
            [Piece::line(DESIGNS, &proposal), Piece::line(format!("dataset/design_{split}.jsonl"), &proposal)]
        }
    };
    let tuning = [
        Piece::line(format!("dataset/final_{split}.jsonl"), &Tuning { text: &text, meta: &meta }),
        Piece::line(format!("sft/{split}_{}.jsonl", row.lang), &Tuning { text: &prompted, meta: &meta }),
    ];
    whole.into_iter().chain(tuning).collect()
}

fn meta(row: &Row) -> Meta<'_> {
    let is_design = row.design.is_some();
    Meta {
        task_type: &row.task,
        language: &row.lang,
        domain: &row.domain,
        qa_type: if is_design { "" } else { &row.kind },
        focus: &row.intent,
        boundary: row.subject().map_or("", |subject| subject.path.rsplit_once('/').map_or("", |(folder, _)| folder)),
        difficulty: &row.difficulty,
        requirement_id: if is_design { &row.kind } else { "" },
        requirement_source: Source { r#type: &row.source, id: if is_design { &row.kind } else { "" } },
        evidence: row.evidence.iter().map(place).collect(),
        evidence_snippets: row.evidence.iter().map(snippet).collect(),
        trace_digest: row.trace.iter().map(|step| step.says.as_str()).collect(),
        generator: &row.generator,
        source: SOURCE,
        sample_id: &row.id,
    }
}

fn place(evidence: &Evidence) -> Place<'_> {
    let Evidence { chunk_id, path, start_line, end_line, .. } = evidence;
    Place { chunk_id: chunk_id.as_str(), file_path: path, start_line: *start_line, end_line: *end_line }
}

fn snippet(evidence: &Evidence) -> Snippet<'_> {
    Snippet { place: place(evidence), code_lang: tongue(evidence), code: &evidence.code }
}

fn tongue(evidence: &Evidence) -> &str {
    evidence.path.rsplit_once('.').map_or("", |(_, end)| end)
}

fn context<'r>(row: &'r Row, design: &'r Design) -> Context<'r> {
    Context {
        top_entities: row.evidence.iter().map(|evidence| evidence.symbol.as_str()).collect(),
        top_operations: design.workflow.iter().map(|stage| stage.calls.as_str()).filter(|calls| !calls.is_empty()).collect(),
        constraints: design.constraints.iter().map(|constraint| constraint.says.as_str()).collect(),
    }
}

fn output(row: &Row, design: &Design) -> Output {
    let parts = |parts: &[Part]| parts.iter().map(|part| format!("{}({}): {}", part.name, part.status, part.says)).collect();
    let mut data_model: Vec<String> = parts(&design.domain_model);
    data_model.extend::<Vec<String>>(parts(&design.data_storage));
    let ways = design.alternatives.iter().map(|way| format!("{} {}", way.says, way.against));
    Output {
        architecture_overview: design.overview.clone(),
        evidence_hints: row.evidence.iter().map(|evidence| format!("{}: {}", evidence.path, evidence.symbol)).collect(),
        strategy_set: vec![row.kind.clone()],
        strategy_ids: vec![row.kind.clone()],
        components: parts(&design.components),
        apis: parts(&design.api_changes),
        data_model,
        sequence_flows: design.workflow.iter().map(|stage| format!("{}) {}", stage.step, stage.says)).collect(),
        risk_and_mitigation: design.risks.iter().cloned().chain(ways).collect(),
        repo_constraints: design.constraints.iter().map(|constraint| constraint.says.clone()).collect(),
    }
}

/// The row as one text. With `prompted` the evidence and the reasoning stand before the response as well.
fn text(row: &Row, prompted: bool) -> String {
    let titles = match row.lang.as_str() {
        "zh" => ["【结论】", "【证据引用】", "【原文代码段】", "【推理过程】"],
        _ => ["[Conclusion]", "[Evidence]", "[Code Snippet]", "[Trace]"],
    };
    let name =
        |evidence: &Evidence| format!("{}:L{}-{}(chunk_id={})", evidence.path, evidence.start_line, evidence.end_line, evidence.chunk_id);
    let code = |evidence: &Evidence| format!("```{}\n{}\n```", tongue(evidence), evidence.code);
    let trace: String = row.trace.iter().map(|step| format!("{}. {}\n", step.step, step.says)).collect();
    let before = if prompted {
        let numbered = (1..).zip(&row.evidence);
        let evidence: String = numbered.map(|(number, evidence)| format!("[{number}] {}\n{}\n", name(evidence), code(evidence))).collect();
        format!("\n\n### Evidence:\n{evidence}\n\n### Trace:\n{trace}\n")
    } else {
        "\n".to_owned()
    };
    let names: Vec<String> = row.evidence.iter().map(|evidence| format!("- {}", name(evidence))).collect();
    let codes: Vec<String> = row.evidence.iter().map(code).collect();
    let said = if row.design.is_some() { super::design_of(row) } else { row.answer.clone() };
    format!(
        "### Instruction\n{}\n{before}\n### Response\n{}\n{said}\n\n{}\n{}\n\n{}\n{}\n\n{}\n{trace}",
        row.question,
        titles[0],
        titles[1],
        names.join("\n"),
        titles[2],
        codes.join("\n"),
        titles[3],
    )
}
