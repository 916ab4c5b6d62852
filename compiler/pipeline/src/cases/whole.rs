//! What else does an event hold that holds this? Parts and wholes of a record agree, as a log has them.
//!
//! A program's name is the last part of its path, a URL's host stands in the URL, a value of the registry stands behind its key, an account is
//! a domain and a name. A record in which they did not agree would be an event that no log holds.

use ir::field::Derivation;
use ir::{EventClass, Field, FieldKind, FieldRef, FieldValue, Platform, Record};

use super::piece;

/// A user's hive, as Windows and Sysmon write it.
const SID: &str = "HKU\\S-1-5-21-1004336348-1177238915-682003330-1001";

/// The separator of paths of an event.
pub(super) fn separator(record: &Record) -> char {
    if matches!(record.event.platform, Some(Platform::Linux | Platform::Macos)) { '/' } else { '\\' }
}

/// The folder that a path stands in when nothing else is said.
pub(super) fn folder(record: &Record) -> &'static str {
    if separator(record) == '/' { "/opt/plain" } else { "C:\\Plain" }
}

/// The field that a value is written in: the whole, of which the field is a part.
pub(super) fn root(field: Field) -> Field {
    match field {
        Field::RegistryKey | Field::RegistryValueName => Field::RegistryPath,
        Field::UserName | Field::UserDomain => Field::UserAccount,
        other => other.derived_from().map_or(other, |(whole, _)| whole),
    }
}

/// A field's text, when it has one.
pub(super) fn text(record: &Record, field: &FieldRef) -> Option<String> {
    let value = record.get(field)?;
    match &*value {
        FieldValue::List(list) => list.first().and_then(|first| first.text().map(std::borrow::Cow::into_owned)),
        other => other.text().map(std::borrow::Cow::into_owned),
    }
}

fn say(text: impl Into<String>) -> FieldValue {
    FieldValue::Text(text.into())
}

/// An ordinary value of a field.
pub(super) fn ordinary(field: Field, record: &Record) -> FieldValue {
    let windows = separator(record) == '\\';
    let of = |on_windows: &str, elsewhere: &str| say(if windows { on_windows } else { elsewhere });
    match field {
        Field::ProcessPath => of("C:\\Windows\\System32\\plainhost.exe", "/usr/bin/plainhost"),
        Field::ProcessCommandLine => of("C:\\Windows\\System32\\plainhost.exe -k plain", "/usr/bin/plainhost -k plain"),
        Field::ParentPath => of("C:\\Windows\\System32\\plainparent.exe", "/usr/bin/plainparent"),
        Field::ParentCommandLine => of("plainparent.exe -q", "plainparent -q"),
        Field::TargetProcessPath => of("C:\\Windows\\System32\\plaintarget.exe", "/usr/bin/plaintarget"),
        Field::FilePath => of("C:\\Plain\\plainfile.dat", "/opt/plain/plainfile.dat"),
        Field::FileSource => of("C:\\Plain\\plainbefore.dat", "/opt/plain/plainbefore.dat"),
        Field::ImagePath => of("C:\\Windows\\System32\\plainlib.dll", "/usr/lib/plainlib.so"),
        Field::ScriptPath => of("C:\\Plain\\plain.ps1", "/opt/plain/plain.sh"),
        Field::ProcessDirectory => of("C:\\Plain\\work\\", "/opt/plain/work/"),
        Field::RegistryPath => say("HKLM\\Software\\Plain\\Setting"),
        Field::UserAccount => say("EXAMPLE\\plainuser"),
        Field::HostName => say("ws-7.example"),
        Field::ProcessIntegrity => say("Medium"),
        Field::Transport => say("tcp"),
        Field::DnsType => say("A"),
        Field::DnsAnswer => say("192.0.2.77"),
        Field::DnsRcode => say("NOERROR"),
        Field::HttpMethod => say("GET"),
        Field::HttpStatus => FieldValue::Number(200),
        Field::SourceIp | Field::EmailSourceIp => say("192.0.2.10"),
        Field::DestinationIp => say("192.0.2.20"),
        Field::SourcePort => FieldValue::Number(51_234),
        Field::DestinationPort => FieldValue::Number(4_430),
        Field::ProcessPid => FieldValue::Number(4_712),
        Field::ParentPid => FieldValue::Number(812),
        Field::LogonType => FieldValue::Number(3),
        Field::Outcome | Field::CloudOutcome => say("success"),
        Field::CloudProvider => say("aws"),
        Field::AccessMask => say("0x1000"),
        Field::ThreadAddress => say("0x7FF0"),
        Field::UrlFull => say("http://www.plain.example/plain/index?q=plain"),
        Field::EmailUrl => say("http://www.plain.example/plain"),
        Field::UrlPath => say("/plain/index"),
        Field::EmailFrom | Field::EmailTo => say("someone@plain.example"),
        Field::TlsVersion => say("TLS 1.2"),
        Field::TlsCertSerial => say("0A1B2C3D"),
        Field::FileType => say("text"),
        other => match other.kind() {
            FieldKind::Address => say("192.0.2.30"),
            FieldKind::Number => FieldValue::Number(7),
            FieldKind::Flag => FieldValue::Flag(true),
            FieldKind::Domain => say("www.plain.example"),
            FieldKind::Url => say("http://www.plain.example/plain"),
            FieldKind::Path => of("C:\\Plain\\plain", "/opt/plain/plain"),
            FieldKind::UrlPath => say("/plain"),
            FieldKind::Hash => say(digest(other)),
            FieldKind::Text => say("plain"),
        },
    }
}

