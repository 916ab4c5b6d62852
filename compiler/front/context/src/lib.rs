//! What does an advisory say besides its values? Title, days, marking, hunt window, contact, actors, malware, CVEs, techniques,
//! cited bulletins.
//!
//! [`read`] walks over a text a fixed number of times: once to fold it, once with an automaton over every bundled name, and once
//! for each kind of fact. Nothing here decides what becomes a rule; each fact has the words it was read from and a reason.

mod bulletin;
mod coined;
mod cues;
mod found;
mod head;
mod headline;
mod index;
mod names;
mod number;
mod page;
mod standing;
mod techniques;
mod title;

use ir::{Confidence, Date, Direction, Tlp, Verdict, Window};
use source::{Code, Diagnostic, FileId, Sources, Span};

pub use self::found::{Bulletin, FoundTechnique, Misspelled, Named, Place};

use languages::dates;
use languages::running_text::Folded;

/// Every code of this crate.
pub static CODES: &[&Code] = &[&bulletin::BULLETIN_YEAR];

/// The most CVE ids that are listed.
const MAX_CVES: usize = 2000;

/// What a text says besides its values.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The number that the document gives itself: `EXCERT-2026-CTI-041`.
    pub number: Option<(String, Span)>,
    /// The title, blanks made one.
    pub title: Option<(String, Span)>,
    /// When it was published.
    pub published: Option<(Date, Span)>,
    /// When it was last changed.
    pub modified: Option<(Date, Span)>,
    /// The strictest marking that the text gives itself.
    pub tlp: Option<(Tlp, Span)>,
    /// What the text says that a hit means, and the sentence.
    pub verdict: Option<(Verdict, Span)>,
    /// The window to search back through.
    pub hunt: Option<(Window, Span)>,
    /// The address that wants to hear of a hit.
    pub report: Option<(String, Span)>,
    /// Groups, in the order of their first mention.
    pub actors: Vec<Named>,
    /// Malware and tools, in the order of their first mention.
    pub software: Vec<Named>,
    /// CVE ids in upper case, each once.
    pub cves: Vec<(String, Span)>,
    /// Techniques, each once: those given by id, then those named or described.
    pub techniques: Vec<FoundTechnique>,
    /// Tactics that the text gives by id, each once: the id and its name.
    pub tactics: Vec<(String, &'static str, Span)>,
    /// Bulletins that the text cites, each once.
    pub bulletins: Vec<Bulletin>,
    /// Words about how sure the authors are.
    pub confidence: Vec<(Confidence, Span)>,
    /// Words about who connects to whom.
    pub directions: Vec<(Direction, Span)>,
    /// What a person should look at.
    pub diagnostics: Vec<Diagnostic>,
}

impl Context {
    /// The actor that the text is about: named in the headline, or else in a sentence that says who did it.
    ///
    /// A group that is only mentioned is never the actor: rules carry the actor's name.
    #[must_use]
    pub fn actor(&self) -> Option<&Named> {
        let subjects = || self.actors.iter().filter(|named| named.place != Place::Mentioned);
        let place = subjects().map(|named| named.place).max()?;
        subjects().filter(|named| named.place == place).rev().max_by_key(|named| named.mentions)
    }

    /// The malware that the text is about, what the headline names first.
    pub fn malware(&self) -> impl Iterator<Item = &Named> {
        let of = |place: Place| self.software.iter().filter(move |named| named.place == place);
        of(Place::Headline).chain(of(Place::Subject))
    }

    /// What the text also names: groups and malware that it only mentions, and groups beside the actor.
    pub fn mentioned(&self) -> impl Iterator<Item = &Named> {
        let actor = self.actor();
        let groups = self.actors.iter().filter(move |named| Some(*named) != actor);
        groups.chain(self.software.iter().filter(|named| named.place == Place::Mentioned))
    }

