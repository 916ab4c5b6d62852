//! Whom is a text about, and whom does it only mention?

use source::Sources;

use super::*;

fn about(title: &str, body: &str) -> (Option<String>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("a.md", format!("# {title}\n\n{body}\n\n## Indicators of compromise\n\n- api[.]tide-sync[.]example\n"));
    let context = read(&sources, file);
    let first = |named: &Named| named.names.first().cloned().unwrap_or_default();
    (context.actor().map(first), context.malware().map(first).collect())
}

#[test]
fn an_actor_needs_a_sentence_that_names_it() {
    for (body, actor) in [
        ("We attribute this campaign to APT31.", "APT31"),
        ("We assess with moderate confidence that the intrusions are attributed to the group APT31.", "APT31"),
        ("The activity was conducted by APT28, which has used other tools before.", "APT28"),
        ("The servers are operated by FIN7.", "FIN7"),
        ("This cluster is tracked as APT41.", "APT41"),
        ("The group, also known as Zirconium, waits for weeks.", "Zirconium"),
        ("APT31 (also known as Zirconium) is an espionage group.", "APT31"),
        ("The APT28 group sends mails.", "APT28"),
        ("APT29 is behind this campaign.", "APT29"),
        ("We attribute all of it to APT28. Unlike APT29, the group uses no cloud service.", "APT28"),
        ("Unlike APT29, the group, which we track as APT28, uses no cloud service.", "APT28"),
        ("Although it resembles earlier work of FIN7, we attribute the campaign to APT28.", "APT28"),
        ("There is no doubt that this is the work of APT28.", "APT28"),
        ("The previously unknown backdoor is operated by APT28.", "APT28"),
        ("Researchers dubbed the group UNC9981.", "UNC9981"),
        ("A vendor tracks this actor as APT28.", "APT28"),
        ("APT28, the group behind the mails, waits for weeks.", "APT28"),
        ("The mails are part of APT28's campaign.", "APT28"),
        ("We did not find the first vector, but we attribute the campaign to APT28.", "APT28"),
    ] {
        assert_eq!(about("TideGate backdoor in logistics firms", body).0.as_deref(), Some(actor), "{body}");
    }
    for body in [
        "The technique resembles what FIN7 did in 2021, but we found no link.",
        "We do not attribute this activity to Lazarus Group.",
        "The tool was previously used by APT41; who uses it now is not known.",
        "Unlike APT29, the group uses no cloud service.",
        "We cannot attribute the intrusions to APT28.",
        "There is no evidence that the campaign was carried out by APT28.",
        "In the past, the loader was attributed to APT41.",
        "The loader was attributed to APT41 in the past.",
        "A similar loader is attributed to APT41.",
        "The code overlaps with tools of APT29.",
        "The lures are reminiscent of the Lazarus Group.",
        "Years ago, APT28 was behind such mails.",
        "Customers of a bank were attacked by FIN7 last year.",
        "The victim was attacked by FIN7 two years ago.",
        "It is unclear whether the APT28 group is responsible.",
        "Groups such as APT29 use the same service.",
        "The mails copied the style of Sandworm Team.",
        "- We do not name an actor\n- APT28 and APT29 were seen in the same region",
        "Neither APT28 nor APT29 is behind the campaign.",
        "APT29 is not behind this campaign.",
        "See also our report on APT29 for other techniques.",
        "UNC9981 used the service earlier.",
        "An attribution to APT29 is not supported by what we saw.",
        "Some vendors attribute the activity to APT29; we found nothing that says so.",
        "The mails pretend to come from a bank; Turla used the same service years ago.",
        "Lazarus Group has used similar lures.",
        "The server once belonged to FIN7.",
    ] {
        assert_eq!(about("TideGate backdoor in logistics firms", body).0, None, "{body}");
    }
}

#[test]
fn a_headline_names_who_did_it() {
    assert_eq!(about("APT31 targets ministries", "Nothing else is said.").0.as_deref(), Some("APT31"));
    assert_eq!(about("A group that resembles APT31", "Nothing else is said.").0, None);
    assert_eq!(about("Harbour Finch: phishing leads to a backdoor", "It resembles APT29.").0.as_deref(), Some("Harbour Finch"));
    assert_eq!(about("Operation Salt Tide", "We attribute Operation Salt Tide to APT29.").0.as_deref(), Some("Operation Salt Tide"));
}

