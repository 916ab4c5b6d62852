//! What does a written value mean for a field of this kind?

use ir::observable::{AddressPort, parse_address};
use ir::{Case, Domain, Field, FieldKind, FieldRef, IpNet, NumberTest, Observable, ObservableKind, Op, Pattern, RegistryKey, Tree, Url};
use source::{Code, Diagnostic, Span};

use super::cursor::Cursor;
use super::operator::{Operator, Value, Written};
use super::{token, wildcard};
use crate::quote;
use source::suggest;

/// A value that does not fit the field.
pub(crate) static LITERAL: Code = Code::error("check.literal", "a value does not fit the field it is compared with");

/// Why a value does not fit, and what might be written.
struct Unfit {
    why: String,
    help: Option<String>,
}

type Fit<T> = Result<T, Unfit>;

fn unfit<T>(why: impl Into<String>, help: impl Into<String>) -> Fit<T> {
    Err(Unfit { why: why.into(), help: Some(help.into()) })
}

/// What a field of this kind holds, for sentences.
pub(crate) fn kind_words(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Path => "a path",
        FieldKind::UrlPath => "the path of a URL",
        FieldKind::Domain => "a host name",
        FieldKind::Url => "a URL",
        FieldKind::Address => "an address",
        FieldKind::Number => "a number",
        FieldKind::Hash => "a digest",
        FieldKind::Flag => "true or false",
    }
}

/// The operator with its values; every value that does not fit is reported, and then there is none.
pub(crate) fn op(cursor: &mut Cursor<'_>, field: &FieldRef, operator: Operator, values: &[Value<'_>], case: Case) -> Option<Op> {
    let kind = field.known().map_or_else(|| open_kind(operator, values), Field::kind);
    match (kind, operator) {
        (FieldKind::Flag, _) => each(cursor, values, flag)?.first().map(|flag| Op::Flag(*flag)),
        (FieldKind::Number, _) => numbers(operator, each(cursor, values, number)?),
        (FieldKind::Address, _) => Some(Op::Address(each(cursor, values, network)?)),
        (FieldKind::Domain, Operator::Under) => Some(Op::Domain(each(cursor, values, domain)?)),
        (FieldKind::Url, Operator::Equal | Operator::NotEqual | Operator::In) => {
            Some(Op::Url(each(cursor, values, |value| url(field, operator, value))?))
        }
        (_, Operator::Under) => Some(Op::Under(each(cursor, values, |value| tree(field, value))?)),
        _ => {
            let patterns = each(cursor, values, |value| text(field, kind, operator, value))?;
            Some(Op::Text { patterns, case })
        }
    }
}

/// How the values of a field are to be read that only the log knows.
fn open_kind(operator: Operator, values: &[Value<'_>]) -> FieldKind {
    let all = |fits: fn(&str) -> bool| values.iter().all(|value| matches!(&value.value, Written::Bare(bare) if fits(bare)));
    match operator {
        Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => FieldKind::Number,
        Operator::Under => FieldKind::Address,
        Operator::Equal | Operator::NotEqual if all(|bare| matches!(bare, "true" | "false")) => FieldKind::Flag,
        Operator::Equal | Operator::NotEqual | Operator::In if all(|bare| token::quantity(bare).is_some()) => FieldKind::Number,
        Operator::Equal | Operator::NotEqual | Operator::In if all(|bare| AddressPort::parse(bare).is_ok()) => FieldKind::Address,
        _ => FieldKind::Text,
    }
}

fn each<'a, T>(cursor: &mut Cursor<'_>, values: &[Value<'a>], read: impl Fn(&Value<'a>) -> Fit<T>) -> Option<Vec<T>> {
    let mut out = Vec::with_capacity(values.len());
    for value in values {
        match read(value) {
            Ok(value) => out.push(value),
            Err(Unfit { why, help }) => report(cursor, value.span, why, help),
        }
    }
    (out.len() == values.len()).then_some(out)
}

fn report(cursor: &mut Cursor<'_>, span: Span, why: String, help: Option<String>) {
    let mut diagnostic = Diagnostic::new(&LITERAL, why).at(span, "does not fit");
    diagnostic.help = help;
    cursor.report(diagnostic);
}

/// The words of a value, in quotes or not.
fn words<'v>(value: &'v Value<'_>) -> Fit<&'v str> {
    match &value.value {
        Written::Quoted(text) => Ok(text),
        Written::Bare(text) => Ok(text),
        Written::Regex(_) => unfit("an expression between slashes stands only behind `matches`", "`matches /.../` might be meant"),
        Written::Field(name) => {
            unfit(format!("another field (`${name}`) is compared only with `==` and `!=`"), "one test might be written for each field")
        }
    }
}

