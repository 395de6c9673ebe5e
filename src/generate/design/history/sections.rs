//! The sections of a design that a commit carried out, and the reasoning that leads to them.

use super::gains::Gain;
use super::message::plain;
use super::{Changed, Story};
use crate::generate::deed;
use crate::generate::design::storage;
use crate::generate::kinds::raises;
use crate::generate::offline::Answer;
use crate::generate::phrase::{capital, code, list, noun, stopped, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Alternative, Chunk, ChunkId, ChunkKind, Constraint, Design, Part, Predicate, Stage, first_sentence};

const EN: Tongue = Tongue::English;
/// So many constraints are told, and so many tests.
const MOST_HELD: usize = 4;
const MOST_TESTS: usize = 4;

/// Everything but what is touched; None where a section would be empty.
pub(super) fn design(story: &Story, answer: &mut Answer) -> Option<Design> {
    let mut design = Design {
        overview: overview(story),
        components: components(story),
        api_changes: api_changes(story),
        domain_model: fields(story),
        assumptions: assumptions(story),
        alternatives: vec![alternative(story)],
        risks: risks(story),
        tests: tests(story),
        ..Design::default()
    };
    design.data_storage = stored(story, &design);
    design.constraints = constraints(story, answer);
    design.workflow = workflow(story, answer);
    let told = story.changed.iter().any(|changed| !changed.gains.is_empty()) || !story.work.added.is_empty();
    (told && !design.constraints.is_empty() && !design.workflow.is_empty()).then_some(design)
}

/// The words of a name: `save_order` is "save order".
fn in_words(chunk: &Chunk) -> String {
    deed::split(&chunk.name).join(" ").to_lowercase()
}

/// What new code is for: the first sentence of its docstring, else its name in words.
fn purpose(added: &Chunk) -> String {
    let text = plain(&first_sentence(added.opening()).replace('\n', " "));
    let sound = text.len() >= 12 && text.len() <= 200 && !text.starts_with([':', '@', '.']) && !text.contains("..");
    match sound {
        true => format!("Its task: {}", stopped(EN, &text)),
        false => format!("Its task is what its name says: {}.", in_words(added)),
    }
}

fn said(changed: &Changed) -> Option<String> {
    let told: Vec<String> = changed.gains.iter().map(|(_, says)| says.clone()).collect();
    (!told.is_empty()).then(|| list(EN, &told))
}

fn overview(story: &Story) -> String {
    let subject = story.ground.chunk(1);
    let what = first_sentence(&story.work.requirement).trim_end_matches('.');
    let mut out = vec![match story.changed.first() {
        Some(first) => {
            let more: Vec<String> = story.changed.iter().skip(1).map(|changed| symbol(changed.before)).collect();
            let also = if more.is_empty() { String::new() } else { format!(" together with {}", list(EN, &more)) };
            match said(first) {
                Some(said) => format!("“{what}” is met in {} (`{}`){also}: from now on it {said}.", symbol(subject), subject.path),
                None => format!("“{what}” is met in {} (`{}`){also}.", symbol(subject), subject.path),
            }
        }
        None => format!("“{what}” is met by new code beside {} in `{}`, which itself stays as it is.", symbol(subject), subject.path),
    }];
    let added: Vec<String> = story.work.added.iter().map(|added| symbol(added)).collect();
    if !added.is_empty() {
        out.push(format!("{} {} new.", capital(&list(EN, &added)), if added.len() == 1 { "is" } else { "are" }));
    }
    out.join(" ")
}

fn part_of(story: &Story, cite: usize, status: &str, says: String) -> Part {
    let chunk = story.ground.chunk(cite);
    Part {
        name: chunk.symbol.clone(),
        path: chunk.path.clone(),
        chunk_id: chunk.id.clone(),
        status: status.to_owned(),
        says,
        cites: vec![format!("E{cite}")],
    }
}

fn new_part(name: &str, path: &str, says: String) -> Part {
    Part { name: name.to_owned(), path: path.to_owned(), chunk_id: ChunkId::default(), status: "new".to_owned(), says, cites: Vec::new() }
}