fn digest(field: Field) -> String {
    "5a3c".repeat(digits(field) / 4)
}

/// How many digits a digest has.
pub(super) fn digits(field: Field) -> usize {
    match field.name().rsplit('.').next() {
        Some("sha1") => 40,
        Some("sha256") => 64,
        Some("sha512") => 128,
        _ => 32,
    }
}

/// Gives a field a value, or takes it away, and whatever it is a part of or consists of with it.
pub(super) fn put(record: &mut Record, field: &FieldRef, value: Option<FieldValue>) {
    let FieldRef::Known(known) = field else {
        set(record, field.clone(), value);
        return;
    };
    match root(*known) {
        Field::RegistryPath => registry(record, *known, value),
        Field::UserAccount => account(record, *known, value),
        Field::UrlFull if record.event.class() == Some(EventClass::HttpRequest) => url(record, *known, value),
        whole if whole != *known => part(record, *known, whole, value),
        _ => set(record, field.clone(), value),
    }
}

fn set(record: &mut Record, field: FieldRef, value: Option<FieldValue>) {
    match value {
        Some(value) => record.fields.insert(field, value),
        None => record.fields.remove(&field),
    };
}

fn known(record: &Record, field: Field) -> Option<String> {
    text(record, &FieldRef::Known(field))
}

/// Puts a part into its whole.
fn part(record: &mut Record, field: Field, whole: Field, value: Option<FieldValue>) {
    record.fields.remove(&FieldRef::Known(field));
    let Some(value) = value else {
        record.fields.remove(&FieldRef::Known(whole));
        return;
    };
    let Some(new) = value.text().map(std::borrow::Cow::into_owned) else {
        record.fields.insert(FieldRef::Known(field), value);
        return;
    };
    let before = known(record, whole).unwrap_or_else(|| ordinary(whole, record).text().unwrap_or_default().into_owned());
    let split = before.rfind(['\\', '/']);
    let sign = split.and_then(|at| before.get(at..=at)).map_or_else(|| separator(record).to_string(), str::to_owned);
    let head = split.and_then(|at| before.get(..at)).unwrap_or_default();
    let tail = split.and_then(|at| before.get(at + 1..)).unwrap_or(&before);
    let now = match field.derived_from().map(|(_, how)| how) {
        Some(Derivation::LastPart) => format!("{head}{sign}{new}"),
        Some(Derivation::Directory) => format!("{new}{sign}{tail}"),
        Some(Derivation::Extension) => format!("{head}{sign}{}.{new}", tail.rsplit_once('.').map_or(tail, |(stem, _)| stem)),
        Some(Derivation::MailDomain) => format!("{}@{new}", before.rsplit_once('@').map_or("someone", |(name, _)| name)),
        Some(Derivation::UrlHost) => {
            ir::Url::parse(&before).map_or_else(|_| piece::url(&new, None, "/", None), |url| piece::url(&new, None, url.path(), url.query()))
        }
        Some(Derivation::UrlPort | Derivation::UrlPath | Derivation::UrlQuery) | None => before.clone(),
    };
    record.fields.insert(FieldRef::Known(whole), say(now));
    if known(record, field).is_none_or(|is| is != new) {
        // A text that cannot be the part of any whole, such as one with the separator in it.
        record.fields.insert(FieldRef::Known(field), value);
    }
}