fn flag(value: &Value<'_>) -> Fit<bool> {
    match &value.value {
        Written::Bare("true") => Ok(true),
        Written::Bare("false") => Ok(false),
        _ => unfit("the field holds true or false", "the words are `true` and `false`, without quotes"),
    }
}

fn number(value: &Value<'_>) -> Fit<i64> {
    let text = match &value.value {
        Written::Bare(text) => *text,
        Written::Quoted(text) if token::quantity(text).is_some() => {
            return unfit("a number has no quotes", format!("it might be written as `{text}`"));
        }
        _ => words(value)?,
    };
    token::quantity(text).map_or_else(
        || {
            unfit(
                format!("`{text}` is not a number"),
                "a number is written as `42`, a size as `200KB`, `3MB` or `1GB`, a time as `10s`, `5m`, `2h` or `7d`",
            )
        },
        Ok,
    )
}

fn numbers(operator: Operator, mut numbers: Vec<i64>) -> Option<Op> {
    let first = *numbers.first()?;
    numbers.sort_unstable();
    numbers.dedup();
    Some(Op::Number(match operator {
        Operator::Less => NumberTest::Less(first),
        Operator::AtMost => NumberTest::AtMost(first),
        Operator::More => NumberTest::More(first),
        Operator::AtLeast => NumberTest::AtLeast(first),
        _ => NumberTest::In(numbers),
    }))
}

fn network(value: &Value<'_>) -> Fit<IpNet> {
    let text = words(value)?;
    match AddressPort::parse(text) {
        Ok(AddressPort { net, port: None }) => Ok(net),
        Ok(AddressPort { port: Some(port), .. }) => unfit(
            format!("`{text}` has a port, and the field holds an address"),
            format!("the port might become a test of its own: `destination.port == {port}`"),
        ),
        Err(why) => unfit(
            format!("`{text}` does not fit a field that holds an address: {why}"),
            "an address is written as `198.51.100.23`, a network as `198.51.100.0/24`",
        ),
    }
}

fn domain(value: &Value<'_>) -> Fit<Domain> {
    let text = words(value)?;
    Domain::parse(text)
        .or_else(|why| unfit(format!("`{text}` does not fit a field that holds a host name: {why}"), "a host name is written as `evil.example`"))
}

fn url(field: &FieldRef, operator: Operator, value: &Value<'_>) -> Fit<Url> {
    let text = words(value)?;
    Url::parse(text).or_else(|why| {
        let help = match wildcard::meant(field, operator, text) {
            Some(help) => help,
            None if text.contains('*') => format!("a wildcard might be meant: `{field} glob {}`", quote::string(text)),
            None => "a URL is written as `http://evil.example/path`".to_owned(),
        };
        unfit(format!("`{text}` does not fit a field that holds a URL: {why}"), help)
    })
}

fn tree(field: &FieldRef, value: &Value<'_>) -> Fit<Tree> {
    let text = quoted(field, value)?;
    if field.known() == Some(Field::RegistryKey) {
        let key = registry(text)?;
        return Ok(Tree { root: key, separator: '\\' });
    }
    if field.known().is_some_and(|field| field.kind() == FieldKind::UrlPath) {
        let root = url_path(text)?.trim_end_matches('/');
        if root.is_empty() {
            return unfit("every path lies under `/`", "`exists` says that there is a path");
        }
        return Ok(Tree { root: root.to_owned(), separator: '/' });
    }
    Tree::parse(text).map_or_else(|| unfit("the path has nothing but separators", r"a path is written as `'C:\inetpub\wwwroot'` or `'/var/tmp'`"), Ok)
}

/// A text for a text field: quotes are needed, except around the few words that the field can hold.
fn quoted<'v>(field: &FieldRef, value: &'v Value<'_>) -> Fit<&'v str> {
    match &value.value {
        Written::Bare(text) if field.known().and_then(Field::words).is_none() => {
            let help = if Field::parse(text).is_some() {
                format!("another field is written as `${text}`")
            } else {
                format!("it might be written as `{}`", quote::string(text))
            };
            unfit(format!("the text `{text}` has no quotes"), help)
        }
        _ => words(value),
    }
}

