//! MITRE ATT&CK technique ids.

use std::fmt;

use serde::Serialize;

/// An ATT&CK technique id in canonical form, such as `T1584.008`. Whether the technique exists is not checked here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Technique(Box<str>);

impl Technique {
    /// Parses `T1234` or `T1234.001` in any case.
    ///
    /// ```
    /// # use ir::Technique;
    /// assert_eq!(Technique::parse("t1584.008").map(|t| t.to_string()).as_deref(), Some("T1584.008"));
    /// assert!(Technique::parse("T15").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let rest = text.strip_prefix(['T', 't'])?;
        let well_formed = match rest.split_once('.') {
            None => digits(rest, 4),
            Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        };
        well_formed.then(|| Self(format!("T{rest}").into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The technique without its sub-technique: `T1584` for `T1584.008`.
    #[must_use]
    pub fn parent(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