/// Key, value's name and path of the registry: one follows from the others.
fn registry(record: &mut Record, field: Field, value: Option<FieldValue>) {
    let has_values = record.event.class() != Some(EventClass::RegistryCreate);
    let text = value.as_ref().and_then(FieldValue::text).map(std::borrow::Cow::into_owned);
    if value.is_some() && text.is_none() {
        set(record, FieldRef::Known(field), value);
        return;
    }
    let (mut key, mut name) = match known(record, Field::RegistryPath) {
        Some(path) if has_values => path.rsplit_once('\\').map_or((path.clone(), String::new()), |(key, name)| (key.to_owned(), name.to_owned())),
        Some(path) => (path, String::new()),
        None => ("HKLM\\Software\\Plain".to_owned(), if has_values { "Setting".to_owned() } else { String::new() }),
    };
    match (field, text) {
        (_, None) => {
            for gone in [Field::RegistryPath, Field::RegistryKey, Field::RegistryValueName] {
                record.fields.remove(&FieldRef::Known(gone));
            }
            return;
        }
        (Field::RegistryKey, Some(text)) => key = text,
        (Field::RegistryValueName, Some(text)) => name = text,
        (_, Some(text)) if has_values => {
            (key, name) = text.rsplit_once('\\').map_or((text.clone(), String::new()), |(key, name)| (key.to_owned(), name.to_owned()));
        }
        (_, Some(text)) => key = text,
    }
    // A user's hive stands under two names.
    let hive = |name: &str| key.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name)).and_then(|_| key.get(name.len()..));
    let user = hive("HKCU").filter(|rest| rest.is_empty() || rest.starts_with('\\')).map(|rest| format!("{SID}{rest}"));
    let written = user.clone().unwrap_or_else(|| key.clone());
    let path = if has_values { format!("{written}\\{name}") } else { written.clone() };
    record.fields.insert(FieldRef::Known(Field::RegistryPath), say(path));
    let sid = "HKU\\S-1-5-21-";
    let of_user = written.get(..sid.len()).filter(|head| head.eq_ignore_ascii_case(sid)).and_then(|_| written.get(sid.len()..));
    let other = of_user.and_then(|rest| rest.split_once('\\')).map(|(_, rest)| format!("HKCU\\{rest}"));
    let keys = match other {
        Some(other) => FieldValue::List(vec![say(written), say(other)]),
        None => say(written),
    };
    record.fields.insert(FieldRef::Known(Field::RegistryKey), keys);
    if has_values && !name.is_empty() {
        record.fields.insert(FieldRef::Known(Field::RegistryValueName), say(name));
    } else {
        record.fields.remove(&FieldRef::Known(Field::RegistryValueName));
    }
}

/// An account is a domain and a name.
fn account(record: &mut Record, field: Field, value: Option<FieldValue>) {
    let text = value.as_ref().and_then(FieldValue::text).map(std::borrow::Cow::into_owned);
    let has = |wanted: Field| record.event.class().is_none_or(|class| class.fields().any(|known| known == wanted));
    let (mut domain, mut name) = (
        known(record, Field::UserDomain).unwrap_or_else(|| "EXAMPLE".to_owned()),
        known(record, Field::UserName).unwrap_or_else(|| "plainuser".to_owned()),
    );
    match (field, text) {
        (_, None) => {
            for gone in [Field::UserAccount, Field::UserName, Field::UserDomain] {
                record.fields.remove(&FieldRef::Known(gone));
            }
            return;
        }
        (Field::UserName, Some(text)) => name = text,
        (Field::UserDomain, Some(text)) => domain = text,
        (_, Some(text)) => {
            (domain, name) = text.rsplit_once('\\').map_or((String::new(), text.clone()), |(domain, name)| (domain.to_owned(), name.to_owned()))
        }
    }
    let whole = if domain.is_empty() { name.clone() } else { format!("{domain}\\{name}") };
    for (field, text) in [(Field::UserName, name), (Field::UserDomain, domain), (Field::UserAccount, whole)] {
        if has(field) && !text.is_empty() {
            record.fields.insert(FieldRef::Known(field), say(text));
        } else {
            record.fields.remove(&FieldRef::Known(field));
        }
    }
}

const URL_PARTS: [Field; 4] = [Field::UrlHost, Field::UrlPort, Field::UrlPath, Field::UrlQuery];