    /// Moves every place to where its words stand in another text.
    fn moved(&mut self, to: impl Fn(Span) -> Span) {
        let facts = [self.title.as_mut().map(|(_, span)| span), self.number.as_mut().map(|(_, span)| span)];
        let days = [&mut self.published, &mut self.modified].map(|day| day.as_mut().map(|(_, span)| span));
        let others = [
            self.tlp.as_mut().map(|(_, span)| span),
            self.hunt.as_mut().map(|(_, span)| span),
            self.verdict.as_mut().map(|(_, span)| span),
            self.report.as_mut().map(|(_, span)| span),
        ];
        let named = self.actors.iter_mut().chain(&mut self.software).flat_map(|named| {
            let slips = named.misspelled.iter_mut().map(|slip| &mut slip.span);
            std::iter::once(&mut named.span).chain(slips)
        });
        let lists = self.cves.iter_mut().map(|(_, span)| span).chain(self.techniques.iter_mut().map(|found| &mut found.span));
        let lists = lists.chain(self.tactics.iter_mut().map(|(_, _, span)| span)).chain(self.bulletins.iter_mut().map(|one| &mut one.span));
        let lists = lists.chain(self.confidence.iter_mut().map(|(_, span)| span)).chain(self.directions.iter_mut().map(|(_, span)| span));
        for span in facts.into_iter().chain(days).chain(others).flatten().chain(named).chain(lists) {
            *span = to(*span);
        }
        self.diagnostics = bulletin::notices(&self.bulletins);
    }

    /// The bulletins that hold the indicators, as far as the text says and the years agree.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Bulletin> {
        self.bulletins.iter().filter(|bulletin| bulletin.indicators && bulletin.fits && !bulletin.own)
    }
}

/// Reads what a text says besides its values. Never fails; the time grows with the text's length alone.
#[must_use]
pub fn read(sources: &Sources, file: FileId) -> Context {
    of_page(sources, file, prose::Flat::of(&sources.file(file).text).as_ref())
}

/// The same of a document that was flattened, if it is a page.
#[must_use]
pub fn of_page(sources: &Sources, file: FileId, flat: Option<&prose::Flat>) -> Context {
    let text: &str = &sources.file(file).text;
    let Some(flat) = flat else { return of_text(text, file) };
    // A page is read as it is seen; what it says of itself in its head comes first.
    let page = page::read(text);
    let mut context = of_text_titled(flat.text(), file, page.title);
    let start = Span::new(file, 0, 0);
    context.published = page.published.map(|date| (date, start)).or(context.published);
    context.modified =
        page.modified.map(|date| (date, start)).filter(|(date, _)| context.published.is_none_or(|(first, _)| *date > first)).or(context.modified);
    context.moved(|span| {
        let origin = flat.origin(span.range());
        Span::new(file, origin.start, origin.end)
    });
    // The target of a link stands behind the text of a page; who is to be written to is often a target.
    if context.report.is_none() {
        context.report = head::report(text, &Folded::of(text), file);
    }
    context
}

fn of_text(text: &str, file: FileId) -> Context {
    of_text_titled(text, file, None)
}

