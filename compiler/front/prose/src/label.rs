//! What does a label say of the run of hex digits beside it? Of a file, of a certificate, of something else, of which length.

use super::kind::Kind;

/// What a label says of the run of hex digits behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// The digest of a file, of one of these algorithms; a set of [`MD5`], [`SHA1`], [`SHA256`] and [`SHA512`].
    File(u8),
    /// An import hash.
    Imphash,
    /// A fingerprint of a TLS client.
    Ja3,
    /// A fingerprint of a TLS server.
    Ja3s,
    /// The digest of a certificate.
    Certificate,
    /// The serial number of a certificate.
    Serial,
    /// Something else, by its name.
    Other(&'static str),
}

pub(super) const MD5: u8 = 1;

pub(super) const SHA1: u8 = 2;

pub(super) const SHA256: u8 = 4;

pub(super) const SHA512: u8 = 8;

/// Each algorithm with its type, its number of hex digits and its name.
const ALGORITHMS: [(u8, Kind, usize, &str); 4] =
    [(MD5, Kind::Md5, 32, "MD5"), (SHA1, Kind::Sha1, 40, "SHA-1"), (SHA256, Kind::Sha256, 64, "SHA-256"), (SHA512, Kind::Sha512, 128, "SHA-512")];

/// Words of labels. A word that begins with `=` has to be the last of its label, as in `Key: …`.
const WORDS: [(&str, Label); 99] = [
    ("md5", Label::File(MD5)),
    ("md-5", Label::File(MD5)),
    ("sha1", Label::File(SHA1)),
    ("sha-1", Label::File(SHA1)),
    ("sha 1", Label::File(SHA1)),
    ("sha_1", Label::File(SHA1)),
    ("sha256", Label::File(SHA256)),
    ("sha-256", Label::File(SHA256)),
    ("sha 256", Label::File(SHA256)),
    ("sha_256", Label::File(SHA256)),
    ("sha2-256", Label::File(SHA256)),
    ("sha512", Label::File(SHA512)),
    ("sha-512", Label::File(SHA512)),
    ("sha 512", Label::File(SHA512)),
    ("sha384", Label::Other("SHA-384")),
    ("sha-384", Label::Other("SHA-384")),
    ("sha224", Label::Other("SHA-224")),
    ("sha-224", Label::Other("SHA-224")),
    ("imphash", Label::Imphash),
    ("imp hash", Label::Imphash),
    ("imp-hash", Label::Imphash),
    ("import hash", Label::Imphash),
    ("import table hash", Label::Imphash),
    ("ja3", Label::Ja3),
    ("ja3s", Label::Ja3s),
    ("thumbprint", Label::Certificate),
    ("thumb print", Label::Certificate),
    ("certificate fingerprint", Label::Certificate),
    ("cert fingerprint", Label::Certificate),
    ("ssl fingerprint", Label::Certificate),
    ("tls fingerprint", Label::Certificate),
    ("x509 fingerprint", Label::Certificate),
    ("x.509 fingerprint", Label::Certificate),
    ("certificate hash", Label::Certificate),
    ("cert hash", Label::Certificate),
    ("certificate", Label::Certificate),
    ("certificate sha1", Label::Certificate),
    ("certificate sha-1", Label::Certificate),
    ("certificate sha256", Label::Certificate),
    ("certificate sha-256", Label::Certificate),
    ("cert sha1", Label::Certificate),
    ("cert sha-1", Label::Certificate),
    ("cert sha256", Label::Certificate),
    ("cert sha-256", Label::Certificate),
    ("certificate serial", Label::Serial),
    ("certificate serial number", Label::Serial),
    ("cert serial", Label::Serial),
    ("cert serial number", Label::Serial),
    ("serial number", Label::Serial),
    ("=serial", Label::Other("serial number")),
    ("volume serial number", Label::Other("serial number of a volume")),
    ("volume serial", Label::Other("serial number of a volume")),
    ("vhash", Label::Other("vhash")),
    ("authentihash", Label::Other("Authentihash")),
    ("authenti hash", Label::Other("Authentihash")),
    ("ssdeep", Label::Other("ssdeep")),
    ("tlsh", Label::Other("TLSH")),
    ("rich header", Label::Other("digest of the rich header")),
    ("richheader", Label::Other("digest of the rich header")),
    ("rich pe header", Label::Other("digest of the rich header")),
    ("rich hash", Label::Other("digest of the rich header")),
    ("rich_header", Label::Other("digest of the rich header")),
    ("icon", Label::Other("digest of an icon")),
    ("dhash", Label::Other("digest of an icon")),
    ("favicon", Label::Other("digest of an icon")),
    ("telfhash", Label::Other("telfhash")),
    ("permhash", Label::Other("permhash")),
    ("pehash", Label::Other("peHash")),
    ("export hash", Label::Other("export hash")),
    ("jarm", Label::Other("JARM fingerprint")),
    ("hassh", Label::Other("HASSH fingerprint")),
    ("fingerprint", Label::Other("fingerprint")),
    ("pgp", Label::Other("PGP key")),
    ("=key", Label::Other("key")),
    ("=keys", Label::Other("key")),
    ("key is", Label::Other("key")),
    ("=iv", Label::Other("initialisation vector")),
    ("=nonce", Label::Other("nonce")),
    ("=salt", Label::Other("salt")),
    ("=password", Label::Other("password")),
    ("guid", Label::Other("GUID")),
    ("uuid", Label::Other("UUID")),
    ("mvid", Label::Other("MVID")),
    ("build id", Label::Other("build id")),
    ("buildid", Label::Other("build id")),
    ("=id", Label::Other("id")),
    ("commit", Label::Other("commit")),
    ("token", Label::Other("token")),
    ("hwid", Label::Other("hardware id")),
    ("machineguid", Label::Other("GUID")),
    ("machine guid", Label::Other("GUID")),
    ("password hash", Label::Other("digest of a password")),
    ("phpsessid", Label::Other("id of a session")),
    ("session id", Label::Other("id of a session")),
    ("bot id", Label::Other("id")),
    ("campaign id", Label::Other("id")),
    ("ntlm", Label::Other("digest of a password")),
    ("of string", Label::Other("digest of a text")),
    ("of the string", Label::Other("digest of a text")),
];

