//! The model over HTTP: a batch of talks, as many at once as the server keeps up with.
//!
//! One thread. A reply is put on record before anything else is done with it, so at any instant
//! all that was answered is known to the next run.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use anyhow::Context;
use tokio::task::JoinSet;

use crate::generate::llm::budget::{Bound, Budget};
use crate::generate::llm::client::{Client, Outcome};
use crate::generate::llm::dialogue::{Desk, Next, next};
use crate::generate::llm::order::Order;
use crate::generate::llm::pace::Pace;
use crate::generate::llm::settings::Settings;
use crate::generate::llm::wire::{Answered, Dialect, Request, is_too_long};
use crate::generate::{Generator, Said};
use crate::model::Reply;

/// A request that the server had no time for is sent so often in one run.
const MAX_TRIES: u32 = 6;
/// One that breaks the server so often, each time with another seed.
const MAX_BROKEN: u32 = 3;
/// So many requests given up in a row, and the server is taken for gone.
const MAX_GIVEN_UP: u32 = 4;
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A model behind an address.
pub(crate) struct Model<'m> {
    pub settings: &'m Settings,
    /// What is told of the repository around an order; no part of what the reply is kept under.
    pub context: &'m dyn Fn(&Order) -> String,
    pub desk: Desk<'m>,
    /// Puts a reply on record.
    pub keep: &'m dyn Fn(Reply) -> anyhow::Result<()>,
    pub progress: &'m dyn Fn(usize, usize),
}

impl Generator for Model<'_> {
    fn draft(&self, orders: Vec<Order>) -> anyhow::Result<Vec<Said>> {
        let client = Client::new(self.settings)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not set up the network")?;
        let session = Session {
            model: self,
            orders: &orders,
            said: vec![None; orders.len()],
            done: 0,
            ready: (0..orders.len()).collect(),
            later: BinaryHeap::new(),
            tries: vec![0; orders.len()],
            pace: Pace::new(self.settings.first, self.settings.concurrency),
            budget: Budget::new(self.settings.budget, self.settings.price),
            dialect: Dialect::default(),
            paused_until: Duration::ZERO,
            shrunk_at: Duration::ZERO,
            answered: 0,
            given_up: 0,
            stop: None,
        };
        runtime.block_on(session.run(client))
    }
}

struct Session<'s> {
    model: &'s Model<'s>,
    orders: &'s [Order],
    said: Vec<Option<Said>>,
    done: usize,
    ready: VecDeque<usize>,
    /// Orders that are to be tried again, and when.
    later: BinaryHeap<Reverse<(Duration, usize)>>,
    /// Vain tries of the present request of each order.
    tries: Vec<u32>,
    pace: Pace,
    budget: Budget,
    dialect: Dialect,
    paused_until: Duration,
    shrunk_at: Duration,
    answered: usize,
    given_up: u32,
    /// Why nothing more is sent.
    stop: Option<String>,
}

/// A request on its way.
struct Flight {
    order: usize,
    request: Box<Request>,
    bound: Bound,
    dialect: Dialect,
    sent: Duration,
    outcome: Outcome,
}

