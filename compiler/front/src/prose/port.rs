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
}