/// How far behind a value its label is looked for, in bytes.
pub(super) const BEHIND: usize = 24;

/// Whether a run of so many hex digits is a digest of a file.
pub(super) fn of_length(length: usize) -> Option<Kind> {
    ALGORITHMS.iter().find(|(_, _, digits, _)| *digits == length).map(|(_, kind, ..)| *kind)
}

pub(super) fn is_digest(kind: Kind) -> bool {
    matches!(kind, Kind::Md5 | Kind::Sha1 | Kind::Sha256 | Kind::Sha512)
}

impl Label {
    /// Whether a run of so many digits can be what the label says.
    pub(super) fn fits(self, length: usize) -> bool {
        match self {
            Self::File(set) => ALGORITHMS.iter().any(|(bit, _, digits, _)| set & bit != 0 && *digits == length),
            Self::Imphash | Self::Ja3 | Self::Ja3s => length == 32,
            Self::Certificate => matches!(length, 32 | 40 | 64),
            Self::Serial | Self::Other(_) => true,
        }
    }

    /// What the label names, for a message.
    pub(super) fn name(self) -> String {
        match self {
            Self::File(set) => {
                let names: Vec<&str> = ALGORITHMS.iter().filter(|(bit, ..)| set & bit != 0).map(|(.., name)| *name).collect();
                names.join(" or ")
            }
            Self::Imphash => "import hash".to_owned(),
            Self::Ja3 => "JA3".to_owned(),
            Self::Ja3s => "JA3S".to_owned(),
            Self::Certificate => "digest of a certificate".to_owned(),
            Self::Serial => "serial number of a certificate".to_owned(),
            Self::Other(name) => name.to_owned(),
        }
    }
}

/// Searches for all of these words at once, the longest at each place, in any case of ASCII.
fn searcher<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<aho_corasick::AhoCorasick> {
    aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .kind(Some(aho_corasick::AhoCorasickKind::NoncontiguousNFA))
        .build(words)
        .ok()
}

/// The last label in a short text. Labels with nothing but a bar or a comma between them hold together: `MD5 / SHA-256`.
pub(super) fn label(text: &str) -> Option<Label> {
    static AUTOMATON: std::sync::OnceLock<Option<aho_corasick::AhoCorasick>> = std::sync::OnceLock::new();
    let automaton = AUTOMATON.get_or_init(|| searcher(WORDS.iter().map(|(word, _)| word.trim_start_matches('='))));
    let automaton = automaton.as_ref()?;
    let bytes = text.as_bytes();
    let word = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let mut out: Option<(Label, usize)> = None;
    for found in automaton.find_iter(text) {
        let Some((name, what)) = WORDS.get(found.pattern().as_usize()) else { continue };
        let plural = bytes.get(found.end()).is_some_and(|byte| matches!(byte, b's' | b'S')) && !word(Some(found.end() + 1));
        if word(Some(found.end())) && !plural {
            continue;
        }
        let before = found.start().checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let inside = match what {
            // Names of algorithms are glued to labels: `fileMD5`, `file_md5`.
            Label::File(_) | Label::Imphash | Label::Ja3 | Label::Ja3s => {
                before.is_ascii_alphanumeric() && !bytes.get(found.start()).is_some_and(u8::is_ascii_uppercase)
            }
            // `create_certificate.dll`: a part of a name.
            _ => {
                let named = bytes.get(found.end()) == Some(&b'.') && word(Some(found.end() + 1));
                before.is_ascii_alphanumeric() || before == b'.' || named
            }
        };
        if inside {
            continue;
        }
        let rest = text.get(found.end()..).unwrap_or_default();
        if name.starts_with('=') && !is_plain(rest) {
            continue;
        }
        let gap = |end: usize| text.get(end..found.start()).unwrap_or_default();
        let what = match (out, *what) {
            (Some((Label::File(set), end)), Label::File(more)) if is_listing(gap(end)) => Label::File(set | more),
            // `Favicon hash (MD5)`, `Thumbprint SHA-1`, `JA3 fingerprint`: the first word says of what.
            (Some((first, end)), Label::File(_) | Label::Other("fingerprint")) if !matches!(first, Label::File(_)) && is_plain(gap(end)) => first,
            (_, what) => what,
        };
        out = Some((what, found.end()));
    }
    out.map(|(what, _)| what)
}

