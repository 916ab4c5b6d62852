//! What does an article written for these tests say besides its values?

use ir::Technique;
use source::Sources;

use super::*;

const ARTICLE: &str = "\
# Agency warns of APT31 against ministries

+ Date: July 21, 2021

The agency warned of attacks by the APP31 group. \"The actor uses a network of compromised home routers as operational
relay boxes\", it [says](https://cert.example/alerte/CERTFR-2020-ALE-019/) in an alert bulletin issued today. Indicators are in
CERTFR-2021-IOC-003 (searches should start at the beginning of 2021), TLP:AMBER.

Hits are to be reported by [email](mailto:incidents@cert.example). The press writes to press@cert.example.

APT31 (also known as Zirconium and Judgment\nPanda) is assessed with high confidence to use Cobalt Strike and CVE-2021-26855.
Old reports say T1060 and T1190. A mercury lamp and a lunch box play no part, nor does the software on the server.
";

fn context(text: &str) -> (Sources, Context) {
    let mut sources = Sources::default();
    let file = sources.add("article.md", text);
    let context = read(&sources, file);
    (sources, context)
}

#[test]
fn an_article_is_read() {
    let (sources, context) = context(ARTICLE);
    assert_eq!(context.title.as_ref().map(|(title, _)| title.as_str()), Some("Agency warns of APT31 against ministries"));
    assert_eq!(context.published.map(|(date, _)| date.to_string()).as_deref(), Some("2021-07-21"));
    assert_eq!(context.tlp.map(|(tlp, _)| tlp), Some(Tlp::Amber));
    let hunt = context.hunt.unwrap();
    assert_eq!(hunt.0, Window { from: "2021-01-01".parse().ok(), until: None });
    assert_eq!(sources.words(hunt.1), "searches should start at the beginning of 2021");
    assert!(sentence(&sources, hunt.1).starts_with("Indicators are in"), "{}", sentence(&sources, hunt.1));
    assert_eq!(context.report.as_ref().map(|(address, _)| address.as_str()), Some("incidents@cert.example"));
    let actor = context.actor().unwrap();
    assert_eq!((actor.id, actor.names.join("|").as_str()), (Some("G0128"), "APT31|Zirconium|Judgment Panda"));
    assert_eq!(actor.misspelled.iter().map(|slip| slip.written.as_str()).collect::<Vec<_>>(), ["APP31"]);
    assert_eq!(context.actors.len(), 1, "{:?}", context.actors);
    assert_eq!(context.software.iter().filter_map(|named| named.id).collect::<Vec<_>>(), ["S0154"]);
    assert_eq!(context.cves.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["CVE-2021-26855"]);
    let techniques: Vec<String> =
        context.techniques.iter().map(|found| format!("{}{}", found.technique, if found.explicit { "!" } else { "" })).collect();
    assert_eq!(techniques, ["T1060!", "T1190!", "T1090.003", "T1584.008"]);
    assert_eq!(context.techniques.first().and_then(|found| found.successor.clone()), Technique::parse("T1547.001"));
    assert_eq!(context.elsewhere().map(|bulletin| bulletin.number.as_str()).collect::<Vec<_>>(), ["CERTFR-2021-IOC-003"]);
    assert_eq!(context.diagnostics.iter().map(|said| said.code.slug).collect::<Vec<_>>(), ["context.bulletin-year"]);
    assert_eq!(context.confidence.first().map(|(degree, _)| *degree), Some(Confidence::High));
}

#[test]
fn ordinary_words_are_no_names() {
    let (_, plain) =
        context("The mercury rises. They play at the server; the team keeps silence and the royal shark is an epic machete. Software, Domains.");
    assert_eq!((plain.actors.len(), plain.software.len(), plain.techniques.len()), (0, 0, 0), "{plain:?}");
    let (_, meant) = context("The Play ransomware group and the MERCURY threat actor; Royal ransomware was dropped.");
    assert_eq!(meant.actors.iter().filter_map(|named| named.id).collect::<Vec<_>>(), ["G1040", "G0069"]);
    assert_eq!(meant.software.iter().filter_map(|named| named.id).collect::<Vec<_>>(), ["S1162", "S1073"]);
}

#[test]
fn a_group_that_no_list_knows() {
    let (_, context) = context("# Activity of the KESTREL LANTERN intrusion set\n\nThe actor, also tracked as UNC9981, waits.");
    let actor = context.actor().unwrap();
    assert_eq!((actor.id, actor.names.join("|").as_str()), (None, "KESTREL LANTERN|UNC9981"));
}

/// Long enough that work beyond a constant for each byte would never end.
#[test]
fn nasty_texts_are_read_to_their_end() {
    for piece in [
        "apt",
        "cobalt strik",
        "T1059.",
        "@",
        "a@",
        "CVE-",
        "tlp:",
        "\u{200b}",
        "İ",
        "2021-",
        "hunt window ",
        "- ",
        "certfr-2020-",
        "x@a.b ",
        "ﬀ\n\n",
    ] {
        let (_, context) = context(&piece.repeat(200_000 / piece.len()));
        assert!(context.techniques.len() < 10);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "([a-zA-Z0-9@.:\\-T1/ \n\u{200b}é’ǅ]|APT31|TLP:|CVE-2021-|T1059|searches should start|title:|CERTFR-2021-IOC-){0,60}") {
        let (sources, context) = context(&text);
        for span in context.actors.iter().map(|named| named.span).chain(context.techniques.iter().map(|found| found.span)) {
            proptest::prop_assert!(!sources.words(span).is_empty());
            proptest::prop_assert!(sentence(&sources, span).contains(sources.words(span).trim()));
        }
    }
}

#[test]
fn the_day_of_publication_stands_beside_other_words() {
    for (line, day) in [
        ("March 4th, 2026 - 5 min read", Some("2026-03-04")),
        ("5 min read | March 4th, 2026", Some("2026-03-04")),
        ("March 22nd, 2026 · 7 minute read", Some("2026-03-22")),
        ("By the research team - March 1st, 2026 - 5 min read", Some("2026-03-01")),
        ("Threat research | March 4, 2026", Some("2026-03-04")),
        ("Wednesday 4th of March, 2026", Some("2026-03-04")),
        ("Le 1er mars 2026 - 5 min de lecture", Some("2026-03-01")),
        ("4. März 2026 - Lesezeit 5 Minuten", Some("2026-03-04")),
        ("March 4th, 2026 - mails were sent to firms in the harbour", None),
        ("v1.2 - March 4th, 2026 - first version", None),
        ("On March 4th, 2026 mails were sent", None),
    ] {
        let (_, context) = context(&format!("# Loader that comes by mail\n\n{line}\n\nText of it.\n"));
        assert_eq!(context.published.map(|(date, _)| date.to_string()).as_deref(), day, "{line}");
    }
}
