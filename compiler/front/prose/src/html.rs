//! How does a page of HTML read as text? Tags become the marks of Markdown, so that one reader of headings, lists and tables does for both.
//!
//! The tokens are html5gum's, which follow the standard for every input; this file says what each tag is worth. Scripts and
//! styles hold no words of the author and are left out. The targets of links stand behind the text, one a line, each with
//! its place in the page.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::candidate::Candidate;
use super::normal::{Defang, Edit, Normal};
use super::structure;

/// The most targets that are listed, and the longest of them.
const MAX_TARGETS: usize = 20_000;
const MAX_TARGET: usize = 4096;

/// The text of a page with every place traced back to the page; `None` when it is no page.
pub(super) fn flatten(text: &str) -> Option<Flat> {
    is_page(text).then(|| {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut page = Page {
            text,
            out: String::with_capacity(text.len()),
            edits: Vec::new(),
            copied: 0,
            quiet: None,
            pre: 0,
            targets: Vec::new(),
            aside: None,
            link: None,
        };
        for token in Tokenizer::new_with_emitter(text, emitter) {
            let Ok(token) = token;
            page.token(&token);
        }
        page.copy(text.len());
        let body = page.edits.len();
        page.list_targets();
        Flat { normal: Normal { text: page.out, edits: page.edits }, body }
    })
}

/// The text of a page.
#[derive(Debug, Default)]
pub(super) struct Flat {
    /// The text, with every place traced back to the page.
    pub(super) normal: Normal,
    /// How many of the edits belong to the page's text; those of the links' targets follow.
    body: usize,
}

/// Tells each target of a link where the link stands.
pub(super) fn anchor(page: &Flat, normal: &Normal, candidates: &mut [Candidate]) {
    let Some(tail) = page.normal.edits.get(page.body).map(|edit| edit.at) else { return };
    let words = Normal { text: String::new(), edits: page.normal.edits.get(..page.body).unwrap_or_default().to_vec() };
    for candidate in candidates {
        let flat = normal.origin(candidate.start..candidate.start).start;
        if flat >= tail {
            let place = words.destination(page.normal.origin(flat..flat).start);
            candidate.anchor = Some(normal.destination(place));
        }
    }
}

/// A page says so at its beginning, or begins with a tag and closes what pages are made of. Markdown with some tags is none.
pub(super) fn is_page(text: &str) -> bool {
    let trimmed = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if !trimmed.starts_with('<') || trimmed.starts_with("<<") {
        return false;
    }
    let mut end = trimmed.len().min(1 << 16);
    while !trimmed.is_char_boundary(end) {
        end -= 1;
    }
    let head = trimmed.get(..end).unwrap_or_default().to_ascii_lowercase();
    ["<!doctype html", "<html", "</p>", "</div>", "</li>", "</td>", "</body>"].iter().any(|mark| head.contains(mark))
}

struct Page<'t> {
    text: &'t str,
    out: String,
    edits: Vec<Edit>,
    /// How much of the page is done.
    copied: usize,
    /// The element whose content is left out.
    quiet: Option<Vec<u8>>,
    /// How many elements are open in which line breaks count.
    pre: u32,
    targets: Vec<(usize, usize)>,
    /// The open element that holds what the page says of itself, and how many of its name are open inside it.
    aside: Option<(Vec<u8>, u32)>,
    /// Where the text of the open link begins.
    link: Option<usize>,
}

