//! The name of an object.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, anyhow};
use gix::ObjectId;

/// The id of a commit, a tree or a blob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Oid(ObjectId);

impl Oid {
    /// Reads the full hexadecimal form.
    pub(crate) fn parse(hex: &str) -> Result<Oid> {
        match ObjectId::from_hex(hex.as_bytes()) {
            Ok(id) => Ok(Oid(id)),
            Err(_) => Err(anyhow!("not an object id: `{}`", hex.escape_debug())),
        }
    }

    /// The first seven digits: for people, never for a look-up.
    pub(crate) fn short(self) -> String {
        self.0.to_hex_with_len(7).to_string()
    }

    pub(super) fn raw(self) -> ObjectId {
        self.0
    }
}

impl From<ObjectId> for Oid {
    fn from(id: ObjectId) -> Oid {
        Oid(id)
    }
}

impl FromStr for Oid {
    type Err = anyhow::Error;

    fn from_str(hex: &str) -> Result<Oid> {
        Oid::parse(hex)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::Oid;

    #[test]
    fn an_id_reads_what_it_prints() {
        let hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let id = Oid::parse(hex).unwrap();
        assert_eq!(id.to_string(), hex);
        assert_eq!(id.short(), "4b825dc");
        assert_eq!(hex.parse::<Oid>().unwrap(), id);
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in ["", "4b825dc", "main", "zz825dc642cb6eb9a060e54bf8d69288fbee4904"] {
            assert!(Oid::parse(bad).is_err(), "{bad}");
        }
    }
}
