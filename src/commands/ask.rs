//! The model's part of an update: which samples it is asked for, what that costs, what came of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use anyhow::Context;
use serde::Serialize;

use crate::check::{self, Gate, Provers};
use crate::commands::Progress;
use crate::commands::ledger::Ledger;
use crate::commands::shards::{chunks_now, with_code};
use crate::commands::survey::Survey;
use crate::commands::workspace::{Asking, Workspace};
use crate::generate::llm::{self, Desk, Model, Order, Recorded, Request};
use crate::generate::{Generator, Said};
use crate::model::{Draft, Refusal, Reply, Row};
use crate::plan::{Action, Cost};

/// Share of their runs of words from which on one reply repeats another. Replies about facts that are alike share their
/// phrases, and one that is refused was paid for, so the bound is stricter than that of samples made by rule.
const REPEATED: f64 = 0.9;

/// What came of asking a model.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Asked {
    pub model: String,
    /// Replies that came in this run.
    pub replies: usize,
    /// Samples in the model's words now.
    pub taken: usize,
    /// Samples that stay offline, since the model's words did not pass.
    pub refused: usize,
    /// Samples that stay offline until a later run asks again, by the reason.
    pub open: BTreeMap<String, usize>,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// In US dollars; 0 where no price is known.
    pub dollars: f64,
    /// Requests written to a batch file.
    pub written: usize,
    /// Replies of a batch file that are of no use here: unknown to this plan, or errors.
    pub unused: usize,
}

/// Says in the plan what carrying it out asks of the model. Sends nothing.
pub(crate) fn announce(workspace: &Workspace, asking: &Asking, survey: &mut Survey) -> anyhow::Result<()> {
    let ledger = Ledger::open(&workspace.repository.private_dir())?;
    let orders = Orders::of(asking, survey);
    let context = Surroundings::new(survey);
    let open =
        with_desk(survey, &ledger, |desk| Recorded { settings: &asking.settings, desk }.open(&orders.asked, &|order| context.of(order)));
    let answered = orders.asked.len() - open.len();
    survey.plan.cost = cost(&open, answered, &asking.settings, ledger.usual_millis());
    Ok(())
}

fn cost(open: &[Request], answered: usize, settings: &llm::Settings, usual_millis: Option<u64>) -> Cost {
    let model_calls = settings.budget.requests.map_or(open.len(), |most| open.len().min(most as usize));
    let mut cost = Cost { answered, model_calls, ..Cost::default() };
    for request in open {
        let bound = request.bound(settings);
        let judge = settings.most_calls() - 2;
        let (repairs, judges) = match request.turn {
            "draft" => (1, judge),
            "repair" => (0, judge),
            _ => (0, 0),
        };
        cost.most_calls += 1 + repairs + judges;
        // A repair repeats the draft's request, with the reply and the finding behind it.
        let repair = bound.tokens_in + 2 * settings.max_tokens + 600;
        cost.tokens_in += bound.tokens_in * (1 + judges) + repair * repairs;
        cost.tokens_out += bound.tokens_out * (1 + repairs + judges);
    }
    cost.most_calls = settings.budget.requests.map_or(cost.most_calls, |most| cost.most_calls.min(most));
    let price = settings.price.map_or(0.0, |price| price.bound(cost.tokens_in, cost.tokens_out));
    cost.price = settings.budget.dollars.map_or(price, |most| price.min(most));
    let at_once = settings.first.min(cost.model_calls).max(1);
    cost.seconds = usual_millis.map_or(0.0, |millis| millis as f64 / 1e3 * cost.model_calls.div_ceil(at_once) as f64);
    cost
}

/// A talk with the model about the samples of one update. The journal is locked as long.
pub(crate) struct Talk {
    ledger: Ledger,
    asked: Asked,
    /// Why an order was not answered in this run.
    why: BTreeMap<String, String>,
}

impl Talk {
    /// Waits for the journal.
    pub(crate) fn begin(workspace: &Workspace, asking: &Asking) -> anyhow::Result<Self> {
        let ledger = Ledger::lock(&workspace.repository.private_dir())?;
        Ok(Self { ledger, asked: Asked { model: asking.settings.model.clone(), ..Asked::default() }, why: BTreeMap::new() })
    }

