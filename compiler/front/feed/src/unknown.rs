//! Which part of a value is not known? `%APPDATA%`, `<user>`, `[REDACTED]`, `XXX.XXX`: what stands there differs on every machine, or
//! the author kept it to himself. Looked for by these letters, the value is found nowhere.
//!
//! One reading for every reader: each such part becomes a hole, a known variable of Windows becomes the folder it stands for, and what is
//! left has to tell the value from others ([`Observable::open`]), or it is withheld with that reason.

use std::borrow::Cow;

use ir::{Observable, ObservableKind, Part, Pattern};

/// Reads a value of a type; a part that is not known becomes a hole.
///
/// # Errors
///
/// Says why the text is no value of this type, or that too little of it is known.
pub fn read(kind: ObservableKind, text: &str) -> Result<Observable, String> {
    match holes(kind, text) {
        None if kind == ObservableKind::Registry => Observable::parse(kind, &linked(text.trim())).map_err(|why| why.to_string()),
        None => Observable::parse(kind, text).map_err(|why| why.to_string()),
        Some(pattern) => Observable::open(kind, pattern).map_err(|why| why.to_string()),
    }
}

/// Whether a part of the text is not known, read as a value of a type.
pub fn is_open(kind: ObservableKind, text: &str) -> bool {
    holes(kind, text).is_some()
}

/// Variables of Windows and of shells with the end of the folder they stand for, in lower case without the signs around them; no folder:
/// anything may stand there. The sources are Microsoft's "Recognized environment variables" (User State Migration Tool) and CSIDL.
const VARIABLES: &[(&str, &str)] = &[
    ("appdata", r"\AppData\Roaming"),
    ("application data", r"\AppData\Roaming"),
    ("localappdata", r"\AppData\Local"),
    ("local appdata", r"\AppData\Local"),
    ("local_appdata", r"\AppData\Local"),
    ("locallowappdata", r"\AppData\LocalLow"),
    ("temp", r"\Temp"),
    ("tmp", r"\Temp"),
    ("public", r"\Users\Public"),
    ("programdata", r"\ProgramData"),
    ("common_appdata", r"\ProgramData"),
    ("allusersprofile", r"\ProgramData"),
    ("allusersappdata", r"\ProgramData"),
    ("programfiles(x86)", r"\Program Files (x86)"),
    ("programfilesx86", r"\Program Files (x86)"),
    ("program_filesx86", r"\Program Files (x86)"),
    ("commonprogramfiles", r"\Common Files"),
    ("program_files_common", r"\Common Files"),
    ("windir", r"\Windows"),
    ("windows", r"\Windows"),
    ("systemroot", r"\Windows"),
    ("system", r"\Windows\System32"),
    ("system32", r"\Windows\System32"),
    ("comspec", r"\Windows\System32\cmd.exe"),
    ("desktop", r"\Desktop"),
    ("desktopdirectory", r"\Desktop"),
    ("userdesktop", r"\Desktop"),
    ("downloads", r"\Downloads"),
    ("documents", r"\Documents"),
    ("mydocuments", r"\Documents"),
    ("personal", r"\Documents"),
    ("startup", r"\Start Menu\Programs\Startup"),
    ("userstartup", r"\Start Menu\Programs\Startup"),
    ("allusersstartup", r"\Start Menu\Programs\Startup"),
    ("startmenu", r"\Start Menu"),
    ("recycle.bin", r"\$Recycle.Bin"),
];