fn text(field: &FieldRef, kind: FieldKind, operator: Operator, value: &Value<'_>) -> Fit<Pattern> {
    let whole = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In);
    let text = match kind {
        FieldKind::Domain | FieldKind::Hash | FieldKind::Url => words(value)?,
        _ => quoted(field, value)?,
    };
    if text.is_empty() {
        return unfit("the text is empty", "an empty field counts as missing: `absent` says so");
    }
    if let Some(field) = field.known() {
        holdable(field, operator, text)?;
    }
    if whole {
        return Ok(Pattern::exact(match (kind, field.known()) {
            (FieldKind::Domain, _) => host(field, operator, text)?,
            (FieldKind::Hash, Some(field)) => digest(field, text)?,
            (_, Some(field)) => exact(field, text)?,
            (_, None) => text.to_owned(),
        }));
    }
    let text = match (field.known(), operator) {
        (Some(Field::RegistryKey), Operator::Starts) => {
            let key = registry(text)?;
            if text.ends_with('\\') { format!("{key}\\") } else { key }
        }
        (Some(Field::RegistryKey), _) => short_hive(text),
        (Some(Field::UrlPath), Operator::Starts) => url_path(text)?.to_owned(),
        (Some(Field::UrlQuery), Operator::Starts) => query(text)?.to_owned(),
        _ => text.to_owned(),
    };
    Ok(match operator {
        Operator::Starts => Pattern::starts(text),
        Operator::Ends => Pattern::ends(text),
        Operator::Glob => Pattern::glob(&text),
        _ => Pattern::contains(text),
    })
}

/// What no value of a field holds, in words.
pub(crate) fn never(chars: &[char]) -> String {
    let chars: Vec<String> = chars.iter().map(ToString::to_string).collect();
    suggest::list(&chars.iter().map(String::as_str).collect::<Vec<_>>()).replace(" and ", " or ")
}

