//! Which port is written behind an address or a host? `:8443`, `port 8443`, `(TCP/8443)`, `on ports 443 and 8443`.

/// The ports behind a value, in the order of the text; empty when none is named.
pub(super) fn behind(text: &str, end: usize) -> Vec<u16> {
    const MOST: usize = 8;
    let mut out = Vec::new();
    let Some(mut rest) = lead(text.get(end..).unwrap_or_default()) else { return out };
    while let Some((port, tail)) = number(rest).filter(|_| out.len() < MOST) {
        if !out.contains(&port) {
            out.push(port);
        }
        let tail = tail.strip_prefix("/tcp").or_else(|| tail.strip_prefix("/udp")).unwrap_or(tail);
        let more = [", ", "/", " and ", " or ", ", and ", " & ", ",", "; "].iter().find_map(|gap| tail.strip_prefix(gap));
        let Some(more) = more else { break };
        rest = more;
    }
    out
}

/// The ports behind a value that stands from `start` to `end`: also a bare number behind one that begins its line, `- 198.51.100.7 8443`.
pub(super) fn of(text: &str, start: usize, end: usize) -> Vec<u16> {
    let ports = behind(text, end);
    if ports.is_empty() { bare(text, start, end).into_iter().collect() } else { ports }
}

/// Ports below 1024 that attackers listen on; other small numbers count something.
const LOW: [u16; 34] = [
    20, 21, 22, 23, 25, 53, 69, 80, 81, 82, 83, 84, 85, 86, 87, 88, 110, 123, 135, 139, 143, 161, 389, 443, 444, 445, 465, 587, 636, 853, 873, 989,
    993, 995,
];

/// A number alone behind a value that begins its line, where it can be nothing but a port: no year, no small number, no words behind it.
fn bare(text: &str, start: usize, end: usize) -> Option<u16> {
    const LEAD: usize = 12;
    const GAPS: [&str; 9] = [" - ", " – ", " / ", " : ", " [:]", " (:", " | ", " ", "\u{a0}"];
    let rest = text.get(end..)?;
    let rest = rest.trim_start_matches(['`', '*']);
    let gap = GAPS.iter().find(|gap| rest.starts_with(**gap))?;
    let digits = rest.get(gap.len()..)?;
    let (port, tail) = number(digits)?;
    let count = digits.len() - tail.len();
    let low = start.saturating_sub(LEAD);
    let lead = text.as_bytes().get(low..start)?;
    let lead = lead.iter().rposition(|byte| *byte == b'\n').map_or((low == 0).then_some(lead), |at| lead.get(at + 1..))?;
    if *gap == " | " || !lead.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'*' | b'+' | b'>' | b'`' | b'[' | 0x80..)) {
        return None;
    }
    let tail = tail.trim_start_matches(['`', '*', ')']);
    let protocol = ["/tcp", "/udp", " tcp", " udp", " (tcp", " (udp"];
    if protocol.iter().any(|word| tail.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))) {
        return Some(port);
    }
    let year = count == 4 && (1970..=2100).contains(&port);
    let next = tail.bytes().take(LEAD).find(|byte| !matches!(byte, b' ' | b'.' | b',' | b';'));
    let ends = next.map_or(tail.len() < LEAD, |byte| matches!(byte, b'\n' | b'\r'));
    let likely = (port >= 1024 && !year && !digits.starts_with('0')) || LOW.contains(&port);
    (ends && likely).then_some(port)
}

/// What follows the words that announce a port.
fn lead(rest: &str) -> Option<&str> {
    const WORDS: [&str; 4] = ["on ", "over ", "via ", "using "];
    const PORTS: [&str; 17] = [
        "tcp ports ",
        "tcp port ",
        "udp ports ",
        "udp port ",
        "tcp/",
        "udp/",
        "port number ",
        "ports ",
        "port: ",
        "port ",
        "port=",
        "port/",
        "tcp:",
        "udp:",
        "ports: ",
        "tcp ",
        "udp ",
    ];
    if let Some(rest) = rest.strip_prefix(':') {
        return rest.starts_with(|char: char| char.is_ascii_digit()).then_some(rest);
    }
    // `198.51.100.7 :8443`
    let apart = rest.strip_prefix(" :").filter(|rest| rest.starts_with(|char: char| char.is_ascii_digit()));
    if apart.is_some() {
        return apart;
    }
    let rest = rest
        .trim_start_matches(['`', '"', '\'', '*', ')', ']', ','])
        .trim_start_matches(' ')
        .trim_start_matches(['(', '[', '-', '–', '|'])
        .trim_start_matches(' ');
    let strip = |rest: &'_ str, words: &[&str]| {
        words
            .iter()
            .filter(|word| rest.as_bytes().get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())))
            .map(|word| word.len())
            .max()
    };
    let rest = strip(rest, &WORDS).and_then(|length| rest.get(length..)).unwrap_or(rest);
    let rest = strip(rest, &["the "]).and_then(|length| rest.get(length..)).unwrap_or(rest);
    rest.get(strip(rest, &PORTS)?..)
}

/// A port at the beginning of a text, and what follows it.
fn number(text: &str) -> Option<(u16, &str)> {
    let digits = text.bytes().take(6).take_while(u8::is_ascii_digit).count();
    let port: u16 = text.get(..digits)?.parse().ok().filter(|port| *port > 0)?;
    let rest = text.get(digits..)?;
    // `8.8`, `80-90`, `10.000`: no port.
    let bytes = rest.as_bytes();
    let goes_on = bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        || matches!(bytes.first(), Some(b'.' | b'-' | b':')) && bytes.get(1).is_some_and(u8::is_ascii_digit);
    (!goes_on).then_some((port, rest))
}

/// The ports in a cell of its own.
pub(super) fn in_cell(cell: &str) -> Vec<u16> {
    let cell = cell.trim_matches(['`', ' ']);
    behind(&format!(" port {}", cell.strip_prefix("TCP/").or_else(|| cell.strip_prefix("tcp/")).unwrap_or(cell)), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_as_they_are_written() {
        for (text, wanted) in [
            (":8443", vec![8443]),
            (" :8443", vec![8443]),
            ("|8443|", vec![]),
            (" - TCP/8443", vec![8443]),
            (" 12 machines", vec![]),
            (" port 8443.", vec![8443]),
            (" (port 8443)", vec![8443]),
            (", TCP/8443", vec![8443]),
            ("` on TCP port 443", vec![443]),
            (" over ports 443, 8080 and 8443", vec![443, 8080, 8443]),
            (" port 8.8", vec![]),
            (" on 12 machines", vec![]),
            (":70000", vec![]),
            (" was seen on port calls", vec![]),
        ] {
            assert_eq!(behind(text, 0), wanted, "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_a_port_in_a_list_alone() {
        for (text, wanted) in [
            ("- X 8443", vec![8443]),
            ("- X 443\n- Y", vec![443]),
            ("X - 8443\n", vec![8443]),
            ("* `X` / 8443", vec![8443]),
            ("X : 8443", vec![8443]),
            ("X 31337/tcp - loader", vec![31337]),
            ("X 2026", vec![]),
            ("X 12", vec![]),
            ("X 99999", vec![]),
            ("X 8443 times", vec![]),
            ("X 8443   7", vec![]),
            ("X  8443", vec![]),
            ("X (8443)", vec![]),
            ("seen from X 8443", vec![]),
            ("X 2026-03-04", vec![]),
            ("X | 8443", vec![]),
        ] {
            let at = text.find('X').unwrap();
            assert_eq!(of(text, at, at + 1), wanted, "{text}");
        }
    }
}
