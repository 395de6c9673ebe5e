//! What tokens cost.

use anyhow::{Context, bail};

/// US dollars for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Price {
    pub input: f64,
    pub output: f64,
    /// Input that the server had in its cache.
    pub cached: f64,
    /// Input that the server wrote to its cache; some bill it at a premium.
    pub written: f64,
}

impl Price {
    /// Reads `INPUT OUTPUT [CACHED [WRITTEN]]`. Without its own price, cached input costs what
    /// input costs: a bound may be too high, never too low.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let numbers: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        let numbers = numbers.with_context(|| format!("`{text}` is not a price"))?;
        let (input, output, rest) = match numbers.as_slice() {
            [input, output, rest @ ..] if rest.len() <= 2 => (*input, *output, rest),
            _ => bail!("`{text}` is not a price\nmend: give dollars for a million tokens: INPUT OUTPUT [CACHED [WRITTEN]]"),
        };
        if numbers.iter().any(|number| !number.is_finite() || *number < 0.0) {
            bail!("`{text}` is not a price");
        }
        Ok(Self { input, output, cached: rest.first().copied().unwrap_or(input), written: rest.get(1).copied().unwrap_or(input) })
    }

    /// The price of a reply.
    pub(crate) fn of(&self, tokens_in: u64, cached: u64, tokens_out: u64) -> f64 {
        let cached = cached.min(tokens_in);
        (self.input.max(self.written) * (tokens_in - cached) as f64 + self.cached * cached as f64 + self.output * tokens_out as f64) / 1e6
    }

    /// No reply to so many tokens costs more.
    pub(crate) fn bound(&self, tokens_in: u64, tokens_out: u64) -> f64 {
        (self.input.max(self.written).max(self.cached) * tokens_in as f64 + self.output * tokens_out as f64) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::Price;

    #[test]
    fn a_bound_is_never_too_low() {
        let price = Price::read("1 4 0.1 1.25").unwrap();
        assert_eq!(price.of(1_000_000, 400_000, 500_000), 0.6 * 1.25 + 0.04 + 2.0);
        assert!(price.bound(1_000_000, 500_000) >= price.of(1_000_000, 0, 500_000));
        assert_eq!(Price::read("2 8").unwrap(), Price { input: 2.0, output: 8.0, cached: 2.0, written: 2.0 });
        for wrong in ["", "1", "a b", "1 2 3 4 5", "-1 2", "nan 1"] {
            assert!(Price::read(wrong).is_err(), "{wrong}");
        }
    }
}
