//! The one seam between those who write samples: by rule, by a model, by replies on record.

use crate::generate::llm::Order;
use crate::generate::offline;
use crate::model::{Brief, Draft, Refusal};

/// What became of one order.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// To be proved, like any other draft.
    Draft(Box<Draft>),
    /// Asked and answered, and not good enough: it is not asked again.
    Refused(Refusal),
    /// Not asked, or not answered, and why. A later run asks.
    Open(String),
}

/// Writes samples for a whole batch, in its order. An error is one of the world outside; what a
/// model gets wrong is a [`Said`].
pub(crate) trait Generator {
    fn draft(&self, orders: Vec<Order>) -> anyhow::Result<Vec<Said>>;
}

/// The floor itself: never refuses, asks nobody.
pub(crate) struct Offline;

impl Generator for Offline {
    fn draft(&self, orders: Vec<Order>) -> anyhow::Result<Vec<Said>> {
        Ok(orders.into_iter().map(|order| Said::Draft(Box::new(Draft(order.floor)))).collect())
    }
}

impl Order {
    /// The order for a brief whose evidence has its bytes.
    pub(crate) fn new(brief: Brief, recipe: String) -> Self {
        let Draft(floor) = offline::draft(brief);
        Self { floor, recipe }
    }
}