/// Whether some value of the field may hold the text.
fn holdable(field: Field, operator: Operator, text: &str) -> Fit<()> {
    let whole = matches!(operator, Operator::Equal | Operator::NotEqual | Operator::In);
    let literal = if operator == Operator::Glob { Pattern::glob(text).literals().collect::<Vec<_>>().join("*") } else { text.to_owned() };
    let word = operator.name();
    let (not, word) = if operator == Operator::NotEqual { ("not ", "==") } else { ("", word) };
    let bare = literal.trim_start_matches(['\\', '/']);
    match field {
        Field::FileDirectory if !whole && operator != Operator::Contains && operator != Operator::Starts && literal.ends_with(['\\', '/']) => {
            let rest = quote::string(text.trim_end_matches(['\\', '/']));
            return unfit("`file.directory` has no separator at its end", format!("`file.directory {word} {rest}` might be meant"));
        }
        Field::PipeName if !whole && (literal.contains(r"\\.\pipe") || operator == Operator::Starts && literal.starts_with('\\')) => {
            let rest = quote::string(text.trim_start_matches('\\').trim_start_matches(r".\pipe\").trim_start_matches('\\'));
            return unfit(r"`pipe.name` has no `\\.\pipe\` before it", format!("`pipe.name {word} {rest}` might be meant"));
        }
        // With a dot before it, and for a path and a query in one, the help is in `exact`.
        Field::FileExtension | Field::UrlPath | Field::UrlHost | Field::EmailFromDomain | Field::EmailUrlHost if whole => return Ok(()),
        _ => {}
    }
    let Some((chars, other)) = field.never_holds().filter(|(chars, _)| literal.contains(*chars)) else { return Ok(()) };
    let why = format!("`{}` never holds {}, and `{text}` has it", field.name(), never(chars));
    let help = match field {
        Field::UrlPath => query_apart(operator, text),
        Field::FileExtension if operator == Operator::Ends && literal.starts_with('.') && !literal.trim_start_matches('.').contains(chars) => {
            format!("`file.extension == {}` might be meant", quote::string(literal.trim_start_matches('.')))
        }
        _ if operator == Operator::Ends && literal.len() > bare.len() && !bare.is_empty() && !bare.contains(chars) => {
            let (bare, text) = (quote::string(bare), quote::string(text));
            format!("`{} == {bare}` is the whole name, `{} ends {text}` the end of the whole path", field.name(), other.name())
        }
        _ => format!("`{not}{} {word} {}` might be meant", other.name(), quote::string(text)),
    };
    unfit(why, help)
}

/// The tests of a path and of the query behind it that a text of both means.
fn query_apart(operator: Operator, text: &str) -> String {
    let (path, query) = text.split_once(['?', '#']).unwrap_or((text, ""));
    match (operator, path, query) {
        (Operator::Contains, "", query) if !query.is_empty() => {
            format!("what follows `?` is in `url.query`: `url.query contains {}`", quote::string(query))
        }
        (Operator::Contains, path, "") if !path.is_empty() => {
            format!("what follows `?` is in `url.query`: `url.path ends {} and url.query exists`", quote::string(path))
        }
        (Operator::Contains, path, query) if !path.is_empty() => {
            let (path, query) = (quote::string(path), quote::string(query));
            format!("what follows `?` is in `url.query`: `url.path ends {path} and url.query starts {query}`")
        }
        _ => "what follows `?` is in `url.query`".to_owned(),
    }
}

fn host(field: &FieldRef, operator: Operator, text: &str) -> Fit<String> {
    if text.starts_with(['*', '.']) {
        let below = text.trim_start_matches(['*', '.']);
        let help = format!("`{field} under {}` is that name and every one below it", quote::string(below));
        let help = wildcard::meant(field, operator, text).unwrap_or(help);
        return unfit(format!("`{text}` is no host name: text is compared as it is written"), help);
    }
    match (Domain::parse(text), parse_address(text)) {
        (Ok(domain), _) => Ok(domain.as_str().to_owned()),
        (_, Ok(std::net::IpAddr::V6(address))) => Ok(format!("[{address}]")),
        (_, Ok(address)) => Ok(address.to_string()),
        (Err(why), _) => {
            let help = wildcard::meant(field, operator, text).unwrap_or_else(|| "a host name is written as `evil.example`".to_owned());
            unfit(format!("`{text}` does not fit a field that holds a host name: {why}"), help)
        }
    }
}

fn digest(field: Field, text: &str) -> Fit<String> {
    let name = field.name().rsplit('.').next().unwrap_or_default();
    let length = match name {
        "sha1" => 40,
        "sha256" => 64,
        "sha512" => 128,
        _ => 32,
    };
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    unfit(
        format!("`{text}` is not a value of `{}`", field.name()),
        format!("`{name}` has {length} hex digits, and these are {} characters", text.chars().count()),
    )
}

/// The form in which a field's whole value stands in events.
fn exact(field: Field, text: &str) -> Fit<String> {
    if let Some(known) = field.words() {
        let word = text.to_ascii_lowercase();
        if known.contains(&word.as_str()) {
            return Ok(word);
        }
        return Err(Unfit { why: format!("`{}` never holds `{text}`", field.name()), help: suggest::help(text, known.iter().copied()) });
    }
    let observable = |kind: ObservableKind| {
        Observable::parse(kind, text)
            .map(|value| value.to_string())
            .map_err(|why| Unfit { why: format!("`{text}` does not fit `{}`: {why}", field.name()), help: None })
    };
    match field {
        Field::RegistryKey => registry(text),
        Field::PipeName => observable(ObservableKind::Pipe),
        Field::TlsJa4 => observable(ObservableKind::Ja4),
        Field::TlsCertSerial => observable(ObservableKind::CertSerial),
        Field::EmailFrom | Field::EmailTo => observable(ObservableKind::Email),
        Field::FileExtension => match text.strip_prefix('.') {
            Some(rest) => unfit("`file.extension` has no dot", format!("it might be written as `{}`", quote::string(rest))),
            None => Ok(text.to_owned()),
        },
        Field::FileDirectory => Ok(Tree::parse(text).map_or_else(|| text.to_owned(), |tree| tree.root)),
        Field::UrlPath => url_path(text).map(str::to_owned),
        Field::UrlQuery => query(text).map(str::to_owned),
        _ => Ok(text.to_owned()),
    }
}

fn registry(text: &str) -> Fit<String> {
    RegistryKey::parse(text).map(|key| key.as_str().to_owned()).or_else(|why| {
        unfit(format!("`{text}` does not fit `registry.key`: {why}"), "a part of a key without its hive stands behind `contains` or `ends`")
    })
}

/// A part of a key, with a short hive name when it begins with a hive.
fn short_hive(text: &str) -> String {
    let Some((head, rest)) = text.split_once('\\') else { return text.to_owned() };
    RegistryKey::parse(head).map_or_else(|_| text.to_owned(), |hive| format!("{}\\{rest}", hive.as_str()))
}

fn url_path(text: &str) -> Fit<&str> {
    if text.contains(['?', '#']) {
        return unfit(format!("`url.path` holds no query, and `{text}` has one"), "what follows `?` is in `url.query`");
    }
    if !text.starts_with('/') {
        return unfit(format!("`url.path` begins with a slash, and `{text}` does not"), "`contains` or `ends` fits the middle of a path");
    }
    Ok(text)
}

fn query(text: &str) -> Fit<&str> {
    match text.strip_prefix('?') {
        Some(rest) => unfit("`url.query` has no question mark at its start", format!("it might be written as `{}`", quote::string(rest))),
        None => Ok(text),
    }
}