/// Words in brackets that stand for something else, in lower case: whole, or as one of several.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "redacted", "removed", "snip", "snipped", "masked", "censored", "hidden", "obfuscated", "anonymized", "anonymised", "truncated", "omitted",
    "user", "users", "username", "userprofile", "userid", "account", "login", "name", "id", "uid", "sid", "guid", "uuid", "clsid", "pid",
    "random", "randomized", "rand", "rnd", "string", "chars", "characters", "letters", "digits", "digit", "number", "num", "hex",
    "alphanumeric", "computer", "computername", "hostname", "host", "machine", "device", "drive", "letter", "domain", "victim", "target",
    "company", "organization", "organisation", "path", "folder", "directory", "dir", "subfolder", "file", "filename", "payload", "malware",
    "extension", "ext", "version", "ver", "date", "time", "timestamp", "year", "month", "day", "hash", "md5", "token", "key", "value",
    "variable", "var", "campaign", "botid", "bot", "ip", "port", "url", "param", "parameter", "data", "base64", "any", "unknown", "current",
    "current_user", "profile", "profiles", "email", "password", "country",
    // French, German, Spanish, Italian, Portuguese, Dutch, Polish.
    "utilisateur", "nom", "caviardé", "caviardée", "expurgé", "censuré", "anonymisé", "censurado", "suprimido", "oculto", "oscurato", "rimosso",
    "anonymisiert", "unkenntlich", "ausgeblendet", "weggelaten", "ukryty", "usunięto", "скрыто", "удалено", "приховано", "aléatoire", "machine",
    "dossier", "chemin", "fichier", "victime", "masqué", "supprimé", "benutzer", "benutzername", "zufällig", "zufall", "zufallszahl", "rechner",
    "ordner", "datei", "geschwärzt", "zensiert", "omissis", "oscurata", "nascosto", "tachado", "editado", "entfernt", "opfer", "usuario", "usuário", "nombre", "nome", "aleatorio", "aleatório", "casuale", "equipo",
    "carpeta", "archivo", "víctima", "vítima", "vittima", "utente", "gebruiker", "willekeurig", "użytkownik", "losowy", "имя", "пользователь",
    "користувач",
];

/// Words that stand for something without brackets around them, as a whole part of a path.
const BARE: &[&str] = &["redacted", "username", "user_name", "computername", "randomname", "random_name", "randomstring", "random_string"];

/// Words that stand for a person's name below the folder of all users.
#[rustfmt::skip]
const PERSONS: &[&str] = &[
    "user", "username", "utilisateur", "benutzer", "benutzername", "usuario", "usuário", "utente", "gebruiker", "gebruikersnaam", "użytkownik",
    "пользователь", "користувач", "victim", "name", "someone", "someuser", "currentuser", "youruser", "yourname", "xxx", "ユーザー名", "用户名",
];

/// The text as a pattern with a hole for each part that is not known; `None` when all of it is known.
fn holes(kind: ObservableKind, text: &str) -> Option<Pattern> {
    use ObservableKind as K;
    let text = text.trim();
    if text.len() > ir::observable::MAX_VALUE {
        return None;
    }
    let shape = match kind {
        K::FilePath | K::Registry => Shape::Path,
        K::FileName | K::Attachment | K::Process | K::Pipe | K::Service | K::Task => Shape::Name,
        K::CommandLine => Shape::Command,
        K::Url => Shape::Url,
        K::Domain | K::Host | K::Email => Shape::Host,
        _ => return None,
    };
    if matches!(shape, Shape::Url | Shape::Host) && !may_be_open(text) {
        return None;
    }
    let text: Cow<'_, str> = match kind {
        K::Registry => linked(text),
        K::Pipe => ir::observable::pipe(text).into(),
        // `%AppData%/tide/a.exe`: a path of Windows, written with slashes.
        K::FilePath if text.starts_with(['%', '$', '<']) && text.contains('/') && !text.contains('\\') && hole(shape, "", text).is_some() => {
            text.replace('/', "\\").into()
        }
        _ => text.into(),
    };
    let mut out = Holes { parts: Vec::new(), known: String::new(), any: false };
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let before = text.get(..at).unwrap_or_default();
        match hole(shape, before, rest) {
            Some((length, stands_for)) => {
                out.hole(if before.is_empty() || shape == Shape::Command { stands_for } else { "" }, shape);
                at += length;
            }
            None => {
                let char = rest.chars().next()?;
                out.known.push(char);
                at += char.len_utf8();
            }
        }
    }
    // A path that begins in the middle: `\AppData\Roaming\x.exe`.
    let relative = kind == K::FilePath && !out.any && is_relative(&text);
    out.close();
    if relative {
        let known: &str = text.trim_start_matches('\\');
        return Some(Pattern::new([Part::Run, Part::Literal(format!("\\{known}"))]));
    }
    out.any.then(|| Pattern::new(out.parts))
}

