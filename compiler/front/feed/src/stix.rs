//! What does a STIX 2 file say? Bundles, TAXII envelopes, lists and one object a line; patterns become indicators.
//!
//! <https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html>. Only indicators become indicators: sightings and
//! observed data are listed, so are patterns of other languages and what its author revoked.

use std::io::Read as _;

use ir::{ObservableKind, Role};
use source::Diagnostic;

use super::collect::{Collector, Facts};
use super::group::{self, Member, Part};
use super::index::{self, Index, Own};
use super::json::Node;
use super::kind;
use super::pattern::{self, Comparison, Expression, Observation, Op};
use super::stix_rules::{self, Fault, Version};
use super::text::{Piece, Text};
use super::walk::{Frame, Visit, Way};
use super::want::Want;
use super::window::Page;
use super::{Input, MAX_DEPTH, codes, misp, path, verdict, words};

/// Reads objects: first what they say of each other, which may stand behind them, then the indicators.
pub(super) fn read(input: &dyn Input, out: &mut Collector<'_>) {
    if let Some(start) = beginning_of_xml(input) {
        out.turn(&Page { text: &start, base: 0, line: 1, column: 1 });
        return refuse_xml(&start, out);
    }
    let mut index = Index::new();
    let broken = misp::walk_input(input, &mut Objects(|object: &Node<'_>, _: &Page<'_>, own: Own| index.see(object, own)));
    let cut = broken.is_some();
    misp::say_broken(broken, out);
    if index.is_empty() {
        let place = out.place(0, 0);
        out.say(
            Diagnostic::new(&codes::BROKEN, "the JSON text holds no STIX objects")
                .at(place, "no `objects`")
                .help("it might be read as MISP: `load misp`"),
        );
        return;
    }
    index.header(out);
    let mut turned = None;
    let broken = misp::walk_input(
        input,
        &mut Objects(|object: &Node<'_>, page: &Page<'_>, own: Own| {
            if own == Own::Wrapper {
                return;
            }
            if turned != Some(page.base) {
                turned = Some(page.base);
                out.turn(page);
            }
            read_object(object, &index, out);
        }),
    );
    if !cut {
        misp::say_broken(broken, out);
    }
}

fn read_object(object: &Node<'_>, index: &Index, out: &mut Collector<'_>) {
    match object.str("type") {
        Some("indicator") => indicator(object, index, out),
        Some("observed-data") => {
            if let Some(Node::Object(pairs, _)) = object.get("objects") {
                pairs.iter().for_each(|(_, observed)| observable(observed, "it was observed, and no indicator says that it is hostile", out));
            }
        }
        Some("x-misp-attribute") => misp_attribute(object, out),
        Some(_) => observable(object, "it is an object that no indicator names", out),
        None => {}
    }
}

/// The first bytes of an XML file.
fn beginning_of_xml(input: &dyn Input) -> Option<String> {
    let mut bytes = Vec::new();
    input.open().ok()?.take(64 * 1024).read_to_end(&mut bytes).ok()?;
    let start = String::from_utf8_lossy(&bytes);
    start.trim_start_matches('\u{feff}').trim_start().starts_with('<').then(|| start.into_owned())
}

/// Finds the objects behind bundles, envelopes and lists.
struct Objects<F>(F);

impl<F: FnMut(&Node<'_>, &Page<'_>, Own)> Visit for Objects<F> {
    fn way(&mut self, frames: &[Frame], key: &str, first: u8) -> Way {
        match (frames.last(), first) {
            (None, _) => Way::EnterWith("objects"),
            (Some(frame), _) if frame.list && frame.key.is_empty() => Way::EnterWith("objects"),
            (Some(frame), _) if frame.list => Way::Whole,
            (Some(_), b'[') if key == "objects" => Way::Enter,
            // A bundle's id.
            (Some(_), b'"') => Way::Whole,
            _ => Way::Skip,
        }
    }

