//! What of somebody else's document in prose becomes an advisory, and does anything?

use front::context::Context;
use front::prose::{self, Found, Printed};
use ir::{Advisory, Native, NativeLanguage};
use source::{FileId, Sources, Span};

/// The rules of YARA and Suricata that a document prints, as rules that are carried.
pub(crate) fn natives(printed: &Printed, stem: &str, file: FileId) -> Vec<Native> {
    let span = printed.span.unwrap_or(Span::new(file, 0, 0));
    let one = |language: NativeLanguage, name: &str, ending: &str, text: &Option<String>| {
        text.as_ref().map(|text| Native {
            name: name.to_owned(),
            language,
            file: format!("{stem}.{ending}"),
            text: text.as_str().into(),
            companions: Vec::new(),
            because: Vec::new(),
            span,
        })
    };
    let yara = one(NativeLanguage::Yara, "printed-yara", "yar", &printed.yara);
    yara.into_iter().chain(one(NativeLanguage::Suricata, "printed-suricata", "rules", &printed.suricata)).collect()
}

/// Whether nothing of a document can be used. A headline and a day alone are nothing.
pub(crate) fn is_empty(found: &[Found<'_>], context: &Context) -> bool {
    found.is_empty()
        && context.hunt.is_none()
        && context.report.is_none()
        && context.actors.is_empty()
        && context.software.is_empty()
        && context.cves.is_empty()
        && context.techniques.is_empty()
        && context.tactics.is_empty()
        && context.bulletins.is_empty()
}

/// The advisory of a document in prose, with what its words say besides its values.
pub(crate) fn advisory(sources: &Sources, file: FileId, found: &[Found<'_>], context: &Context) -> Advisory {
    let about = prose::Context {
        id: context.number.as_ref().map(|(number, _)| number.clone()),
        title: context.title.as_ref().map(|(title, _)| title.clone()),
        tlp: context.tlp.map(|(tlp, _)| tlp),
        published: context.published.map(|(date, _)| date),
        modified: context.modified.map(|(date, _)| date),
        verdict: context.verdict.map(|(verdict, _)| verdict).unwrap_or_default(),
        actors: context.actor().map(|actor| actor.names.clone()).unwrap_or_default(),
        malware: context.malware().filter_map(|named| named.names.first().cloned()).collect(),
        hunt: context.hunt.map(|(window, _)| window),
        report: context.report.as_ref().map(|(report, _)| report.clone()),
        author: None,
    };
    prose::advisory(sources, file, found, about)
}