/// Whether a host or a URL has a sign that an unknown part is written with; most have none, and are done with.
fn may_be_open(text: &str) -> bool {
    let sign = |byte: u8| matches!(byte, b'%' | b'<' | b'[' | b'{' | b'(' | b'$' | b'~' | b'*' | b'X' | b'Y' | b'N' | b'H' | b'R' | 0x80..);
    text.bytes().any(sign) || text.contains("...") || text.contains("xx")
}

/// What is known so far, and the holes.
struct Holes {
    parts: Vec<Part>,
    known: String,
    any: bool,
}

impl Holes {
    fn close(&mut self) {
        if !self.known.is_empty() {
            self.parts.push(Part::Literal(std::mem::take(&mut self.known)));
        }
    }

    fn hole(&mut self, folder: &str, shape: Shape) {
        self.any = true;
        self.close();
        self.parts.push(Part::Run);
        // Command lines show a variable as it was typed or as what it stands for.
        if shape != Shape::Command {
            self.known.push_str(folder);
        }
    }
}

/// What kind of text a value is: where separators stand, and which signs are its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Path,
    Name,
    Command,
    Url,
    Host,
}

/// A part that is not known at the beginning of `rest`: its length, and the folder it stands for.
fn hole(shape: Shape, before: &str, rest: &str) -> Option<(usize, &'static str)> {
    let first = rest.chars().next()?;
    match first {
        '%' if shape != Shape::Host => percent(shape, rest),
        '<' | '‹' | '«' => bracketed(
            rest,
            first,
            match first {
                '<' => '>',
                '‹' => '›',
                _ => '»',
            },
            true,
        ),
        '[' => bracketed(rest, '[', ']', false),
        '{' => bracketed(rest, '{', '}', false),
        '(' if shape != Shape::Command => bracketed(rest, '(', ')', false).filter(|_| !before.ends_with(' ')),
        '$' if shape != Shape::Host && shape != Shape::Url => dollar(rest),
        '~' if before.is_empty() && (rest.starts_with("~/") || shape == Shape::Path && rest.starts_with("~\\")) => Some((1, "")),
        '*' if matches!(shape, Shape::Path | Shape::Name) => Some((rest.len() - rest.trim_start_matches('*').len(), "")),
        // `*` is a sign of command lines and of queries; several are a blank.
        '*' if shape == Shape::Host && !(before.is_empty() && rest.starts_with("*.")) => Some((rest.len() - rest.trim_start_matches('*').len(), "")),
        '*' if rest.starts_with("***") || shape == Shape::Url => Some((rest.len() - rest.trim_start_matches('*').len(), "")),
        '?' if matches!(shape, Shape::Path | Shape::Name) => Some((rest.len() - rest.trim_start_matches('?').len(), "")),
        '█' | '■' | '▓' | '…' => Some((rest.len() - rest.trim_start_matches(first).len(), "")),
        '.' if rest.starts_with("...") && shape != Shape::Host => Some((rest.len() - rest.trim_start_matches('.').len(), "")),
        'C' | 'c' | 'F' | 'f' if before.is_empty() && shape == Shape::Path => shell_folder(rest),
        _ if first.is_alphanumeric() && !before.ends_with(|char: char| char.is_alphanumeric()) => word(shape, before, rest),
        _ => None,
    }
}