fn components(story: &Story) -> Vec<Part> {
    let mut out = Vec::new();
    for changed in &story.changed {
        let name = symbol(changed.before);
        let says = match said(changed) {
            Some(said) => format!("{name} {said}."),
            None => format!("The body of {name} (\"{}\") changes along with it.", in_words(changed.before)),
        };
        out.push(part_of(story, changed.cite, "changed", says));
    }
    for added in &story.work.added {
        let what = match added.kind {
            ChunkKind::Constant => "constant",
            _ => noun(EN, added),
        };
        out.push(new_part(&added.symbol, &added.path, format!("A new {what}. {}", purpose(added))));
    }
    for cite in &story.removed {
        out.push(part_of(story, *cite, "changed", format!("{} goes: nothing needs it any more.", symbol(story.ground.chunk(*cite)))));
    }
    for cite in &story.growing {
        let class = story.ground.chunk(*cite);
        let grows: Vec<String> =
            story.work.added.iter().filter(|added| added.container == class.symbol).map(|added| symbol(added)).collect();
        out.push(part_of(story, *cite, "reused", format!("{} takes in {}; the rest of it stays.", symbol(class), list(EN, &grows))));
    }
    for (cite, callee) in &story.callers {
        let chunk = story.ground.chunk(*cite);
        out.push(part_of(
            story,
            *cite,
            "reused",
            format!("{} (\"{}\") goes on calling `{callee}` and needs no change.", symbol(chunk), in_words(chunk)),
        ));
    }
    for (cite, callee) in &story.callees {
        let chunk = story.ground.chunk(*cite);
        let says = match deed::documented(chunk) {
            Some(deed) => {
                format!("As before `{callee}` is called for what {} is there for: {}.", symbol(chunk), deed.sentence().replace('`', ""))
            }
            None => format!("{} is called by `{callee}` as before (\"{}\").", symbol(chunk), in_words(chunk)),
        };
        out.push(part_of(story, *cite, "reused", says));
    }
    let known: Vec<String> = out.iter().flat_map(|part| part.cites.clone()).collect();
    for cite in 1..=story.ground.neighbours.len() + 1 {
        if !known.contains(&format!("E{cite}")) {
            let chunk = story.ground.chunk(cite);
            out.push(part_of(
                story,
                cite,
                "reused",
                format!("{} (\"{}\") is there to build on and stays as it is.", symbol(chunk), in_words(chunk)),
            ));
        }
    }
    out
}

/// Parameters that come with the change.
fn api_changes(story: &Story) -> Vec<Part> {
    let mut out = Vec::new();
    for changed in &story.changed {
        for (gain, says) in &changed.gains {
            if let Gain::Parameter { name, .. } = gain {
                out.push(new_part(name, "", format!("{} {says}.", symbol(changed.before))));
            }
        }
    }
    out
}

/// Fields and constants that come with the change.
fn fields(story: &Story) -> Vec<Part> {
    let mut out = Vec::new();
    for changed in &story.changed {
        for (gain, says) in &changed.gains {
            if let Gain::Holds { name, .. } = gain {
                out.push(new_part(name, "", format!("{} {says}.", symbol(changed.before))));
            }
        }
    }
    out
}

/// A field of a database model wants a migration; else what the code does today.
fn stored(story: &Story, design: &Design) -> Vec<Part> {
    for changed in &story.changed {
        let column = changed.gains.iter().find_map(|(gain, _)| match gain {
            Gain::Holds { name, value } if value.starts_with("models.") || value.contains("Field(") || value.contains("Column(") => {
                Some(name)
            }
            _ => None,
        });
        if let Some(name) = column.filter(|_| !design.domain_model.is_empty()) {
            let says = format!("{} keeps `{name}` as a column of its table, so a migration goes with the change.", symbol(changed.before));
            return vec![part_of(story, changed.cite, "changed", says)];
        }
    }
    storage::told(&story.ground)
}