impl Page<'_> {
    fn token(&mut self, token: &Token<usize>) {
        match token {
            Token::StartTag(tag) => {
                self.copy(tag.span.start);
                let mark = self.opens(tag);
                self.replace(tag.span.end, mark);
            }
            Token::EndTag(tag) => {
                self.copy(tag.span.start);
                let mark = self.closes(&tag.name);
                self.replace(tag.span.end, mark);
            }
            Token::Comment(comment) => {
                self.copy(comment.span.start);
                self.replace(comment.span.end, "");
            }
            Token::Doctype(doctype) => {
                self.copy(doctype.span.start);
                self.replace(doctype.span.end, "");
            }
            Token::String(_) | Token::Error(_) => {}
        }
    }

    fn opens(&mut self, tag: &StartTag<usize>) -> &'static str {
        let name: &[u8] = &tag.name;
        for (key, value) in &tag.attributes {
            let target =
                matches!((name, &***key), (b"a" | b"area" | b"link", b"href") | (b"img" | b"iframe" | b"script", b"src") | (b"form", b"action"));
            if target && self.targets.len() < MAX_TARGETS {
                self.target(tag, value);
            }
        }
        if self.quiet.is_some() {
            return "";
        }
        match &mut self.aside {
            // What was never closed ends where the text begins.
            Some(_) if matches!(name, b"main" | b"article" | b"h1") => {
                self.aside = None;
                self.mark(structure::ASIDE_END);
            }
            Some((open, count)) if open == name && !tag.self_closing => *count += 1,
            None if !tag.self_closing && is_aside(tag) => {
                self.aside = Some((name.to_vec(), 1));
                self.mark(structure::ASIDE);
            }
            _ => {}
        }
        match name {
            b"table" => {
                self.mark(structure::TABLE);
                ""
            }
            b"a" => {
                self.link = tag.attributes.iter().any(|(key, value)| &***key == b"href" && value.starts_with(b"http")).then_some(self.out.len());
                ""
            }
            b"script" | b"style" | b"template" | b"svg" | b"noscript" if !tag.self_closing => {
                self.quiet = Some(name.to_vec());
                ""
            }
            b"h1" => "\n# ",
            b"h2" => "\n## ",
            b"h3" => "\n### ",
            b"h4" => "\n#### ",
            b"h5" => "\n##### ",
            b"h6" => "\n###### ",
            b"li" => "\n- ",
            b"tr" => "\n| ",
            b"code" | b"tt" | b"kbd" if self.pre == 0 => "`",
            b"pre" => {
                self.pre += 1;
                "\n```\n"
            }
            b"br" | b"hr" => "\n",
            _ if is_block(name) => "\n",
            _ => "",
        }
    }

    fn closes(&mut self, name: &[u8]) -> &'static str {
        if let Some(quiet) = &self.quiet {
            if quiet == name {
                self.quiet = None;
            }
            return "";
        }
        if let Some((open, count)) = &mut self.aside
            && open == name
        {
            *count -= 1;
            if *count == 0 {
                self.aside = None;
                self.mark(structure::ASIDE_END);
            }
        }
        match name {
            b"td" | b"th" => " | ",
            // A name that is the text of a link is marked as such.
            b"a" => {
                let words = self.link.take().and_then(|start| self.out.get(start..)).unwrap_or_default().trim();
                if words.contains('.') && !words.contains([' ', '\n', '[', '(', '{']) { "]()" } else { "" }
            }
            b"code" | b"tt" | b"kbd" if self.pre == 0 => "`",
            b"pre" if self.pre > 0 => {
                self.pre -= 1;
                "\n```\n"
            }
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => "\n",
            _ if is_block(name) => "\n",
            _ => "",
        }
    }

    /// Writes a line that stands for no words of the page.
    fn mark(&mut self, mark: &str) {
        let at = self.out.len();
        self.out.push('\n');
        self.out.push_str(mark);
        self.out.push('\n');
        self.edits.push(Edit { at, until: self.out.len(), from: self.copied, to: self.copied, how: Defang::None });
    }

    /// Keeps where the target of a link stands: its bytes in the page, without quotes.
    fn target(&mut self, tag: &StartTag<usize>, value: &[u8]) {
        let Ok(value) = std::str::from_utf8(value) else { return };
        if value.len() > MAX_TARGET || !(value.contains("://") || value.starts_with("mailto:")) {
            return;
        }
        let written = self.text.get(tag.span.start..tag.span.end).unwrap_or_default();
        // Written with entities, it stands there in another spelling; its beginning is enough to find it.
        let head = value.split('&').next().unwrap_or(value);
        if let Some(at) = written.find(head) {
            let length = written.get(at..).unwrap_or_default().find(['"', '\'', '>', ' ']).unwrap_or(value.len());
            self.targets.push((tag.span.start + at, tag.span.start + at + length));
        }
    }

    /// Takes the words up to a place: blanks are one blank, and line breaks mean nothing but in `pre`.
    fn copy(&mut self, until: usize) {
        if until <= self.copied {
            return;
        }
        if self.quiet.is_some() {
            self.replace(until, "");
            return;
        }
        while let Some(part) = self.text.get(self.copied..until).filter(|part| !part.is_empty()) {
            let special = |byte: &u8| *byte == b'&' || self.pre == 0 && matches!(byte, b'\n' | b'\r');
            let plain = part.as_bytes().iter().position(special).unwrap_or(part.len());
            self.out.push_str(part.get(..plain).unwrap_or_default());
            self.copied += plain;
            let Some(rest) = part.get(plain..).filter(|rest| !rest.is_empty()) else { break };
            if rest.starts_with('&') {
                let known = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'")];
                match known.iter().find(|(entity, _)| rest.starts_with(entity)) {
                    Some((entity, meaning)) => self.replace(self.copied + entity.len(), meaning),
                    None => {
                        self.out.push('&');
                        self.copied += 1;
                    }
                }
            } else {
                let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
                self.replace(self.copied + blanks.max(1), " ");
            }
        }
    }

    /// Puts other words for everything up to a place. No blank and no second line break where a line begins already.
    fn replace(&mut self, until: usize, with: &str) {
        let begins = self.out.trim_end_matches(' ').ends_with('\n') || self.out.is_empty();
        let with = match with {
            " " | "\n" if begins && self.pre == 0 => "",
            mark if begins && mark.len() > 1 => mark.strip_prefix('\n').unwrap_or(mark),
            mark => mark,
        };
        let at = self.out.len();
        self.out.push_str(with);
        self.edits.push(Edit { at, until: self.out.len(), from: self.copied, to: until.max(self.copied), how: Defang::None });
        self.copied = until.max(self.copied);
    }

    fn list_targets(&mut self) {
        for (start, end) in std::mem::take(&mut self.targets) {
            let lead = if self.out.ends_with('\n') { "](" } else { "\n\n](" };
            let at = self.out.len();
            self.out.push_str(lead);
            self.edits.push(Edit { at, until: self.out.len(), from: start, to: start, how: Defang::None });
            self.out.push_str(self.text.get(start..end).unwrap_or_default());
            let at = self.out.len();
            self.out.push_str(")\n");
            self.edits.push(Edit { at, until: self.out.len(), from: end, to: end, how: Defang::None });
        }
    }
}