#[test]
fn malware_needs_a_sentence_that_names_it() {
    for (title, body, malware) in [
        ("Emotet malware is back", "The Emotet malware sends mails again.", "Emotet"),
        ("Mails with archives", "The archive installs Emotet.", "Emotet"),
        ("Mails with archives", "The loader, a variant called TrickBot, waits.", "TrickBot"),
        ("Mails with archives", "Hosts were infected with QakBot.", "QakBot"),
        ("Play ransomware hits firms", "It encrypts files.", "Play"),
        ("Hackers Use Royal Ransomware", "It encrypts files.", "Royal"),
        ("Mails with archives", "In the end the Conti ransomware is started.", "Conti"),
    ] {
        assert_eq!(about(title, body).1.first().map(String::as_str), Some(malware), "{title} {body}");
    }
    for (title, body) in [
        ("Banking trojan for phones", "A Google Play dropper brings the banking trojan to the phone."),
        ("Banking trojan for phones", "The malware comes from the Play store."),
        ("Banking trojan for phones", "Unlike Emotet, the malware sends no mails."),
        ("Banking trojan for phones", "The malware is similar to Emotet."),
        ("Banking trojan for phones", "The mail server was earlier used to send Emotet."),
        ("Servers with data", "The Apache Hive malware scanner was started; a Registry Hive backdoor was not found."),
        ("Banking trojan for phones", "It is not a variant of Emotet."),
        ("Banking trojan for phones", "The loader does not install TrickBot."),
    ] {
        assert_eq!(about(title, body).1, Vec::<String>::new(), "{title} {body}");
    }
}

#[test]
fn a_name_that_only_the_text_gives() {
    let title = "New campaign against firms";
    for (body, wanted) in [
        ("We found a backdoor we call TideGate on two servers.", "TideGate"),
        ("A previously unknown backdoor, which we track as QuillRat, was found.", "QuillRat"),
        ("A new piece of malware dubbed \"TideGate\" was deployed.", "TideGate"),
        ("We found a new implant on two servers, which we track as QuillRat.", "QuillRat"),
        ("We named the implant TideGate.", "TideGate"),
        ("A backdoor was found on two servers. We named it TideGate.", "TideGate"),
        ("This malware family is called TideGate by its authors.", "TideGate"),
        ("Researchers call the stealer **Tide Gate**.", "Tide Gate"),
        ("An undocumented implant that Tidewater has named `TideGate` was found.", "TideGate"),
        ("The malware, which we have dubbed TIDE GATE, is new.", "TIDE GATE"),
        ("The so-called TideGate backdoor was found.", "TideGate"),
        ("Nous avons trouvé une porte dérobée que nous appelons TideGate.", "TideGate"),
        ("La porte dérobée, baptisée « TideGate », est nouvelle.", "TideGate"),
        ("Eine Schadsoftware, die wir TideGate nennen, wurde gefunden.", "TideGate"),
        ("El malware denominado TideGate fue encontrado.", "TideGate"),
        ("发现名为TideGate的后门。", "TideGate"),
    ] {
        assert_eq!(about(title, body), (None, vec![wanted.to_owned()]), "{body}");
    }
    for (body, wanted) in [
        ("The group, which we track as Quill Otter, is new.", "Quill Otter"),
        ("A backdoor is used by a group we call Quill Otter.", "Quill Otter"),
        ("An espionage group dubbed \"Quill Otter\" sends mails.", "Quill Otter"),
        ("We track this activity internally as Quill Otter.", "Quill Otter"),
        ("It is the work of an espionage group called Quill Otter.", "Quill Otter"),
        ("The group, named Quill Otter, is new.", "Quill Otter"),
        ("Nous suivons ce mode opératoire sous le nom de Quill Otter.", "Quill Otter"),
    ] {
        assert_eq!(about(title, body), (Some(wanted.to_owned()), Vec::new()), "{body}");
    }
    for body in [
        "The backdoor is not the one we call TideGate.",
        "It resembles a backdoor that others call TideGate.",
        "Previously, a backdoor named TideGate was used.",
        "It differs from the malware we call TideGate.",
        "We do not call this backdoor TideGate.",
        "Some vendors call the malware TideGate.",
        "The file is named TideGate and is dropped to disk.",
        "The backdoor creates a service named TideGate.",
        "The backdoor creates a mutex and calls it TideGate.",
        "A scheduled task named TideGate starts the backdoor.",
        "The malware calls CreateProcess and the loader then calls Sleep.",
        "A backdoor which calls VirtualAlloc was found.",
        "The malware is named TideGate.exe on disk.",
        "The backdoor is called by Windows at each start.",
        "The trojan was signed by a company called Tide Gate.",
        "The group exploits a flaw tracked as CVE-2026-1234.",
        "The payload is called TideGate.",
        "The group named Monday as the deadline.",
        "The operators called Acme and asked for a reset.",
        "The ransomware is called RaaS on forums.",
    ] {
        assert_eq!(about(title, body), (None, Vec::new()), "{body}");
    }
}
