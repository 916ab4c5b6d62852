//! How does Sysmon write what a resolver answered?
//!
//! `QueryResults` has every answer with a semicolon behind it: an IPv4 address as one of IPv6, `::ffff:192.0.2.1;`, another kind of record with the
//! number of its type before it, `type:  5 www.example.com;` (<https://learn.microsoft.com/sysinternals/downloads/sysmon>, event 22).

use ir::regex::{ClassUnicode, ClassUnicodeRange, Look, Node, PartOf};
use ir::{Case, Part, Pattern, Regex, Shape};

/// What ends an answer.
const END: char = ';';

/// What stands before an address of IPv4.
const MAPPED: &str = "::ffff:";

/// A pattern for one answer as patterns for the whole text, and whether they mean the same.
pub(crate) fn of_pattern(pattern: &Pattern) -> (Vec<Pattern>, bool) {
    // What is open to its right needs no end.
    let whole = if pattern.parts().last() == Some(&Part::Run) { pattern.clone() } else { pattern.before(";").open_end() };
    let exact = match pattern.shape() {
        Shape::Exact(text) => !text.contains([END, ' ']),
        Shape::Ends(text) => !text.contains([END, ' ', ':']),
        // An open end may reach into what stands before a value; some letter of its own keeps it out of there.
        Shape::Starts(text) | Shape::Contains(text) => {
            !text.contains([END, ' ', ':']) && text.contains(|char: char| !"typef0123456789".contains(char.to_ascii_lowercase()))
        }
        _ => false,
    };
    if pattern.parts().first() == Some(&Part::Run) {
        return (vec![whole], exact);
    }
    let behind = |text: &str| whole.after(text).anywhere_before();
    (vec![whole.clone(), behind(";"), behind(MAPPED), behind(" ")], exact)
}

/// Expressions on one answer as expressions on the whole text.
///
/// # Errors
///
/// Says which cannot be said of a part.
pub(crate) fn expressions(list: &[Regex]) -> Result<Vec<Regex>, String> {
    let part = part();
    list.iter().map(|regex| Regex::of(&regex.node()?.on_part_of(&part).ok_or("anchors deep inside")?)).collect()
}

/// One answer as a part of the text.
#[must_use]
pub fn part() -> PartOf {
    let mut inside = ClassUnicode::new([ClassUnicodeRange::new(END, END)]);
    inside.negate();
    let some = |node| Node::repeat(node, 1, None, true);
    let literal = |text: &str| Node::literal(text, Case::Sensitive);
    let kind = Node::concat([literal("type:"), some(literal(" ")), some(Node::class(&[('0', '9')])), some(literal(" "))]);
    let before = Node::repeat(Node::either([kind, literal(MAPPED)]), 0, Some(1), true);
    let start = Node::concat([Node::either([Node::Look(Look::Start), literal(";")]), before]);
    PartOf { start, lead: Node::Empty, inside, trail: Node::Empty, end: literal(";") }
}

/// Answers as the log writes them.
#[must_use]
pub fn written(answers: &[String]) -> String {
    let one = |answer: &String| match answer.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => format!("{MAPPED}{address};"),
        Ok(std::net::IpAddr::V6(_)) => format!("{answer};"),
        Err(_) => format!("type:  5 {answer};"),
    };
    answers.iter().filter(|answer| !answer.is_empty()).map(one).collect()
}

/// The answers in the log's text; none where it has another form.
#[must_use]
pub fn read(text: &str) -> Vec<String> {
    let Some(text) = text.strip_suffix(END) else { return Vec::new() };
    let bare = |answer: &str| {
        let kind = answer.strip_prefix("type:").map(|rest| rest.trim_start().trim_start_matches(|char: char| char.is_ascii_digit()).trim_start());
        kind.or_else(|| answer.strip_prefix(MAPPED)).unwrap_or(answer).to_owned()
    };
    text.split(END).map(bare).filter(|answer| !answer.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "type:  5 www.example.com;::ffff:192.0.2.1;2001:db8::1;198.51.100.7;";

    #[test]
    fn what_is_written_is_read_and_found() {
        let answers = read(ALL);
        assert_eq!(answers, ["www.example.com", "192.0.2.1", "2001:db8::1", "198.51.100.7"]);
        assert_eq!(read(&written(&answers)), answers);
        assert!(written(&[String::new()]).is_empty() && read("-").is_empty() && read("192.0.2.1").is_empty());
        for answer in &answers {
            let (patterns, exact) = of_pattern(&Pattern::exact(answer.as_str()));
            assert!(exact && patterns.iter().any(|pattern| pattern.matches(ALL, Case::Insensitive)), "{answer}");
        }
        for other in ["example.com", "92.0.2.1", "192.0.2.1;2001:db8::1", "5", "type:  5 www.example.com"] {
            let (patterns, _) = of_pattern(&Pattern::exact(other));
            assert!(!patterns.iter().any(|pattern| pattern.matches(ALL, Case::Insensitive)) || other.contains([';', ' ']), "{other}");
        }
        assert!(of_pattern(&Pattern::contains("evil")).1 && !of_pattern(&Pattern::starts("ty")).1 && !of_pattern(&Pattern::contains("5")).1);
        let fits = |pattern: Pattern| of_pattern(&pattern).0.iter().any(|pattern| pattern.matches(ALL, Case::Insensitive));
        assert!(fits(Pattern::starts("192.0.2.")) && fits(Pattern::ends(".example.com")) && fits(Pattern::contains("51.100")));
        assert!(!fits(Pattern::starts("92.0.2.")) && !fits(Pattern::ends("example.co")));
    }

    #[test]
    fn expressions_stay_in_one_answer() {
        let fits = |text: &str| expressions(&[Regex::parse(text, Case::Insensitive).unwrap()]).unwrap()[0].is_match(ALL.as_bytes());
        for text in [r"^192\.0\.2\.[0-9]+$", r"^www\.", r"\.com$", "db8", r"^198\.51\.100\.7$", r"^2001:"] {
            assert!(fits(text), "{text}");
        }
        for text in [r"^2\.0", r"^ffff", r"com.*192", r"example$", "^5"] {
            assert!(!fits(text), "{text}");
        }
    }
}
