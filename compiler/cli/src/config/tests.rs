//! Is the file read as it is meant, and refused with words that help?

use std::collections::BTreeMap;

use backend::Number;
use front::sigma::Placeholders;
use ir::{EventClass, Field};
use source::{Diagnostic, Severity};

use super::parse;
use crate::args::Deny;
use crate::codes::codes;

#[test]
fn rows_are_checked_against_the_catalogue() {
    let good = parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"cs_uri\"\n").unwrap();
    assert_eq!(good.overlays["splunk/raw"].fields[&(EventClass::HttpRequest, Field::UrlFull)], "cs_uri");
    assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.ful\" = \"x\"\n").unwrap_err().contains("no field"));
    assert!(parse("[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"x | delete\"\n").unwrap_err().contains("no field name"));
    assert!(parse("[profil]\n").is_err());
}

#[test]
fn a_target_without_names_of_fields_has_no_rows() {
    for profile in ["\"suricata/7\"", "suricata", "\"suricata/8\"", "yara"] {
        let why = parse(&format!("[tlp]\n[profile.{profile}.\"dns.query\"]\n\"dns.name\" = \"query\"\n")).unwrap_err();
        assert!(why.starts_with("line 2: ") && why.contains("no names of fields"), "{why}");
    }
    let whole =
        parse("[profile.splunk.\"http.request\"]\n\"url.full\" = \"a\"\n[profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"b\"\n").unwrap();
    let name = |profile: &str| whole.overlays[profile].fields[&(EventClass::HttpRequest, Field::UrlFull)].clone();
    assert_eq!((name("splunk/raw").as_str(), name("splunk/cim").as_str()), ("b", "a"));
}

#[test]
fn numbers_of_rules_come_from_a_range_that_holds_some() {
    let sids = |text: &str| parse(&format!("[suricata]\nsid = \"{text}\"\n"));
    assert_eq!(sids("3100000..3199999").unwrap().sids(), 3_100_000..=3_199_999);
    assert_eq!(sids("1..4_294_967_294").unwrap().sids(), 1..=Number::LAST);
    assert_eq!(parse("").unwrap().sids(), 1_000_000..=1_999_999);
    for wrong in ["", "5", "0..9", "9..8", "1..4294967295", "a..b", "1-9", "-1..9"] {
        assert!(sids(wrong).unwrap_err().contains("no range"), "{wrong}");
    }
    assert!(parse("[suricata]\nsids = \"1..2\"\n").is_err());
}

#[test]
fn lists_have_a_name_and_something_in_them() {
    let lists = BTreeMap::from([("Ports".to_owned(), vec!["22".to_owned(), "ssh".to_owned()])]);
    assert_eq!(parse("[placeholders]\nPorts = [22, \"ssh\"]\n").unwrap().placeholders, Placeholders::new(lists));
    assert!(parse("[placeholders]\nPorts = []\n").unwrap_err().contains("empty"));
    assert!(parse("[placeholders]\n\"a-b\" = [\"x\"]\n").unwrap_err().contains("no name"));
}

