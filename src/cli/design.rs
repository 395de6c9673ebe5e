//! `design` as a document to read.

use std::fmt::Write;
use std::path::PathBuf;

use super::context::{code, line};
use super::words::short;
use crate::commands::propose::Proposal;
use crate::model::{ChunkId, Part};

#[derive(clap::Args)]
pub(super) struct Asked {
    /// What is wanted; `-` reads it from standard input
    #[arg(required_unless_present = "requirements", value_name = "REQUIREMENT")]
    pub(super) words: Vec<String>,

    /// Takes them from a file: sections of Markdown, or lines of JSON
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    pub(super) requirements: Option<PathBuf>,

    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub(super) format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    Markdown,
    Json,
}

/// The proposal in Markdown, each piece of code with its place.
pub(super) fn markdown(proposal: &Proposal) -> String {
    let row = &proposal.row;
    let Some(design) = &row.design else { return String::new() };
    let place = |id: &ChunkId| proposal.places.get(id).map(|(path, number)| format!("{path}:{number}"));
    let mut out = format!("# {}\n\nOn commit {}.\n\n{}\n", line(&row.question), short(&proposal.source_commit), line(&design.overview));
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            _ = write!(out, "\n## {title}\n\n{}", lines.concat());
        }
    };
    let part = |part: &Part| {
        let at = place(&part.chunk_id).unwrap_or_else(|| part.path.clone());
        let name = if part.name.is_empty() { String::new() } else { format!(" {}", code(&part.name)) };
        let at = if at.is_empty() { String::new() } else { format!(" ({})", code(&at)) };
        format!("- **{}**{name}{at}: {}\n", part.status, line(&part.says))
    };
    let parts = |parts: &[Part]| parts.iter().map(part).collect::<Vec<_>>();
    let texts = |texts: &[String]| texts.iter().map(|text| format!("- {}\n", line(text))).collect::<Vec<_>>();
    section("Components", parts(&design.components));
    section("Interface", parts(&design.api_changes));
    section("Domain model", parts(&design.domain_model));
    section("Data", parts(&design.data_storage));
    let steps = design.workflow.iter().map(|stage| {
        let at = place(&stage.chunk_id).map(|at| format!(" ({})", code(&at))).unwrap_or_default();
        format!("{}. **{}**{at}: {}\n", stage.step, stage.status, line(&stage.says))
    });
    section("Workflow", steps.collect());
    section("Constraints", design.constraints.iter().map(|held| format!("- {}\n", line(&held.says))).collect());
    section("Assumptions", texts(&design.assumptions));
    section("Alternatives", design.alternatives.iter().map(|way| format!("- {} {}\n", line(&way.says), line(&way.against))).collect());
    section("Risks", texts(&design.risks));
    section("Tests", parts(&design.tests));
    let touched = design.touches.iter().map(|touch| {
        let at = place(&touch.chunk_id).unwrap_or_else(|| touch.path.clone());
        format!("- {} {} ({})\n", touch.status, code(&touch.symbol), code(&at))
    });
    section("Touches", touched.collect());
    out
}