    fn entered(&mut self, _: &[Frame]) {}

    fn value(&mut self, frames: &[Frame], key: &str, node: &Node<'_>, page: &Page<'_>) {
        if frames.last().is_some_and(|frame| !frame.list) {
            if key == "id" {
                (self.0)(node, page, Own::Wrapper);
            }
            return;
        }
        flatten(node, page, 0, &mut self.0);
    }
}

/// STIX 1 is XML; it is recognised and refused by name, like any other XML.
pub(super) fn refuse_xml(text: &str, out: &mut Collector<'_>) {
    let (at, what, help) = match text.find('<') {
        None => (0, "no XML", "its ending might say more than its content; `load csv` and `load list` read plain text"),
        Some(at) if text.contains("STIX_Package") || text.contains("stix.mitre.org") => {
            (at, "a STIX 1 package (XML)", "its publisher might offer it as STIX 2 or MISP; OASIS's `stix2-elevator` converts STIX 1 to STIX 2")
        }
        Some(at) => (at, "XML of another kind than OpenIOC", "STIX 2 and MISP are read as JSON"),
    };
    let place = out.place(at, at);
    out.say(Diagnostic::new(&codes::NOT_READ, format!("the file is {what}, which is not read")).at(place, "begins here").help(help));
}

fn flatten(node: &Node<'_>, page: &Page<'_>, depth: usize, give: &mut impl FnMut(&Node<'_>, &Page<'_>, Own)) {
    match node {
        Node::Array(items) if depth < 8 => items.iter().for_each(|item| flatten(item, page, depth + 1, give)),
        // In an envelope and a bundle, `objects` is a list; in observed data it is a map.
        Node::Object(..) => match node.get("objects") {
            Some(list @ Node::Array(_)) if depth < 8 => {
                if node.str("type") == Some("bundle") {
                    give(node, page, Own::Wrapper);
                }
                flatten(list, page, depth + 1, give);
            }
            _ if node.get("type").is_some() => give(node, page, Own::Object),
            _ => {}
        },
        _ => {}
    }
}

/// Lists the value of an observable object.
fn observable(object: &Node<'_>, reason: &str, out: &mut Collector<'_>) {
    let name = object.str("type").unwrap_or_default();
    let shown = ["domain-name", "ipv4-addr", "ipv6-addr", "url", "email-addr", "mutex", "file", "windows-registry-key", "x509-certificate"];
    if !shown.contains(&name) {
        return;
    }
    for key in ["value", "name", "key", "serial_number"] {
        if let Some(text) = object.text(key) {
            out.list(name, text.trimmed(), reason);
        }
    }
    if let Some(Node::Object(pairs, _)) = object.get("hashes") {
        for (algorithm, digest) in pairs {
            if let Some(text) = digest.as_text() {
                out.list(algorithm.as_str(), text.trimmed(), reason);
            }
        }
    }
}

/// An attribute that MISP's export found no STIX for.
fn misp_attribute(object: &Node<'_>, out: &mut Collector<'_>) {
    let (Some(kind), Some(value)) = (object.str("x_misp_type"), object.text("x_misp_value")) else { return };
    if kind == "threat-actor" {
        out.header.actors.push(value.as_str().trim().to_owned());
    }
    out.list(kind, value.trimmed(), "it describes the event and is no indicator");
}

