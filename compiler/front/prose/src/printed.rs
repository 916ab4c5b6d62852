//! Which rules does a document print? YARA and Suricata rules are carried as they stand, Sigma rules are read as such.
//!
//! A rule is told by its own words, wherever it stands: in a fence of Markdown, a listing of AsciiDoc, a `pre` of HTML, between
//! paragraphs. Sigma, which has no end of its own, is read in blocks alone.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};
use source::{FileId, Sources, Span};

use ir::NativeLanguage;

/// The most bytes of one rule, and the most rules of a document.
const MAX_RULE: usize = 64 << 10;
const MAX_RULES: usize = 500;

/// The largest listing that is read as rules of Sigma, in bytes.
const MAX_LISTING: usize = 1 << 20;

/// The rules of a document, by language; each as a file of its own would have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// The YARA rules, with the modules that they import.
    pub yara: Option<String>,
    /// The language and the name of each rule: a YARA rule's own, what a Suricata rule says, the title of a Sigma rule.
    pub names: Vec<(&'static str, String)>,
    /// The Suricata rules, one a line.
    pub suricata: Option<String>,
    /// The Sigma rules, one for each block.
    pub sigma: Vec<String>,
    /// Where the first rule stands.
    pub span: Option<Span>,
}

impl Printed {
    /// Whether the document prints no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.yara.is_none() && self.suricata.is_none() && self.sigma.is_empty()
    }
}

/// Finds the rules that a document prints.
#[must_use]
pub fn printed(sources: &Sources, file: FileId) -> Printed {
    let text: &str = &sources.file(file).text;
    // Words that no rule is without; most documents, and most blocks of those that print rules, have none of them.
    let holds = |text: &str, words: &[&str]| words.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    if !holds(text, &["condition", "sid:", "sid :", "logsource"]) {
        return Printed::default();
    }
    let blocks = if super::html::is_page(text) { page(text) } else { listings(text) };
    let mut out = Printed::default();
    let (mut imports, mut rules, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for block in blocks {
        let before = rules.len() + lines.len() + out.sigma.len();
        if before >= MAX_RULES {
            break;
        }
        if block.listing && block.text.len() <= MAX_LISTING && holds(&block.text, &["logsource"]) && is_sigma(&block.text) {
            let title = block.text.lines().find_map(|line| line.trim_start().strip_prefix("title:")).unwrap_or_default();
            out.names.push(("sigma", title.trim().trim_matches(['"', '\'']).to_owned()));
            out.sigma.push(dedented(&block.text));
        } else {
            if holds(&block.text, &["condition", "import \""]) {
                yara(&block.text, &mut imports, &mut rules, &mut out.names);
            }
            if holds(&block.text, &["sid:", "sid :"]) {
                suricata(&block.text, &mut lines, &mut out.names);
            }
        }
        if out.span.is_none() && rules.len() + lines.len() + out.sigma.len() > before {
            out.span = Some(Span::new(file, block.start, block.start));
        }
    }
    if !rules.is_empty() {
        imports.sort();
        imports.dedup();
        let head = if imports.is_empty() { String::new() } else { format!("{}\n\n", imports.join("\n")) };
        out.yara = Some(format!("{head}{}\n", rules.join("\n\n")));
    }
    if !lines.is_empty() {
        out.suricata = Some(format!("{}\n", lines.join("\n")));
    }
    out
}

/// A piece of the document in which rules may stand.
struct Block<'t> {
    start: usize,
    text: Cow<'t, str>,
    /// Whether it is set apart as a listing.
    listing: bool,
}

/// An element of a page that sets a listing apart, while it is read.
type Listing = (Vec<u8>, usize, usize, String);

