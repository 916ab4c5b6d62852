//! Where does each option of a rule begin and end? The text of a file as rules, and of a rule as names and values.
//!
//! <https://docs.suricata.io/en/latest/rules/intro.html#rule-options>

use crate::Fault;

/// A rule has no more options than this.
const OPTIONS: usize = 4096;

/// One option as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'t> {
    pub(crate) name: &'t str,
    /// What stands behind the colon, without blanks around it.
    pub(crate) value: Option<&'t str>,
    /// Where it begins, in bytes of the rule.
    pub(crate) at: usize,
}

impl<'t> Written<'t> {
    /// The value of an option that needs one.
    pub(crate) fn value(&self) -> Result<&'t str, Fault> {
        self.value.filter(|value| !value.is_empty()).ok_or_else(|| self.unread("a value"))
    }

    /// The value without a sign before it and quotes around it.
    pub(crate) fn quoted(&self) -> Result<(bool, &'t str), Fault> {
        let value = self.value()?;
        let (negated, rest) = match value.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, value),
        };
        let inner = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.is_empty());
        inner.map(|inner| (negated, inner)).ok_or_else(|| self.unread("a value in quotes"))
    }

    /// The option has no value.
    pub(crate) fn bare(&self) -> Result<(), Fault> {
        if self.value.is_none() { Ok(()) } else { Err(self.unread("no value")) }
    }

    pub(crate) fn unread(&self, what: &str) -> Fault {
        Fault::Unread { at: self.at, why: format!("`{}` takes {what}", self.name) }
    }

    /// The option, or a form of it, has no meaning here.
    pub(crate) fn unknown(&self) -> Fault {
        Fault::Unknown(match self.value {
            Some(value) => format!("`{}:{value}`", self.name),
            None => format!("`{}`", self.name),
        })
    }
}

/// A rule's header, and its options in order.
pub(crate) fn rule(text: &str) -> Result<(&str, Vec<Written<'_>>), Fault> {
    let open = text.find('(').ok_or(Fault::Unread { at: text.len(), why: "options stand in parentheses".to_owned() })?;
    let (header, rest) = text.split_at(open);
    let body = rest.trim_end().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let body = body.ok_or(Fault::Unread { at: text.len(), why: "options end with `)`".to_owned() })?;
    Ok((header.trim(), options(body, open + 1)?))
}

/// A semicolon ends an option, unless a backslash stands before it.
fn options(body: &str, base: usize) -> Result<Vec<Written<'_>>, Fault> {
    let mut out = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b';' => {
                let text = body.get(start..at).unwrap_or_default();
                let lead = text.len() - text.trim_start().len();
                let (name, value) = match text.split_once(':') {
                    Some((name, value)) => (name.trim(), Some(value.trim())),
                    None => (text.trim(), None),
                };
                if name.is_empty() {
                    return Err(Fault::Unread { at: base + start, why: "an option has a name".to_owned() });
                }
                out.push(Written { name, value, at: base + start + lead });
                start = at + 1;
            }
            _ => {}
        }
        if out.len() > OPTIONS {
            return Err(Fault::Unread { at: base + at, why: format!("a rule has {OPTIONS} options at most") });
        }
    }
    match body.get(start..).map(str::trim) {
        None | Some("") => Ok(out),
        Some(_) => Err(Fault::Unread { at: base + start, why: "an option ends with `;`".to_owned() }),
    }
}

/// The rules of a file, each with the line it begins on: comments and empty lines are none, and a backslash at the end of a line joins the
/// next to it.
pub(crate) fn lines(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let (begin, mut rule) = open.take().unwrap_or((number + 1, String::new()));
        if rule.is_empty() && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        match line.trim_end().strip_suffix('\\') {
            Some(part) => {
                rule.push_str(part);
                open = Some((begin, rule));
            }
            None => {
                rule.push_str(line);
                out.push((begin, rule));
            }
        }
    }
    out.extend(open);
    out
}

/// The bytes between the quotes of `content`: hex between pipes, and a backslash before what means something.
pub(crate) fn bytes(written: &Written<'_>, text: &str) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::with_capacity(text.len());
    let (mut hex, mut half, mut escaped) = (false, None, false);
    for byte in text.bytes() {
        match (byte, hex) {
            (_, false) if escaped => {
                if !matches!(byte, b'"' | b';' | b'\\' | b':') {
                    return Err(written.unread("a backslash before `\"`, `;`, `:` or `\\` alone"));
                }
                escaped = false;
                out.push(byte);
            }
            (b'|', true) if half.is_some() => return Err(written.unread("two hex digits for each byte")),
            (b'|', _) => hex = !hex,
            (b' ', true) => {}
            (digit, true) => {
                let digit = char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let digit = digit.ok_or_else(|| written.unread("hex digits between pipes"))?;
                match half.take() {
                    None => half = Some(digit),
                    Some(high) => out.push(high << 4 | digit),
                }
            }
            (b'\\', false) => escaped = true,
            (b'"' | b';', false) => return Err(written.unread("`\"` and `;` behind a backslash")),
            (byte, false) => out.push(byte),
        }
    }
    if hex || escaped || out.is_empty() {
        return Err(written.unread("at least one byte, and pipes in pairs"));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_a_header_and_options() {
        let (header, options) = rule(r#"alert ip any any -> any any (msg:"a\; b (c)"; content:"x" ; nocase; sid:1;)"#).unwrap();
        assert_eq!(header, "alert ip any any -> any any");
        let pairs: Vec<(&str, Option<&str>)> = options.iter().map(|option| (option.name, option.value)).collect();
        assert_eq!(pairs, [("msg", Some(r#""a\; b (c)""#)), ("content", Some(r#""x""#)), ("nocase", None), ("sid", Some("1"))]);
        for text in ["alert", "alert ip any any -> any any (sid:1)", "alert ip any any -> any any (sid:1;", "a (;)", "a (: x;)"] {
            assert!(rule(text).is_err(), "{text}");
        }
    }

    /// <https://docs.suricata.io/en/latest/rules/payload-keywords.html#content>
    #[test]
    fn contents_are_letters_and_hex() {
        let written = Written { name: "content", value: None, at: 0 };
        let read = |text: &str| bytes(&written, text);
        assert_eq!(read("a|0D 0A|b").unwrap(), b"a\r\nb");
        assert_eq!(read("http|3A|//").unwrap(), b"http://");
        assert_eq!(read(r#"\"\;\\\:"#).unwrap(), br#"";\:"#);
        for text in ["|0|", "|0D", "a|XY|", "", "||", r"\", r"\a", "\""] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lines_are_joined_and_comments_are_none() {
        let rules = lines("# head\n\nalert a \\\n b\n  # x\nalert c");
        assert_eq!(rules, [(3, "alert a  b".to_owned()), (6, "alert c".to_owned())]);
    }
}
