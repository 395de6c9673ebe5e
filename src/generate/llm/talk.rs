//! Questions in free form, for `ask` and `eval`: no brief stands behind them, and no schema holds the reply.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::generate::llm::budget::{Bound, Budget};
use crate::generate::llm::client::{Client, Outcome};
use crate::generate::llm::settings::Settings;
use crate::generate::llm::wire::{Answered, Dialect, Message, Request};
use crate::model::{Reply, fingerprint};

/// A question that the server had no time for, or broke over, is sent so often.
const MAX_TRIES: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Something to ask: messages by turns, the system's first.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    /// What it is about, for the journal.
    pub slot: String,
    /// ask, again or eval.
    pub turn: &'static str,
    pub messages: Vec<(&'static str, String)>,
}

/// The journal, as far as a talk needs it.
pub(crate) struct Record<'r> {
    pub known: &'r dyn Fn(&str) -> Option<Reply>,
    /// Puts a reply down before it is used.
    pub keep: &'r dyn Fn(Reply) -> anyhow::Result<()>,
}

impl Talk {
    fn request(&self, settings: &Settings) -> Request {
        let message = |(role, content): &(&str, String)| match *role {
            "system" => Message::system(content),
            "assistant" => Message::assistant(content),
            _ => Message::user(content),
        };
        let messages: Vec<Message> = self.messages.iter().map(message).collect();
        let how = format!("{} {} {} {}", settings.model, settings.temperature, settings.seed, settings.max_tokens);
        let told: String = self.messages.iter().map(|(role, content)| format!("{role} {}\n{content}\n", content.len())).collect();
        let key = fingerprint(format!("talk\n{how}\n{told}").as_bytes());
        Request { key, slot: self.slot.clone(), turn: self.turn, messages, schema: Value::Null }
    }
}

/// The replies to talks, in their order; an error where one cannot be had.
pub(crate) fn hear(settings: &Settings, talks: &[Talk], record: &Record, heard: &dyn Fn(usize)) -> anyhow::Result<Vec<Reply>> {
    let client = Client::new(settings)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not set up the network")?;
    let requests: Vec<Request> = talks.iter().map(|talk| talk.request(settings)).collect();
    runtime.block_on(listen(settings, &client, &requests, record, heard))
}

/// A request on its way.
struct Flight {
    request: usize,
    bound: Bound,
    sent: Duration,
    dialect: Dialect,
    outcome: Outcome,
}

async fn listen(
    settings: &Settings,
    client: &Client,
    requests: &[Request],
    record: &Record<'_>,
    heard: &dyn Fn(usize),
) -> anyhow::Result<Vec<Reply>> {
    let mut replies: Vec<Option<Reply>> = requests.iter().map(|request| (record.known)(&request.key)).collect();
    let mut ready: VecDeque<usize> = (0..requests.len()).filter(|at| replies[*at].is_none()).collect();
    let mut tries = vec![0; requests.len()];
    let mut budget = Budget::new(settings.budget, settings.price);
    let mut dialect = Dialect::free();
    let mut flights: JoinSet<Flight> = JoinSet::new();
    loop {
        while flights.len() < settings.first
            && let Some(request) = ready.pop_front()
        {
            let bound = requests[request].bound(settings);
            if let Err(why) = budget.reserve(bound) {
                bail!("{why}\nmend: raise it; nothing that was answered is asked again");
            }
            let body = dialect.body(&requests[request], settings, i64::from(tries[request]));
            let (client, dialect, sent) = (client.clone(), dialect.clone(), (settings.clock)());
            let pause = pause(settings, tries[request]);
            flights.spawn(async move {
                tokio::time::sleep(pause).await;
                let outcome = client.send(&body, bound).await;
                Flight { request, bound, sent, dialect, outcome }
            });
        }
        let Some(flight) = flights.join_next().await else { break };
        let Flight { request, bound, sent, dialect: asked, outcome } = flight.context("a request was lost")?;
        match outcome {
            Outcome::Answered(answered) => {
                budget.settle(bound, answered.tokens_in, answered.cached, answered.tokens_out);
                let reply = reply(settings, &requests[request], answered, sent);
                (record.keep)(reply.clone())?;
                replies[request] = Some(reply);
                heard(replies.iter().flatten().count());
            }
            Outcome::Refused { says, form } => {
                budget.release(bound);
                if form && (dialect != asked || dialect.give_way(&says)) {
                    ready.push_front(request);
                    continue;
                }
                bail!("the server refuses the question\nbecause: {says}");
            }
            Outcome::Busy { says, taken, .. } => {
                if !taken {
                    budget.release(bound);
                }
                again(&mut ready, &mut tries, request, &says)?;
            }
            Outcome::Broken { says } => again(&mut ready, &mut tries, request, &says)?,
            Outcome::Hopeless { says } => bail!("the model could not be asked\nbecause: {says}"),
        }
    }
    Ok(replies.into_iter().flatten().collect())
}

/// No connection is tried twice only: nobody waits for a server that is not there.
fn again(ready: &mut VecDeque<usize>, tries: &mut [u32], request: usize, says: &str) -> anyhow::Result<()> {
    tries[request] += 1;
    let most = if says.starts_with("no connection") { 2 } else { MAX_TRIES };
    if tries[request] >= most {
        bail!("the model does not answer\nbecause: {says}\nmend: see whether the server runs, then ask again");
    }
    ready.push_back(request);
    Ok(())
}

fn pause(settings: &Settings, tries: u32) -> Duration {
    if tries == 0 { Duration::ZERO } else { settings.timeouts.pause.saturating_mul(1 << (tries - 1).min(16)).min(LONGEST_PAUSE) }
}

fn reply(settings: &Settings, request: &Request, answered: Answered, sent: Duration) -> Reply {
    let now = (settings.clock)();
    Reply {
        key: request.key.clone(),
        slot: request.slot.clone(),
        turn: request.turn.to_owned(),
        model: settings.model.clone(),
        dollars: settings.price.map_or(0.0, |price| price.of(answered.tokens_in, answered.cached, answered.tokens_out)),
        text: answered.text,
        fault: answered.fault,
        tokens_in: answered.tokens_in,
        cached: answered.cached,
        tokens_out: answered.tokens_out,
        millis: now.saturating_sub(sent).as_millis() as u64,
        at: now.as_secs(),
    }
}
