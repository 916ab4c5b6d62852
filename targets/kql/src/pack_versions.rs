//! Which version has a rule's file? The one that it had in the package before, and the next one where it says something else: a repository and the portal
//! tell by it that there is a newer one.

use backend::{Before, PackedFile};

use crate::pack_yaml::VERSION;

const KEY: &str = "version: ";

/// Gives files of single rules their versions, in succession to a package before.
pub(crate) fn succeed(files: &mut [PackedFile], before: Option<&dyn Before>) {
    let Some(before) = before else { return };
    for file in files {
        let former = before.file(&file.path).and_then(|bytes| String::from_utf8(bytes).ok());
        let text = std::str::from_utf8(&file.bytes).ok();
        if let Some(next) = former.as_deref().zip(text).and_then(|(former, text)| next(former, text)) {
            file.bytes = next.into_bytes();
        }
    }
}

/// A text with the version that follows from a former text.
fn next(former: &str, text: &str) -> Option<String> {
    let version = line(former)?;
    let (head, patch) = version.rsplit_once('.')?;
    let patch: u32 = patch.parse().ok()?;
    let plain = head.split('.').count() == 2 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain {
        return None;
    }
    let with = |version: &str| text.replacen(&format!("\n{KEY}{VERSION}\n"), &format!("\n{KEY}{version}\n"), 1);
    let same = with(version);
    Some(if same == former { same } else { with(&format!("{head}.{}", patch.checked_add(1)?)) })
}

/// The version of a file. Texts over several lines are indented, so a line that begins so is no text.
fn line(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix(KEY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_rises_when_the_file_says_something_else() {
        let text = |name: &str, version: &str| format!("id: a\nname: {name}\nquery: |-\n  version: 9\nversion: {version}\nkind: Scheduled\n");
        let new = text("one", VERSION);
        assert_eq!(next(&text("one", "1.0.0"), &new), Some(text("one", "1.0.0")));
        assert_eq!(next(&text("one", "1.0.7"), &new), Some(text("one", "1.0.7")));
        assert_eq!(next(&text("two", "1.0.7"), &new), Some(text("one", "1.0.8")));
        for odd in ["1.0", "1.0.x", "-1.0.0", "1.0.4294967295", "1.0.0.0"] {
            assert_eq!(next(&text("two", odd), &new), None, "{odd}");
        }
        assert_eq!(next("nothing", &new), None);
    }
}
