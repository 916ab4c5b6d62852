//! What does an OpenIOC file say? Versions 1.0 and 1.1 of Mandiant's format.
//!
//! <https://github.com/fireeye/OpenIOC_1.1>. Some exporters leave `<Content>` empty and write the value as the item's id.

use ir::{Direction, ObservableKind as K, Role};
use quick_xml::events::{BytesStart, Event};
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::group::{self, Member, Part};
use super::kind;
use super::text::{Piece, Text};
use super::want::Want;
use super::{MAX_DEPTH, codes, stix, words};

/// One item of an indicator.
#[derive(Default)]
struct Item<'a> {
    search: String,
    condition: String,
    negate: bool,
    id: Text<'a>,
    content: Option<Text<'a>>,
}

/// Items and groups below an `Indicator`.
struct Group<'a> {
    all: bool,
    items: Vec<Item<'a>>,
    groups: Vec<Group<'a>>,
}

/// Reads a file.
pub(super) fn read(text: &str, out: &mut Collector<'_>) {
    let mut walk = Walk { text, stack: Vec::new(), item: None, open: Vec::new(), words: Text::default(), found: false, group_link: false };
    if let Err((at, why)) = walk.run(out) {
        let place = out.place(at, at);
        let deep = why == DEEP;
        let code = if deep { &codes::TOO_DEEP } else { &codes::BROKEN };
        out.say(
            Diagnostic::new(code, format!("the XML text breaks off: {why}"))
                .at(place, "here")
                .help("what stands before this place is read; the file might have been cut"),
        );
    }
    // What was open when the text broke off counts as closed.
    while let Some(group) = walk.stack.pop() {
        match walk.stack.last_mut() {
            Some(parent) => parent.groups.push(group),
            None => add(&group, out),
        }
    }
    if !walk.found && out.count() == 0 {
        stix::refuse_xml(text, out);
    }
}

const DEEP: &str = "it is nested too deep";

struct Walk<'a> {
    text: &'a str,
    stack: Vec<Group<'a>>,
    item: Option<Item<'a>>,
    open: Vec<String>,
    words: Text<'a>,
    found: bool,
    /// Whether the open link names an actor.
    group_link: bool,
}

