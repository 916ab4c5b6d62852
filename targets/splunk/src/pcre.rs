//! How does a pattern or a regular expression of the IR become PCRE?

use ir::{Case, Part, Pattern, Regex};
use regex_syntax::ast::{self, Ast};

use crate::ast::RegexPart;

/// A regular expression that any of the patterns fits, whole.
pub(crate) fn of_patterns(patterns: &[Pattern], case: Case) -> Vec<RegexPart> {
    // `(?s)`: a hole also spans line breaks. `\z`: `$` would also fit before a last line break.
    let mut out = vec![RegexPart::syntax(if case == Case::Insensitive { "(?is)" } else { "(?s)" })];
    for (at, pattern) in patterns.iter().enumerate() {
        if at > 0 {
            out.push(RegexPart::syntax("|"));
        }
        out.extend(of_pattern(pattern, "^"));
    }
    out
}

/// One alternative; `start` stands where the value begins.
pub(crate) fn of_pattern(pattern: &Pattern, start: &str) -> Vec<RegexPart> {
    let parts = pattern.parts();
    let opens = parts.first() == Some(&Part::Run);
    let ends = parts.last() == Some(&Part::Run);
    let mut out = Vec::new();
    if !opens {
        out.push(RegexPart::syntax(start));
    }
    let last = parts.len();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(text) => out.push(RegexPart::Literal(text.clone())),
            Part::One => out.push(RegexPart::syntax(".")),
            Part::Run if at == 0 || at + 1 == last => {}
            Part::Run => out.push(RegexPart::syntax(".*")),
        }
    }
    if parts == [Part::Run] {
        // An empty value counts as a missing one.
        out.push(RegexPart::syntax("."));
    } else if !ends {
        out.push(RegexPart::syntax("\\z"));
    }
    out
}

/// A regular expression that any of the expressions fits somewhere.
///
/// # Errors
///
/// What PCRE has no word for.
pub(crate) fn of_regexes(list: &[Regex]) -> Result<Vec<RegexPart>, String> {
    let mut out = Vec::new();
    for (at, regex) in list.iter().enumerate() {
        if at > 0 {
            out.push(RegexPart::syntax("|"));
        }
        out.push(RegexPart::syntax(if regex.case() == Case::Insensitive { "(?i:" } else { "(?:" }));
        let mut printer = Printer { out: Vec::new(), lines: false };
        printer.ast(regex.ast())?;
        out.extend(printer.out);
        out.push(RegexPart::syntax(")"));
    }
    Ok(out)
}

struct Printer {
    out: Vec<RegexPart>,
    /// Whether anchors hold at line breaks as well.
    lines: bool,
}

impl Printer {
    fn syntax(&mut self, text: impl Into<String>) {
        self.out.push(RegexPart::Syntax(text.into()));
    }

    fn ast(&mut self, node: &Ast) -> Result<(), String> {
        match node {
            Ast::Empty(_) => {}
            Ast::Flags(set) => {
                self.lines = lines(&set.flags, self.lines);
                let flags = flags(&set.flags)?;
                if !flags.is_empty() {
                    self.syntax(format!("(?{flags})"));
                }
            }
            Ast::Literal(literal) => self.out.push(RegexPart::Literal(literal.c.to_string())),
            Ast::Dot(_) => self.syntax("."),
            Ast::Assertion(assertion) => self.syntax(match assertion.kind {
                // PCRE's `(?m)^` does not fit behind a last line break.
                ast::AssertionKind::StartLine if self.lines => "(?m:^|(?<=\\n)\\z)",
                ast::AssertionKind::EndLine if self.lines => "(?m:$)",
                ast::AssertionKind::StartLine => "^",
                // Without `(?m)` this is the end of the text; `$` of PCRE also fits before a last line break.
                ast::AssertionKind::EndLine => "\\z",
                ast::AssertionKind::StartText => "\\A",
                ast::AssertionKind::EndText => "\\z",
                ast::AssertionKind::WordBoundary => "\\b",
                ast::AssertionKind::NotWordBoundary => "\\B",
                _ => return Err("half word boundaries".to_owned()),
            }),
            Ast::ClassUnicode(class) => self.unicode(class)?,
            Ast::ClassPerl(class) => self.syntax(perl(class)),
            Ast::ClassBracketed(class) => self.bracketed(class)?,
            Ast::Repetition(repetition) => {
                self.syntax("(?:");
                self.ast(&repetition.ast)?;
                self.syntax(")");
                self.syntax(match &repetition.op.kind {
                    ast::RepetitionKind::ZeroOrOne => "?".to_owned(),
                    ast::RepetitionKind::ZeroOrMore => "*".to_owned(),
                    ast::RepetitionKind::OneOrMore => "+".to_owned(),
                    ast::RepetitionKind::Range(ast::RepetitionRange::Exactly(count)) => format!("{{{count}}}"),
                    ast::RepetitionKind::Range(ast::RepetitionRange::AtLeast(least)) => format!("{{{least},}}"),
                    ast::RepetitionKind::Range(ast::RepetitionRange::Bounded(least, most)) => format!("{{{least},{most}}}"),
                });
                if !repetition.greedy {
                    self.syntax("?");
                }
            }
            Ast::Group(group) => {
                let outside = self.lines;
                match &group.kind {
                    ast::GroupKind::NonCapturing(set) => {
                        self.lines = lines(set, self.lines);
                        let flags = flags(set)?;
                        self.syntax(format!("(?{flags}:"));
                    }
                    ast::GroupKind::CaptureIndex(_) | ast::GroupKind::CaptureName { .. } => self.syntax("(?:"),
                }
                self.ast(&group.ast)?;
                self.lines = outside;
                self.syntax(")");
            }
            Ast::Alternation(alternation) => {
                for (at, inner) in alternation.asts.iter().enumerate() {
                    if at > 0 {
                        self.syntax("|");
                    }
                    self.ast(inner)?;
                }
            }
            Ast::Concat(concat) => {
                for inner in &concat.asts {
                    self.ast(inner)?;
                }
            }
        }
        Ok(())
    }

