//! How is the computation of a column written?

use logs::tables::made::{Made, Part};

/// The name of [`UNXML`].
pub(crate) const UNESCAPES: &str = "unxml";

/// Takes XML's escapes out of a value.
pub(crate) const UNXML: &str = "let unxml = (value: string) {\n    replace_string(replace_string(replace_string(replace_string(replace_string(value, \
\"&lt;\", \"<\"), \"&gt;\", \">\"), \"&quot;\", \"\\\"\"), \"&apos;\", \"'\"), \"&amp;\", \"&\")\n};";

/// The text that stands before a URL's host.
const BEFORE_HOST: &str = "^(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^/?#@]*@)?";

/// The value in the vendor's language.
pub(crate) fn made(made: &Made) -> String {
    match made {
        Made::Own => String::new(),
        Made::Column(text) | Made::Vendor(text) => (*text).to_owned(),
        Made::Additional(name) => format!("tostring(parse_json(AdditionalFields).{name})"),
        Made::Data(name) => format!("unxml({})", data(name, "([^<]*)")),
        Made::Part(part, Made::Data(name)) if let Some(text) = part_of_data(*part, name) => text,
        Made::Part(part, of) => part_of(*part, &self::made(of)),
        Made::First(list) => format!("coalesce({})", joined(list, ", ")),
        Made::Path([before, behind]) => format!("strcat({}, @\"\\\", {})", self::made(before), self::made(behind)),
        Made::Pieces(list) => joined(list, ""),
    }
}

fn joined(list: &[Made], between: &str) -> String {
    list.iter().map(made).collect::<Vec<_>>().join(between)
}

/// What fits behind the start of a name's element in the XML.
fn data(name: &str, expression: &str) -> String {
    format!("extract(@'<Data Name=\"{name}\">{expression}', 1, EventData)")
}

/// A part of the data, where one expression finds it.
fn part_of_data(part: Part, name: &str) -> Option<String> {
    Some(match part {
        Part::Number => format!("tolong({})", data(name, "([0-9]+)")),
        Part::LastName => format!("unxml({})", data(name, "(?:[^<]*[\\\\/])?([^<\\\\/]*)<")),
        Part::Directory => format!("unxml({})", data(name, "([^<]*)[\\\\/][^<\\\\/]*<")),
        Part::Extension => format!("unxml({})", data(name, "[^<]*\\.([^<.\\\\/]*)<")),
        Part::Digest(digest) => data(name, &format!("[^<]*\\b{digest}=([0-9A-Fa-f]+)")),
        _ => return None,
    })
}

/// A part of a text.
fn part_of(part: Part, of: &str) -> String {
    match part {
        Part::Number => format!("tolong({of})"),
        Part::LastName => format!("extract(@\"([^\\\\/]*)$\", 1, {of})"),
        Part::Directory => format!("extract(@\"^(.*)[\\\\/][^\\\\/]*$\", 1, {of})"),
        Part::Extension => format!("extract(@\"\\.([^.\\\\/]*)$\", 1, {of})"),
        Part::Digest(digest) => format!("extract(@\"\\b{digest}=([0-9A-Fa-f]+)\", 1, {of})"),
        Part::UrlHost => format!("extract(@\"{BEFORE_HOST}(\\[[^\\]]*\\]|[^/?#:]*)\", 1, {of})"),
        Part::UrlPort => format!(
            "iff({of} matches regex @\"(?i)^(?:http://[^/?#]*:80|https://[^/?#]*:443)(?:[/?#]|$)\", long(null), \
tolong(extract(@\"{BEFORE_HOST}(?:\\[[^\\]]*\\]|[^/?#:]*):([0-9]+)\", 1, {of})))"
        ),
        Part::UrlPath => {
            format!("iff(isempty({of}), \"\", coalesce(extract(@\"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*(/[^?#]*)\", 1, {of}), \"/\"))")
        }
        Part::UrlQuery => format!("extract(@\"^[^?#]*\\?([^#]*)\", 1, {of})"),
        Part::AccountName => format!("extract(@\"^(?:[^\\\\]*\\\\)?([^@]*)\", 1, {of})"),
        Part::AccountDomain => {
            format!("coalesce(extract(@\"^([^\\\\]*)\\\\\", 1, {of}), extract(@\"@(.*)$\", 1, {of}))")
        }
        Part::ShortHive => format!(
            "replace_regex(replace_regex(replace_regex(replace_regex({of}, \
@\"(?i)^(?:HKEY_CURRENT_USER(?:\\\\S-1-5-21-[0-9-]+)?|HKEY_USERS\\\\S-1-5-21-[0-9-]+)(\\\\|$)\", @\"HKCU\\1\"), \
@\"(?i)^HKEY_LOCAL_MACHINE(\\\\|$)\", @\"HKLM\\1\"), @\"(?i)^HKEY_USERS(\\\\|$)\", @\"HKU\\1\"), \
@\"(?i)^HKEY_CLASSES_ROOT(\\\\|$)\", @\"HKCR\\1\")"
        ),
        Part::Unrooted => format!("trim_end(@\"\\.\", {of})"),
    }
}
