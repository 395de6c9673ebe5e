//! A budget that is never exceeded: what a request may use up is set aside before it is sent.

use crate::generate::llm::price::Price;
use crate::generate::llm::settings::Limits;

/// Most of what a request can use up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bound {
    pub tokens_in: u64,
    pub tokens_out: u64,
}

pub(super) struct Budget {
    limits: Limits,
    price: Option<Price>,
    /// Invariant: spent and set aside together are within the limits.
    requests: u64,
    tokens: u64,
    dollars: f64,
}

impl Budget {
    pub(super) fn new(limits: Limits, price: Option<Price>) -> Self {
        Self { limits, price, requests: 0, tokens: 0, dollars: 0.0 }
    }

    /// Sets aside what a request may use up; says which limit is in the way.
    pub(super) fn reserve(&mut self, bound: Bound) -> Result<(), String> {
        let tokens = bound.tokens_in + bound.tokens_out;
        let dollars = self.price.map_or(0.0, |price| price.bound(bound.tokens_in, bound.tokens_out));
        if self.limits.requests.is_some_and(|most| self.requests + 1 > most) {
            return Err("the budget of requests is used up".to_owned());
        }
        if self.limits.tokens.is_some_and(|most| self.tokens + tokens > most) {
            return Err("the budget of tokens is used up".to_owned());
        }
        if self.limits.dollars.is_some_and(|most| self.dollars + dollars > most) {
            return Err("the budget of money is used up".to_owned());
        }
        self.requests += 1;
        self.tokens += tokens;
        self.dollars += dollars;
        Ok(())
    }

    /// The reply is there: what it did not use up is free again.
    pub(super) fn settle(&mut self, bound: Bound, tokens_in: u64, cached: u64, tokens_out: u64) {
        self.release(bound);
        self.tokens += tokens_in + tokens_out;
        self.dollars += self.price.map_or(0.0, |price| price.of(tokens_in, cached, tokens_out));
    }

    /// The server did not take the request on, so it used up nothing but itself.
    pub(super) fn release(&mut self, bound: Bound) {
        self.tokens -= bound.tokens_in + bound.tokens_out;
        self.dollars -= self.price.map_or(0.0, |price| price.bound(bound.tokens_in, bound.tokens_out));
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Budget};
    use crate::generate::llm::price::Price;
    use crate::generate::llm::settings::Limits;

    #[test]
    fn what_is_in_flight_counts() {
        let mut budget = Budget::new(Limits { tokens: Some(250), ..Limits::default() }, None);
        let bound = Bound { tokens_in: 80, tokens_out: 20 };
        assert!(budget.reserve(bound).is_ok() && budget.reserve(bound).is_ok());
        assert!(budget.reserve(bound).is_err());
        budget.settle(bound, 30, 0, 10);
        assert!(budget.reserve(bound).is_ok());
        budget.release(bound);
        assert!(budget.reserve(bound).is_ok());
    }

    #[test]
    fn money_and_requests_end_as_well() {
        let price = Price::read("1000000 0").unwrap();
        let mut budget = Budget::new(Limits { dollars: Some(3.0), requests: Some(9), ..Limits::default() }, Some(price));
        let bound = Bound { tokens_in: 1, tokens_out: 0 };
        assert_eq!((0..5).filter(|_| budget.reserve(bound).is_ok()).count(), 3);
        let mut budget = Budget::new(Limits { requests: Some(2), ..Limits::default() }, None);
        assert_eq!((0..5).filter(|_| budget.reserve(bound).is_ok()).count(), 2);
    }
}