/// `%APPDATA%`, and the `%s` of a format.
fn percent(shape: Shape, rest: &str) -> Option<(usize, &'static str)> {
    let inner = rest.get(1..)?;
    let length = inner
        .chars()
        .take(48)
        .take_while(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | ' ' | '(' | ')' | '.'))
        .map(char::len_utf8)
        .sum();
    let name = inner.get(..length)?;
    if length > 1 && inner.get(length..).is_some_and(|rest| rest.starts_with('%')) {
        // In URLs, `%2F` is a sign; a variable there has letters alone.
        let letters = name.chars().all(|char| char.is_ascii_alphabetic() || matches!(char, '_' | '-')) && length > 2;
        return (shape != Shape::Url || letters).then(|| (length + 2, stands_for(name)));
    }
    let format = ["s", "ls", "ws", "S", "d", "u", "i", "x", "X", "c", "lu", "ld", "02x", "02X", "04x", "04X", "08x", "08X"];
    let found = format.iter().filter(|format| inner.starts_with(**format)).max_by_key(|format| format.len())?;
    let after = inner.get(found.len()..)?.chars().next();
    let ends = after.is_none_or(|char| !char.is_alphanumeric());
    let sure = matches!(*found, "s" | "ls" | "ws" | "S") || shape != Shape::Url;
    (ends && sure).then_some((found.len() + 1, ""))
}

/// The folder of a variable.
fn stands_for(name: &str) -> &'static str {
    let lower = name.trim().to_lowercase();
    VARIABLES.iter().find(|(known, _)| *known == lower).map_or("", |(_, folder)| folder)
}

/// `<user>`, `[username]`, `{random}`, `[0-9]{5}`.
fn bracketed(rest: &str, open: char, close: char, sure: bool) -> Option<(usize, &'static str)> {
    let inner = rest.get(open.len_utf8()..)?;
    let end = inner.char_indices().take(64).find(|(_, char)| *char == close || matches!(char, '\n')).filter(|(_, char)| *char == close)?.0;
    let words = inner.get(..end)?;
    if words.is_empty() || words.contains(['\\']) {
        return None;
    }
    let length = open.len_utf8() + end + close.len_utf8();
    // `[0-9a-f]{8}`: a class and how often.
    let class = words.contains("-9") || words.contains("a-z") || words.contains("A-Z");
    let name = words.trim_matches(['%', '$', ' ', '.', '#', '_', '*']);
    let dots = !words.is_empty() && words.chars().all(|char| matches!(char, '.' | '…' | '*' | '#' | ' ' | 'x' | 'X' | '?')) && words != ".";
    if !(sure || dots || class || is_placeholder(name) || !stands_for(name).is_empty()) {
        return None;
    }
    let after = rest.get(length..).unwrap_or_default();
    let repeated = if class && after.starts_with('{') { after.find('}').map_or(0, |end| end + 1) } else { 0 };
    let repeated = if class && after.starts_with(['+', '*']) { 1 } else { repeated };
    Some((length + repeated, stands_for(name)))
}

/// Whether a text begins with words in square brackets that stand for something else: `[REDACTED]`, `[victim id]`.
pub fn begins_open(text: &str) -> bool {
    bracketed(text, '[', ']', false).is_some()
}

/// Whether words in brackets stand for something else.
fn is_placeholder(words: &str) -> bool {
    let lower = words.to_lowercase();
    let mut parts = lower.split([' ', '_', '-', '.', '/', ',', ':', '\'']).filter(|part| !part.is_empty()).peekable();
    if parts.peek().is_none() {
        return false;
    }
    let (mut known, mut all) = (0, 0);
    for part in parts {
        all += 1;
        let plain = part.trim_end_matches(|char: char| char.is_ascii_digit());
        known += usize::from(WORDS.contains(&plain) || all > 1 && part.bytes().all(|byte| byte.is_ascii_digit()));
    }
    known > 0 && known * 2 >= all && all <= 6
}