    fn unicode(&mut self, class: &ast::ClassUnicode) -> Result<(), String> {
        let name = match &class.kind {
            ast::ClassUnicodeKind::OneLetter(letter) => letter.to_string(),
            ast::ClassUnicodeKind::Named(name) => name.clone(),
            ast::ClassUnicodeKind::NamedValue { .. } => return Err("Unicode properties with a value".to_owned()),
        };
        if !name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_') {
            return Err(format!("the Unicode class `{name}`"));
        }
        self.syntax(format!("\\{}{{{name}}}", if class.negated { 'P' } else { 'p' }));
        Ok(())
    }

    fn bracketed(&mut self, class: &ast::ClassBracketed) -> Result<(), String> {
        self.syntax(if class.negated { "[^" } else { "[" });
        match &class.kind {
            ast::ClassSet::Item(item) => self.item(item)?,
            ast::ClassSet::BinaryOp(_) => return Err("set operations in a class".to_owned()),
        }
        self.syntax("]");
        Ok(())
    }

    fn item(&mut self, item: &ast::ClassSetItem) -> Result<(), String> {
        match item {
            ast::ClassSetItem::Empty(_) => {}
            ast::ClassSetItem::Literal(literal) => self.syntax(in_class(literal.c)),
            ast::ClassSetItem::Range(range) => self.syntax(format!("{}-{}", in_class(range.start.c), in_class(range.end.c))),
            ast::ClassSetItem::Ascii(class) => {
                self.syntax(format!("[:{}{}:]", if class.negated { "^" } else { "" }, ascii_name(&class.kind)));
            }
            ast::ClassSetItem::Unicode(class) => self.unicode(class)?,
            ast::ClassSetItem::Perl(class) => self.syntax(perl(class)),
            ast::ClassSetItem::Bracketed(_) => return Err("a class inside a class".to_owned()),
            ast::ClassSetItem::Union(union) => {
                for inner in &union.items {
                    self.item(inner)?;
                }
            }
        }
        Ok(())
    }
}

/// One character inside a class; everything but letters and digits by its number.
fn in_class(char: char) -> String {
    if char.is_alphanumeric() { char.to_string() } else { format!("\\x{{{:x}}}", u32::from(char)) }
}

fn perl(class: &ast::ClassPerl) -> String {
    let letter = match class.kind {
        ast::ClassPerlKind::Digit => 'd',
        ast::ClassPerlKind::Space => 's',
        ast::ClassPerlKind::Word => 'w',
    };
    format!("\\{}", if class.negated { letter.to_ascii_uppercase() } else { letter })
}

fn ascii_name(kind: &ast::ClassAsciiKind) -> &'static str {
    use ast::ClassAsciiKind as K;
    match kind {
        K::Alnum => "alnum",
        K::Alpha => "alpha",
        K::Ascii => "ascii",
        K::Blank => "blank",
        K::Cntrl => "cntrl",
        K::Digit => "digit",
        K::Graph => "graph",
        K::Lower => "lower",
        K::Print => "print",
        K::Punct => "punct",
        K::Space => "space",
        K::Upper => "upper",
        K::Word => "word",
        K::Xdigit => "xdigit",
    }
}

/// Whether anchors hold at line breaks behind these flags.
fn lines(set: &ast::Flags, before: bool) -> bool {
    set.flag_state(ast::Flag::MultiLine).unwrap_or(before)
}

/// The flags that both dialects read alike. `x` is left out: the tree holds no blanks or comments any more.
fn flags(set: &ast::Flags) -> Result<String, String> {
    let mut out = String::new();
    for item in &set.items {
        match &item.kind {
            ast::FlagsItemKind::Negation => out.push('-'),
            ast::FlagsItemKind::Flag(flag) => match flag {
                ast::Flag::CaseInsensitive => out.push('i'),
                ast::Flag::DotMatchesNewLine => out.push('s'),
                // Anchors say themselves where they hold.
                ast::Flag::IgnoreWhitespace | ast::Flag::Unicode | ast::Flag::MultiLine => {}
                ast::Flag::SwapGreed => return Err("the flag `U`".to_owned()),
                ast::Flag::CRLF => return Err("the flag `R`".to_owned()),
            },
        }
    }
    Ok(if out == "-" { String::new() } else { out.trim_end_matches('-').to_owned() })
}
