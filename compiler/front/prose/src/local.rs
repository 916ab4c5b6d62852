//! What on a machine or in a ledger does a word name? Paths, registry keys, mutexes, file names with spaces, wallets, techniques.

use sha2::{Digest as _, Sha256};

use super::{Kind, hosts};

/// Registry roots, with the separator left out.
const ROOTS: [&str; 11] = [
    "HKEY_LOCAL_MACHINE",
    "HKEY_CURRENT_USER",
    "HKEY_CLASSES_ROOT",
    "HKEY_USERS",
    "HKEY_CURRENT_CONFIG",
    "HKLM",
    "HKCU",
    "HKCR",
    "HKU",
    "HKCC",
    "(HKLM|HKCU)",
];

/// Folders of a Unix system under which a path is worth a look.
const UNIX: [&str; 17] = [
    "/usr/",
    "/etc/",
    "/tmp/",
    "/var/",
    "/home/",
    "/opt/",
    "/root/",
    "/bin/",
    "/sbin/",
    "/lib/",
    "/dev/shm/",
    "/Library/",
    "/Users/",
    "/System/",
    "/Applications/",
    "/data/",
    "/private/",
];

/// The longest path, in bytes.
const MAX_PATH: usize = 520;

/// A path, a registry key, a mutex or a pipe that begins at `at`.
pub(super) fn path(text: &str, at: usize) -> Option<(Kind, usize, usize)> {
    let rest = text.get(at..)?;
    let bytes = rest.as_bytes();
    let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at)).copied().unwrap_or(b'\n');
    match *bytes.first()? {
        b'H' | b'h' => {
            let root = ROOTS.iter().find(|root| rest.get(..root.len()).is_some_and(|head| head.eq_ignore_ascii_case(root)))?;
            let after = bytes.get(root.len()..)?;
            let slash = after.starts_with(b"\\") || after.starts_with(b":\\") || after.starts_with(b"/");
            if !slash || before.is_ascii_alphanumeric() {
                return None;
            }
            let end = path_end(text, at, before, true);
            (end > at + root.len() + 3).then_some((Kind::Registry, at, end))
        }
        b'S' | b's' if hiveless(rest) => {
            // `x\\Software\\y` is a folder of some other path.
            let slash = before == b'\\';
            let before = if slash { at.checked_sub(2).and_then(|at| text.as_bytes().get(at)).copied().unwrap_or(b'\n') } else { before };
            let stands = matches!(before, b' ' | b'\n' | b'\t' | b'`' | b'"' | b'\'' | b'|' | b'=' | b'(' | b'*' | b'[' | b'>') || before >= 0x80;
            let end = path_end(text, at, before, true);
            (stands && end > at + "SOFTWARE".len() + 3).then_some((Kind::Registry, at, end))
        }
        b'G' | b'L' | b'B' => {
            let root = ["Global\\", "Local\\", "BaseNamedObjects\\"].iter().find(|root| rest.starts_with(**root))?;
            if before.is_ascii_alphanumeric() || before == b'\\' || before == b'%' {
                return None;
            }
            let start = if bytes.get(root.len()) == Some(&b'\\') { root.len() + 1 } else { root.len() };
            let len = mutex_len(rest.get(start..)?);
            (len >= 3).then_some((Kind::Mutex, at, at + start + len))
        }
        b'%' => {
            let len = bytes.iter().skip(1).take(30).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')')).count();
            let named = len >= 3 && bytes.get(len + 1) == Some(&b'%') && matches!(bytes.get(len + 2), Some(b'\\' | b'/'));
            if !named {
                return None;
            }
            let end = path_end(text, at, before, true);
            (end > at + len + 4).then_some((kind_of(text, at, end), at, end))
        }
        b'/' => {
            let folder = UNIX.iter().find(|folder| rest.starts_with(**folder))?;
            let stands =
                matches!(before, b' ' | b'\n' | b'\t' | b'`' | b'"' | b'\'' | b'|' | b'>' | b'=' | b'+' | b'(' | b'*') && !rest.starts_with("//");
            if !stands {
                return None;
            }
            let end = path_end(text, at, before, false);
            (end > at + folder.len() + 1).then_some((Kind::FilePath, at, end))
        }
        b'\\' => {
            let pipe = ["\\\\\\\\.\\\\pipe\\\\", "\\\\.\\pipe\\", "\\\\pipe\\\\", "\\pipe\\"].iter().find(|head| rest.starts_with(**head))?;
            let name = rest.get(pipe.len()..)?;
            let len =
                name.bytes().take(100).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'{' | b'}')).count();
            let len = name.get(..len).map_or(len, |name| name.trim_end_matches('.').len());
            (len >= 2 && before != b'\\').then_some((Kind::Pipe, at, at + pipe.len() + len))
        }
        b'<' => {
            // `<TEMP>\x.exe`: a folder in angle brackets.
            let len = bytes.iter().skip(1).take(30).take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ' | b'-')).count();
            let named = len >= 3 && bytes.get(len + 1) == Some(&b'>') && bytes.get(len + 2) == Some(&b'\\');
            let end = if named { path_end(text, at, before, true) } else { at };
            (end > at + len + 3).then_some((Kind::FilePath, at, end))
        }
        letter if letter.is_ascii_alphabetic() => {
            let drive = matches!(bytes, [_, b':', b'\\', ..]) || matches!(bytes, [_, b':', b'/', next, ..] if *next != b'/' && before != b'/');
            if !drive || before.is_ascii_alphanumeric() {
                return None;
            }
            let end = path_end(text, at, before, true);
            (end > at + 4).then_some((kind_of(text, at, end), at, end))
        }
        _ => None,
    }
}