fn indicator(object: &Node<'_>, index: &Index, out: &mut Collector<'_>) {
    let Some(text) = object.text("pattern") else {
        let place = match object {
            Node::Object(_, at) => out.place(*at, *at + 1),
            _ => out.place(0, 0),
        };
        out.say(Diagnostic::new(&codes::NOT_A_VALUE, "an indicator has no pattern").at(place, "this object"));
        return;
    };
    let language = object.str("pattern_type").unwrap_or("stix");
    let labels = || object.items("indicator_types").iter().chain(object.items("labels")).filter_map(|label| label.as_text().map(Text::as_str));
    let label = labels().find_map(verdict::in_tags);
    let remark = ["description", "name"].into_iter().filter_map(|key| object.str(key)).find(|words| verdict::in_remark(words));
    let unmarked = labels().any(|label| label.eq_ignore_ascii_case("misp:to_ids=\"False\""));
    let reason = if language != "stix" {
        Some(format!("its pattern is written in `{}`, not in STIX", words::short(language)))
    } else if object.truth("revoked") == Some(true) {
        Some("its author took it back (`revoked`)".to_owned())
    } else if index.has_newer(object) {
        Some("a newer version of it stands in the same file".to_owned())
    } else if label == Some("benign") {
        Some("its author calls it benign".to_owned())
    } else if let Some(label) = label {
        Some(format!("its label says `{}`", words::short(label)))
    } else if let Some(remark) = remark {
        Some(format!("its description says `{}`", words::short(remark)))
    } else if unmarked {
        Some("it is not marked for detection (`to_ids`)".to_owned())
    } else {
        None
    };
    if let Some(reason) = reason {
        refuse(text, language, &reason, out);
        return;
    }
    let mut facts = Facts { tlp: index.tlp(index::markings(object)), techniques: index::techniques(object), ..Facts::default() };
    facts.valid.from = object.text("valid_from").and_then(|text| out.day(text.trimmed()));
    facts.valid.until = object.text("valid_until").and_then(|text| out.last_day(text.trimmed()));
    facts.confidence = object.str("confidence").and_then(words::confidence);
    facts.techniques.extend(index.indicated_by(object).cloned());
    let phases: Vec<&str> = object.items("kill_chain_phases").iter().filter_map(|phase| phase.str("phase_name")).collect();
    let name = object.str("name").unwrap_or_default();
    let remark =
        object.str("description").filter(|words| !words.is_empty()).or(Some(name).filter(|name| !name.is_empty() && !text.as_str().contains(name)));
    // A role that the patterns' kill chain tells comes first, then MISP's labels, then the remark.
    facts.role = phases
        .iter()
        .find_map(|phase| out.role(phase))
        .or_else(|| labels().filter_map(|word| out.role(word)).find(|role| *role != Role::Payload))
        .or_else(|| [Some(name), object.str("description")].into_iter().flatten().find_map(|words| out.role_in_remark(words)));
    facts.note = remark.map(words::remark);
    pattern(text, Version::of(object.str("pattern_version").or(object.str("spec_version"))), &facts, out);
}

/// Lists the values of a pattern that is not used; one that cannot be read is listed whole.
fn refuse(text: &Text<'_>, language: &str, reason: &str, out: &mut Collector<'_>) {
    match pattern::parse(text.as_str()) {
        Ok(observation) if language == "stix" => {
            let mut tests = Vec::new();
            every_test(&observation, 0, &mut tests);
            for test in tests {
                for literal in &test.values {
                    out.list(test.raw, piece(text, literal), reason);
                }
            }
        }
        _ => out.list(language, text.trimmed(), reason),
    }
}

/// Reads a pattern and adds its values.
pub(super) fn pattern(text: &Text<'_>, version: Version, facts: &Facts, out: &mut Collector<'_>) {
    match pattern::parse(text.as_str()) {
        Ok(observation) => {
            // A value that is no digest is said when it is read as one.
            if let Some(Fault::Qualifiers(words)) = stix_rules::fault(&observation, version) {
                let place = out.span(text.slice(words));
                out.say(
                    Diagnostic::new(&codes::PATTERN, "an observation has two qualifiers of one kind, which STIX 2.1 forbids")
                        .at(place, "the second one")
                        .help("parentheses around the first might say what is meant"),
                );
            }
            observe(&observation, text, facts, 0, out)
        }
        Err(at) => {
            let whole = text.trimmed();
            let here = text.piece(at..at);
            let place = out.place(here.start.min(whole.end), here.start.min(whole.end));
            out.say(
                Diagnostic::new(&codes::PATTERN, format!("the pattern `{}` is not read", words::short(whole.value)))
                    .at(place, "the grammar does not continue here")
                    .help("inside quotes, `\\` and `'` are written `\\\\` and `\\'`"),
            );
            out.list("pattern", whole, "its pattern breaks the grammar of STIX patterns");
        }
    }
}

