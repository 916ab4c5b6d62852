//! How do several files become one that is the same on every day, in every order and on every machine?
//!
//! Files are sorted by path; they belong to nobody, everybody may read them, and they are of no time: 1970 in a tape archive, 1980 in a ZIP,
//! which knows no earlier one.
//!
//! What this crate does not do: know what the files are.

use std::io::{Cursor, Write as _};

/// A tape archive, compressed (`.tgz`): <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.
///
/// # Panics
///
/// Never: writing to memory does not fail, and paths are within what the format takes (GNU's extension for long ones).
#[must_use]
pub fn tgz(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut sorted = files.to_vec();
    sorted.sort_unstable();
    let out = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::best());
    let mut archive = tar::Builder::new(out);
    for (path, bytes) in sorted {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(tar::EntryType::Regular);
        archive.append_data(&mut header, path, bytes).expect("writing to memory does not fail");
    }
    archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("writing to memory does not fail")
}

/// A ZIP archive.
///
/// # Panics
///
/// Never: writing to memory does not fail.
#[must_use]
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut sorted = files.to_vec();
    sorted.sort_unstable();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let how = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).unix_permissions(0o644);
    for (path, bytes) in sorted {
        archive.start_file(path, how).expect("writing to memory does not fail");
        archive.write_all(bytes).expect("writing to memory does not fail");
    }
    archive.finish().expect("writing to memory does not fail").into_inner()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    const FILES: [(&str, &[u8]); 2] = [("b/two.txt", b"2"), ("a.txt", b"1")];

    #[test]
    fn an_archive_is_the_same_in_any_order_and_holds_what_went_in() {
        let mut other = FILES;
        other.reverse();
        assert_eq!((tgz(&FILES), zip(&FILES)), (tgz(&other), zip(&other)));
        let packed = tgz(&FILES);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
        let mut found = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let (path, mode) = (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap());
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push((path, mode, text));
        }
        assert_eq!(found, [("a.txt".to_owned(), 0o644, "1".to_owned()), ("b/two.txt".to_owned(), 0o644, "2".to_owned())]);
    }

    #[test]
    fn a_long_path_is_kept() {
        let path = format!("{}/{}.txt", "folder".repeat(30), "name".repeat(20));
        let packed = tgz(&[(&path, b"x")]);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed.as_slice()));
        let entry = archive.entries().unwrap().next().unwrap().unwrap();
        assert_eq!(entry.path().unwrap().display().to_string(), path);
    }
}
