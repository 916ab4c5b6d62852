//! What is a log that is not JSON, and how does it become one that is?

use std::path::Path;

/// How much of a log tells its form, in bytes.
pub(super) const SAMPLE: usize = 4096;

/// The form of a log that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// What it is, behind "it is".
    pub(super) is: &'static str,
    /// The next step.
    pub(super) help: &'static str,
}

const UNPACK: &str = "what is packed in it might be searched once it is unpacked";
const AS_JSON: &str = "a conversion to JSON, one object a line, might be searched";
const NO_LOG: &str = "logs are JSON, one object a line; this one might be exported so";

/// The first bytes of files that hold no lines: <https://www.iana.org/assignments/media-types/>, and their own specifications.
const BINARY: &[(&[u8], Format)] = &[
    (
        b"ElfFile\0",
        Format { is: "an event log of Windows (EVTX)", help: "`evtx_dump -o jsonl` of the `evtx` package writes its events as JSON, one a line" },
    ),
    (b"\x30\0\0\0LfLe", Format { is: "an event log of Windows XP (EVT)", help: AS_JSON }),
    (b"PK\x03\x04", Format { is: "a ZIP archive", help: UNPACK }),
    (b"PK\x05\x06", Format { is: "an empty ZIP archive", help: UNPACK }),
    (b"BZh", Format { is: "packed with bzip2", help: UNPACK }),
    (b"\xfd7zXZ\0", Format { is: "packed with xz", help: UNPACK }),
    (b"\x28\xb5\x2f\xfd", Format { is: "packed with zstd", help: UNPACK }),
    (b"\x04\x22\x4d\x18", Format { is: "packed with lz4", help: UNPACK }),
    (b"7z\xbc\xaf\x27\x1c", Format { is: "a 7-Zip archive", help: UNPACK }),
    (b"Rar!", Format { is: "a RAR archive", help: UNPACK }),
    (b"\x1f\x8b", Format { is: "packed with gzip twice", help: UNPACK }),
    (b"LPKSHHRH", Format { is: "a journal of systemd", help: "`journalctl --file FILE -o json` writes its events as JSON, one a line" }),
    (b"PAR1", Format { is: "a Parquet file", help: AS_JSON }),
    (b"Obj\x01", Format { is: "an Avro file", help: AS_JSON }),
    (b"SQLite format 3\0", Format { is: "an SQLite database", help: AS_JSON }),
    (b"\xd4\xc3\xb2\xa1", CAPTURE),
    (b"\xa1\xb2\xc3\xd4", CAPTURE),
    (b"\x0a\x0d\x0d\x0a", CAPTURE),
    (b"%PDF-", Format { is: "a PDF document", help: NO_LOG }),
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
];

const CAPTURE: Format = Format { is: "a capture of packets", help: "the logs in JSON that Suricata or Zeek write of it might be searched" };
const UTF_16: Format = Format { is: "text in UTF-16", help: "`iconv -f UTF-16 -t UTF-8` writes it as UTF-8, which is read" };

/// The form of a file that holds no lines.
pub(super) fn binary(start: &[u8]) -> Option<Format> {
    if let Some((_, format)) = BINARY.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(*format);
    }
    if start.get(257..262) == Some(b"ustar") {
        return Some(Format { is: "a tar archive", help: UNPACK });
    }
    let start = start.get(..SAMPLE).unwrap_or(start);
    match start {
        [b'{' | b'[', 0, ..] | [0, b'{' | b'[', ..] => Some(UTF_16),
        _ if start.contains(&0) => Some(Format { is: "binary data", help: NO_LOG }),
        _ => None,
    }
}

/// The form of a text in which no line is an event; `None` when it is JSON, though broken.
pub(super) fn text(start: &[u8]) -> Option<Format> {
    let start = String::from_utf8_lossy(start);
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let mut lines = start.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    if first.starts_with(['{', '[']) {
        return None;
    }
    if first.starts_with('<')
        && first.get(1..).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_alphabetic() || char == '?' || char == '!'))
    {
        return Some(Format { is: "XML", help: "events of Windows might be exported as JSON, or kept as EVTX for `evtx_dump -o jsonl`" });
    }
    if first.starts_with("#separator") {
        return Some(Format { is: "a log of Zeek with columns", help: "Zeek writes JSON with `LogAscii::use_json=T`" });
    }
    if first.starts_with("#Software:") || first.starts_with("#Version:") || first.starts_with("#Fields:") {
        return Some(Format { is: "a log in the W3C's format", help: "as JSON with the names of its `#Fields:` line as keys, it might be searched" });
    }
    if first.contains("CEF:") || first.contains("LEEF:") {
        return Some(Format { is: "a log in CEF or LEEF", help: AS_JSON });
    }
    let second = lines.next();
    for (separator, format) in [(',', CSV), (';', CSV), ('\t', Format { is: "a table with tabs", ..CSV })] {
        let columns = |line: &str| line.matches(separator).count();
        // Values hold the separator too, in quotes; one column more or less is no other table.
        if columns(first) > 0 && second.is_none_or(|second| columns(second) >= columns(first)) {
            return Some(if separator == '\t' {
                Format { help: "`mlr --itsv --ojsonl cat` of Miller writes it as JSON, one object a line", ..format }
            } else {
                format
            });
        }
    }
    Some(Format { is: "text without JSON", help: NO_LOG })
}

const CSV: Format = Format { is: "a table in CSV", help: "`mlr --icsv --ojsonl cat` of Miller writes it as JSON, one object a line" };

/// Whether a file in a folder is a log by its ending, though one that cannot be read.
pub(super) fn is_log(path: &Path) -> bool {
    const ENDINGS: [&str; 16] =
        ["evtx", "evt", "etl", "csv", "tsv", "xml", "gz", "zip", "bz2", "xz", "zst", "7z", "journal", "parquet", "avro", "pcap"];
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_other_forms_have_names() {
        let of = |start: &[u8]| binary(start).or_else(|| text(start)).map(|format| format.is);
        assert_eq!(of(b"ElfFile\0\0\0"), Some("an event log of Windows (EVTX)"));
        assert_eq!(of(b"PK\x03\x04rest"), Some("a ZIP archive"));
        assert_eq!(of("\u{feff}EventID,Image\n1,\"a, b\"\n".as_bytes()), Some("a table in CSV"));
        assert_eq!(of(b"EventID\tImage\n1\ta\n"), Some("a table with tabs"));
        assert_eq!(of(b"<?xml version=\"1.0\"?><Events/>"), Some("XML"));
        assert_eq!(of(b"<13>Jan  2 10:00:00 host app: text\n"), Some("text without JSON"));
        assert_eq!(of(b"{\0\"\0"), Some("text in UTF-16"));
        assert_eq!(of(b"abc\0def"), Some("binary data"));
        assert_eq!(of(b"Jan  2 10:00:00 host app: text\n"), Some("text without JSON"));
        assert_eq!(of(b"{\"a\": 1"), None);
        assert_eq!(of(b""), None);
    }
}