/// The listings of a page: what stands in `pre`, or in `code` with lines of its own.
fn page(text: &str) -> Vec<Block<'_>> {
    let mut emitter = html5gum::emitters::default::DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut out: Vec<Block<'_>> = Vec::new();
    let block = |(_, _, start, words): Listing| Block { start, text: words.into(), listing: true };
    // The element that is open: its name, how many of that name are open, where it begins, and its words.
    let mut open: Option<Listing> = None;
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => match &mut open {
                None if matches!(&**tag.name, b"pre" | b"code" | b"textarea") && !tag.self_closing => {
                    open = Some((tag.name.to_vec(), 1, tag.span.start, String::new()));
                }
                Some((name, depth, ..)) if **tag.name == **name => *depth += 1,
                Some((.., words)) if matches!(&**tag.name, b"br" | b"div" | b"p" | b"li") && !words.ends_with('\n') => words.push('\n'),
                _ => {}
            },
            Token::EndTag(tag) => {
                if let Some((name, depth, ..)) = &mut open
                    && **tag.name == **name
                {
                    *depth -= 1;
                    if *depth == 0 {
                        out.extend(open.take().map(block));
                    }
                }
            }
            Token::String(string) => {
                if let Some((.., words)) = &mut open {
                    words.push_str(&String::from_utf8_lossy(&string.value));
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    out.extend(open.map(block));
    out
}

/// The fences of Markdown and the listings of AsciiDoc, and what stands between them.
fn listings(text: &str) -> Vec<Block<'_>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut fence: Option<&str> = None;
    let block = |start: usize, end: usize, listing: bool| Block { start, text: text.get(start..end).unwrap_or_default().into(), listing };
    while let Some(line) = line_at(text, at) {
        let begin = at;
        at += line.len();
        let words = line.trim();
        let first = words.chars().next().unwrap_or(' ');
        if !matches!(first, '`' | '~' | '-' | '.') {
            continue;
        }
        let mark = words.get(..words.len() - words.trim_start_matches(first).len()).unwrap_or_default();
        let opens = mark.len() >= 3 && (matches!(first, '`' | '~') || mark.len() >= 4 && mark.len() == words.len());
        let closes = fence.is_some_and(|fence| words.len() == mark.len() && mark.len() >= fence.len() && mark.starts_with(fence));
        if closes || fence.is_none() && opens {
            out.push(block(start, begin, fence.is_some()));
            fence = fence.is_none().then_some(mark);
            start = at;
        }
    }
    out.push(block(start, text.len(), fence.is_some()));
    out.retain(|block| !block.text.trim().is_empty());
    out
}

/// The line of a text that begins here, with its end; `None` behind the last.
fn line_at(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    rest.get(..memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1))
}

/// Whether a block is a Sigma rule: its three keys stand at one depth.
fn is_sigma(text: &str) -> bool {
    let depth = |key: &str| {
        text.lines().find_map(|line| {
            let words = line.trim_start();
            words.strip_prefix(key).filter(|rest| rest.starts_with(':')).map(|_| line.len() - words.len())
        })
    };
    match (depth("title"), depth("logsource"), depth("detection")) {
        (Some(title), Some(logsource), Some(detection)) => title == logsource && title == detection,
        _ => false,
    }
}

/// The lines without the blanks that all of them begin with.
fn dedented(text: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or(0);
    let lines: Vec<&str> = text.lines().map(|line| line.get(common..).unwrap_or_default().trim_end()).collect();
    format!("{}\n", lines.join("\n").trim())
}

/// The YARA rules of a block.
fn yara(text: &str, imports: &mut Vec<String>, rules: &mut Vec<String>, names: &mut Vec<(&'static str, String)>) {
    let mut at = 0;
    while let Some(line) = line_at(text, at) {
        let rest = text.get(at..).unwrap_or_default();
        let next = at + line.len();
        let words = line.trim();
        if words.starts_with("import \"") && words.len() < 40 && words.ends_with('"') {
            imports.push(words.to_owned());
        } else if let Some(name) = yara_name(words)
            && rules.len() < MAX_RULES
            && let Some(end) = yara_end(rest)
            && rest.get(..end).is_some_and(|rule| rule.contains("condition"))
        {
            rules.push(dedented(rest.get(..end).unwrap_or_default()).trim_end().to_owned());
            names.push(("yara", name.to_owned()));
            at += end;
            continue;
        }
        at = next;
    }
}

/// The name of the rule that a line begins: `private rule name : tag {`.
fn yara_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let mut word = words.next()?;
    while matches!(word, "private" | "global") {
        word = words.next()?;
    }
    let name = words.next().filter(|_| word == "rule")?.trim_end_matches([':', '{']);
    let good = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
    // `rule of thumb` is no rule: behind the name stand a brace, tags, or nothing.
    let behind = line.split_once(name).map_or("", |(_, behind)| behind).trim_start();
    (good && (behind.is_empty() || behind.starts_with(['{', ':', '/']))).then_some(name)
}

