//! How does a document become an advisory? One block for each type, role and direction; every place a value stands is kept.

use indexmap::IndexMap;
use ir::{Advisory, Date, Indicator, Observable, Origin, Role, Tlp, Verdict, Window};
use source::{FileId, Sources, Span};

use super::{DocumentRole, Found, Kind};
use feed::blocks::{blocks, slug, stem};

/// What the words of the document say beside its values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// An id; the file's name when there is none.
    pub id: Option<String>,
    /// A title.
    pub title: Option<String>,
    /// Who may read it.
    pub tlp: Option<Tlp>,
    /// When it was published.
    pub published: Option<Date>,
    /// When it was last changed.
    pub modified: Option<Date>,
    /// What a hit means.
    pub verdict: Verdict,
    /// Names of the actor.
    pub actors: Vec<String>,
    /// Names of the malware.
    pub malware: Vec<String>,
    /// The window to search back through.
    pub hunt: Option<Window>,
    /// Who wants to hear of a hit.
    pub report: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
}

/// Turns what was found into an advisory. A value that stands in several places is one indicator with as many origins.
#[must_use]
pub fn advisory(sources: &Sources, file: FileId, found: &[Found<'_>], context: Context) -> Advisory {
    let span = Span::new(file, 0, 0);
    // A role that only some places tell holds for the value everywhere.
    let mut values: IndexMap<Observable, (Indicator, bool)> = IndexMap::new();
    for value in found.iter().filter(|value| value.role == DocumentRole::Indicator) {
        let Ok(observable) = value.observable() else { continue };
        let origin = Origin { span: value.span, raw: value.raw.into() };
        let new = || Indicator {
            observable: observable.clone(),
            role: value.indicator_role,
            direction: value.direction,
            valid: None,
            confidence: None,
            tlp: value.tlp,
            techniques: Vec::new(),
            size: None,
            note: None,
            origins: Vec::new(),
            citations: Vec::new(),
        };
        let (indicator, said) = values.entry(observable.clone()).or_insert_with(|| (new(), value.said));
        // What a table or a label says is more than a guess from a sentence.
        let more = value.indicator_role != Role::Unknown && value.said && !*said;
        if indicator.role == Role::Unknown || more {
            indicator.role = value.indicator_role;
            indicator.direction = value.direction;
            *said = value.said && value.indicator_role != Role::Unknown;
        }
        if indicator.note.is_none() {
            indicator.note.clone_from(&value.note);
        }
        indicator.origins.push(origin);
    }
    let stem = stem(&sources.file(file).name);
    let mut cves: Vec<String> = found.iter().filter(|value| value.kind == Kind::Cve).map(|value| value.value.clone()).collect();
    let mut references: Vec<String> = found.iter().filter(|value| value.kind == Kind::Url && value.cited).map(|value| value.value.clone()).collect();
    for list in [&mut cves, &mut references] {
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|value| seen.insert(value.clone()));
    }
    Advisory {
        header: ir::Header {
            id: context.id.map_or_else(|| slug(stem, "document"), |id| slug(&id, "document")),
            title: context.title.unwrap_or_else(|| stem.to_owned()),
            tlp: context.tlp,
            published: context.published,
            modified: context.modified,
            actors: context.actors,
            malware: context.malware,
            cves,
            hunt: context.hunt,
            verdict: context.verdict,
            report: context.report,
            references,
            author: context.author,
            span,
        },
        sources: Vec::new(),
        indicators: blocks(values.into_values().map(|(indicator, _)| indicator), span),
        behaviors: Vec::new(),
        correlations: Vec::new(),
        natives: Vec::new(),
        tests: Vec::new(),
        accepts: Vec::new(),
    }
}
