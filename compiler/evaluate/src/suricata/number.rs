//! Does a number compare as a rule asks? `5`, `>5`, `<5`, `>=5`, `<=5`, `!5` and `5<>10`, which holds neither end.
//!
//! <https://docs.suricata.io/en/latest/rules/payload-keywords.html#bsize>

use super::read::Written;
use crate::Fault;

/// A comparison with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Is(u64),
    Not(u64),
    More(u64),
    Less(u64),
    AtLeast(u64),
    AtMost(u64),
    /// Between both, without them.
    Between(u64, u64),
}

impl Comparison {
    pub(crate) fn read(written: &Written<'_>, text: &str) -> Result<Self, Fault> {
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| written.unknown());
        if let Some((from, to)) = text.split_once("<>") {
            return Ok(Self::Between(number(from)?, number(to)?));
        }
        for sign in [">=", "<=", ">", "<", "!"] {
            let Some(rest) = text.strip_prefix(sign) else { continue };
            let value = number(rest)?;
            return Ok(match sign {
                ">=" => Self::AtLeast(value),
                "<=" => Self::AtMost(value),
                ">" => Self::More(value),
                "<" => Self::Less(value),
                _ => Self::Not(value),
            });
        }
        number(text).map(Self::Is)
    }

    pub(crate) fn holds(self, value: u64) -> bool {
        match self {
            Self::Is(than) => value == than,
            Self::Not(than) => value != than,
            Self::More(than) => value > than,
            Self::Less(than) => value < than,
            Self::AtLeast(than) => value >= than,
            Self::AtMost(than) => value <= than,
            Self::Between(from, to) => from < value && value < to,
        }
    }
}