/// Where the rule that begins here ends, behind its closing brace.
fn yara_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at).filter(|_| at < MAX_RULE) {
        match byte {
            b'"' => {
                // A string ends in its line.
                let inner = bytes.get(at + 1..)?;
                let mut length = 0;
                while let Some(byte) = inner.get(length) {
                    match byte {
                        b'\\' => length += 2,
                        b'"' | b'\n' => break,
                        _ => length += 1,
                    }
                }
                at += length + 1;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') && at.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(u8::is_ascii_whitespace) => {
                at += bytes.get(at..)?.iter().position(|byte| *byte == b'\n')?;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => at += text.get(at..)?.find("*/")? + 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The Suricata rules of a block. A rule may go on behind a backslash.
fn suricata(text: &str, out: &mut Vec<String>, names: &mut Vec<(&'static str, String)>) {
    let mut held = String::new();
    for line in text.lines() {
        let words = line.trim().trim_start_matches(['-', '*']).trim_matches(['`', ' ']);
        // Most lines begin no rule, and none goes on in them.
        if held.is_empty()
            && !words.ends_with('\\')
            && !words.split_whitespace().next().is_some_and(|word| NativeLanguage::SURICATA_ACTIONS.contains(&word))
        {
            continue;
        }
        held.push_str(words);
        if held.ends_with('\\') && held.len() < MAX_RULE {
            held.pop();
            continue;
        }
        let rule = std::mem::take(&mut held);
        let mut parts = rule.split_whitespace();
        let begins = parts.next().is_some_and(|word| NativeLanguage::SURICATA_ACTIONS.contains(&word))
            && parts.next().is_some_and(|word| word.chars().all(|char| char.is_ascii_alphanumeric() || char == '-'));
        if begins
            && rule.len() <= MAX_RULE
            && rule.contains('(')
            && rule.ends_with(')')
            && (rule.contains("sid:") || rule.contains("sid :"))
            && rule.contains("->") | rule.contains("<>")
            && out.len() < MAX_RULES
        {
            let message =
                rule.split_once("msg:").map_or("", |(_, rest)| rest.trim_start().trim_start_matches('"').split('"').next().unwrap_or_default());
            names.push(("suricata", message.to_owned()));
            out.push(rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Printed {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        printed(&sources, file)
    }

    const YARA: &str =
        "rule tide_loader : loader {\n  strings:\n    $a = \"C:\\\\tide {\" // }\n    $b = { 4D 5A ?? }\n  condition:\n    $a or $b\n}";
    const SURICATA: &str = "alert tls any any -> any any (msg:\"tide\"; tls.sni; content:\"control-one.example\"; sid:3000001; rev:1;)";
    const SIGMA: &str = "title: Tide\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  a:\n    Image|endswith: '\\tide.exe'\n  condition: a\n";

    #[test]
    fn rules_of_a_document_are_found_wherever_they_stand() {
        let markdown = format!("# T\n\n```yara\nimport \"pe\"\n\n{YARA}\n```\n\ntext\n\n~~~\n{SURICATA}\n~~~\n\n```yaml\n{SIGMA}```\n");
        let plain = format!("T\n\nimport \"pe\"\n{YARA}\n\n{SURICATA}\n\n----\n{SIGMA}----\n");
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let page = format!(
            "<html><body><p>T</p><pre><code>import &quot;pe&quot;\n{}</code></pre><pre>{}</pre><pre>{}</pre></body></html>",
            escape(YARA),
            escape(SURICATA),
            escape(SIGMA)
        );
        for text in [markdown, plain, page] {
            let found = of(&text);
            assert_eq!(found.yara.as_deref(), Some(&*format!("import \"pe\"\n\n{YARA}\n")), "{text}");
            assert_eq!(found.names, [("yara", "tide_loader".into()), ("suricata", "tide".into()), ("sigma", "Tide".into())]);
            assert_eq!(found.suricata.as_deref(), Some(&*format!("{SURICATA}\n")));
            assert_eq!(found.sigma, [SIGMA]);
        }
    }

    #[test]
    fn words_about_rules_are_none() {
        let found = of("# Rules\n\nThe rule of thumb {is this}.\nalert (all) teams\n\nrule name\n\n```yaml\ntitle: a\nvalue: b\n```\n");
        assert!(found.is_empty(), "{found:?}");
        assert!(of(&format!("rule a {{\n{}", "{".repeat(200_000))).is_empty());
    }
}