fn observe(observation: &Observation<'_>, text: &Text<'_>, facts: &Facts, depth: usize, out: &mut Collector<'_>) {
    if depth > MAX_DEPTH {
        return;
    }
    let reason = match observation {
        Observation::One(expression) => return alternatives(expression, text, facts, 0, out),
        Observation::Or(any) => return any.iter().for_each(|one| observe(one, text, facts, depth + 1, out)),
        Observation::And(_) => {
            let mut tests = Vec::new();
            if !every_test(observation, 0, &mut tests) {
                return together(&tests, text, facts, out);
            }
            "it only counts a number of times or in a time"
        }
        Observation::FollowedBy(_) => "it only counts in a sequence of observations",
        Observation::Qualified { .. } => "it only counts a number of times or in a time",
    };
    let mut tests = Vec::new();
    every_test(observation, 0, &mut tests);
    for test in tests {
        for literal in &test.values {
            out.list(test.raw, piece(text, literal), reason);
        }
    }
}

/// Gathers every comparison; returns whether a qualifier or a sequence stands above one.
fn every_test<'t, 'p>(observation: &'t Observation<'p>, depth: usize, tests: &mut Vec<&'t Comparison<'p>>) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    match observation {
        Observation::One(expression) => {
            leaves(expression, 0, tests);
            false
        }
        Observation::And(all) | Observation::Or(all) => {
            let mut bound = false;
            for one in all {
                bound |= every_test(one, depth + 1, tests);
            }
            bound
        }
        Observation::FollowedBy(all) => {
            all.iter().for_each(|one| {
                every_test(one, depth + 1, tests);
            });
            true
        }
        Observation::Qualified { of, .. } => {
            every_test(of, depth + 1, tests);
            true
        }
    }
}

fn leaves<'t, 'p>(expression: &'t Expression<'p>, depth: usize, tests: &mut Vec<&'t Comparison<'p>>) {
    match expression {
        Expression::Test(test) => tests.push(test),
        Expression::And(all) | Expression::Or(all) if depth <= MAX_DEPTH => all.iter().for_each(|one| leaves(one, depth + 1, tests)),
        Expression::And(_) | Expression::Or(_) => {}
    }
}

fn alternatives(expression: &Expression<'_>, text: &Text<'_>, facts: &Facts, depth: usize, out: &mut Collector<'_>) {
    match expression {
        Expression::Or(any) if depth <= MAX_DEPTH => any.iter().for_each(|one| alternatives(one, text, facts, depth + 1, out)),
        // One test may hold a set of values, and each of them stands alone.
        Expression::Test(test) => {
            for literal in &test.values {
                if !like(test, literal, text, facts, out) {
                    group::add(&[member(test, literal, text)], facts, out);
                }
            }
            if test.values.is_empty() {
                out.list(test.raw, text.slice(test.raw), "it tests no value");
            }
        }
        Expression::And(_) | Expression::Or(_) => {
            let mut tests = Vec::new();
            leaves(expression, 0, &mut tests);
            together(&tests, text, facts, out);
        }
    }
}