/// Whether an element holds what a page says of itself: its navigation, its foot, by its name or by its class.
fn is_aside(tag: &StartTag<usize>) -> bool {
    const CLASSES: [&str; 14] = [
        "footer",
        "site-footer",
        "page-footer",
        "main-footer",
        "footer-content",
        "nav",
        "navbar",
        "navigation",
        "menu",
        "site-nav",
        "contentinfo",
        "copyright",
        "colophon",
        "breadcrumbs",
    ];
    let name: &[u8] = &tag.name;
    if matches!(name, b"footer" | b"nav" | b"address") {
        return true;
    }
    if !matches!(name, b"div" | b"section" | b"aside" | b"ul" | b"p") {
        return false;
    }
    tag.attributes.iter().any(|(key, value)| {
        matches!(&***key, b"class" | b"id" | b"role")
            && std::str::from_utf8(value)
                .is_ok_and(|value| value.split_ascii_whitespace().any(|word| CLASSES.iter().any(|class| class.eq_ignore_ascii_case(word))))
    })
}

fn is_block(name: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 34] = [
        b"p",
        b"div",
        b"section",
        b"article",
        b"header",
        b"footer",
        b"nav",
        b"ul",
        b"ol",
        b"table",
        b"tbody",
        b"thead",
        b"tfoot",
        b"blockquote",
        b"dl",
        b"dt",
        b"dd",
        b"figure",
        b"figcaption",
        b"form",
        b"main",
        b"aside",
        b"option",
        b"select",
        b"title",
        b"head",
        b"body",
        b"html",
        b"caption",
        b"details",
        b"summary",
        b"address",
        b"fieldset",
        b"li",
    ];
    BLOCKS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_marks_and_places_are_traced() {
        let page = "<!DOCTYPE html><html><head><title>T</title><style>a.b{}</style></head>\n<body><h2>Indicators of\n compromise</h2>\
                    <table>\n<tr><th>Type</th><th>Value</th></tr><tr><td>Domain</td><td>\n one.example\n</td></tr></table>\
                    <ul><li>two<wbr>.example</li></ul><pre>a\nb</pre><p>see <a href=\"https://c.example/d?e=1&amp;f\">there</a></body></html>";
        let read = flatten(page).unwrap();
        let wanted = "T\n## Indicators of compromise\n\n\u{E002}\n| Type | Value | \n| Domain |  one.example  | \n- two.example\n```\na\nb\n```\nsee there\n\
                      ](https://c.example/d?e=1&amp;f)\n";
        assert_eq!(read.normal.text, wanted);
        for word in ["one.example", "see ", "https://c.example/d?e=1&amp;f", "Domain"] {
            let at = read.normal.text.find(word).unwrap();
            assert_eq!(page.get(read.normal.origin(at..at + word.len())), Some(word));
        }
        let at = read.normal.text.find("two.example").unwrap();
        assert_eq!(page.get(read.normal.origin(at..at + 11)), Some("two<wbr>.example"));
    }

    #[test]
    fn text_with_some_tags_is_no_page() {
        assert!(flatten("# Title\n\n<br>one.example</p>").is_none());
        assert!(flatten("<<anchor>> text </p>").is_none());
        assert!(flatten("<p>one.example</p>").is_some());
    }

    #[test]
    fn pages_that_break_off_are_read_to_their_end() {
        for page in ["<html", "<html><a href=\"", "<html><script>one", "<html><td><tr></pre></pre><li", "<html><!--", "<html>&", "<html>&nbsp\u{e9}"]
        {
            let read = flatten(page).unwrap_or_default();
            assert!(read.normal.origin(0..read.normal.text.len()).end <= page.len(), "{page}");
        }
    }
}
