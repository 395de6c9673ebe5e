//! Code that is nearly about a row: near misses of the index, to stand beside its evidence.

use anyhow::bail;

use crate::commands::atlas::{ChunkRecord, sort};
use crate::commands::checkout;
use crate::commands::query::Places;
use crate::commands::sources::Sources;
use crate::commands::workspace::Workspace;
use crate::config::Scope;
use crate::index::{Index, Lookup, Query};
use crate::model::{ChunkKind, Evidence, Row};

/// So many pieces stand beside the evidence of a row.
const MOST: usize = 2;
/// So many hits are looked at for them.
const LOOKED_AT: usize = 12;
/// A longer piece would drown the evidence.
const LONGEST: u32 = 60;

pub(in crate::commands) struct Beside {
    index: Index,
    scope: Scope,
}

impl Beside {
    /// The index has to be of the source that the rows are of.
    pub(in crate::commands) fn open(workspace: &Workspace, source_tree: &str) -> anyhow::Result<Self> {
        match checkout::at_hand(workspace)? {
            Some(index) if index.mirror().source_tree == source_tree => Ok(Self { index, scope: workspace.settings.scope()? }),
            Some(_) => bail!("the index is of another commit than the rows\nmend: git trainset update, and export the tip of the dataset"),
            None => bail!("there is no index yet, which the code beside the evidence comes from\nmend: git trainset update"),
        }
    }

    pub(in crate::commands) fn shelf(&self) -> Shelf<'_> {
        Shelf { lookup: self.index.lookup(), places: Places::default(), scope: &self.scope }
    }
}

/// The index in the hands of one thread.
pub(in crate::commands) struct Shelf<'b> {
    lookup: Lookup,
    places: Places,
    scope: &'b Scope,
}

impl Shelf<'_> {
    /// The best hits for the question that are no evidence of it and no copy of what is. What stands in another split
    /// stays there.
    pub(in crate::commands) fn of(&mut self, row: &Row, sources: &Sources) -> anyhow::Result<Vec<Evidence>> {
        let kinds = [ChunkKind::Function, ChunkKind::Method];
        let sorts = [kinds.map(|kind| sort(kind.name())).into()];
        let accepts = |path: &str| self.scope.split(path) == row.split;
        let query = Query { text: &row.question, limit: LOOKED_AT, sorts: &sorts, accepts: Some(&accepts), ..Query::default() };
        let mut out: Vec<Evidence> = Vec::new();
        for hit in self.lookup.search(&query)? {
            let record = ChunkRecord::read(&hit.record)?;
            let chunk = &record.chunk;
            let Some(lines) = self.places.lines(&self.lookup, &chunk.path, &chunk.id)? else { continue };
            let shown = |piece: &Evidence| {
                piece.chunk_id == chunk.id || piece.path == chunk.path && piece.start_line <= lines.end && lines.start <= piece.end_line
            };
            let is_copy = row.near.iter().any(|id| id == chunk.id.as_str());
            if row.evidence.iter().chain(&out).any(shown) || is_copy || chunk.withheld || lines.count() > LONGEST {
                continue;
            }
            let Some(code) = sources.code(&chunk.path, lines.start, lines.end) else { continue };
            out.push(Evidence {
                chunk_id: chunk.id.clone(),
                path: chunk.path.clone(),
                symbol: chunk.symbol.clone(),
                start_line: lines.start,
                end_line: lines.end,
                code,
                ..Evidence::default()
            });
            if out.len() == MOST {
                break;
            }
        }
        Ok(out)
    }
}
