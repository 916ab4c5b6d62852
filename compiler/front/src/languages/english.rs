//! The words of English.

use ir::{Confidence, Direction, Role};

use super::{Language, Near, Topic, Wording};

pub(super) static ENGLISH: Language = Language {
    name: "English",
    day_first: false,
    months: [
        &["january", "jan", "jan."],
        &["february", "feb", "feb."],
        &["march", "mar", "mar."],
        &["april", "apr", "apr."],
        &["may"],
        &["june", "jun", "jun."],
        &["july", "jul", "jul."],
        &["august", "aug", "aug."],
        &["september", "sep", "sept", "sep.", "sept."],
        &["october", "oct", "oct."],
        &["november", "nov", "nov."],
        &["december", "dec", "dec."],
    ],
    around_days: &[
        "on", "the", "at", "around", "about", "by", "with", "to", "be", "is", "as", "of", "in", "date", "least", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri",
        "sat", "sun",
    ],
    published: &[
        "date", "published", "release date", "released", "release", "posted", "issued", "issue date", "publication", "publication date",
        "date of publication", "date published", "published date", "date issued", "date of issue", "created", "first published", "first version",
        "date of the first version", "original release date", "initial release", "initial publication", "initial version", "publicly released",
        "date of release", "report date", "document date", "bulletin date", "date of report",
    ],
    modified: &[
        "updated", "revised", "modified", "last update", "last updated", "last modified", "last revised", "revision", "revision date", "last revision",
        "update", "updated date", "date updated", "date of the last version", "last version", "latest version", "last change", "last changed", "amended",
        "date modified", "update date", "latest update", "most recent update",
    ],
    since: &[
        "since", "from", "starting", "starting from", "starting on", "starting in", "starting at", "beginning", "beginning on", "beginning in",
        "back to", "as far back as", "going back to", "as of", "after", "onwards from", "dating back to", "from at least", "since at least",
        "at least to", "at least back to",
    ],
    onwards: &["onwards", "onward"],
    until: &["to", "until", "till", "through", "and"],
    beginning: &["beginning", "start", "early"],
    title: &["title", "subject", "headline"],
    number: &[
        "reference", "reference number", "reference no", "ref", "ref no", "advisory", "advisory id", "advisory number", "advisory no", "document number",
        "document id", "document no", "document reference", "report number", "report id", "report no", "report", "alert", "alert code", "alert id",
        "alert number", "bulletin", "bulletin number", "bulletin id", "bulletin no", "id", "number", "no", "identifier", "tracking number", "tracking id",
        "publication number", "serial number", "alert identifier", "notice", "notification number", "number of the advisory", "cert advisory", "security advisory",
        "threat advisory", "security alert", "threat report", "advisory reference", "product id", "document", "case number", "release number",
    ],
    byline: &["by", "posted by", "written by", "author", "authors", "posted on", "published on", "published by"],
    report: &["report", "notify", "signal", "notif"],
    plain_headings: &[
        "of", "and", "the", "for", "a", "to", "in", "with", "list", "lists", "table", "appendix", "appendices", "annex", "annexe", "annexes", "summary",
        "executive summary", "executive", "key points", "key findings", "introduction", "overview", "background", "contents", "table of contents",
        "conclusion", "details", "technical details", "technical analysis", "analysis", "readme", "changelog", "download", "data", "feed", "full",
        "all", "known", "other", "associated", "related", "update", "updated", "new", "latest", "section", "part", "information", "general information",
        "document", "document management", "threat", "advisory", "security advisory", "threat advisory", "alert", "security alert", "bulletin",
        "security bulletin", "report", "threat report", "press release", "news", "blog", "home", "menu", "navigation", "search", "share", "tags", "text",
        "article", "metadata", "description", "notes", "note", "based", "host", "csv", "compromise", "observed", "campaign", "attack", "technical",
        "page", "version", "draft", "official", "unclassified", "threat intelligence", "threat report",
    ],
    clauses: &["we", "the", "this", "it", "our", "these", "and we", "which", "who", "and the", "investigators", "analysts", "a", "although", "though", "while"],
    wordings: &[
        (
            Wording::Hunt,
            &[
                "searches should start", "search should start", "searches should begin", "search should begin", "searches should go back",
                "hunting should start", "hunting should begin", "hunts should start", "start searching", "hunt window", "hunting window", "search window",
                "search logs from", "review logs from", "review logs since", "logs back to", "search period", "hunting period", "look back to",
                "hunt period", "retrospective search from", "search back to", "searched back to", "searched from", "searched since", "reviewed since",
                "reviewed from", "examined since", "examined from", "logs since", "lookback window", "look back window",
            ],
        ),
        (
            Wording::Search,
            &[
                "look for", "looking for", "search for", "searching for", "search your", "search the", "search logs", "search in", "hunt for", "hunting for",
                "review logs", "review your logs", "review the logs", "review network logs", "check logs", "check your logs", "check the logs",
                "examine logs", "inspect logs", "check for", "query logs", "hunt in", "search proxy", "search dns", "searches for", "searches of",
                "go through", "retrospective search", "retro hunt", "retrohunt",
            ],
        ),
        (
            Wording::Active,
            &["active", "operating", "tracked", "tracking", "observed", "seen", "known", "reported", "targeted", "been using", "in use", "running", "attacked", "attacking"],
        ),
        (Wording::Confidence(Confidence::High), &["high confidence", "high degree of confidence", "highly confident", "near certain"]),
        (
            Wording::Confidence(Confidence::Medium),
            &["moderate confidence", "medium confidence", "moderately confident", "moderate degree of confidence"],
        ),
        (Wording::Confidence(Confidence::Low), &["low confidence", "low degree of confidence", "limited confidence", "cannot be confirmed"]),
        (
            Wording::Direction(Direction::Source),
            &[
                "inbound connections from", "inbound traffic from", "scanning from", "source of the attacks", "sources of attacks", "source ip",
                "logins from", "logons from",
            ],
        ),
        (Wording::Direction(Direction::Either), &["operational relay boxes", "connections to and from"]),
        (
            Wording::Direction(Direction::Destination),
            &["command and control", "beacons to", "outbound connections to", "connects to", "destination ip", "c2 server"],
        ),
        (
            Wording::Group,
            &[
                "intrusion set", "hacking group", "threat group", "apt group", "espionage group", "cyberespionage group", "threat actor group",
                "activity cluster", "threat cluster",
            ],
        ),
        (
            Wording::Team,
            &[
                "group", "groups", "gang", "operators", "operator", "hackers", "threat actor", "threat actors", "actor", "crew", "syndicate", "affiliates",
                "ransomware group", "ransomware gang", "apt", "adversary", "collective", "campaign", "activity", "intrusions", "operations", "cluster",
                "extortion group", "cybercrime group", "cyber actors", "actors",
            ],
        ),
        (
            Wording::Program,
            &[
                "malware", "ransomware", "trojan", "banking trojan", "backdoor", "rat", "loader", "botnet", "implant", "infostealer", "info stealer", "stealer",
                "worm", "wiper", "rootkit", "webshell", "web shell", "dropper", "downloader", "spyware", "keylogger", "bootkit", "malware family",
                "ransomware family", "payload", "payloads", "variant", "variants", "samples", "sample", "infections", "infection", "beacon", "beacons",
                "remote access trojan", "c2 framework", "bot", "cryptominer", "miner", "malware strain", "encryptor", "locker",
            ],
        ),
        (
            Wording::Attributed,
            &[
                "attribute", "attributes", "attributed", "attributing", "attribution to", "conducted by", "carried out by", "operated by", "coordinated by",
                "orchestrated by", "perpetrated by", "launched by", "run by", "mounted by", "executed by", "work of", "handiwork of", "activity of",
                "activities of", "campaign of", "campaign by", "attacks by", "attack by", "intrusions by", "operation by", "operations by", "activity by",
                "responsible is", "linked to", "link this", "linking this", "campaign associated with", "activity associated with", "tied to", "ascribed to",
                "ascribe", "traced to", "traced back to", "assessed to be", "assess to be", "believed to be", "committed by", "performed by",
                "deployed by", "developed by", "pin", "ascribes", "blamed on", "blames", "blame",
            ],
        ),
        (
            Wording::Called,
            &[
                "tracked as", "track as", "tracks as", "track it as", "track this", "we track", "tracked by us as", "known as", "also known as", "aka", "a.k.a",
                "a.k.a.", "alias", "aliases", "dubbed", "dub", "dubs", "named", "called", "we call", "calls", "referred to as", "refer to as", "refers to as",
                "codenamed", "code named", "nicknamed", "under the name", "by the name", "by the name of", "designated", "identified as", "goes by",
            ],
        ),
        (
            Wording::Spread,
            &[
                "deliver", "delivers", "delivered", "delivering", "drop", "drops", "dropped", "dropping", "deploy", "deploys", "deployed", "deploying", "install",
                "installs", "installed", "installing", "distribute", "distributes", "distributed", "distributing", "spread", "spreads", "spreading", "leads to",
                "lead to", "leading to", "infected with", "infects with", "infection with", "pushes", "pushing", "loads", "loaded", "executes", "brings",
                "payload is", "payload was", "downloads", "downloaded", "retrieves", "launches", "injects", "runs", "fetches",
            ],
        ),
        (
            Wording::Behind,
            &[
                "is behind", "was behind", "are behind", "stands behind", "to be behind", "is responsible for", "was responsible for", "are responsible for",
                "is the group behind", "to be responsible for", "is conducting", "conducted this", "has claimed responsibility",
                "claimed responsibility", "claims responsibility",
            ],
        ),
        (
            Wording::Compared,
            &[
                "resemble", "resembles", "resembled", "resembling", "resemblance", "similar", "similarly", "similarity", "similarities", "unlike", "like", "alike",
                "reminiscent", "compared", "compare", "comparable", "comparison", "in contrast", "contrary", "as opposed to", "different from", "differs from",
                "differ from", "overlap", "overlaps", "overlapping", "overlapped", "same as", "inspired by", "imitates", "imitate", "imitating", "mimics",
                "mimic", "copied from", "borrowed from", "borrows", "shared with", "shares", "also used by", "such as", "e.g.", "for example", "rather than",
                "instead of", "rival", "rivals", "parallels", "as did", "the same", "echoes", "recalls", "akin to", "analogous", "including", "among them",
                "other groups", "other actors", "as well as by", "in common with", "equivalent", "successor of", "successor to", "predecessor", "rebrand of",
                "variant of", "fork of", "based on", "not to be confused with", "confused with",
            ],
        ),
        (
            Wording::Denied,
            &[
                "not", "no", "never", "cannot", "neither", "nor", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't", "can't", "couldn't",
                "won't", "unable", "refute", "refutes", "ruled out", "rule out", "rules out", "unlikely", "deny", "denies", "denied", "without", "insufficient",
                "no link", "too early to", "unclear whether", "unclear if", "false flag", "wrongly", "mistakenly", "incorrectly", "erroneously", "premature",
                "doubt", "doubtful", "hardly", "nothing", "lack of", "lacks", "whether",
            ],
        ),
        (
            Wording::Past,
            &[
                "previously", "in the past", "formerly", "historically", "earlier", "years ago", "months ago", "last year", "at the time", "once used", "used to",
                "former", "prior", "older", "in previous", "previous", "past campaigns", "past attacks", "years earlier", "a year ago", "back then",
                "decade", "in former", "originally", "long ago", "first used by", "in those days", "until recently",
            ],
        ),
        (
            Wording::Others,
            &[
                "customers of", "customer of", "clients of", "client of", "victims of", "victim of", "users of", "employees of", "report on", "reports on",
                "article on", "article about", "blog on", "blog about", "post on", "post about", "read about", "report about", "research on", "talk about",
                "protects against", "protect against", "detects", "detection for", "detections for", "customers were", "sold to", "purchased by", "bought by",
                "stolen from", "leaked from", "pretending to be", "posing as", "impersonating", "impersonates", "masquerading as", "members of", "member of",
                "defend against", "protection against",
            ],
        ),
        (Wording::But, &["but", "however", "yet", "whereas", "instead,", "nevertheless", "nonetheless"]),
        (
            Wording::Hit,
            &[
                "hit", "hits", "match", "matches", "detection", "detections", "finding", "findings", "alert", "alerts", "presence", "sighting", "sightings",
                "occurrence", "occurrences", "observation", "connection", "connections", "communication", "contact with", "trace", "traces", "positive result", "any result",
                "single indicator", "an indicator", "indicators alone", "these indicators", "the indicators", "listed indicators", "observing",
            ],
        ),
        (
            Wording::NoProof,
            &[
                "no proof", "not proof", "not a proof", "not necessarily proof", "not necessarily", "does not mean", "do not mean", "doesn't mean", "don't mean",
                "does not prove", "do not prove", "does not imply", "do not imply", "does not by itself", "do not by themselves", "not by itself",
                "not by themselves", "not in itself", "not in themselves", "not evidence", "no evidence", "not sufficient", "not enough", "not conclusive",
                "not definitive", "inconclusive", "isn't proof", "is not confirmation", "no confirmation", "not confirm", "alone does not", "alone do not",
                "alone is not", "not automatically", "not indicate", "not always", "insufficient", "not constitute", "cannot prove", "cannot be considered",
                "may not indicate", "not on its own", "not on their own", "not per se", "may be legitimate", "can be legitimate", "could be legitimate",
                "may be benign", "could be benign", "may be false positives", "may be a false positive", "can be a false positive", "may also be legitimate",
            ],
        ),
        (
            Wording::Compromise,
            &[
                "compromise", "compromised", "infection", "infected", "intrusion", "proof", "evidence", "breach", "breached", "malicious", "incident", "attack",
                "compromises", "confirmation", "legitimate", "benign", "false positive", "false positives", "conclusive", "definitive", "inconclusive",
            ],
        ),
        (
            Wording::Investigate,
            &[
                "should be investigated", "must be investigated", "needs to be investigated", "need to be investigated", "should be verified", "must be verified",
                "should be validated", "must be validated", "should be checked", "must be checked", "should be reviewed", "should be examined",
                "should be triaged", "should be analysed", "should be analyzed", "needs to be verified", "need to be verified", "requires investigation",
                "require investigation", "requires further investigation", "require further investigation", "requires verification", "require verification",
                "requires further analysis", "require further analysis", "should be treated as a lead", "should be treated as leads", "starting point for",
                "starting points for", "should be further investigated", "should be investigated further", "should be confirmed", "must be confirmed", "has to be investigated",
                "should be assessed", "should be considered a lead", "warrants investigation", "warrant investigation", "should be vetted",
            ],
        ),
        (Wording::Urgent, &["immediately", "at once", "urgently", "without delay", "isolate", "isolated", "as an incident", "right away"]),
        (
            Wording::Nothing,
            &[
                "previously unknown", "previously undocumented", "previously unreported", "previously unseen", "previously undisclosed", "no doubt", "without doubt",
                "without a doubt", "earlier this", "not only", "in particular", "used to deploy", "used to deliver", "used to install", "used to load", "used to drop",
                "used to download", "prior to", "drop site", "no later than", "like other", "network activity", "no. ",
            ],
        ),
    ],
    topics: &[
        (Topic::Indicators, &["indicators of compromise", "iocs", "ioc", "indicators of attack", "technical indicators", "network indicators", "host indicators", "file indicators"]),
        (Topic::Victims, &["affected organisations", "affected organizations", "victim organisations", "victim organizations", "victimology"]),
        (Topic::References, &["see also", "external links", "bibliography", "read more", "related reading"]),
        (Topic::Contact, &["contacts", "contact us", "how to report", "points of contact"]),
    ],
    roles: &[
        (
            Role::C2,
            &[
                "command and control", "command & control", "command control", "c2", "c&c", "cnc", "c2 server", "c2 servers", "command and control server",
                "command and control servers", "control servers", "control server", "control panel", "c2 infrastructure", "callback servers",
            ],
        ),
        (Role::Phishing, &["phishing", "phishing pages", "phishing page", "phishing site", "phishing sites", "phishing domains", "credential harvesting", "lookalike domains", "login pages"]),
        (Role::Delivery, &["delivery", "distribution", "download servers", "download server", "malware download", "payload delivery", "staging server", "staging servers", "delivery servers"]),
        (Role::Exfiltration, &["exfiltration", "exfiltration server", "exfiltration servers", "data theft server"]),
        (Role::Sender, &["sender", "senders", "sender addresses", "sender address", "sending addresses"]),
        (Role::Scanner, &["scanner", "scanners", "scanning", "scanning addresses", "brute force", "sources of scans"]),
        (Role::Relay, &["relay", "relays", "relay nodes", "proxy", "proxies", "operational relay box", "operational relay boxes", "anonymization", "anonymisation", "exit nodes"]),
        (Role::Payload, &["payload", "payloads"]),
    ],
    near: &[
        (Near::Victim, &["victim", "victims"]),
        (Near::Harmless, &["legitimate", "benign", "not malicious", "false positive"]),
        (Near::Citation, &["according to", "see also", "available at", "reported by", "published by"]),
        (Near::Contact, &["contact us", "report incidents", "report to"]),
        (Near::Hostile, &["malicious", "attacker", "attackers"]),
    ],
    confidence: &[
        (Confidence::High, &["high", "very high"]),
        (Confidence::Medium, &["medium", "moderate"]),
        (Confidence::Low, &["low", "very low"]),
    ],
    cells: &[],
};