/// `$env:APPDATA`, `$HOME`, `${APPDATA}`.
fn dollar(rest: &str) -> Option<(usize, &'static str)> {
    let inner = rest.get(1..)?;
    let braced = inner.starts_with('{');
    let inner = if braced { inner.get(1..)? } else { inner };
    let head = inner.get(..4).filter(|head| head.eq_ignore_ascii_case("env:")).map_or(0, str::len);
    let name: String = inner.get(head..)?.chars().take(40).take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
    let known = head > 0 || braced || name == "HOME" || name == "USER" || name == "PWD" || name == "TMPDIR" || !stands_for(&name).is_empty();
    let end = inner.get(head + name.len()..)?;
    // `$Recycle.Bin` and `IPC$` are names.
    if name.is_empty() || !known || braced && !end.starts_with('}') || !braced && end.starts_with('.') {
        return None;
    }
    let signs = if braced {
        3
    } else if end.starts_with('$') {
        2
    } else {
        1
    };
    Some((head + name.len() + signs, stands_for(&name)))
}

/// `CSIDL_APPDATA\x`, `FOLDERID_Startup\x`.
fn shell_folder(rest: &str) -> Option<(usize, &'static str)> {
    let head = ["CSIDL_", "FOLDERID_"].iter().find(|head| rest.get(..head.len()).is_some_and(|word| word.eq_ignore_ascii_case(head)))?;
    let name: String = rest.get(head.len()..)?.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect();
    Some((head.len() + name.len(), stands_for(&name)))
}

/// `XXX.XXX`, `xxxx`, `YYYYMMDD`, `NNNN`, `####`; a bare word that names what stands there.
fn word(shape: Shape, before: &str, rest: &str) -> Option<(usize, &'static str)> {
    let word: &str = rest.split(|char: char| !char.is_alphanumeric()).next()?;
    let same = |sign: char| word.chars().all(|char| char == sign);
    let crossed = same('X')
        && word.len() >= 2
        && (word.len() >= 3 || rest.get(word.len()..).is_some_and(|rest| rest.starts_with(".XX")) || before.ends_with("XX."))
        || same('x')
            && (word.len() >= 4
                || word.len() >= 2 && before.ends_with("x.")
                || word.len() >= 2 && rest.get(word.len()..).is_some_and(|rest| rest.starts_with(".xx")));
    let counted = matches!(word, "YYYYMMDD" | "YYYYMMDDHHMMSS" | "YYYY" | "NNNN" | "NNNNN" | "NNNNNN" | "HHMMSS");
    let part = matches!(shape, Shape::Path | Shape::Command) && before.ends_with(['\\', '/']) && {
        let whole: &str = rest.split(['\\', '/', '"', ' ']).next()?;
        let folder = before.trim_end_matches(['\\', '/']).rsplit(['\\', '/']).next().unwrap_or_default();
        let person = ["users", "home", "documents and settings"].iter().any(|known| folder.eq_ignore_ascii_case(known));
        let among = |words: &[&str]| words.iter().any(|known| whole.to_lowercase() == **known);
        (among(BARE) || person && among(PERSONS)) && whole.len() == word.len()
    };
    let named = shape == Shape::Url && word == "REDACTED";
    // A crossed-out word in the middle of letters is part of a name.
    let alone = !matches!(shape, Shape::Command) || crossed && word.len() >= 3;
    ((crossed || counted) && alone || part || named).then_some((word.len(), ""))
}

/// A path under the name that events have it: links of the registry lead to what they stand for.
fn linked(text: &str) -> Cow<'_, str> {
    let text = user_hive(text);
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find(r"\system\controlset0").filter(|at| *at <= "HKEY_LOCAL_MACHINE".len() + "Computer\\".len()) else { return text };
    let from = at + r"\system\".len();
    let end = lower.get(from..).and_then(|rest| rest.find('\\')).map_or(lower.len(), |end| from + end);
    match (text.get(..from), text.get(end..)) {
        (Some(head), Some(tail)) if end - from <= "controlset001".len() => format!("{head}CurrentControlSet{tail}").into(),
        _ => text,
    }
}