fn together(tests: &[&Comparison<'_>], text: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) {
    let members: Vec<Member<'_>> = tests.iter().flat_map(|test| test.values.iter().map(|literal| member(test, literal, text))).collect();
    group::add(&members, facts, out);
}

/// A value with a wildcard that is a value all the same: `'%.evil.example'` is a domain, `'C:\\Users\\%\\evil.exe'` a path with an
/// unknown part. Returns whether it was added.
fn like(test: &Comparison<'_>, literal: &pattern::Literal<'_>, text: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    if test.op != Op::Like || test.negated {
        return false;
    }
    let target = path::target(test.object, &test.steps);
    let Part::Value(want) = target.part else { return false };
    let facts = Facts { role: facts.role.or(target.role), ..facts.towards(target.direction) };
    // A command is looked for anywhere in a line, which is what `'%x%'` says.
    let inner = literal.words.trim_matches('%');
    if want == Want::Kind(ObservableKind::CommandLine) && !inner.contains('%') {
        return out.add(test.raw, want, Piece { value: inner, ..piece(text, literal) }, &facts);
    }
    // `_` is any one sign.
    if literal.words.contains('_') || want == Want::Kind(ObservableKind::CommandLine) {
        return open(test, want, literal, text, &facts, out);
    }
    let words = literal.words.replace('%', "*");
    kind::parse(want, &words).is_ok() && out.add(test.raw, want, Piece { value: &words, ..piece(text, literal) }, &facts)
}

/// A value with unknown parts, as a pattern of its own; only where what is known of it tells enough.
fn open(test: &Comparison<'_>, want: Want, literal: &pattern::Literal<'_>, text: &Text<'_>, facts: &Facts, out: &mut Collector<'_>) -> bool {
    let kind = match want {
        Want::Kind(kind) => kind,
        Want::File if literal.words.contains(['/', '\\']) => ObservableKind::FilePath,
        Want::File => ObservableKind::FileName,
        Want::Certificate | Want::Guess { .. } | Want::Nothing(_) => return false,
    };
    let mut parts = Vec::new();
    for char in literal.words.chars() {
        match (char, parts.last_mut()) {
            ('%', _) => parts.push(ir::Part::Run),
            ('_', _) => parts.push(ir::Part::One),
            (char, Some(ir::Part::Literal(known))) => known.push(char),
            (char, _) => parts.push(ir::Part::Literal(char.into())),
        }
    }
    match ir::Observable::open(kind, ir::Pattern::new(parts)) {
        Ok(value) => out.push(test.raw, piece(text, literal), value, facts),
        Err(_) => false,
    }
}

/// Where a literal stands, with its escapes undone.
fn piece<'t>(text: &Text<'_>, literal: &'t pattern::Literal<'_>) -> Piece<'t> {
    let place = text.slice(literal.raw);
    Piece { value: &literal.words, ..place }
}

