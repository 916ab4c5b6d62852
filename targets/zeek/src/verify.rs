//! Does Zeek read what was written, and as what was meant? A reader of our own, stricter than Zeek's, which skips a line that it cannot take.

use std::collections::BTreeSet;
use std::net::IpAddr;

use backend::{Fault, Printed};
use ipnet::IpNet;

use crate::ast::Type;
use crate::print::{COLUMNS, UNSET, header};

/// A line as Zeek's reader has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) value: Vec<u8>,
    pub(crate) of: Type,
    pub(crate) source: Vec<u8>,
    /// Empty when it is not set.
    pub(crate) about: Vec<u8>,
}

/// Reads all files back.
pub(crate) fn verify(printed: &Printed) -> Vec<Fault> {
    let mut out = Vec::new();
    for artefact in &printed.artefacts {
        match read(&artefact.text) {
            Ok(lines) if lines.is_empty() => out.push(Fault::of_file(&artefact.path, "it holds no line")),
            Ok(_) => {}
            Err((line, why)) => out.push(Fault::of_file(&artefact.path, format!("line {line}: {why}"))),
        }
    }
    out
}

/// The lines of a file, or the first that cannot be read and why.
pub(crate) fn read(text: &str) -> Result<Vec<Line>, (usize, String)> {
    let body = text.strip_suffix('\n').ok_or_else(|| (text.lines().count(), "the last line has no end".to_owned()))?;
    let mut lines = body.split('\n');
    if lines.next() != Some(&header()) {
        return Err((1, "it does not name the columns".to_owned()));
    }
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (number, text) in (2..).zip(lines) {
        let line = line(text).map_err(|why| (number, why))?;
        if !seen.insert((line.of, line.value.to_ascii_lowercase(), line.source.clone())) {
            return Err((number, "the value stands there twice, and the second takes the place of the first".to_owned()));
        }
        out.push(line);
    }
    Ok(out)
}

fn line(text: &str) -> Result<Line, String> {
    if text.starts_with('#') {
        return Err("it is a comment".to_owned());
    }
    let cells: Vec<&str> = text.split('\t').collect();
    let [value, of, source, about, url, notice] = cells.as_slice() else {
        return Err(format!("it has {} columns instead of {}", cells.len(), COLUMNS.len()));
    };
    let set = |cell: &str, name: &str| match plain(cell)? {
        text if cell == UNSET || text.is_empty() => Err(format!("`{name}` is not set")),
        text => Ok(text),
    };
    let known = Type::parse(of).ok_or_else(|| format!("`{of}` is no type of the framework"))?;
    let value = set(value, "indicator")?;
    if !has_form(known, &value) {
        return Err(format!("`{}` is no value of `{of}`", String::from_utf8_lossy(&value)));
    }
    let source = set(source, "meta.source")?;
    plain(url)?;
    let about = if *about == UNSET { Vec::new() } else { plain(about)? };
    if String::from_utf8_lossy(&about).contains(char::is_control) {
        return Err("`meta.desc` is not one line".to_owned());
    }
    match *notice {
        "T" | "F" => Ok(Line { value, of: known, source, about }),
        other => Err(format!("`{other}` is neither `T` nor `F`")),
    }
}

/// A column's text. A backslash that begins no escape is refused, although Zeek takes it for itself.
pub(crate) fn plain(cell: &str) -> Result<Vec<u8>, String> {
    if let Some(char) = cell.chars().find(|char| char.is_control()) {
        return Err(format!("{char:?} stands there as it is"));
    }
    let mut out = Vec::with_capacity(cell.len());
    let mut pieces = cell.split('\\');
    out.extend(pieces.next().unwrap_or_default().bytes());
    for piece in pieces {
        let digits = piece.strip_prefix('x').and_then(|rest| rest.get(..2)).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.ok_or_else(|| "a backslash begins no escape".to_owned())?);
        out.extend(piece.bytes().skip(3));
    }
    Ok(out)
}