/// `HKU\<SID>\Software` and `HKU\S-1-5-21-...\Software` are that user's own hive, whoever the user is.
fn user_hive(text: &str) -> Cow<'_, str> {
    let plain = text.trim_start_matches("Computer\\");
    let Some((hive, rest)) = plain.split_once('\\') else { return text.into() };
    if !hive.eq_ignore_ascii_case("HKU") && !hive.eq_ignore_ascii_case("HKEY_USERS") {
        return text.into();
    }
    let Some((user, below)) = rest.split_once('\\') else { return text.into() };
    let sid = user.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("S-1-5-21"));
    let open = matches!(user.chars().next(), Some('<' | '[' | '{' | '%' | '*' | '…')) || user.starts_with("...");
    let classes = user.get(user.len().saturating_sub(8)..).is_some_and(|end| end.eq_ignore_ascii_case("_Classes"));
    match (sid || open, classes) {
        (true, false) => format!("HKCU\\{below}").into(),
        (true, true) => format!("HKCU\\Software\\Classes\\{below}").into(),
        (false, _) => text.into(),
    }
}

/// Whether a path with backslashes begins at no drive, share or device.
fn is_relative(text: &str) -> bool {
    let drive = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && text.get(1..2) == Some(":");
    text.contains('\\') && !drive && !text.starts_with("\\\\") && !text.starts_with('/')
}

#[cfg(test)]
mod tests {
    use ObservableKind as K;

    use super::*;

    #[test]
    fn parts_that_are_not_known_become_holes() {
        let cases = [
            (K::FilePath, r"%APPDATA%\Microsoft\tide-four.exe", r"*\\AppData\\Roaming\\Microsoft\\tide-four.exe"),
            (K::FilePath, r"%temp%\tide.dll", r"*\\Temp\\tide.dll"),
            (K::FilePath, r"%UserProfile%\tide-one\a.exe", r"*\\tide-one\\a.exe"),
            (K::FilePath, r"C:\Users\%USERNAME%\AppData\tide.exe", r"C:\\Users\\*\\AppData\\tide.exe"),
            (K::FilePath, r"C:\Users\<username>\AppData\Local\Temp\tide-one.exe", r"C:\\Users\\*\\AppData\\Local\\Temp\\tide-one.exe"),
            (K::FilePath, r"C:\Users\[user]\Downloads\tide-pack.exe", r"C:\\Users\\*\\Downloads\\tide-pack.exe"),
            (K::FilePath, r"C:\Users\{utilisateur}\tide-pack.exe", r"C:\\Users\\*\\tide-pack.exe"),
            (K::FilePath, r"C:\Users\*\Downloads\tide-pack.exe", r"C:\\Users\\*\\Downloads\\tide-pack.exe"),
            (K::FilePath, r"C:\...\tide-pack.exe", r"C:\\*\\tide-pack.exe"),
            (K::FilePath, r"$env:LOCALAPPDATA\tide\t.exe", r"*\\AppData\\Local\\tide\\t.exe"),
            (K::FilePath, r"CSIDL_APPDATA\tide\t.exe", r"*\\AppData\\Roaming\\tide\\t.exe"),
            (K::FilePath, r"\AppData\Roaming\tide.exe", r"*\\AppData\\Roaming\\tide.exe"),
            (K::FilePath, "~/.tide/run", "*/.tide/run"),
            (K::FilePath, r"C:\ProgramData\tide_[a-z0-9]{8}.dll", r"C:\\ProgramData\\tide_*.dll"),
            (K::FileName, "tide-setup-<random 6 digits>.exe", "tide-setup-*.exe"),
            (K::Registry, r"HKEY_USERS\<SID>\Software\TideSpy", r"HKCU\Software\TideSpy"),
            (K::Registry, r"HKU\S-1-5-21-1-2-3-1001\Software\TideSpy", r"HKCU\Software\TideSpy"),
            (K::FilePath, "%AppData%/tide/one.exe", r"*\\AppData\\Roaming\\tide\\one.exe"),
            (K::FilePath, r"C:\Users\Benutzername\AppData\tide.exe", r"C:\\Users\\*\\AppData\\tide.exe"),
            (K::FilePath, r"~\AppData\tide.exe", r"*\\AppData\\tide.exe"),
            (K::Registry, r"HKLM\SYSTEM\ControlSet001\Services\TideSvc", r"HKLM\SYSTEM\CurrentControlSet\Services\TideSvc"),
            (K::Pipe, r"\\*\pipe\tide_sync", "tide_sync"),
            (K::Registry, r"HKCU\Software\<random>\TideSpy", r"HKCU\\Software\\*\\TideSpy"),
            (K::Url, "hxxps://portal-one[.]example/readme/VJICARU?[REDACTED]=[REDACTED]", r"https://portal-one.example/readme/VJICARU\?*=*"),
            (K::Url, "http://portal-one.example/gate/<id>/up.php", "http://portal-one.example/gate/*/up.php"),
            (K::Domain, "<random>.portal-one.example", "*.portal-one.example"),
            (K::CommandLine, r"rundll32 %APPDATA%\tidehelper.dll,Start", r"rundll32 *\\tidehelper.dll,Start"),
            (K::Pipe, r"\\.\pipe\tide_<pid>", "tide_*"),
        ];
        for (kind, text, want) in cases {
            let read = read(kind, text);
            assert_eq!(read.as_ref().map(ToString::to_string), Ok(want.to_owned()), "{text}");
        }
    }