/// Whether a text begins as keys do that are written without their hive: `Software\\Vendor`, `SYSTEM\\CurrentControlSet\\Services`.
fn hiveless(text: &str) -> bool {
    const BEGINNINGS: [&str; 5] =
        ["software\\", "system\\currentcontrolset\\", "system\\controlset001\\", "system\\controlset002\\", "system\\setup\\"];
    BEGINNINGS.iter().any(|begin| text.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin)))
}

/// A path, or a command: a program with its arguments behind it.
fn kind_of(text: &str, start: usize, end: usize) -> Kind {
    let body = text.get(start..end).unwrap_or_default();
    if program_end(body).is_some() { Kind::CommandLine } else { Kind::FilePath }
}

/// Where the program ends that arguments follow: `…\reg.exe save HKLM\SAM sam.save`.
fn program_end(body: &str) -> Option<usize> {
    const ENDINGS: [&str; 12] = [".exe", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".wsf", ".hta", ".scr", ".msi", ".dll"];
    let mut at = 0;
    while let Some(found) = body.get(at..).and_then(|rest| rest.find([' ', ',', '"'])).map(|found| at + found) {
        at = found + 1;
        let head = body.get(..found).unwrap_or_default();
        let ends =
            |ending: &&str| head.len() > ending.len() && head.get(head.len() - ending.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(ending));
        let rest = body.get(found..).unwrap_or_default();
        // `a.dll,Start`: an entry of a library; `a.exe, b.exe`: two files.
        let argument =
            rest.starts_with(',') && rest.get(1..).is_some_and(|rest| rest.starts_with(|char: char| char.is_alphanumeric() || char == '#'));
        let gap = !rest.starts_with(',')
            && rest
                .trim_start_matches([' ', '"'])
                .starts_with(|char: char| !matches!(char, '-' | '–' | '—' | '(' | '+') || !rest.starts_with(" - ") && char == '-');
        if ENDINGS.iter().any(ends) && (argument || gap && !rest.trim_start_matches([' ', '"']).starts_with(['–', '—', '(', '+'])) {
            return Some(found);
        }
    }
    None
}

fn mutex_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < 120 {
        match bytes.get(at) {
            Some(b'\\') if bytes.get(at + 1) == Some(&b'_') => at += 2,
            Some(byte) if byte.is_ascii_alphanumeric() || b"_-.{}%!$#@".contains(byte) => at += 1,
            _ => break,
        }
    }
    // A full stop or an exclamation mark at the end is the sentence's.
    text.get(..at).map_or(at, |name| name.trim_end_matches(['.', '!']).len())
}

/// A path as it is meant: in a program's text, in JSON and in the source of rules, a backslash is written twice.
pub(super) fn unescaped(value: &str) -> String {
    let (head, body) = value.split_at(value.len() - value.trim_start_matches('\\').len());
    let single = body.replace("\\\\", "");
    if !body.contains("\\\\") || single.contains('\\') {
        return value.to_owned();
    }
    let head = if head.len() >= 4 { head.get(..head.len() / 2).unwrap_or(head) } else { head };
    format!("{head}{}", body.replace("\\\\", "\\"))
}