fn workflow(story: &Story, answer: &mut Answer) -> Vec<Stage> {
    let ground = &story.ground;
    let mut out: Vec<Stage> = Vec::new();
    let mut existing = |out: &mut Vec<Stage>, who: usize, callee: &str, says: String| {
        let chunk = ground.chunk(who);
        if code(callee).is_none() {
            return;
        }
        answer.claim(format!("{} calls `{callee}`", symbol(chunk)), Predicate::new("calls", [chunk.id.as_str(), callee]), who);
        out.push(Stage {
            step: 0,
            actor: chunk.symbol.clone(),
            chunk_id: chunk.id.clone(),
            calls: callee.to_owned(),
            status: "existing".to_owned(),
            says,
            cites: vec![format!("E{who}")],
        });
    };
    for (cite, callee) in &story.callers {
        existing(&mut out, *cite, callee, format!("{} reaches the changed code by `{callee}`.", symbol(ground.chunk(*cite))));
    }
    if let Some(first) = story.changed.first() {
        for (_, callee) in &story.callees {
            existing(&mut out, 1, callee, format!("{} still calls `{callee}`.", symbol(first.before)));
        }
    }
    let new = |actor: &str, calls: &str, says: String| Stage {
        actor: actor.to_owned(),
        calls: calls.to_owned(),
        status: "new".to_owned(),
        says,
        ..Stage::default()
    };
    for changed in &story.changed {
        for (gain, says) in changed.gains.iter().filter(|(gain, _)| !matches!(gain, Gain::Holds { .. })) {
            out.push(new(&changed.before.symbol, gain.name(), format!("From now on {} {says}.", symbol(changed.before))));
        }
    }
    for added in story.work.added.iter().filter(|added| added.kind != ChunkKind::Constant) {
        let users = story.changed.iter().filter(|changed| {
            changed
                .gains
                .iter()
                .any(|(gain, _)| matches!(gain, Gain::Call(callee) if callee.rsplit(['.', ':']).next() == Some(added.name.as_str())))
        });
        let users: Vec<String> = users.map(|changed| symbol(changed.before)).collect();
        let by = if users.is_empty() { String::new() } else { format!(", called by {}", list(EN, &users)) };
        out.push(new(&added.symbol, "", format!("{} does its part{by}. {}", symbol(added), purpose(added))));
    }
    (1..).zip(&mut out).for_each(|(number, stage)| stage.step = number);
    out
}

/// What holds before the commit and after it.
fn constraints(story: &Story, answer: &mut Answer) -> Vec<Constraint> {
    let mut found: Vec<(String, Predicate, usize)> = Vec::new();
    let ground = &story.ground;
    for Changed { cite, before, after, .. } in &story.changed {
        let kept = raises::promised(&before.facts.raises).filter(|raise| !raise.when.is_empty());
        let kept =
            kept.filter(|raise| after.facts.raises.iter().any(|other| other.exception == raise.exception && other.when == raise.when));
        found.extend(kept.take(2).map(|raise| (raises::statement(EN, before, raise), raises::predicate(before, raise), *cite)));
    }
    for (cite, callee) in story.callers.iter().filter(|(_, callee)| code(callee).is_some()) {
        let chunk = ground.chunk(*cite);
        found.push((format!("{} calls `{callee}`", symbol(chunk)), Predicate::new("calls", [chunk.id.as_str(), callee]), *cite));
    }
    for Changed { cite, before, after, .. } in &story.changed {
        let mut kept = before
            .facts
            .parameters
            .iter()
            .filter(|one| !matches!(one.name.as_str(), "self" | "cls") && after.facts.parameters.contains(one));
        if let Some(one) = kept.find(|one| code(&one.name).is_some() && one.default.len() < 60 && one.annotation.len() < 80) {
            let predicate = Predicate::new("parameter", [before.id.as_str(), &one.name, &one.annotation, &one.default]);
            found.push((format!("{} takes `{}`", symbol(before), one.name), predicate, *cite));
        }
        if let Some(base) = before.facts.bases.iter().find(|base| after.facts.bases.contains(base) && code(base).is_some()) {
            found.push((format!("{} derives from `{base}`", symbol(before)), Predicate::new("base", [before.id.as_str(), base]), *cite));
        }
    }
    let subject = ground.chunk(1);
    if found.is_empty() && !subject.name.is_empty() {
        found.push((
            format!("{} is defined there", symbol(subject)),
            Predicate::new("defined_at", [subject.id.as_str(), &subject.name]),
            1,
        ));
    }
    let mut out: Vec<Constraint> = Vec::new();
    for (says, predicate, cite) in found.into_iter().take(MOST_HELD) {
        let says = stopped(EN, &says);
        answer.claim(says.clone(), predicate, cite);
        let cites = vec![format!("E{cite}")];
        if answer.claims.iter().any(|claim| claim.says == says && claim.cites == cites) && !out.iter().any(|known| known.says == says) {
            out.push(Constraint { says, cites });
        }
    }
    out
}