    #[test]
    fn values_that_are_known_stay_as_they_are() {
        for (kind, text) in [
            (K::FilePath, r"C:\ProgramData\TideSync\tide-one.exe"),
            (K::FilePath, r"C:\Users\Public\Documents\setup[1].exe"),
            (K::FilePath, r"C:\$Recycle.Bin\tide.exe"),
            (K::FilePath, r"C:\{01234567-89ab-cdef-0123-456789abcdef}\tide.exe"),
            (K::FilePath, "/tmp/.tide"),
            (K::FilePath, r"\\srv\C$\tide.exe"),
            (K::FilePath, r"C:\Program Files (x86)\Tide\t.exe"),
            (K::FileName, "report (final) [2024].doc"),
            (K::FileName, "xxx.exe"),
            (K::Url, "http://portal-one.example/a%20b/c?d=%2Fe%2F&x=1"),
            (K::Url, "http://portal-one.example/%D0%BF%D0%BE"),
            (K::Domain, "portal-xxx.example"),
            (K::CommandLine, r"del /f /q C:\tide\*.bak"),
            (K::Mutex, "Global\\<x>"),
            (K::Registry, r"HKCU\Software\Classes\CLSID\{01234567-89AB-CDEF-0123-456789ABCDEF}"),
        ] {
            assert!(!is_open(kind, text), "{text}: {:?}", holes(kind, text));
        }
    }

    #[test]
    fn what_would_match_everywhere_is_refused() {
        for (kind, text) in [
            (K::FilePath, r"%TEMP%\<random>.exe"),
            (K::FilePath, r"C:\Users\<user>\AppData\Local\Temp\*"),
            (K::FileName, "<random>.exe"),
            (K::Registry, r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run\[random]"),
            (K::Url, "http://XXX.XXX.XXX.XXX/gate"),
            (K::Url, "http://[REDACTED]/"),
            (K::Domain, "[REDACTED].com"),
        ] {
            assert!(read(kind, text).is_err(), "{text}: {:?}", read(kind, text));
        }
    }
}