fn member<'t>(test: &'t Comparison<'_>, literal: &'t pattern::Literal<'_>, text: &Text<'_>) -> Member<'t> {
    let target = path::target(test.object, &test.steps);
    let mut part = match (test.negated, test.op) {
        (true, _) | (_, Op::NotEqual) => Part::Nothing("it says what must not be there"),
        (_, Op::Like) => Part::Nothing("it holds a wildcard (`LIKE`)"),
        (_, Op::Matches) => Part::Nothing("it is a regular expression (`MATCHES`)"),
        (_, Op::Order) => Part::Nothing("it is a limit, not a value"),
        (_, Op::Exists) => Part::Nothing("it tests no value"),
        (_, Op::Inside) if target.part == Part::Value(Want::Kind(ObservableKind::Ip)) => target.part,
        (_, Op::Inside | Op::Around) => Part::Nothing("it compares networks"),
        (_, Op::Equal) => target.part,
    };
    // What traffic goes to may be a name as well as an address.
    if test.object == "network-traffic"
        && part == Part::Value(Want::Kind(ObservableKind::Ip))
        && kind::guess(&literal.words, false) == Some(ObservableKind::Domain)
    {
        part = Part::Value(Want::Kind(ObservableKind::Domain));
    }
    Member { part, name: test.raw, piece: piece(text, literal), direction: target.direction, role: target.role }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::trial::{listed, try_out};

    fn bundle(objects: &[&str]) -> String {
        format!(r#"{{"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000002", "objects": [{}]}}"#, objects.join(",\n"))
    }

    fn patterns(patterns: &[&str]) -> String {
        let object =
            |pattern: &&str| format!(r#"{{"type": "indicator", "pattern_type": "stix", "pattern": {}}}"#, serde_json::to_string(pattern).unwrap());
        let objects: Vec<String> = patterns.iter().map(object).collect();
        bundle(&objects.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn patterns_become_indicators() {
        let (lines, read) = try_out(
            Format::Stix,
            &patterns(&[
                "[ipv4-addr:value = '198.51.100.7' OR domain-name:value IN ('a.example', 'b.example')]",
                "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.8' AND network-traffic:dst_port = 443]",
                "[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709' AND file:name = 'it\\'s.exe' AND file:size = 0]",
                "[windows-registry-key:key = 'HKLM\\\\Software\\\\Evil' AND windows-registry-key:values[*].name = 'Run']",
                "[file:name = 'evil.dll' AND file:parent_directory_ref.path = 'C:\\\\Windows']",
                "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
                "[url:value = 'http://evil.example/a'] OR [email-message:from_ref.value = 'a@evil.example']",
                "[domain-name:value = 'c.example' AND file:name = 'svchost.exe']",
                "[domain-name:value LIKE '%.d.example']",
                "[process:name = 'evild']",
                "[network-traffic:dst_ref.value = '198.51.100.9' AND network-traffic:protocols[*] = 'tcp' AND (network-traffic:dst_port = 80 OR network-traffic:dst_port = 81)]",
                "[ipv4-addr:value = '198.51.100.10' AND network-traffic:dst_port = 8443]",
            ]),
        );
        assert_eq!(
            lines,
            [
                "ip 198.51.100.7 unknown either",
                "domain a.example unknown either",
                "domain b.example unknown either",
                "ip 198.51.100.8:443 unknown destination",
                "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709 unknown either",
                "registry HKLM\\Software\\Evil:Run unknown either",
                "path C:\\Windows\\evil.dll unknown either",
                "ip 198.51.100.0/24 unknown either",
                "url http://evil.example/a unknown either",
                "email a@evil.example sender either",
                "domain c.example unknown either",
                "domain d.example unknown either",
                "process evild unknown either",
                "ip 198.51.100.9:80 unknown destination",
                "ip 198.51.100.9:81 unknown destination",
                "ip 198.51.100.10:8443 unknown either",
            ]
        );
        assert_eq!((read.indicators[4].size, read.indicators[4].note.as_deref()), (Some(0), Some("it's.exe")));
        let said: Vec<_> = read.diagnostics.iter().map(|said| said.code.slug).collect();
        assert_eq!(said, ["feed.taken-apart"], "only the domain without its file is wider");
    }

    #[test]
    fn what_a_list_of_values_cannot_say_is_listed() {
        let (lines, read) = try_out(
            Format::Stix,
            &patterns(&[
                "[file:name LIKE '%.evil']",
                "[url:value MATCHES '^http://evil']",
                "[domain-name:value != 'a.example']",
                "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
                "[domain-name:value = 'a.example'] REPEATS 5 TIMES",
                "[file:name = 'a.exe' AND mutex:name = 'm']",
                "[file:hashes.ssdeep = '3:a:b']",
                "[domain-name:value = 'a.example'",
            ]),
        );
        assert_eq!(lines, Vec::<String>::new());
        assert_eq!(
            listed(&read),
            [
                "file:name %.evil: it holds a wildcard (`LIKE`)",
                "url:value ^http://evil: it is a regular expression (`MATCHES`)",
                "domain-name:value a.example: it says what must not be there",
                "domain-name:value a.example: it only counts in a sequence of observations",
                "domain-name:value b.example: it only counts in a sequence of observations",
                "domain-name:value a.example: it only counts a number of times or in a time",
                "file:name a.exe: it only counts together with other values, and alone it would also match what is harmless",
                "mutex:name m: it only counts together with other values, and alone it would also match what is harmless",
                "file:hashes.ssdeep 3:a:b: a fuzzy digest is compared by likeness, which rules cannot do",
                "pattern [domain-name:value = 'a.example': its pattern breaks the grammar of STIX patterns",
            ]
        );
    }

    #[test]
    fn objects_around_an_indicator_speak_for_it() {
        let text = bundle(&[
            r#"{"type": "marking-definition", "id": "marking-definition--1", "definition_type": "tlp", "definition": {"tlp": "amber"}}"#,
            r#"{"type": "attack-pattern", "id": "attack-pattern--1", "external_references": [{"source_name": "mitre-attack", "external_id": "T1566.002"}]}"#,
            r#"{"type": "intrusion-set", "id": "intrusion-set--1", "name": "APT0", "aliases": ["Example Panda"]}"#,
            r#"{"type": "relationship", "relationship_type": "indicates", "source_ref": "indicator--1", "target_ref": "attack-pattern--1"}"#,
            r#"{"type": "indicator", "id": "indicator--1", "modified": "2021-07-21T10:00:00.000Z", "pattern": "[ipv4-addr:value = '198.51.100.7']",
                "pattern_type": "stix", "valid_from": "2021-01-01T00:00:00Z", "valid_until": "2022-01-01T00:00:00Z", "confidence": 85,
                "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": "command-and-control"}], "object_marking_refs": ["marking-definition--1"]}"#,
            r#"{"type": "indicator", "id": "indicator--1", "modified": "2021-07-21T10:00:00Z", "revoked": true, "pattern": "[ipv4-addr:value = '198.51.100.8']"}"#,
            r#"{"type": "indicator", "id": "indicator--1", "modified": "2021-07-20T10:00:00Z", "pattern": "[ipv4-addr:value = '198.51.100.9']"}"#,
            r#"{"type": "indicator", "id": "indicator--2", "pattern_type": "yara", "pattern": "rule a { condition: true }"}"#,
            r#"{"type": "ipv4-addr", "value": "198.51.100.10"}"#,
            r#"{"type": "indicator", "id": "indicator--3", "labels": ["false-positive"], "pattern": "[ipv4-addr:value = '198.51.100.11']"}"#,
            r#"{"type": "indicator", "id": "indicator--4", "description": "Sinkholed in May", "pattern": "[ipv4-addr:value = '198.51.100.12']"}"#,
        ]);
        let (lines, read) = try_out(Format::Stix, &text);
        assert_eq!(lines, ["ip 198.51.100.7 c2 destination"]);
        let one = &read.indicators[0];
        assert_eq!(one.valid, Some(ir::Window { from: "2021-01-01".parse().ok(), until: "2021-12-31".parse().ok() }));
        assert_eq!((one.confidence, one.techniques.len()), (Some(ir::Confidence::High), 1));
        assert_eq!((read.header.tlp, read.header.actors.len()), (Some(ir::Tlp::Amber), 2));
        assert_eq!(
            listed(&read),
            [
                "ipv4-addr:value 198.51.100.8: its author took it back (`revoked`)",
                "ipv4-addr:value 198.51.100.9: a newer version of it stands in the same file",
                "yara rule a { condition: true }: its pattern is written in `yara`, not in STIX",
                "ipv4-addr 198.51.100.10: it is an object that no indicator names",
                "ipv4-addr:value 198.51.100.11: its label says `false-positive`",
                "ipv4-addr:value 198.51.100.12: its description says `Sinkholed in May`",
            ]
        );
    }

    #[test]
    fn version_one_is_refused_by_name() {
        let (_, read) = try_out(Format::Stix, "<stix:STIX_Package/>");
        assert_eq!(read.diagnostics[0].message, "the file is a STIX 1 package (XML), which is not read");
        assert!(read.diagnostics[0].help.as_deref().is_some_and(|help| help.contains("stix2-elevator")));
    }
}