/// Whether a value has the form that Zeek's scripts see values of its type in.
fn has_form(of: Type, value: &[u8]) -> bool {
    let text = std::str::from_utf8(value).ok();
    let digest = |lengths: &[usize]| lengths.contains(&value.len()) && value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match of {
        Type::Addr => text.is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        Type::Subnet => text.and_then(|text| text.parse::<IpNet>().ok()).is_some_and(|net| net.trunc() == net),
        Type::Url => {
            let host = value.split(|byte| *byte == b'/').next().unwrap_or_default();
            // A scheme ends in `:`; after a host there is a port.
            !host.is_empty() && !host.ends_with(b":") && !host.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b'@')
        }
        Type::Domain => text.is_some_and(|text| {
            let odd = |char: char| char.is_whitespace() || char.is_ascii_uppercase() || matches!(char, '/' | ':' | '@' | '*');
            !text.contains(odd) && !text.starts_with('.') && !text.ends_with('.') && text.parse::<IpAddr>().is_err()
        }),
        Type::Email => text.and_then(|text| text.rsplit_once('@')).is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        Type::CertHash => digest(&[40]),
        Type::FileHash => digest(&[32, 40, 64]),
        Type::Software | Type::FileName => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        read(&format!("{}\n{line}\n", header())).expect_err(line).1
    }

    #[test]
    fn what_zeek_would_skip_or_misread_is_refused() {
        let fine = "192.0.2.1\tIntel::ADDR\tA-1\t-\t-\tT";
        assert_eq!(read(&format!("{}\n{fine}\n", header())).map(|lines| lines.len()), Ok(1));
        assert_eq!(read(&format!("{fine}\n")), Err((1, "it does not name the columns".to_owned())));
        assert_eq!(read(&format!("{}\n{fine}", header())), Err((2, "the last line has no end".to_owned())));
        for (line, why) in [
            (&*format!("{fine}\n{fine}"), "the value stands there twice, and the second takes the place of the first"),
            ("# 192.0.2.1\tIntel::ADDR\tA-1\t-\t-\tT", "it is a comment"),
            ("", "it has 1 columns instead of 6"),
            ("192.0.2.1\tIntel::ADDR\tA-1\t-\t-\tT\t", "it has 7 columns instead of 6"),
            ("192.0.2.1\tIntel::JA3\tA-1\t-\t-\tT", "`Intel::JA3` is no type of the framework"),
            ("192.0.2.1\tIntel::ADDR\t-\t-\t-\tT", "`meta.source` is not set"),
            ("-\tIntel::SOFTWARE\tA-1\t-\t-\tT", "`indicator` is not set"),
            ("192.0.2.1\tIntel::ADDR\tA-1\t-\t-\ttrue", "`true` is neither `T` nor `F`"),
            ("192.0.2.1\tIntel::ADDR\tA-1\ta\\b\t-\tT", "a backslash begins no escape"),
            ("192.0.2.1\tIntel::ADDR\tA-1\t-\t-\tT\r", "`T\r` is neither `T` nor `F`"),
        ] {
            assert_eq!(refused(line), why);
        }
    }

    #[test]
    fn a_value_has_the_form_of_its_type() {
        let sha1 = "a".repeat(40);
        for (of, fine, odd) in [
            ("ADDR", vec!["192.0.2.1", "2001:db8::1"], vec!["192.0.2.0/24", "evil.example", "[2001:db8::1]", "192.0.2.1:80"]),
            ("SUBNET", vec!["192.0.2.0/24", "2001:db8::/32"], vec!["192.0.2.1/24", "192.0.2.0"]),
            (
                "URL",
                vec!["evil.example/a", "evil.example:8080/", "[2001:db8::1]/a?b=http://c"],
                vec!["http://evil.example/", "/a", "u@evil.example/"],
            ),
            (
                "DOMAIN",
                vec!["evil.example", "xn--bcher-kva.example"],
                vec!["Evil.example", "evil.example/", "192.0.2.1", "*.evil.example", ".example"],
            ),
            ("EMAIL", vec!["a@evil.example"], vec!["evil.example", "@evil.example", "a@"]),
            ("CERT_HASH", vec![&*sha1], vec!["aa"]),
            ("FILE_HASH", vec![&*sha1], vec!["aa", "A"]),
        ] {
            let of = Type::parse(&format!("Intel::{of}")).unwrap();
            assert!(fine.iter().all(|value| has_form(of, value.as_bytes())), "{of:?}");
            let taken: Vec<&&str> = odd.iter().filter(|value| has_form(of, value.as_bytes())).collect();
            assert!(taken.is_empty(), "{of:?} takes {taken:?}");
        }
    }
}
