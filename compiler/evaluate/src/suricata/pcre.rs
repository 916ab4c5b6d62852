//! How is an expression of a rule compiled? <https://docs.suricata.io/en/latest/rules/payload-keywords.html#pcre-perl-compatible-regular-expressions>

use pcre2::bytes::{Regex, RegexBuilder};

use super::content::Expression;
use super::read::Written;
use crate::Fault;

/// So much work a match may be. An expression that needs more has no verdict; the engine would say that it does not match.
const WORK: &str = "(*LIMIT_MATCH=1000000)(*LIMIT_DEPTH=100000)";

/// An expression between slashes, with flags behind them.
pub(crate) fn read(written: &Written<'_>) -> Result<Expression, Fault> {
    let (negated, text) = written.quoted()?;
    let (expression, flags) = text
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'))
        .filter(|(expression, _)| !expression.is_empty())
        .ok_or_else(|| written.unread("an expression between slashes"))?;
    let relative = flags.contains('R');
    // What the limits of the engine's configuration are, and that capture groups are kept, decides nothing here.
    let flags: String = flags.chars().filter(|flag| !matches!(flag, 'R' | 'O')).collect();
    Ok(Expression { negated, relative, regex: compile(expression, &flags).map_err(|fault| at(written, fault))? })
}

fn at(written: &Written<'_>, fault: Fault) -> Fault {
    match fault {
        Fault::Unread { why, .. } => Fault::Unread { at: written.at, why },
        other => other,
    }
}

/// An expression over bytes. A verb at its front could lift the limits of work, so it has no meaning here.
pub(crate) fn compile(expression: &str, flags: &str) -> Result<Regex, Fault> {
    if expression.starts_with("(*") {
        return Err(Fault::Unknown(format!("the verb of `{expression}`")));
    }
    let mut builder = RegexBuilder::new();
    let mut front = String::new();
    for flag in flags.chars() {
        match flag {
            'i' => builder.caseless(true),
            'm' => builder.multi_line(true),
            's' => builder.dotall(true),
            'x' => builder.extended(true),
            'A' => {
                front.push_str("\\G");
                &mut builder
            }
            'G' => {
                front.push_str("(?U)");
                &mut builder
            }
            other => return Err(Fault::Unknown(format!("the flag `{other}` of an expression"))),
        };
    }
    let text = if front.is_empty() { format!("{WORK}{expression}") } else { format!("{WORK}{front}(?:{expression})") };
    builder.build(&text).map_err(|error| Fault::Unread { at: 0, why: format!("an expression of PCRE: {error}") })
}
