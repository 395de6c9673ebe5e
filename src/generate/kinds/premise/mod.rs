//! A question that takes something for granted that is not so. The answer says that it is not,
//! and what is; it never plays along.

mod conduct;
mod falsehood;
mod values;

use falsehood::{Falsehood, falsehood};

use crate::facts::View;
use crate::generate::kinds::{Kind, Material};
use crate::generate::offline::Answer;
use crate::generate::phrase::{ask, path, symbol};
use crate::generate::tongue::{Tongue, say};
use crate::model::{Brief, Chunk, ChunkKind, Neighbour, Parameter, Predicate, key};

pub(super) static KIND: Kind = Kind { name: "premise", version: 1, intent: "what", weight, material, draft };

/// One in so many of the chunks that could be asked is.
const SHARE: u64 = 2;
const WEIGHT: u32 = 58;

fn weight(view: &View) -> u32 {
    let asked = key("premise", view.chunk.id.as_str()).is_multiple_of(SHARE);
    let plain = view.chunk.name.starts_with("__") || view.chunk.kind == ChunkKind::Constant;
    if asked && !plain && falsehood(view).is_some() { WEIGHT } else { 0 }
}

fn material(view: &View) -> Material {
    let Some((false_of, neighbours)) = falsehood(view) else { return Material::default() };
    Material { neighbours, asides: false_of.to_words(), ..Material::default() }
}

fn draft(brief: &Brief) -> Answer {
    let Some(taken) = Falsehood::from_words(&brief.asides) else { return Answer::default() };
    let mut writer = Writer { tongue: Tongue::of(brief), brief, answer: Answer::default() };
    let done = match &taken {
        Falsehood::Parameter { name } => writer.parameter(name),
        Falsehood::Default { name, wrong } => writer.default(name, wrong),
        Falsehood::Raise { exception } => writer.raise(exception),
        Falsehood::Constant { name, wrong } => writer.constant(name, wrong),
        Falsehood::Order { first, second } => writer.order(first, second),
        Falsehood::Method { name } => writer.method(name),
        Falsehood::Result { value, condition, wrong } => writer.result(value, condition, wrong),
        Falsehood::Side { exception, condition, wrong } => writer.side(exception, condition, wrong),
    };
    if done.is_none() {
        return Answer::default();
    }
    let elsewhere = brief.neighbours.iter().any(|other| other.chunk.path != brief.subject.path);
    writer.answer.difficulty = match (brief.neighbours.is_empty(), elsewhere) {
        (true, _) => "easy",
        (_, false) => "medium",
        _ => "hard",
    };
    writer.answer
}

struct Writer<'b> {
    tongue: Tongue,
    brief: &'b Brief,
    answer: Answer,
}

impl Writer<'_> {
    fn ask(&mut self, english: &[&str], chinese: &[&str], values: &[(&str, &str)]) {
        self.answer.question = ask(self.brief, english, chinese, values);
    }

    fn first(&self) -> Option<&Neighbour> {
        self.brief.neighbours.first()
    }

    /// The other, with its file where that is another one.
    fn placed(&self, other: &Chunk) -> String {
        let name = symbol(other);
        if other.path == self.brief.subject.path { name } else { say!(self.tongue, "{name} ({})", "{name}（{}）", path(other)) }
    }

    fn claim_parameter(&mut self, chunk: &Chunk, parameter: &Parameter, cite: usize) {
        let (tongue, name) = (self.tongue, symbol(chunk));
        let predicate = Predicate::new("parameter", [chunk.id.as_str(), &parameter.name, &parameter.annotation, &parameter.default]);
        self.answer.claim(say!(tongue, "{name} takes `{}`", "{name}接收`{}`", parameter.name), predicate, cite);
    }
}