/// Whether words between two names of algorithms only list them: `MD5, SHA-1 and SHA-256`.
fn is_listing(gap: &str) -> bool {
    let gap = gap.trim_matches([' ', '/', ',', '&', '+', '|', '(', ')', '-']);
    gap.is_empty() || ["and", "or", "et", "und", "y", "e"].iter().any(|word| gap.eq_ignore_ascii_case(word))
}

/// Whether words behind a label say nothing: `Key (AES-128) is: `.
fn is_plain(words: &str) -> bool {
    const PLAIN: [&str; 12] = ["hash", "hashes", "value", "values", "digest", "is", "was", "the", "of", "in", "hex", "as"];
    let outside = match (words.find('('), words.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{} {}", words.get(..open).unwrap_or_default(), words.get(close + 1..).unwrap_or_default())
        }
        _ => words.to_owned(),
    };
    let mut words = outside.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| PLAIN.iter().any(|plain| word.eq_ignore_ascii_case(plain)))
}

/// `… (SHA-256)`, `… [MD5]`, `… - SHA256`: a label right behind a run of digits, in brackets or at the end of its line or clause.
pub(super) fn behind(text: &str, at: usize) -> Option<Label> {
    let rest = text.get(at..)?.trim_start_matches(['`', '*', '"', ' ']);
    let mut end = rest.len().min(BEHIND);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let rest = rest.get(..end)?;
    if let Some((inner, close)) = rest.strip_prefix('(').map(|inner| (inner, ')')).or_else(|| rest.strip_prefix('[').map(|inner| (inner, ']'))) {
        return inner.split_once(close).and_then(|(inner, _)| label(inner));
    }
    // What goes on may be the label of the next run: `… SHA1 …`.
    let line = rest.split(['\n', '\r']).next()?;
    let closed = line.len() < rest.len() || end < BEHIND;
    let words = line.split([',', ';', '|']).next()?;
    let words = words.trim_start_matches(['-', '–', '—', ':', '=', ' ']);
    ((closed || words.len() < line.len()) && words.split_whitespace().count() <= 2).then(|| label(words)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_label_counts_and_neighbours_hold_together() {
        for (text, wanted) in [
            ("SHA256: ", Some(Label::File(SHA256))),
            ("MD5 / SHA-256", Some(Label::File(MD5 | SHA256))),
            ("MD5, SHA1 and SHA256 hashes", Some(Label::File(MD5 | SHA1 | SHA256))),
            ("the serial was 7, SHA-1: ", Some(Label::File(SHA1))),
            ("Imphash (MD5): ", Some(Label::Imphash)),
            ("RC4 key: ", Some(Label::Other("key"))),
            ("the key file ", None),
            ("[Thumbprint]", Some(Label::Certificate)),
            ("FileMD5s", Some(Label::File(MD5))),
            ("silicon ", None),
            ("a loader ", None),
        ] {
            assert_eq!(label(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_label_may_stand_behind() {
        for (text, wanted) in [
            (" (SHA-256)", Some(Label::File(SHA256))),
            (" [MD5]\n", Some(Label::File(MD5))),
            (" SHA256", Some(Label::File(SHA256))),
            (" - SHA-1\nnext", Some(Label::File(SHA1))),
            (" RC4 key", Some(Label::Other("key"))),
            (" imphash, seen twice", Some(Label::Imphash)),
            (" SHA1 0123456789abcdef0123456789abcdef01234567", None),
            (" is packed; its MD5 is", None),
            ("", None),
        ] {
            assert_eq!(behind(&format!("x{text}"), 1), wanted, "{text}");
        }
    }
}