    /// Asks for all that the plan makes and the journal does not know; or writes it to a batch
    /// file, or reads the answers from one.
    pub(crate) fn hold(&mut self, asking: &Asking, survey: &Survey, progress: &Progress) -> anyhow::Result<()> {
        let orders = Orders::of(asking, survey).asked;
        let context = Surroundings::new(survey);
        let settings = &asking.settings;
        let (asked, why, ledger) = (RefCell::new(&mut self.asked), &mut self.why, &self.ledger);
        let keep = |reply: Reply| -> anyhow::Result<()> {
            let mut asked = asked.borrow_mut();
            asked.replies += 1;
            asked.tokens_in += reply.tokens_in;
            asked.tokens_out += reply.tokens_out;
            asked.dollars += reply.dollars;
            ledger.keep(reply)
        };
        let open = |order: &Order| context.of(order);
        let held = with_desk(survey, ledger, |desk| -> anyhow::Result<()> {
            if asking.batch_in.is_none() && asking.batch_out.is_none() {
                let progress = |done: usize, all: usize| progress("asking the model", done, all);
                let model = Model { settings, context: &open, desk, keep: &keep, progress: &progress };
                let slots: Vec<String> = orders.iter().map(|order| order.floor.id.clone()).collect();
                let open = slots.into_iter().zip(model.draft(orders)?);
                why.extend(open.filter_map(|(slot, said)| if let Said::Open(reason) = said { Some((slot, reason)) } else { None }));
                return Ok(());
            }
            let recorded = Recorded { settings, desk };
            if let Some(path) = &asking.batch_in {
                let text = std::fs::read_to_string(path).with_context(|| format!("could not read `{}`", path.display()))?;
                let requests = recorded.open(&orders, &open);
                for returned in llm::read_batch(&text, settings)? {
                    let request = requests.iter().find(|request| request.key == returned.key);
                    match (request, returned.reply) {
                        (Some(request), Ok(reply)) => keep(Reply { slot: request.slot.clone(), turn: request.turn.to_owned(), ..reply })?,
                        (Some(request), Err(says)) => {
                            why.insert(request.slot.clone(), says);
                            asked.borrow_mut().unused += 1;
                        }
                        (None, _) => asked.borrow_mut().unused += 1,
                    }
                }
            }
            if let Some(path) = &asking.batch_out {
                let requests = recorded.open(&orders, &open);
                std::fs::write(path, llm::write_batch(&requests, settings))
                    .with_context(|| format!("could not write `{}`", path.display()))?;
                asked.borrow_mut().written = requests.len();
            }
            Ok(())
        });
        // Replies that came before a fault are kept all the same.
        self.ledger.sync()?;
        held
    }

    /// Puts the model's samples into the survey: where its words passed, them; where they did not,
    /// the offline sample with a mark. Gives what came of it, and whether nothing is left open.
    pub(crate) fn settle(mut self, asking: &Asking, survey: &mut Survey) -> anyhow::Result<(Asked, bool)> {
        let mut orders = Orders::of(asking, survey);
        orders.asked.sort_by(|a, b| a.floor.id.cmp(&b.floor.id));
        let settings = &asking.settings;
        let said = with_desk(survey, &self.ledger, |desk| Recorded { settings, desk }.draft(orders.asked.clone()))?;
        let mut drafts: Vec<(&Order, Draft)> = Vec::new();
        let mut refusals: Vec<(&Order, Refusal)> = orders.withheld.iter().map(|(order, refusal)| (order, refusal.clone())).collect();
        for (order, said) in orders.asked.iter().zip(said) {
            match said {
                Said::Draft(draft) => drafts.push((order, *draft)),
                Said::Refused(refusal) => refusals.push((order, refusal)),
                Said::Open(usual) => *self.asked.open.entry(self.why.remove(&order.floor.id).unwrap_or(usual)).or_default() += 1,
            }
        }
        let rows: Vec<&Row> = drafts.iter().map(|(_, Draft(row))| row).collect();
        let near = check::near_copies(&rows, survey.nearness.say.max(REPEATED));
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        for ((order, Draft(row)), near) in drafts.into_iter().zip(near) {
            match near {
                None => {
                    self.asked.taken += 1;
                    survey.written.insert(row.id.clone(), Draft(Row { model: settings.model.clone(), ..row }));
                }
                Some(of) => refusals.push((order, refusal(order, settings, "near-duplicate", format!("it nearly repeats {}", ids[of])))),
            }
        }
        self.asked.refused = refusals.len();
        for (order, refusal) in refusals {
            let recipe = llm::after(&order.floor.recipe, &order.recipe);
            survey.written.insert(order.floor.id.clone(), Draft(Row { recipe, ..order.floor.clone() }));
            self.ledger.refuse(Refusal { at: (settings.clock)().as_secs(), ..refusal })?;
        }
        self.ledger.sync()?;
        let done = self.asked.open.is_empty();
        Ok((self.asked, done))
    }
}