/// Reads a text; its headline may be known from elsewhere.
fn of_text_titled(text: &str, file: FileId, known: Option<String>) -> Context {
    let folded = Folded::of(text);
    let (hits, said) = rayon::join(|| index::index().hits(&folded), || cues::read(text, &folded));
    let place = |said: &cues::Said| {
        let place = folded.place(said.start, said.end);
        Span::new(file, place.start, place.end)
    };
    let day = |found: dates::Found| {
        let place = folded.place(found.start, found.end);
        (found.date, Span::new(file, place.start, place.end))
    };
    let title = match known {
        Some(title) => {
            let range = text.find(title.as_str()).map_or(0..0, |at| at..at + title.len());
            Some((title, Span::new(file, range.start, range.end)))
        }
        None => title::read(text).map(|(title, range)| (title, Span::new(file, range.start, range.end))),
    };
    let number = number::read(text).map(|(number, range)| (number, Span::new(file, range.start, range.end)));
    let (published, modified) = head::published(text, &folded);
    let published = published.map(day);
    let sentences = standing::Sentences { folded: &folded, said: &said, hits: &hits };
    let verdict = head::verdict(file, &sentences);
    let hunt = head::hunt(file, &sentences);
    let reading = names::Reading { text, file, sentences, title: title.as_ref().map(|(_, span)| *span) };
    let named = names::read(&reading);
    let (mut actors, mut software) = (named.actors, named.software);
    let numbers: Vec<dates::Word<'_>> = dates::with_digits(&folded.text).filter(|word| word.text.len() <= dates::LONGEST_CODE).collect();
    names::unlisted(&reading, &numbers, &mut actors);
    coined::read(&reading, &mut actors, &mut software);
    let title_end = title.as_ref().map_or(0, |(_, span)| span.range().end);
    let bulletins = bulletin::read(
        text,
        file,
        (&folded, &numbers),
        title_end,
        number.as_ref().map(|(number, _)| number.as_str()),
        published.map(|(date, _)| date),
    );
    Context {
        published,
        modified: modified.map(day),
        tlp: head::marking(text, file),
        verdict,
        hunt,
        report: head::report(text, &folded, file),
        actors,
        software,
        cves: cves(text, file),
        techniques: techniques::read(text, file, &folded, &hits),
        tactics: techniques::tactics(text, file),
        diagnostics: bulletin::notices(&bulletins),
        bulletins,
        confidence: said
            .iter()
            .filter_map(|one| if let cues::Cue::Confidence(degree) = one.cue { Some((degree, place(one))) } else { None })
            .collect(),
        directions: said.iter().filter_map(|one| if let cues::Cue::Direction(end) = one.cue { Some((end, place(one))) } else { None }).collect(),
        title,
        number,
    }
}

/// The sentence that holds a span, as the text has it: what a `because` may quote. At most 300 bytes on each side of the span.
#[must_use]
pub fn sentence(sources: &Sources, span: Span) -> &str {
    const REACH: usize = 300;
    let text: &str = &sources.file(span.file).text;
    let range = span.range();
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (low, high) = (floor(range.start.saturating_sub(REACH)), floor(range.end.saturating_add(REACH)));
    let head = text.get(low..range.start).unwrap_or_default();
    let tail = text.get(range.end..high).unwrap_or_default();
    let begin = [". ", ".\n", "\n\n", "! ", "? "].iter().filter_map(|end| head.rfind(end).map(|at| low + at + end.len())).max();
    // A cut in the middle of a word is moved behind the word.
    let begin = begin.unwrap_or_else(|| if low == 0 { 0 } else { head.find(char::is_whitespace).map_or(range.start, |at| low + at) });
    let end = [". ", ".\n", "\n\n", "! ", "? "].iter().filter_map(|end| tail.find(end).map(|at| range.end + at + 1)).min();
    let end = end.unwrap_or_else(|| if high == text.len() { high } else { tail.rfind(char::is_whitespace).map_or(range.end, |at| range.end + at) });
    text.get(begin..end).unwrap_or_default().trim()
}

/// CVE ids, also with the dashes that typesetting makes of hyphens.
fn cves(text: &str, file: FileId) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Span)> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'c', b'C', bytes) {
        let named = bytes.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case(b"cve"));
        if !named || at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let mut rest = text.get(at + 3..).unwrap_or_default();
        let mut part = |least: usize, most: usize| {
            let inner = rest.strip_prefix(['-', '_', '‐', '‑', '–'])?;
            let length = inner.bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
            let digits = inner.get(..length).filter(|_| (least..=most).contains(&length))?;
            rest = inner.get(length..)?;
            Some(digits)
        };
        let (Some(year), Some(number)) = (part(4, 4), part(4, 7)) else { continue };
        let id = format!("CVE-{year}-{number}");
        if out.len() < MAX_CVES && seen.insert(id.clone()) {
            out.push((id, Span::new(file, at, text.len() - rest.len())));
        }
    }
    out
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod who;
