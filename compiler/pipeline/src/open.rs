//! How is a value asked for of which a part is not known, and one that events write in more than one way?

use ir::{Case, EventClass, Field, Indicator, ObservableKind, Part, Pattern, Predicate, Role};
use source::Span;

use crate::place::Place;

/// Where a value with an unknown part shows: as one that is known.
pub(crate) fn glob_places(
    kind: ObservableKind,
    pattern: &Pattern,
    indicator: &Indicator,
    executable: &dyn Fn(&str) -> bool,
) -> Vec<(EventClass, Option<&'static str>, Place)> {
    use EventClass as E;
    use Field as F;
    use ObservableKind as K;
    let lure = matches!(indicator.role, Role::Phishing | Role::Delivery);
    let end = pattern.literals().last().unwrap_or_default();
    let mut out = match kind {
        K::Domain | K::Host => vec![
            (E::DnsQuery, None, Place::Exact(F::DnsName)),
            (E::TlsHandshake, None, Place::Exact(F::TlsSni)),
            (E::HttpRequest, None, Place::Exact(F::UrlHost)),
            (E::NetworkFlow, None, Place::Exact(F::DestinationDomain)),
        ],
        K::Url => vec![(E::HttpRequest, None, Place::Exact(F::UrlFull))],
        K::Email => vec![(E::EmailMessage, None, Place::Exact(if indicator.role == Role::Exfiltration { F::EmailTo } else { F::EmailFrom }))],
        K::EmailSubject => vec![(E::EmailMessage, None, Place::Exact(F::EmailSubject))],
        K::Attachment => vec![(E::EmailMessage, None, Place::Exact(F::EmailAttachmentName))],
        K::FileName => vec![(E::FileCreate, None, Place::Exact(F::FileName)), (E::FileContent, None, Place::Exact(F::FileName))],
        K::FilePath => vec![(E::FileCreate, None, Place::Exact(F::FilePath))],
        K::Registry => vec![(E::RegistrySet, None, Place::Registry)],
        K::Pipe => vec![(E::Pipe, None, Place::Exact(F::PipeName))],
        K::Service => vec![(E::ServiceInstall, None, Place::Exact(F::ServiceName))],
        K::Task => vec![(E::TaskCreate, None, Place::Task)],
        K::Process => vec![(E::ProcessStart, None, Place::Exact(F::ProcessName))],
        K::UserAgent => vec![(E::HttpRequest, None, Place::Exact(F::UserAgent))],
        K::CommandLine => vec![(E::ProcessStart, None, Place::Contains(F::ProcessCommandLine))],
        // These are known as a whole or not at all.
        K::Ip
        | K::Mutex
        | K::Hash
        | K::Md5
        | K::Sha1
        | K::Sha256
        | K::Sha512
        | K::Imphash
        | K::Ja3
        | K::Ja3s
        | K::Ja4
        | K::CertSha1
        | K::CertSha256
        | K::CertSerial
        | K::Asn => Vec::new(),
    };
    match kind {
        K::FileName if executable(end) => out.push((E::ProcessStart, None, Place::Exact(F::ProcessName))),
        K::FilePath if executable(end) => out.push((E::ProcessStart, None, Place::Exact(F::ProcessPath))),
        K::Url if lure => out.push((E::EmailMessage, None, Place::Exact(F::EmailUrl))),
        _ => {}
    }
    out
}

/// A registry path with an unknown part: a key and what stands below it, or a key and the name of a value.
pub(crate) fn open_registry(pattern: &Pattern, span: Span) -> Predicate {
    let below = Pattern::new(pattern.before("\\").parts().iter().cloned().chain([Part::Run]));
    let key = |patterns| Predicate::text(Field::RegistryKey, patterns, Case::Insensitive, span);
    let mut any = vec![key(vec![pattern.clone(), below])];
    if let Some((parent, name)) = last_part(pattern) {
        let value = Predicate::All(vec![key(vec![parent.clone()]), Predicate::text(Field::RegistryValueName, vec![name], Case::Insensitive, span)]);
        // Below `Run` and its like stand values and no keys.
        let known = parent.as_exact().and_then(|parent| ir::RegistryKey::parse(&format!("{parent}\\x")).ok());
        if known.is_some_and(|key| key.as_value().is_some()) {
            any.clear();
        }
        any.push(value);
    }
    Predicate::Any(any).flat()
}

/// A path's pattern without its last part, and that part.
fn last_part(pattern: &Pattern) -> Option<(Pattern, Pattern)> {
    let parts = pattern.parts();
    let at = parts.iter().rposition(|part| matches!(part, Part::Literal(text) if text.contains('\\')))?;
    let (Part::Literal(text), before) = (parts.get(at)?, parts.get(..at)?) else { return None };
    let (head, tail) = text.rsplit_once('\\')?;
    let key = Pattern::new(before.iter().cloned().chain([Part::Literal(head.to_owned())]));
    let name = Pattern::new(std::iter::once(Part::Literal(tail.to_owned())).chain(parts.get(at + 1..)?.iter().cloned()));
    Some((key, name))
}

/// A pattern of a task's name as events write it: with its folder, or as a report has it, without.
pub(crate) fn task(pattern: &Pattern) -> Vec<Pattern> {
    let first = match pattern.parts().first() {
        Some(Part::Literal(text)) => text.as_str(),
        _ => "",
    };
    if let Some(rest) = first.strip_prefix('\\') {
        let bare = Pattern::new(std::iter::once(Part::Literal(rest.to_owned())).chain(pattern.parts().iter().skip(1).cloned()));
        vec![pattern.clone(), bare]
    } else if pattern.literals().any(|text| text.contains('\\')) {
        vec![pattern.clone(), pattern.after("\\")]
    } else {
        // The name alone: the folder is not known.
        vec![pattern.clone(), pattern.after("\\").anywhere_before()]
    }
}