/// A placeholder in angle brackets that is a part of a path or a URL: `<username>`; its length.
pub(super) fn placeholder(bytes: &[u8], at: usize) -> Option<usize> {
    let inner = bytes
        .get(at + 1..)?
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' ' | b'-' | b'.' | b'\'' | b'#' | b'%'))
        .count();
    let closed = bytes.get(at + 1 + inner) == Some(&b'>') && bytes.get(at) == Some(&b'<');
    const TAGS: [&str; 24] = [
        "br", "br ", "td", "th", "tr", "li", "ul", "ol", "wbr", "em", "strong", "code", "span", "div", "pre", "sup", "sub", "small", "font", "table",
        "tbody", "body", "html", "img",
    ];
    let name = std::str::from_utf8(bytes.get(at + 1..at + 1 + inner)?).ok()?;
    (closed && inner >= 2 && !TAGS.contains(&name)).then_some(inner + 2)
}

/// Where a path ends: at the quote that opened it, at the line's or cell's end when nothing else stands there, else at the first
/// space that no file's ending follows.
fn path_end(text: &str, start: usize, before: u8, spaces: bool) -> usize {
    let bytes = text.as_bytes();
    let stop = |at: usize| bytes.get(at).copied().unwrap_or(b'\n');
    let limit = (start + MAX_PATH).min(text.len());
    let mut at = start;
    // `(HKLM|HKCU)\` holds a bar that is no cell's end.
    if text.get(at..).is_some_and(|rest| rest.starts_with("(HKLM|HKCU)")) {
        at += 11;
    }
    let angle = stop(start) == b'<';
    let mut last_space = None;
    while at < limit {
        let byte = stop(at);
        // `C:\Users\<username>\…`: an unknown folder is a part of the path.
        if byte == b'<'
            && at > start
            && (matches!(stop(at - 1), b'\\' | b'/' | b'-' | b'_' | b'.' | b':') || stop(at - 1).is_ascii_alphanumeric())
            && let Some(length) = placeholder(bytes, at)
        {
            at += length;
            continue;
        }
        let angled = angle && at < start + 34 && matches!(byte, b'<' | b'>');
        let closes = matches!(before, b'`' | b'"' | b'\'' | b'*') && byte == before || before == b'[' && byte == b']';
        if matches!(byte, b'\n' | b'\r' | b'\t' | b'|' | b'"' | b'`' | b';')
            || matches!(byte, b'<' | b'>') && !angled
            || closes
            || byte == b'*' && stop(at + 1) == b'*'
        {
            break;
        }
        // `KEY: …`, `KEY = …`, `KEY -> …`: what is said of it.
        let marked = || {
            [b"= ".as_slice(), b"-> ", b"=> ", b"(REG_", b"(value", "→".as_bytes()]
                .iter()
                .any(|mark| bytes.get(at + 1..).is_some_and(|rest| rest.starts_with(mark)))
        };
        if byte == b':' && stop(at + 1) == b' ' && at > start + 2 || byte == b' ' && marked() {
            break;
        }
        if byte == b',' && stop(at + 1) == b' ' || byte == b'+' && stop(at + 1) == b'+' {
            break;
        }
        if byte == b' ' {
            if !spaces {
                break;
            }
            last_space = last_space.or(Some(at));
        }
        at += 1;
    }
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let quoted = matches!(before, b'`' | b'"' | b'\'' | b'+') && (stop(at) == before || stop(at) == b'+');
    let Some(space) = last_space else { return trim(text, start, at) };
    if quoted {
        return trim(text, start, at);
    }
    // A space belongs to the path when a separator follows before the next gap, or the whole line is the path.
    let lead = bytes.get(start.saturating_sub(8)..start).unwrap_or_default();
    let lead = lead.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let whole = lead.iter().all(|byte| matches!(byte, b' ' | b'*' | b'-' | b'`' | b'|' | b'+')) && matches!(stop(at), b'\n' | b'\r' | b'|');
    let body = text.get(start..at).unwrap_or_default();
    let program = program_end(body);
    // `…\a.exe -s`: arguments have dashes, bars, backslashes; other words are the author's.
    let words = program.and_then(|end| body.get(end..)).is_some_and(|rest| !["\\", "=", " /", " -", "\""].iter().any(|sign| rest.contains(sign)));
    if whole && ends_like_path(body.trim_end()) && !body.contains(" - ") && !words {
        return trim(text, start, at);
    }
    let mut end = space;
    while let Some(rest) = text.get(end..at).filter(|rest| rest.starts_with(' ')) {
        let word = rest.get(1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        // `C:\Program Files (x86)\…`: the next separator comes within three words and before any full stop.
        let reach: usize = rest.split(' ').skip(1).take(4).take_while(|word| !word.contains('\\')).map(|word| word.len() + 1).sum();
        let head = rest.get(..(reach + 1).min(rest.len())).unwrap_or_default();
        let more = rest.get(reach..).is_some_and(|tail| {
            tail.split(' ')
                .nth(1)
                .is_some_and(|word| word.contains('\\') && !word.starts_with(['\\', '%', '/']) && word.as_bytes().get(1) != Some(&b':'))
        });
        if !more || head.contains(['.', ',', ';']) || word.is_empty() || word.starts_with(['-', '/', '&', '>']) {
            break;
        }
        let next = end + reach + 1;
        let tail = text.get(next..at).unwrap_or_default();
        end = next + tail.find(' ').unwrap_or(tail.len());
    }
    // Arguments follow a program: the path ends with it.
    trim(text, start, program.map_or(end, |program| end.min(start + program)))
}

fn ends_like_path(body: &str) -> bool {
    let last = body.rsplit(['\\', '/']).next().unwrap_or_default();
    last.is_empty() || last.split(' ').count() <= 4 && !last.ends_with('.')
}

fn trim(text: &str, start: usize, end: usize) -> usize {
    let body = text.get(start..end).unwrap_or_default();
    let body = body.trim_end_matches([' ', '.', ',', ':', '\'', '*', '+', '”', '’']);
    let body = if body.contains('(') { body } else { body.trim_end_matches(')') };
    start + body.len()
}

/// A file's name that ends at `to`: with the words in front of it when it fills a cell, a line or quotes.
pub(super) fn file_name(text: &str, from: usize, to: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let low = from.saturating_sub(120);
    let mut start = from;
    while start > low {
        match bytes.get(start - 1) {
            Some(byte)
                if byte.is_ascii_alphanumeric()
                    || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'(' | b')' | b'[' | b']' | b'~' | b'+' | b'&' | b'$' | b'%')
                    || *byte >= 0x80 =>
            {
                start -= 1
            }
            _ => break,
        }
    }
    // Behind a digest the rest of the line is the name, with its blanks and commas.
    if let Some(start) = behind_digest(text, from, low) {
        return (start, to);
    }
    if let Some(start) = gapped(text, low, from, to) {
        return (start, to);
    }
    let open = start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
    let close = bytes.get(to).copied().unwrap_or(b'\n');
    let closed = matches!((open, close), (b'|', b'|' | b'\n' | b'\r' | b' ') | (b'`', b'`') | (b'"', b'"'));
    let Some(body) = text.get(start..to).filter(|_| start < from && closed) else { return narrow(text, from, to) };
    let trimmed = body.trim_start_matches([' ', '+']);
    let words = trimmed.split(' ').count();
    if words > 12 || trimmed.contains(". ") || trimmed.contains(" - ") { narrow(text, from, to) } else { (to - trimmed.len(), to) }
}