impl<'a> Walk<'a> {
    fn run(&mut self, out: &mut Collector<'_>) -> Result<(), (usize, String)> {
        let mut reader = quick_xml::Reader::from_str(self.text);
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let event = reader.read_event().map_err(|why| (usize::try_from(reader.error_position()).unwrap_or(before), why.to_string()))?;
            match event {
                Event::Eof if self.open.is_empty() => return Ok(()),
                Event::Eof => return Err((self.text.len(), "an element is not closed".to_owned())),
                Event::Start(start) => {
                    if self.open.len() > MAX_DEPTH {
                        return Err((before, DEEP.to_owned()));
                    }
                    self.start(&start, out)?;
                    self.open.push(name(&start));
                    self.words = Text::empty(usize::try_from(reader.buffer_position()).unwrap_or(before));
                }
                Event::Empty(start) => {
                    self.start(&start, out)?;
                    self.words = Text::empty(before);
                    self.end(&name(&start), out);
                }
                Event::End(_) => {
                    if let Some(name) = self.open.pop() {
                        self.end(&name, out);
                    }
                    self.words = Text::empty(before);
                }
                Event::Text(words) => {
                    let raw = std::str::from_utf8(&words).unwrap_or_default();
                    self.words.push(raw, offset(self.text, raw).unwrap_or(before), raw.len());
                }
                Event::CData(words) => {
                    let raw = std::str::from_utf8(&words).unwrap_or_default();
                    self.words.push(raw, offset(self.text, raw).unwrap_or(before), raw.len());
                }
                Event::GeneralRef(entity) => {
                    let raw = std::str::from_utf8(&entity).unwrap_or_default();
                    // The ampersand and the semicolon belong to it.
                    let at = offset(self.text, raw).map_or(before, |at| at.saturating_sub(1));
                    let Some(char) = resolve(raw) else { return Err((at, format!("the entity `&{};` is not defined", words::short(raw)))) };
                    self.words.push(char.encode_utf8(&mut [0; 4]), at, raw.len() + 2);
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, out: &mut Collector<'_>) -> Result<(), (usize, String)> {
        match &*name(start) {
            "ioc" | "OpenIOC" => {
                self.found = true;
                if let Some(id) = self.attribute(start, "id") {
                    out.header.id = Some(id.as_str().to_owned());
                }
                out.header.modified = self.attribute(start, "last-modified").and_then(|date| words::day(date.as_str()));
            }
            "Indicator" => {
                let all = self.attribute(start, "operator").is_some_and(|operator| operator.as_str().eq_ignore_ascii_case("AND"));
                self.stack.push(Group { all, items: Vec::new(), groups: Vec::new() });
            }
            "IndicatorItem" => {
                let words = |key| self.attribute(start, key).map(|text| text.as_str().to_owned()).unwrap_or_default();
                self.item = Some(Item {
                    search: String::new(),
                    condition: words("condition"),
                    negate: words("negate") == "true",
                    id: self.attribute(start, "id").unwrap_or_default(),
                    content: None,
                });
            }
            "link" => {
                let rel = self.attribute(start, "rel");
                self.group_link = rel.is_some_and(|rel| matches!(&*rel.as_str().to_ascii_lowercase(), "threatgroup" | "threat-group" | "actor"));
            }
            "Context" => {
                let search = self.attribute(start, "search").map(|text| text.as_str().to_owned()).unwrap_or_default();
                if let Some(item) = &mut self.item {
                    item.search = search;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, out: &mut Collector<'_>) {
        let words = || self.words.as_str().trim().to_owned();
        match name {
            "Content" => {
                if let Some(item) = &mut self.item {
                    item.content = Some(std::mem::take(&mut self.words));
                }
            }
            "IndicatorItem" => {
                if let (Some(item), Some(group)) = (self.item.take(), self.stack.last_mut()) {
                    group.items.push(item);
                }
            }
            "Indicator" => {
                let Some(group) = self.stack.pop() else { return };
                match self.stack.last_mut() {
                    Some(parent) => parent.groups.push(group),
                    None => add(&group, out),
                }
            }
            "link" if self.group_link => out.header.actors.push(words()),
            "short_description" => out.header.title = Some(words()).filter(|title| !title.is_empty()),
            "authored_by" => out.header.author = Some(words()).filter(|author| !author.is_empty()),
            "authored_date" => out.header.published = words::day(&words()),
            _ => {}
        }
    }

    /// An attribute's value, with its place.
    fn attribute(&self, start: &BytesStart<'_>, key: &str) -> Option<Text<'a>> {
        let attribute = start.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == key.as_bytes())?;
        let raw = std::str::from_utf8(&attribute.value).ok()?;
        let at = offset(self.text, raw)?;
        let mut text = Text::empty(at);
        let mut rest = raw;
        while let Some((plain, behind)) = rest.split_once('&') {
            text.push(plain, offset(self.text, plain)?, plain.len());
            let (entity, after) = behind.split_once(';')?;
            text.push(resolve(entity)?.encode_utf8(&mut [0; 4]), offset(self.text, entity)?.saturating_sub(1), entity.len() + 2);
            rest = after;
        }
        text.push(rest, offset(self.text, rest)?, rest.len());
        Some(text)
    }
}

/// An element's name without its prefix.
fn name(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).into_owned()
}

/// Where a slice of the text stands in it.
fn offset(text: &str, slice: &str) -> Option<usize> {
    let at = (slice.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (text.get(at..at + slice.len()) == Some(slice)).then_some(at)
}

/// The five entities of XML, and character references.
fn resolve(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Adds the items of a group. Items under OR stand alone; everything under an AND is one group.
fn add(group: &Group<'_>, out: &mut Collector<'_>) {
    if group.all {
        let mut items = Vec::new();
        gather(group, &mut items);
        let members: Vec<Member<'_>> = items.into_iter().map(member).collect();
        group::add(&members, &Facts::default(), out);
        return;
    }
    for item in &group.items {
        group::add(&[member(item)], &Facts::default(), out);
    }
    group.groups.iter().for_each(|group| add(group, out));
}

fn gather<'g, 'a>(group: &'g Group<'a>, items: &mut Vec<&'g Item<'a>>) {
    items.extend(&group.items);
    group.groups.iter().for_each(|group| gather(group, items));
}

fn member<'g>(item: &'g Item<'_>) -> Member<'g> {
    let content = item.content.as_ref().map(Text::trimmed).filter(|piece| !piece.value.is_empty());
    let piece: Piece<'_> = content.unwrap_or_else(|| item.id.trimmed());
    let (part, direction, role) = target(&item.search);
    // In 1.0 every exporter writes `contains` for host names and addresses that it means whole.
    let whole = matches!(part, Part::Value(Want::Kind(K::Ip | K::Domain | K::Host | K::Md5 | K::Sha1 | K::Sha256 | K::Email | K::Registry)));
    let whole = whole && matches!(part, Part::Value(want) if kind::parse(want, piece.value).is_ok());
    // Handles name more than mutexes: pipes, mail slots, devices.
    let part = match (&*item.search, piece.value) {
        ("ProcessItem/HandleList/Handle/Name", name) if name.starts_with("\\Device\\NamedPipe\\") => Part::Value(Want::Kind(K::Pipe)),
        ("ProcessItem/HandleList/Handle/Name", name) if name.starts_with("\\Device\\") => Part::Nothing("it is a device, not a mutex"),
        _ => part,
    };
    let url = part == Part::Value(Want::Kind(K::Url)) && piece.value.contains("://");
    let part = match &*item.condition {
        _ if item.negate => Part::Nothing("it says what must not be there"),
        "is" => part,
        "contains" if whole || url => part,
        "contains" | "starts-with" | "ends-with" if matches!(part, Part::Value(_)) => Part::Nothing("it is a part of a value"),
        "matches" => Part::Nothing("it is a regular expression"),
        "isnot" | "containsnot" => Part::Nothing("it says what must not be there"),
        "greater-than" | "less-than" => Part::Nothing("it is a limit, not a value"),
        _ => part,
    };
    Member { part, name: &item.search, piece, direction, role }
}

/// What a search term points at.
fn target(search: &str) -> (Part, Option<Direction>, Option<Role>) {
    let kind = |kind| (Part::Value(Want::Kind(kind)), None, None);
    let plain = |part| (part, None, None);
    match search {
        "FileItem/Md5sum"
        | "ProcessItem/SectionList/MemorySection/Md5sum"
        | "ServiceItem/serviceDLLmd5sum"
        | "ServiceItem/pathmd5sum"
        | "DriverItem/Md5sum" => kind(K::Md5),
        "FileItem/Sha1sum" | "DriverItem/Sha1sum" => kind(K::Sha1),
        "FileItem/Sha256sum" | "DriverItem/Sha256sum" => kind(K::Sha256),
        "FileItem/FileName" | "DriverItem/DriverName" => plain(Part::Value(Want::File)),
        "ProcessItem/name" | "ProcessItem/Name" => kind(K::Process),
        "FileItem/FullPath" | "ProcessItem/path" | "ServiceItem/path" => plain(Part::Value(Want::File)),
        "FileItem/FilePath" => plain(Part::Folder),
        "FileItem/SizeInBytes" => plain(Part::Size),
        "DnsEntryItem/Host" | "DnsEntryItem/RecordName" | "Network/DNS" | "UrlHistoryItem/HostName" => kind(K::Domain),
        "Network/URI" | "UrlHistoryItem/URL" | "FormHistoryItem/HostName" => kind(K::Url),
        "Network/UserAgent" | "Network/HTTP_User_Agent" => kind(K::UserAgent),
        "PortItem/remoteIP" | "RouteEntryItem/Destination" | "DnsEntryItem/RecordData/IPv4Address" | "DnsEntryItem/RecordData/IPv6Address" => {
            (Part::Value(Want::Kind(K::Ip)), Some(Direction::Destination), None)
        }
        "PortItem/localIP" => plain(Part::Nothing("it is an address of the defended network")),
        "PortItem/remotePort" => plain(Part::Port),
        "Email/From" => (Part::Value(Want::Kind(K::Email)), None, Some(Role::Sender)),
        "Email/To" | "Email/CC" | "Email/BCC" => plain(Part::Nothing("the recipient of a mail is usually the victim")),
        "Email/Subject" => kind(K::EmailSubject),
        "Email/Attachment/Name" => kind(K::Attachment),
        "ProcessItem/HandleList/Handle/Name" => kind(K::Mutex),
        "ProcessItem/HandleList/Handle/Type" => plain(Part::Tag),
        "ProcessItem/arguments" => kind(K::CommandLine),
        "RegistryItem/Path" | "RegistryItem/KeyPath" => kind(K::Registry),
        "RegistryItem/ValueName" => plain(Part::ValueName),
        "ServiceItem/name" | "ServiceItem/descriptiveName" => kind(K::Service),
        "TaskItem/Name" => kind(K::Task),
        _ => plain(Part::Nothing("no sensor that rules are made for shows this term")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::trial::{listed, try_out};

    fn ioc(items: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="00000000-0000-4000-8000-000000000003" last-modified="2021-07-21T00:00:00">
            <short_description>Evil &amp; friends</short_description><authored_by>Example</authored_by><authored_date>2021-07-20T00:00:00</authored_date>
            <links><link rel="threatgroup">APT0</link><link rel="license">x</link></links>
            <definition><Indicator operator="OR" id="x">{items}</Indicator></definition></ioc>"#
        )
    }

    fn item(search: &str, condition: &str, value: &str) -> String {
        format!(
            r#"<IndicatorItem id="1" condition="{condition}"><Context document="x" search="{search}"/><Content type="string">{value}</Content></IndicatorItem>"#
        )
    }

    #[test]
    fn items_become_indicators() {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        let text = ioc(&[
            item("DnsEntryItem/RecordName", "contains", "evil.example"),
            item("PortItem/remoteIP", "is", "198.51.100.7"),
            item("Email/Subject", "is", "R &amp; D <![CDATA[<x>]]>"),
            r#"<IndicatorItem id="b.example" condition="is"><Context search="Network/DNS"/><Content type="string"></Content></IndicatorItem>"#
                .to_owned(),
            format!(
                "<Indicator operator=\"AND\">{}{}{}</Indicator>",
                item("FileItem/Md5sum", "is", md5),
                item("FileItem/SizeInBytes", "is", "7"),
                item("FileItem/FileName", "is", "svchost.exe")
            ),
            format!(
                "<Indicator operator=\"AND\">{}{}</Indicator>",
                item("RegistryItem/Path", "is", "HKLM\\Software\\Evil"),
                item("RegistryItem/ValueName", "is", "Run")
            ),
            format!(
                "<Indicator operator=\"AND\">{}{}</Indicator>",
                item("ProcessItem/name", "is", "svchost.exe"),
                item("ProcessItem/path", "contains", "Temp")
            ),
            item("RegistryItem/KeyPath", "is", "Software\\Evil"),
            format!(
                "<Indicator operator=\"AND\">{}{}</Indicator>",
                item("RegistryItem/KeyPath", "is", "System\\CurrentControlSet\\Services\\Evil"),
                item("RegistryItem/ValueName", "is", "ImagePath")
            ),
            item("FileItem/FullPath", "contains", "Temp\\evil.exe"),
            item("PortItem/remoteIP", "isnot", "198.51.100.8"),
        ]
        .concat());
        let (lines, read) = try_out(Format::OpenIoc, &text);
        assert_eq!(
            lines,
            [
                "domain evil.example unknown either",
                "ip 198.51.100.7 unknown destination",
                "email-subject R & D <x> unknown either",
                "domain b.example unknown either",
                "registry HKLM\\Software\\Evil unknown either",
                "registry HKCU\\Software\\Evil unknown either",
                "md5 d41d8cd98f00b204e9800998ecf8427e unknown either",
                "registry HKLM\\Software\\Evil:Run unknown either",
                "registry HKLM\\System\\CurrentControlSet\\Services\\Evil:ImagePath unknown either",
            ]
        );
        assert_eq!(read.indicators[6].size, Some(7));
        assert_eq!(listed(&read).len(), 6);
        assert_eq!(read.diagnostics, []);
        assert_eq!((read.header.title.as_deref(), read.header.actors.as_slice()), (Some("Evil & friends"), ["APT0".to_owned()].as_slice()));
        assert_eq!(read.header.published, "2021-07-20".parse().ok());
    }

    #[test]
    fn a_cut_file_gives_what_stands_before_the_cut() {
        let text = ioc(&(item("Network/DNS", "is", "evil.example") + &item("Network/DNS", "is", "b.example")));
        let (lines, read) = try_out(Format::OpenIoc, &text[..text.find("b.example").unwrap()]);
        assert_eq!(lines, ["domain evil.example unknown either"]);
        assert_eq!(read.diagnostics[0].code.slug, "feed.broken");
        let deep = "<Indicator>".repeat(10_000);
        assert_eq!(try_out(Format::OpenIoc, &format!("<ioc>{deep}")).1.diagnostics[0].code.slug, "feed.too-deep");
    }
}
