//! Replies on record: what the journal knows, or a batch file brought.

use crate::generate::llm::dialogue::{Desk, Next, next};
use crate::generate::llm::order::Order;
use crate::generate::llm::settings::Settings;
use crate::generate::llm::wire::Request;
use crate::generate::{Generator, Said};

/// Asks nobody. The same orders and replies always give the same samples.
pub(crate) struct Recorded<'r> {
    pub settings: &'r Settings,
    pub desk: Desk<'r>,
}

impl Generator for Recorded<'_> {
    fn draft(&self, orders: Vec<Order>) -> anyhow::Result<Vec<Said>> {
        let said = orders.iter().map(|order| match next(order, self.settings, &|_| String::new(), &self.desk) {
            Next::Said(said) => said,
            Next::Ask(_) => Said::Open("it is not answered yet".to_owned()),
        });
        Ok(said.collect())
    }
}

impl Recorded<'_> {
    /// The request that each order waits for; none for what is settled.
    pub(crate) fn open(&self, orders: &[Order], context: &dyn Fn(&Order) -> String) -> Vec<Request> {
        let open = orders.iter().filter_map(|order| match next(order, self.settings, context, &self.desk) {
            Next::Ask(request) => Some(*request),
            Next::Said(_) => None,
        });
        open.collect()
    }
}