/// Where a name begins that follows a digest in its line with nothing but a gap between them.
fn behind_digest(text: &str, from: usize, low: usize) -> Option<usize> {
    let mut low = low;
    while !text.is_char_boundary(low) {
        low += 1;
    }
    let head = text.get(low..from)?;
    let head = head.rsplit(['\n', '|', '\t', '`', '"']).next()?;
    let cut = head.rfind("  ").map(|at| head.get(at..).unwrap_or_default());
    let (before, name) = match cut {
        // In a table the name begins behind the gap.
        Some(name) => (head.get(..head.len() - name.len())?, name.trim_start()),
        None => head.split_at(head.find(|char: char| !(char.is_ascii_hexdigit() || matches!(char, ' ' | '-' | '*' | '+')))?),
    };
    let digest = before.split([' ', ',', ';', '(', ':']).rfind(|word| !word.is_empty())?;
    let hex = digest.len() >= 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = !name.is_empty() && name.split(' ').count() <= 12 && !name.contains(". ") && !name.contains([':', ';', '(']) && !name.contains(" - ");
    (hex && words).then(|| from - name.len())
}

/// Where a name with blanks begins that fills a column of a text table: gaps part it from what stands beside it.
fn gapped(text: &str, low: usize, from: usize, to: usize) -> Option<usize> {
    let tail = text.get(to..)?;
    let closed = tail.starts_with("  ") || tail.starts_with('\t');
    let ends = tail.is_empty() || tail.starts_with(['\n', '\r']);
    let mut low = low;
    while !text.is_char_boundary(low) {
        low += 1;
    }
    let head = text.get(low..from)?;
    let line = head.rsplit(['\n', '\t']).next()?;
    let name = line.rfind("  ").and_then(|at| line.get(at + 2..)).unwrap_or(line);
    let opened = name.len() < line.len() && !line.trim().is_empty() && line.trim().len() > name.len();
    if name.is_empty() || !(closed || opened && ends) || line.len() == head.len() && low > 0 {
        return None;
    }
    let name = name.trim_start_matches([' ', '-', '*', '•']);
    let plain =
        name.split(' ').count() <= 6 && !name.contains([':', ';', '|', '`', '"', '(', '/', '\\']) && !name.contains(". ") && !name.contains(", ");
    (plain && !name.is_empty()).then(|| from - name.len())
}