fn assumptions(story: &Story) -> Vec<String> {
    let mut out = Vec::new();
    for changed in &story.changed {
        let name = symbol(changed.before);
        let new: Vec<&Gain> = changed.gains.iter().map(|(gain, _)| gain).filter(|gain| matches!(gain, Gain::Parameter { .. })).collect();
        match new.first() {
            Some(Gain::Parameter { name: parameter, default }) if !default.is_empty() => {
                out.push(format!("Who calls {name} without `{parameter}` wants what it does today."));
            }
            Some(Gain::Parameter { name: parameter, .. }) if !parameter.starts_with('*') => {
                out.push(format!("Whoever calls {name} can say what `{parameter}` is to be."));
            }
            _ => (),
        }
    }
    if out.is_empty() {
        let mut files: Vec<String> = story
            .work
            .changed
            .iter()
            .map(|(_, after)| &after.path)
            .chain(story.work.added.iter().map(|added| &added.path))
            .map(|path| format!("`{path}`"))
            .collect();
        files.sort();
        files.dedup();
        let words = deed::split(&story.ground.chunk(1).name).join(" ").to_lowercase();
        out.push(format!("What is asked for concerns \"{words}\" alone, so nothing outside of {} has to change.", list(EN, &files)));
    }
    out
}

fn alternative(story: &Story) -> Alternative {
    let subject = story.ground.chunk(1);
    let (name, words) = (symbol(subject), in_words(subject));
    let callers: Vec<String> = story.callers.iter().map(|(cite, _)| symbol(story.ground.chunk(*cite))).collect();
    let helper = story.work.added.iter().find(|added| added.kind != ChunkKind::Constant);
    if subject.kind == ChunkKind::Class {
        return Alternative {
            says: format!("Derive a class from {name} and put it there."),
            against: format!("Whoever makes a {name} today would have to be told to make the other one (\"{words}\")."),
        };
    }
    let (says, against) = match (story.changed.is_empty(), callers.is_empty(), helper) {
        (false, false, _) => (
            format!("Leave {name} as it is and do it in {}, where it is called.", list(EN, &callers)),
            format!("Whoever else relies on {name} (\"{words}\") then goes without, and each caller repeats the same lines."),
        ),
        (false, true, Some(helper)) => (
            format!("Write all of it into {name}, without {}.", symbol(helper)),
            format!("{name} would do two things; \"{}\" can be named, tested and called on its own.", in_words(helper)),
        ),
        (false, true, None) => (
            format!("Put a second {} beside {name} and leave that one alone.", noun(EN, subject)),
            format!("Two places would then answer for \"{words}\", and they would drift apart."),
        ),
        (true, _, Some(helper)) => (
            format!("Widen {name} instead of adding {}.", symbol(helper)),
            format!("Who relies on \"{words}\" would get \"{}\" along with it, asked for or not.", in_words(helper)),
        ),
        (true, _, None) => {
            (format!("Leave it to whoever uses {name}."), format!("Each of them would then do \"{words}\" in a way of its own."))
        }
    };
    Alternative { says, against }
}

fn risks(story: &Story) -> Vec<String> {
    let mut out = Vec::new();
    let raised = story.changed.iter().find_map(|changed| {
        changed.gains.iter().find_map(|(gain, _)| match gain {
            Gain::Raise { exception, .. } => Some((symbol(changed.before), exception.clone())),
            _ => None,
        })
    });
    let callers: Vec<String> = story.callers.iter().map(|(cite, _)| symbol(story.ground.chunk(*cite))).collect();
    if let Some((name, exception)) = raised.filter(|(_, exception)| code(exception).is_some()) {
        let who = if callers.is_empty() { "Whoever calls it".to_owned() } else { list(EN, &callers) };
        out.push(format!("{name} may now raise `{exception}` where it went on before. {who} may not be ready for that."));
    } else if !callers.is_empty() {
        let verb = if callers.len() == 1 { "gets" } else { "get" };
        out.push(format!("{} {verb} the new behaviour without having asked for it.", list(EN, &callers)));
    }
    if let Some(cite) = story.removed.first() {
        out.push(format!("Code outside of this repository may still use {}, which goes.", symbol(story.ground.chunk(*cite))));
    }
    if story.changed.len() > 1 {
        let all: Vec<String> = story.changed.iter().map(|changed| symbol(changed.before)).collect();
        out.push(format!("{} have to change together; with one of them left out the rest is of no use.", list(EN, &all)));
    }
    if out.is_empty() {
        let subject = story.ground.chunk(1);
        out.push(format!(
            "Somebody may rely on how {} works today in the cases that the requirement does not name (\"{}\").",
            symbol(subject),
            in_words(subject)
        ));
    }
    out
}