/// A request's URL and its parts.
fn url(record: &mut Record, field: Field, value: Option<FieldValue>) {
    let fields = &mut record.fields;
    match (field, value) {
        (Field::UrlFull, value) => {
            URL_PARTS.iter().for_each(|part| {
                fields.remove(&FieldRef::Known(*part));
            });
            let parts = value.as_ref().and_then(FieldValue::text).and_then(|text| ir::Url::parse(&text).ok());
            set(record, FieldRef::Known(Field::UrlFull), value);
            if let Some(url) = parts {
                record.fields.insert(FieldRef::Known(Field::UrlHost), say(piece::host_of(&url)));
                record.fields.insert(FieldRef::Known(Field::UrlPath), say(url.path()));
                if let Some(query) = url.query() {
                    record.fields.insert(FieldRef::Known(Field::UrlQuery), say(query));
                }
                if let Some(port) = url.port() {
                    record.fields.insert(FieldRef::Known(Field::UrlPort), FieldValue::Number(i64::from(port)));
                }
            }
        }
        (part, value) => {
            let gone = value.is_none();
            set(record, FieldRef::Known(part), value);
            // An event without a host or a path has no whole URL either.
            if gone && matches!(part, Field::UrlHost | Field::UrlPath) {
                record.fields.remove(&FieldRef::Known(Field::UrlFull));
                return;
            }
            let own = |field: Field| record.fields.get(&FieldRef::Known(field)).cloned();
            let text = |field: Field| own(field).and_then(|value| value.text().map(std::borrow::Cow::into_owned));
            let host = text(Field::UrlHost).unwrap_or_else(|| "www.plain.example".to_owned());
            let path = text(Field::UrlPath).unwrap_or_else(|| "/plain/index".to_owned());
            let whole = piece::url(&host, own(Field::UrlPort).and_then(|port| port.number()), &path, text(Field::UrlQuery).as_deref());
            for (field, value) in [(Field::UrlHost, host), (Field::UrlPath, path), (Field::UrlFull, whole)] {
                record.fields.insert(FieldRef::Known(field), say(value));
            }
        }
    }
}

/// Fills what an event of its class usually holds besides. Fields that are asked for stay as they are.
pub(super) fn fill(record: &mut Record, asked: &[FieldRef]) {
    let Some(class) = record.event.class() else { return };
    if asked.contains(&FieldRef::Any) || class == EventClass::FileContent || class == EventClass::CloudAudit {
        return;
    }
    let taken: Vec<Field> = asked.iter().filter_map(FieldRef::known).map(root).collect();
    for field in class.fields() {
        let whole = root(field);
        let there = record.written(&FieldRef::Known(field)).is_some() || record.written(&FieldRef::Known(whole)).is_some();
        // One digest of each kind is enough, and these are of no log.
        let other = field == Field::TaskContent && record.written(&FieldRef::Known(Field::TaskCommand)).is_some();
        let other = other || (field == Field::TaskCommand && record.written(&FieldRef::Known(Field::TaskContent)).is_some());
        if there || other || taken.contains(&whole) || matches!(field, Field::FileSha512 | Field::FileImphash) {
            continue;
        }
        let holds_whole = class.fields().any(|known| known == whole);
        let target = if holds_whole { whole } else { field };
        let value = ordinary(target, record);
        let value = if target == Field::UserName { say("plainuser") } else { value };
        put(record, &FieldRef::Known(target), Some(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::EventSelector;

    fn event(class: EventClass, fields: &[(Field, &str)]) -> Record {
        let mut record = Record::new(EventSelector { platform: Some(Platform::Windows), ..EventSelector::of(class) });
        fields.iter().for_each(|(field, text)| put(&mut record, &FieldRef::Known(*field), Some(say(*text))));
        record
    }

    fn is(record: &Record, field: Field) -> String {
        known(record, field).unwrap_or_default()
    }

    #[test]
    fn parts_and_wholes_agree() {
        let start =
            event(EventClass::ProcessStart, &[(Field::ProcessPath, "C:\\A\\b.exe"), (Field::ProcessName, "cmd.exe"), (Field::UserName, "kim")]);
        assert_eq!((is(&start, Field::ProcessPath), is(&start, Field::UserAccount)), ("C:\\A\\cmd.exe".to_owned(), "EXAMPLE\\kim".to_owned()));
        let file = event(EventClass::FileCreate, &[(Field::FileName, "x.tmp"), (Field::FileExtension, "aspx"), (Field::FileDirectory, "D:\\w")]);
        assert_eq!(is(&file, Field::FilePath), "D:\\w\\x.aspx");
        let set = event(EventClass::RegistrySet, &[(Field::RegistryKey, "HKCU\\Software\\X"), (Field::RegistryValueName, "Run")]);
        assert_eq!(is(&set, Field::RegistryPath), format!("{SID}\\Software\\X\\Run"));
        assert!(ir::eval::holds(&ir::Predicate::is(Field::RegistryKey, "hkcu\\software\\x", span()), &set));
        let request = event(EventClass::HttpRequest, &[(Field::UrlHost, "a.example"), (Field::UrlPath, "/p"), (Field::UrlQuery, "q=1")]);
        assert_eq!(is(&request, Field::UrlFull), "http://a.example/p?q=1");
    }

    fn span() -> source::Span {
        source::Span::new(source::Sources::default().add("test", ""), 0, 0)
    }
}