#[test]
fn what_cannot_stand_there_is_said_with_its_line_and_what_was_probably_meant() {
    for (text, line, words) in [
        ("[projet]\n", 1, "`projet` is no key of the file; did you mean `project`?"),
        ("[project]\ntargts = [\"sigma\"]\n", 2, "`targts` is no key of `[project]`; did you mean `targets`?"),
        ("[project]\ninputs = \"rules\"\n", 2, "`project.inputs` is a list in brackets, not the text `rules`; an example is `inputs = [\"rules\"]`"),
        ("[project]\ninputs = [\"a\", 2]\n", 2, "each item of this list is a text in quotes, not the number 2"),
        ("[project]\ntargets = [\"sigmaa\"]\n", 2, "`sigmaa` is no target; did you mean `sigma`?"),
        ("[project]\n\ndeny = \"warning\"\n", 3, "`warning` cannot stand in `project.deny`; did you mean `warnings`?"),
        ("[project]\ndeny_codes = [\"expire.son\"]\n", 2, "`expire.son` is no code; did you mean `expire.soon`?"),
        ("[project]\nallow_codes = [\"guar\"]\n", 2, "`guar` is no code"),
        ("[project]\ndeny_codes = [\"guard\"]\nallow_codes = [\"guard\"]\n", 3, "`guard` is denied and allowed"),
        ("[project]\nrequire_tests = \"yes\"\n", 2, "`project.require_tests` is true or false, not the text `yes`"),
        ("[project]\nwarn_before_expiry_days = -1\n", 2, "a whole number, 0 or more, not the number -1"),
        ("[project]\nas_of = 2024-01-01\n", 2, "`as_of` is no key of `[project]`"),
        ("[project]\ninputs = [\"-\"]\n", 2, "`-` is for a command line"),
        ("project = 1\n", 1, "`project` is a table, not the number 1"),
        ("[tlp]\nunmarked = \"gren\"\n", 2, "did you mean `green`?"),
        ("[channel.partners]\ntargets = [\"sigma\"]\n", 1, "`max_tlp` is missing in `[channel.partners]`; an example is `max_tlp = \"green\"`"),
        ("[channel.partners]\ntargets = []\nmax_tlp = \"green\"\n", 2, "holds no target"),
        ("[channel.\"a b\"]\ntargets = [\"sigma\"]\nmax_tlp = \"green\"\n", 1, "no name of a channel"),
        ("[profile.splunk.\"http.reqest\"]\n\"url.full\" = \"a\"\n", 1, "did you mean `http.request`?"),
        ("[profile.splunk.\"http.request\"]\n\"url.ful\" = \"a\"\n", 2, "did you mean `url.full`?"),
        ("[placeholders]\nPorts = [true]\n", 2, "each item of this list is a text in quotes or a whole number"),
        ("[package]\nnmae = \"x\"\n", 2, "did you mean `name`?"),
        ("[package.splunk]\nindexs = [\"main\"]\n", 2, "`indexs` is no key of `[package.splunk]`; did you mean `indexes`?"),
        ("[package.splunk]\nindexes = \"main\"\n", 2, "a list of texts in brackets; an example is `indexes = [\"main\"]`"),
        ("[package.defender]\naction = \"audit\"\n", 2, "did you mean `Audit`?"),
        ("[environment.lab]\nexclude = [\"\"]\n", 2, "no key of a rule"),
        ("[environment.lab.severity]\n\"A/b\" = \"hihg\"\n", 2, "did you mean `high`?"),
        ("[environment.lab.package.splunk]\nindexs = []\n", 2, "did you mean `indexes`?"),
        ("[environment.lab.profile.suricata.\"dns.query\"]\n\"dns.name\" = \"q\"\n", 1, "no names of fields"),
        ("[licence]\nunstated = \"denny\"\n", 2, "did you mean `deny`?"),
        ("[licence]\nallow = [\" \"]\n", 2, "is no licence"),
    ] {
        let why = parse(text).unwrap_err();
        assert!(why.starts_with(&format!("line {line}: ")) && why.contains(words), "{text}\n{why}");
    }
}

#[test]
fn an_environment_goes_over_what_holds_everywhere() {
    let text = "[placeholders]\nA = [\"x\"]\nB = [\"y\"]\n[package.splunk]\nindexes = [\"main\"]\nhunts = false\n\
        [profile.\"splunk/raw\".\"http.request\"]\n\"url.full\" = \"a\"\n\
        [environment.lab]\nplaceholders = { A = [1] }\npackage.splunk.indexes = [\"lab\"]\nexclude = [\"A/b\"]\n\
        [environment.lab.profile.splunk.\"http.request\"]\n\"url.full\" = \"b\"\n";
    let lab = parse(text).unwrap().in_environment(Some("lab")).unwrap();
    assert_eq!(lab.overlays["splunk/raw"].fields[&(EventClass::HttpRequest, Field::UrlFull)], "b");
    let lists = BTreeMap::from([("A".to_owned(), vec!["1".to_owned()]), ("B".to_owned(), vec!["y".to_owned()])]);
    assert_eq!(lab.placeholders, Placeholders::new(lists));
    assert_eq!(lab.packages.of("splunk"), serde_json::json!({ "indexes": ["lab"], "hunts": false }));
    let rules = lab.rules.unwrap();
    assert_eq!((rules.name.as_str(), &*rules.exclude), ("lab", &["A/b".to_owned()][..]));
    let why = parse(text).unwrap().in_environment(Some("labs")).unwrap_err();
    assert!(why.contains("`labs` is no environment") && why.contains("did you mean `lab`?"), "{why}");
}

#[test]
fn codes_are_denied_and_allowed_beside_the_level() {
    let code = |slug, severity| Diagnostic { severity, ..Diagnostic::new(codes().into_iter().find(|code| code.slug == slug).unwrap(), "") };
    let deny = parse("[project]\ndeny = \"warnings\"\ndeny_codes = [\"legalise\"]\nallow_codes = [\"test.missing\"]\n").unwrap().project.deny;
    let denies = |slug, severity, asked| deny.denies(&code(slug, severity), asked);
    assert!(denies("legalise.ordinary", Severity::Note, None) && denies("legalise.ordinary", Severity::Note, Some(Deny::Errors)));
    assert!(denies("expire.soon", Severity::Warning, None) && !denies("expire.soon", Severity::Warning, Some(Deny::Errors)));
    assert!(!denies("test.missing", Severity::Warning, Some(Deny::Warnings)) && denies("test.missing", Severity::Error, None));
    assert!(!denies("expire.soon", Severity::Note, Some(Deny::Warnings)));
}

#[test]
fn a_channel_holds_every_profile_of_its_targets() {
    let config = parse("[channel.partners]\ntargets = [\"suricata\", \"kql/sentinel\"]\nmax_tlp = \"green\"\n").unwrap();
    assert_eq!(config.channels.keys().map(String::as_str).collect::<Vec<_>>(), ["kql/sentinel", "suricata/7", "suricata/8"]);
}
