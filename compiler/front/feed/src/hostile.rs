//! Does any text bring a reader down, or make a span lie?

use proptest::prelude::*;

use super::trial::{try_out, try_with};
use super::{Defaults, Format};

const SEEDS: [(Format, &str); 6] = [
    (
        Format::Json,
        r#"{"name":"P","tlp":"amber","indicators":[{"indicator":"a.example","type":"domain","is_active":1,"tags":["tlp:red"]},{"indicator":"198.51.100.7","port":443,"type":"IPv4"}],"7":["b.example",["c.example"]]}"#,
    ),
    (
        Format::Csv,
        "# id,url\nioc,type,tlp,valid_until,port,note\n\"198.51.100.7\",ip-dst,white,2021-07-20,443,\"a \"\"b\"\"\"\nevil[.]example,domain,x,y,z,C2\n",
    ),
    (Format::List, "# c\nevil[.]example # C2\n198.51.100.7:443\nd41d8cd98f00b204e9800998ecf8427e *a.exe\n0.0.0.0 a.example\n||b.example^\nx;y\n"),
    (
        Format::Misp,
        r#"{"Event":{"uuid":"u","info":"é\u00e9","Tag":[{"name":"tlp:white"}],"Attribute":[{"type":"domain|ip","to_ids":true,"value":"a.example|198.51.100.7"},
        {"type":"filename|md5","to_ids":true,"value":"a\\b|d41d8cd98f00b204e9800998ecf8427e"}],"Object":[{"name":"file","Attribute":[]}]}}"#,
    ),
    (
        Format::Stix,
        r#"{"type":"bundle","objects":[{"type":"indicator","id":"i","pattern":"[file:name = 'a\\\\b\\'' AND ipv4-addr:value IN ('198.51.100.7','é')] REPEATS 2 TIMES"},
        {"type":"indicator","pattern":"[domain-name:value = 'a.example' OR url:value = 'http://a.example/']","valid_until":"2022-01-01T00:00:00Z"}]}"#,
    ),
    (
        Format::OpenIoc,
        r#"<ioc id="x"><definition><Indicator operator="OR"><IndicatorItem id="a.example" condition="is"><Context search="Network/DNS"/><Content></Content></IndicatorItem>
        <Indicator operator="AND"><IndicatorItem condition="is"><Context search="FileItem/Md5sum"/><Content>&#x64;41d8cd98f00b204e9800998ecf8427e</Content></IndicatorItem></Indicator></Indicator></definition></ioc>"#,
    ),
];

fn format() -> impl Strategy<Value = Format> {
    proptest::sample::select(Format::ALL.map(|(format, _)| format).to_vec())
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(format in format(), text in "\\PC{0,200}|[\\[\\]{}<>\"',;:|#=/\\\\ \n\r.0-9a-f]{0,200}") {
        try_out(format, &text);
        for name in ["-", "a.json", "a.xml"] {
            let _ = Format::detect(name, &text);
        }
    }

    #[test]
    fn a_damaged_feed_is_read_without_panic(seed in 0..SEEDS.len(), cuts in proptest::collection::vec((0usize..1000, 0usize..12, "\\PC{0,4}|[\"'\\\\<>&\n,|\\[\\]]{0,3}"), 0..6)) {
        let (format, text) = SEEDS[seed];
        let mut text = text.to_owned();
        for (at, length, words) in cuts {
            let mut from = at % (text.len() + 1);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + length).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, &words);
        }
        try_out(format, &text);
    }

    #[test]
    fn any_value_is_found_where_it_stands(value in "[a-z]{1,8}[^\\p{C}]{0,20}") {
        let value = value.trim();
        let json = format!("{{\"Event\":{{\"Attribute\":[{{\"type\":\"mutex\",\"to_ids\":true,\"value\":{}}}]}}}}", serde_json::to_string(value).unwrap());
        let csv = format!("type,value\nmutex,\"{}\"\n", value.replace('"', "\"\""));
        let quoted = value.replace('\\', "\\\\").replace('\'', "\\'");
        let pattern = serde_json::to_string(&format!("[mutex:name = '{quoted}']")).unwrap();
        let stix = format!("{{\"type\":\"indicator\",\"pattern\":{pattern}}}");
        for (format, text) in [(Format::Misp, json), (Format::Csv, csv), (Format::Stix, stix)] {
            let (lines, _) = try_with(format, &text, &Defaults::default());
            prop_assert_eq!(lines, [format!("mutex {value} unknown either")], "{:?}", format);
        }
    }
}

#[test]
fn every_seed_holds_something() {
    for (format, text) in SEEDS {
        let (lines, _) = try_out(format, text);
        assert!(!lines.is_empty(), "{format:?}");
    }
}

#[test]
fn a_large_feed_takes_time_in_proportion() {
    // Each of these once invites a quadratic reader: many columns, many values in a cell, many parts of a pattern.
    let many = 20_000;
    let columns = format!("{}\n{}\n", vec!["ip"; many].join(","), vec!["198.51.100.7"; many].join(","));
    assert_eq!(try_out(Format::Csv, &columns).0.len(), 1, "a value that a row repeats is one");
    let cell = format!("value\n\"{}\"\n", vec!["d41d8cd98f00b204e9800998ecf8427e"; many].join(";"));
    assert_eq!(try_out(Format::Csv, &cell).0.len(), many);
    let pattern = format!("[{}]", vec!["ipv4-addr:value = '198.51.100.7'"; many].join(" OR "));
    assert_eq!(try_out(Format::Stix, &format!("{{\"type\":\"indicator\",\"pattern\":\"{pattern}\"}}")).0.len(), many);
    let words = vec!["a\\u0041"; many].join("");
    let event = format!("{{\"Event\":{{\"Attribute\":[{{\"type\":\"mutex\",\"to_ids\":true,\"value\":\"{}\"}}]}}}}", words);
    assert_eq!(try_out(Format::Misp, &event).0.len(), 0, "a value has its limit");
}

#[test]
fn what_is_passed_on_is_what_is_gathered() {
    for (format, text) in SEEDS {
        let mut sources = source::Sources::default();
        let file = sources.add("feed", text);
        let read = super::read(&sources, file, format, &Defaults::default());
        let place = |span| (sources.position(span), sources.words(span).to_owned());
        let mut gathered: Vec<_> = read.indicators.iter().map(|one| (place(one.origins[0].span), one.observable.to_string())).collect();
        gathered.extend(read.listed.iter().map(|listed| (place(listed.span), listed.value.clone())));
        let mut passed = Vec::new();
        let again = super::pass(&text, file, format, &Defaults::default(), &mut |entry| {
            let value = match entry.value {
                super::Value::Indicator(one) => one.observable.to_string(),
                super::Value::Listed(listed) => listed.value.clone(),
            };
            passed.push((((entry.line, entry.column), entry.raw.to_owned()), value));
        });
        gathered.sort();
        passed.sort();
        assert_eq!(passed, gathered, "{format:?}");
        // A marking that every value has becomes the header's only when the values are gathered.
        let header = super::Header { tlp: again.header.tlp.or(read.header.tlp), ..again.header };
        assert_eq!((again.indicators.len(), again.listed.len(), header), (0, 0, read.header), "{format:?}");
        assert_eq!(again.diagnostics, read.diagnostics, "{format:?}");
        assert_eq!(again.kept.is_empty(), again.diagnostics.is_empty(), "{format:?}");
    }
}