fn tests(story: &Story) -> Vec<Part> {
    let mut out: Vec<Part> = Vec::new();
    for (path, name) in story.work.tests.iter().take(MOST_TESTS) {
        let short = name.rsplit('.').next().unwrap_or(name);
        let words = deed::split(short.trim_start_matches("test_")).join(" ").to_lowercase();
        out.push(new_part(name, "", format!("In {path}: \"{words}\".")));
    }
    if out.is_empty() {
        let subject = story.work.added.first().filter(|_| story.changed.is_empty()).unwrap_or(story.ground.chunk(1));
        let slug = deed::split(&subject.name).join("_").to_lowercase();
        let what = first_sentence(&story.work.requirement).trim_end_matches('.');
        let said = story.changed.first().and_then(said).map(|said| format!(": it {said}")).unwrap_or_default();
        out.push(new_part(&format!("test_{slug}"), "", format!("Holds {} to “{what}”{said}.", symbol(subject))));
    }
    out
}

/// Read, locate, follow, compare, decide, check.
pub(super) fn trace(story: &Story, design: &Design, answer: &mut Answer) -> Option<()> {
    let subject = story.ground.chunk(1);
    let what = first_sentence(&story.work.requirement).trim_end_matches('.');
    answer.step("read", format!("Asked for is: {what}."), &[1]);
    let shared: Vec<String> = shared(&story.work.requirement, subject).into_iter().map(|word| format!("\"{word}\"")).collect();
    answer.step(
        "locate",
        match shared.is_empty() {
            true => format!(
                "The {} {} in `{}` is where this is decided today (\"{}\").",
                noun(EN, subject),
                symbol(subject),
                subject.path,
                in_words(subject)
            ),
            false => format!(
                "The {} {} in `{}` speaks of {}, as the requirement does.",
                noun(EN, subject),
                symbol(subject),
                subject.path,
                list(EN, &shared)
            ),
        },
        &[1],
    );
    let around: Vec<usize> = (2..=story.ground.neighbours.len() + 1).collect();
    let mut links: Vec<String> =
        story.callers.iter().map(|(cite, callee)| format!("{} calls `{callee}`", symbol(story.ground.chunk(*cite)))).collect();
    links.extend(story.callees.iter().map(|(_, callee)| format!("{} calls `{callee}`", symbol(subject))));
    if links.is_empty() {
        links.extend(around.iter().map(|cite| format!("{} stands with it", symbol(story.ground.chunk(*cite)))));
    }
    answer.step("follow", stopped(EN, &list(EN, &links)), &around);
    let way = design.alternatives.first()?;
    answer.step("compare", format!("{} {}", way.says, way.against), &[1]);
    let decided = match story.changed.first().and_then(|first| Some((first, said(first)?))) {
        Some((first, said)) => format!("So {} {said}.", symbol(first.before)),
        None => {
            let added: Vec<String> = story.work.added.iter().map(|added| symbol(added)).collect();
            if added.is_empty() {
                format!("So {} changes.", symbol(subject))
            } else {
                format!("So {} {} in new.", list(EN, &added), if added.len() == 1 { "comes" } else { "come" })
            }
        }
    };
    answer.step("decide", decided, &[1]);
    let held = design.constraints.first()?;
    let cite: usize = held.cites.first()?.strip_prefix('E')?.parse().ok()?;
    answer.step("check", format!("{} The change leaves that as it is.", held.says), &[cite]);
    Some(())
}

/// Words of the requirement that the code is named or documented with.
fn shared(requirement: &str, chunk: &Chunk) -> Vec<String> {
    let stem = |word: &str| word.to_lowercase().trim_end_matches('s').to_owned();
    let pieces = |text: &str| -> Vec<String> { crate::model::words(text).flat_map(deed::split).map(|word| stem(&word)).collect() };
    let own = pieces(&format!("{} {} {}", chunk.symbol, chunk.path, chunk.summary()));
    let mut out: Vec<String> = Vec::new();
    for word in crate::model::words(requirement).flat_map(deed::split) {
        let plain = deed::informative(&word) > 0 && word.len() > 3;
        if plain && own.contains(&stem(&word)) && !out.iter().any(|known| stem(known) == stem(&word)) && out.len() < 3 {
            out.push(word.to_lowercase());
        }
    }
    out
}