impl Session<'_> {
    async fn run(mut self, client: Client) -> anyhow::Result<Vec<Said>> {
        let mut flights: JoinSet<Flight> = JoinSet::new();
        loop {
            let now = (self.model.settings.clock)();
            while let Some(Reverse((_, order))) = self.later.peek().filter(|Reverse((due, _))| *due <= now || self.stop.is_some()).copied()
            {
                self.later.pop();
                self.ready.push_back(order);
            }
            // Until the server has answered once, one request finds out whether and how it does; not so
            // where the person has said how many it takes.
            let settings = self.model.settings;
            let unknown = self.answered == 0 && settings.first < settings.concurrency;
            let room = if unknown { 1 } else { self.pace.window() };
            while (flights.len() < room && now >= self.paused_until || self.stop.is_some())
                && let Some(order) = self.ready.pop_front()
            {
                if let Some(flight) = self.prepare(order) {
                    let client = client.clone();
                    flights.spawn(fly(client, flight, self.model.settings.clone(), self.tries[order]));
                }
            }
            let wait = self.next_event(now);
            if flights.is_empty() {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => break,
                }
                continue;
            }
            let landed = match wait {
                Some(wait) => match tokio::time::timeout(wait, flights.join_next()).await {
                    Ok(landed) => landed,
                    Err(_) => continue,
                },
                None => flights.join_next().await,
            };
            if let Some(flight) = landed {
                self.land(flight.context("a request was lost")?)?;
            }
        }
        Ok(self.said.into_iter().map(|said| said.unwrap_or_else(|| Said::Open("it was not asked".to_owned()))).collect())
    }

    /// How long until something may be sent that may not be sent now; None when nothing waits for a
    /// time. What waits for room waits for a reply.
    fn next_event(&self, now: Duration) -> Option<Duration> {
        let due = self.later.peek().map(|Reverse((due, _))| *due);
        let paused = (!self.ready.is_empty() && self.paused_until > now).then_some(self.paused_until);
        due.into_iter().chain(paused).min().map(|time| time.saturating_sub(now).max(Duration::from_millis(1)))
    }

    /// Takes a talk on; gives the request that it comes to, if it may be sent.
    fn prepare(&mut self, order: usize) -> Option<Flight> {
        let model = self.model;
        let request = match next(&self.orders[order], model.settings, model.context, &model.desk) {
            Next::Said(said) => {
                self.close(order, said);
                return None;
            }
            Next::Ask(request) => request,
        };
        let bound = request.bound(model.settings);
        let may = match &self.stop {
            Some(why) => Err(why.clone()),
            None => self.budget.reserve(bound),
        };
        if let Err(why) = may {
            self.close(order, Said::Open(why));
            return None;
        }
        let sent = (model.settings.clock)();
        let outcome = Outcome::Hopeless { says: String::new() };
        Some(Flight { order, request, bound, dialect: self.dialect.clone(), sent, outcome })
    }

    fn close(&mut self, order: usize, said: Said) {
        self.said[order] = Some(said);
        self.done += 1;
        (self.model.progress)(self.done, self.said.len());
    }

    fn land(&mut self, flight: Flight) -> anyhow::Result<()> {
        let Flight { order, request, bound, dialect, sent, outcome } = flight;
        let now = (self.model.settings.clock)();
        match outcome {
            Outcome::Answered(answered) => {
                self.budget.settle(bound, answered.tokens_in, answered.cached, answered.tokens_out);
                self.pace.replied(now.saturating_sub(sent));
                self.answered += 1;
                self.given_up = 0;
                self.record(order, &request, answered, now.saturating_sub(sent))
            }
            Outcome::Refused { says, form } => {
                self.budget.release(bound);
                // Another request may have found out meanwhile how the server wants it.
                if form && (self.dialect != dialect || self.dialect.give_way(&says)) {
                    self.ready.push_front(order);
                    return Ok(());
                }
                // A server that has answered nothing yet may be the wrong one, or set up wrongly.
                if self.answered == 0 && !is_too_long(&says) {
                    self.give_up(order, says);
                    return Ok(());
                }
                let fault = format!("the server refuses it: {says}");
                self.record(order, &request, Answered { fault, ..Answered::default() }, now.saturating_sub(sent))
            }
            Outcome::Busy { says, wait, taken, full } => {
                if !taken {
                    self.budget.release(bound);
                }
                // Requests that were on their way together are told once.
                if full && sent >= self.shrunk_at {
                    self.pace.refused();
                    self.shrunk_at = now;
                }
                if let Some(wait) = wait {
                    self.paused_until = self.paused_until.max(now + wait);
                }
                self.again(order, says, now, MAX_TRIES);
                Ok(())
            }
            Outcome::Broken { says } => {
                if self.tries[order] + 1 >= MAX_BROKEN && self.answered > 0 {
                    let fault = format!("the server breaks over it: {says}");
                    return self.record(order, &request, Answered { fault, ..Answered::default() }, now.saturating_sub(sent));
                }
                self.again(order, says, now, MAX_BROKEN);
                Ok(())
            }
            Outcome::Hopeless { says } => {
                self.budget.release(bound);
                self.stop.get_or_insert(says.clone());
                self.close(order, Said::Open(says));
                Ok(())
            }
        }
    }

    /// Puts a reply on record and lets the talk go on.
    fn record(&mut self, order: usize, request: &Request, answered: Answered, took: Duration) -> anyhow::Result<()> {
        let settings = self.model.settings;
        let dollars = settings.price.map_or(0.0, |price| price.of(answered.tokens_in, answered.cached, answered.tokens_out));
        (self.model.keep)(Reply {
            key: request.key.clone(),
            slot: request.slot.clone(),
            turn: request.turn.to_owned(),
            model: settings.model.clone(),
            text: answered.text,
            fault: answered.fault,
            tokens_in: answered.tokens_in,
            cached: answered.cached,
            tokens_out: answered.tokens_out,
            dollars,
            millis: took.as_millis() as u64,
            at: (settings.clock)().as_secs(),
        })?;
        self.tries[order] = 0;
        self.ready.push_front(order);
        Ok(())
    }

    /// Tries an order again after a pause, or gives it up for this run.
    fn again(&mut self, order: usize, says: String, now: Duration, most: u32) {
        self.tries[order] += 1;
        let tries = self.tries[order];
        let silent = self.answered == 0 && says.starts_with("no connection") && tries >= 2;
        if tries < most && !silent && self.stop.is_none() {
            let pause = self.model.settings.timeouts.pause.saturating_mul(1 << (tries - 1).min(16)).min(LONGEST_PAUSE);
            // Spread, so that what was refused together does not come back together.
            let spread = pause.mul_f64((order % 16) as f64 / 64.0);
            self.later.push(Reverse((now.max(self.paused_until) + pause + spread, order)));
            return;
        }
        if silent {
            self.stop.get_or_insert(says.clone());
        }
        self.give_up(order, says);
    }

    /// Leaves an order to a later run, and all others with it where the server seems to be gone.
    fn give_up(&mut self, order: usize, says: String) {
        self.given_up += 1;
        if self.given_up >= MAX_GIVEN_UP {
            self.stop.get_or_insert(says.clone());
        }
        self.close(order, Said::Open(says));
    }
}

async fn fly(client: Client, mut flight: Flight, settings: Settings, nudge: u32) -> Flight {
    let body = flight.dialect.body(&flight.request, &settings, i64::from(nudge));
    flight.outcome = client.send(&body, flight.bound).await;
    flight
}