/// `~DF1E06.tmp`, `$name.exe` and `_name.exe` keep the sign in front of them.
fn narrow(text: &str, from: usize, to: usize) -> (usize, usize) {
    let sign = text.get(..from).is_some_and(|head| head.ends_with(['~', '_']));
    (if sign { from - 1 } else { from }, to)
}

/// A technique of ATT&CK in a word: its place. Words are glued to it often: `FilesT1204.002Windows`.
pub(super) fn technique(word: &str) -> Option<(usize, usize)> {
    let bytes = word.as_bytes();
    let at = bytes.windows(5).take(200).position(|window| matches!(window, [b'T', rest @ ..] if rest.iter().all(u8::is_ascii_digit)))?;
    let digits = bytes.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    // Glued in front: a word in lower case, never a capital or a digit (`AT1059`, `3T1234`).
    if digits != 4 || before.is_some_and(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    let number: u16 = word.get(at + 1..at + 5)?.parse().ok()?;
    if !(1001..=1999).contains(&number) {
        return None;
    }
    let mut end = at + 5;
    match bytes.get(end) {
        Some(b'-') => return None,
        Some(b'.' | b'_') => {
            let sub = bytes.get(end + 1..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
            if sub >= 3 {
                end += 4;
            }
        }
        _ => {}
    }
    Some((at, end))
}

/// A wallet whose checksum holds.
pub(super) fn wallet(word: &str) -> Option<String> {
    match word.len() {
        25..=35 if word.starts_with(['1', '3']) => base58(word).then(|| word.to_owned()),
        42 | 62 if word.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("bc1")) => {
            bech32(&word.to_ascii_lowercase()).then(|| word.to_ascii_lowercase())
        }
        42 if word.starts_with(['q', 'p']) => cash(word).then(|| word.to_owned()),
        _ => None,
    }
}

/// Base58Check: 21 bytes and four of their double SHA-256.
fn base58(word: &str) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut bytes = [0_u8; 25];
    for char in word.bytes() {
        let Some(digit) = ALPHABET.iter().position(|known| *known == char) else { return false };
        let mut carry = digit;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xFF).unwrap_or(0);
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    let (body, check) = bytes.split_at(21);
    Sha256::digest(Sha256::digest(body)).get(..4) == Some(check)
}

const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The checksum of BIP 173 and BIP 350.
fn bech32(word: &str) -> bool {
    let Some(data) = word.strip_prefix("bc1") else { return false };
    let mut check = 1_u32;
    let mut feed = |value: u32| {
        let top = check >> 25;
        check = (check & 0x01FF_FFFF) << 5 ^ value;
        for (bit, generator) in [0x3B6A_57B2_u32, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3].iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
    };
    for value in [3, 3, 0, 2, 3] {
        feed(value);
    }
    for char in data.chars() {
        let Some(value) = BECH32.find(char).and_then(|at| u32::try_from(at).ok()) else { return false };
        feed(value);
    }
    check == 1 || check == 0x2BC8_30A3
}

/// The checksum of Bitcoin Cash's addresses, prefix left out.
fn cash(word: &str) -> bool {
    let mut check = 1_u64;
    let mut feed = |value: u64| {
        let top = check >> 35;
        check = (check & 0x07_FFFF_FFFF) << 5 ^ value;
        for (bit, generator) in [0x98_F2BC_8E61_u64, 0x79_B76D_99E2, 0xF3_3E5F_B3C4, 0xAE_2EAB_E2A8, 0x1E_4F43_E470].iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
    };
    for byte in b"bitcoincash" {
        feed(u64::from(byte & 31));
    }
    feed(0);
    for char in word.chars() {
        let Some(value) = BECH32.find(char).and_then(|at| u64::try_from(at).ok()) else { return false };
        feed(value);
    }
    check == 1
}

/// Whether a name of a file stands for something that is on every machine.
pub(super) fn is_common_file(name: &str) -> bool {
    let base = name.rsplit(['\\', '/']).next().unwrap_or(name);
    hosts::is_system_file(&base.to_ascii_lowercase())
}