fn refusal(order: &Order, settings: &llm::Settings, rule: &str, says: String) -> Refusal {
    Refusal { slot: order.floor.id.clone(), model: settings.model.clone(), rule: rule.to_owned(), says, ..Refusal::default() }
}

/// The samples that an update makes.
struct Orders {
    /// Those that the model is asked for: the longest common beginnings stand together.
    asked: Vec<Order>,
    /// Those whose code must not be sent, and why.
    withheld: Vec<(Order, Refusal)>,
}

impl Orders {
    fn of(asking: &Asking, survey: &Survey) -> Self {
        let code = |path: &str, start: u32, end: u32| survey.sources.code(path, start, end);
        let gate = Gate { code: &code, provers: &Provers::default(), secrets: survey.sources.secrets() };
        let mut orders = Self { asked: Vec::new(), withheld: Vec::new() };
        for shard in survey.shards.values() {
            let makes = shard.actions.iter().filter_map(|action| match action {
                Action::Make(brief) if brief.pinned.is_none() => Some((brief, asking.recipes.of(&brief.slot.kind)?)),
                _ => None,
            });
            let made: Vec<Order> =
                makes.map(|(brief, recipe)| Order::new(with_code((**brief).clone(), &code), recipe.to_owned())).collect();
            // The facts that are offered are proved ones.
            let floors: Vec<&Row> = made.iter().map(|order| &order.floor).collect();
            let wrong: HashSet<String> = check::verify(&floors, gate).into_iter().map(|reject| reject.id).collect();
            for order in made.into_iter().filter(|order| !wrong.contains(&order.floor.id)) {
                match gate.secrets.in_row(&order.floor) {
                    None => orders.asked.push(order),
                    Some(sort) => {
                        let says = format!("its code holds what looks like {sort}, and is not sent");
                        let refusal = refusal(&order, &asking.settings, "secrets", says);
                        orders.withheld.push((order, refusal));
                    }
                }
            }
        }
        orders.asked.sort_by(|a, b| (&a.floor.kind, &a.floor.id).cmp(&(&b.floor.kind, &b.floor.id)));
        orders
    }
}

/// What is told of the repository around an order.
struct Surroundings<'s> {
    survey: &'s Survey,
    whole: String,
    /// The file that was told of last, and its outline.
    last: RefCell<(String, String)>,
}

impl<'s> Surroundings<'s> {
    fn new(survey: &'s Survey) -> Self {
        let tally = &survey.manifest.tally;
        let mut domains: Vec<(&String, i64)> = tally.by_domain.iter().map(|(name, [_, functions, _])| (name, *functions)).collect();
        domains.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let domains: Vec<String> = domains.iter().take(20).map(|(name, functions)| format!("{name} ({functions})")).collect();
        let whole = format!(
            "The repository: {} files, {} functions. Domains and their functions: {}.\n",
            tally.files,
            tally.functions,
            domains.join(", ")
        );
        Self { survey, whole, last: RefCell::default() }
    }

    fn of(&self, order: &Order) -> String {
        let path = order.floor.evidence.iter().find(|evidence| evidence.role == "subject").map_or("", |evidence| evidence.path.as_str());
        let mut last = self.last.borrow_mut();
        if last.0 != path {
            *last = (path.to_owned(), self.outline(path));
        }
        format!("{}{}", self.whole, last.1)
    }

    fn outline(&self, path: &str) -> String {
        const MOST: usize = 40;
        let shard = self.survey.shards.get(path).and_then(|shard| shard.chunks.as_ref());
        let chunks = match shard {
            Some(charted) => charted.iter().map(|charted| charted.chunk.clone()).collect(),
            None => chunks_now(self.survey, path),
        };
        let mut out = format!("Signatures in {path}:\n");
        for chunk in chunks.iter().filter(|chunk| !chunk.name.is_empty()).take(MOST) {
            _ = writeln!(out, "  {}: {}", chunk.symbol, chunk.signature.lines().next().unwrap_or_default());
        }
        out
    }
}

fn with_desk<R>(survey: &Survey, ledger: &Ledger, work: impl FnOnce(Desk) -> R) -> R {
    let code = |path: &str, start: u32, end: u32| survey.sources.code(path, start, end);
    let gate = Gate { code: &code, provers: &Provers::default(), secrets: survey.sources.secrets() };
    let judge = |row: &Row| match check::verify(&[row], gate).pop() {
        Some(reject) => Err(format!("{}: {}", reject.rule, reject.says)),
        None => Ok(()),
    };
    let known = |key: &str| ledger.reply(key);
    work(Desk { judge: &judge, known: &known })
}
