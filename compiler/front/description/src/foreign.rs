//! What is something called here that another language or product knows under its own name: fields, events, operators?
//!
//! Sigma's and Sysmon's names come from [`logs::taxonomy`]. The rest: ECS (<https://www.elastic.co/docs/reference/ecs/ecs-field-reference>),
//! Windows' Security log, Defender XDR's tables (<https://learn.microsoft.com/defender-xdr/advanced-hunting-schema-tables>), Splunk's
//! Common Information Model (<https://docs.splunk.com/Documentation/CIM>) and Suricata's EVE.

use ir::{EventClass, Field, FieldKind};
use logs::taxonomy::CATEGORIES;

use source::suggest;

macro_rules! names {
    ($($name:literal $($field:ident)+;)*) => { &[$(($name, &[$(Field::$field),+])),*] };
}

/// Other products' names in lower case, each with the fields it may mean, the likeliest first.
const NAMES: &[(&str, &[Field])] = names! {
    "process.executable" ProcessPath;
    "process.args" ProcessCommandLine;
    "process.parent.executable" ParentPath;
    "process.parent.args" ParentCommandLine;
    "process.pe.original_file_name" ProcessOriginalName;
    "process.pe.company" ProcessCompany;
    "process.pe.product" ProcessProduct;
    "process.pe.description" ProcessDescription;
    "process.pe.imphash" ProcessImphash;
    "dll.path" ImagePath;
    "dll.name" ImageName;
    "dll.hash.md5" ImageMd5;
    "dll.hash.sha1" ImageSha1;
    "dll.hash.sha256" ImageSha256;
    "registry.value" RegistryValueName;
    "registry.data.strings" RegistryData;
    "dns.question.name" DnsName;
    "dns.question.type" DnsType;
    "dns.answers.data" DnsAnswer;
    "dns.resolved_ip" DnsAnswer;
    "dns.response_code" DnsRcode;
    "url.domain" UrlHost;
    "url.original" UrlFull;
    "http.request.method" HttpMethod;
    "http.request.referrer" HttpReferrer;
    "http.response.status_code" HttpStatus;
    "http.response.mime_type" HttpContentType;
    "http.request.body.content" HttpBody;
    "user_agent.original" UserAgent CloudUserAgent;
    "tls.client.server_name" TlsSni;
    "tls.client.ja3" TlsJa3;
    "tls.server.ja3s" TlsJa3s;
    "tls.server.hash.sha1" TlsCertSha1;
    "tls.server.hash.sha256" TlsCertSha256;
    "tls.server.subject" TlsCertSubject;
    "tls.server.issuer" TlsCertIssuer;
    "email.from.address" EmailFrom;
    "email.to.address" EmailTo;
    "email.attachments.file.name" EmailAttachmentName;
    "email.attachments.file.hash.md5" EmailAttachmentMd5;
    "email.attachments.file.hash.sha1" EmailAttachmentSha1;
    "email.attachments.file.hash.sha256" EmailAttachmentSha256;
    "event.outcome" Outcome CloudOutcome;
    "event.action" CloudOperation;
    "event.provider" CloudService;
    "source.address" SourceIp;
    "client.ip" SourceIp;
    "client.address" SourceIp;
    "destination.address" DestinationIp;
    "server.ip" DestinationIp;
    "source.as.number" SourceAs;
    "destination.as.number" DestinationAs;
    "host.hostname" HostName;
    "winlog.computer_name" HostName;
    "powershell.file.script_block_text" ScriptText;
    "newprocessname" ProcessPath;
    "parentprocessname" ParentPath;
    "targetusername" UserName;
    "subjectusername" UserName;
    "targetdomainname" UserDomain;
    "subjectdomainname" UserDomain;
    "ipaddress" SourceIp;
    "ipport" SourcePort;
    "logontype" LogonType;
    "logonprocessname" LogonProcess;
    "servicename" ServiceName;
    "imagepath" ServicePath;
    "servicefilename" ServicePath;
    "taskname" TaskName;
    "taskcontent" TaskContent;
    "processcommandline" ProcessCommandLine;
    "folderpath" ProcessPath FilePath ImagePath;
    "filename" ProcessName FileName ImageName;
    "initiatingprocessfilename" ParentName ProcessName;
    "initiatingprocessfolderpath" ParentPath ProcessPath;
    "initiatingprocesscommandline" ParentCommandLine ProcessCommandLine;
    "initiatingprocessid" ParentPid ProcessPid;
    "processid" ProcessPid;
    "processversioninfooriginalfilename" ProcessOriginalName;
    "remoteip" DestinationIp;
    "remoteport" DestinationPort;
    "remoteurl" DestinationDomain UrlFull;
    "localip" SourceIp;
    "localport" SourcePort;
    "registryvaluedata" RegistryData;
    "devicename" HostName;
    "accountname" UserName;
    "accountdomain" UserDomain;
    "md5" ProcessMd5 FileMd5 ImageMd5;
    "sha1" ProcessSha1 FileSha1 ImageSha1;
    "sha256" ProcessSha256 FileSha256 ImageSha256;
    "senderfromaddress" EmailFrom;
    "senderfromdomain" EmailFromDomain;
    "recipientemailaddress" EmailTo;
    "subject" EmailSubject;
    "process" ProcessCommandLine;
    "parent_process" ParentCommandLine;
    "parent_process_path" ParentPath;
    "parent_process_name" ParentName;
    "process_exec" ProcessName;
    "parent_process_exec" ParentName;
    "dest_ip" DestinationIp;
    "dest_port" DestinationPort;
    "dest_host" DestinationDomain;
    "src" SourceIp;
    "dest" DestinationIp;
    "src_ip" SourceIp;
    "src_port" SourcePort;
    "http_user_agent" UserAgent;
    "http_method" HttpMethod;
    "http_referrer" HttpReferrer;
    "http_content_type" HttpContentType;
    "status" HttpStatus;
    "url" UrlFull;
    "uri_path" UrlPath;
    "uri_query" UrlQuery;
    "http.uri" UrlPath;
    "http.host" UrlHost;
    "dns.query" DnsName;
    "dns.rrname" DnsName;
    "query" DnsName;
    "record_type" DnsType;
    "reply_code" DnsRcode;
    "registry_value_data" RegistryData;
    "src_user" EmailFrom;
    "recipient" EmailTo;
    "script_block_text" ScriptText;
};

/// What shippers put before Windows' names.
const PREFIXES: [&str; 5] = ["winlog.event_data.", "event.eventdata.", "eventdata.", "event_data.", "win.eventdata."];

/// The next step for an operator of another language.
pub(crate) fn operator(word: &str) -> Option<String> {
    let help = match word.to_ascii_lowercase().as_str() {
        "=" | "is" | "equals" | "===" | ":" | "eq" => "equality is written `==`",
        "not" => "`not` stands before the field: `not process.name in [...]`",
        "<>" | "ne" | "neq" => "inequality is written `!=`",
        "~" | "=~" | "re" | "regex" | "rlike" | "regexmatch" => "an expression is written `matches /.../`, a wildcard `glob \"...\"`",
        "like" | "wildcard" | "windash" => "a wildcard is written `glob \"...\"`, an expression `matches /.../`",
        "startswith" | "starts_with" | "hasprefix" => "it is called `starts` here",
        "endswith" | "ends_with" | "hassuffix" => "it is called `ends` here",
        "has" | "has_any" | "contains_any" | "includes" | "search" => "it is called `contains` here; a list behind it is any of its texts",
        "all" | "has_all" | "contains_all" => "all of several texts are tests joined by `and`: `F contains \"a\" and F contains \"b\"`",
        "cidr" | "cidrmatch" | "insubnet" => "a network stands behind `under`: `source.ip under 192.0.2.0/24`",
        "gt" => "it is written `>`",
        "gte" | "ge" => "it is written `>=`",
        "lt" => "it is written `<`",
        "lte" | "le" => "it is written `<=`",
        "one_of" | "anyof" | "any_of" => "one of several values is written `in [...]`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// The next step for what joins tests in other languages.
pub(crate) fn joint(next: &str) -> Option<&'static str> {
    let word: String = next.chars().take_while(char::is_ascii_alphabetic).collect();
    if next.starts_with('&') || word.eq_ignore_ascii_case("and") {
        return Some("both tests are joined by `and`");
    }
    if next.starts_with('|') || word.eq_ignore_ascii_case("or") {
        return Some("alternatives are joined by `or`");
    }
    next.starts_with([',', ';']).then_some("tests are joined by `and` or `or`")
}

/// The event that Sigma's category of this name means.
pub(crate) fn event(name: &str) -> Option<EventClass> {
    CATEGORIES.iter().find(|category| category.name.eq_ignore_ascii_case(name)).map(|category| category.class)
}

/// The next step for a field that has no counterpart, because something else says it.
pub(crate) fn said_otherwise(class: Option<EventClass>, name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("winlog.").unwrap_or(&name) {
        "eventid" | "event_id" | "eventcode" | "event.code" | "channel" | "provider_name" | "logname" | "source_name" | "sourcetype"
        | "event_simplename" | "actiontype" => {
            let event = class.map_or("the event behind `on`".to_owned(), |class| format!("`{class}`"));
            Some(format!("{event} says which events are read, whatever their number in a log"))
        }
        "hashes" | "hash" => {
            let fields = Field::ALL.iter().filter(|field| field.kind() == FieldKind::Hash);
            let own: Vec<&str> =
                fields.filter(|field| class.is_none_or(|class| class.fields().any(|has| has == **field))).map(|field| field.name()).collect();
            (!own.is_empty()).then(|| format!("each digest has a field of its own: {}", suggest::list(&own)))
        }
        _ => None,
    }
}

/// The field of an event that Sigma knows under exactly this name.
pub(crate) fn of_sigma(class: EventClass, name: &str) -> Option<Field> {
    CATEGORIES.iter().filter(|category| category.class == class).find_map(|category| category.field(name, None))
}

/// The field of an event that another product's name means; of any event where none is given.
pub(crate) fn meaning(class: Option<EventClass>, name: &str) -> Option<Field> {
    let name = name.to_ascii_lowercase();
    let name = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
    let has = |field: &Field| class.is_none_or(|class| class.fields().any(|known| known == *field));
    let sigma = CATEGORIES.iter().filter(|category| class.is_none_or(|class| category.class == class)).find_map(|category| {
        let own = category.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, field)| *field);
        own.or_else(|| if name == "user" { category.field("User", None) } else { None })
    });
    sigma.or_else(|| NAMES.iter().find(|(known, _)| *known == name).and_then(|(_, fields)| fields.iter().copied().find(has)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_products_are_known() {
        let of = |class, name| meaning(Some(class), name).map(Field::name);
        assert_eq!(of(EventClass::ProcessStart, "CommandLine"), Some("process.command_line"));
        assert_eq!(of(EventClass::ProcessStart, "Image"), Some("process.path"));
        assert_eq!(of(EventClass::ProcessStart, "winlog.event_data.ParentImage"), Some("process.parent.path"));
        assert_eq!(of(EventClass::ProcessStart, "User"), Some("user.account"));
        assert_eq!(of(EventClass::FileCreate, "InitiatingProcessFileName"), Some("process.name"));
        assert_eq!(of(EventClass::DnsQuery, "dns.question.name"), Some("dns.name"));
        assert_eq!(of(EventClass::HttpRequest, "cs-uri-query"), Some("url.query"));
        assert_eq!(of(EventClass::DnsQuery, "CommandLine"), None);
        assert_eq!(meaning(None, "commandline").map(Field::name), Some("process.command_line"));
    }

    #[test]
    fn no_name_stands_twice_and_none_is_ours() {
        for (at, (name, fields)) in NAMES.iter().enumerate() {
            assert!(!fields.is_empty() && *name == name.to_ascii_lowercase() && Field::parse(name).is_none(), "{name}");
            assert!(NAMES.iter().skip(at + 1).all(|(other, _)| other != name), "{name}");
        }
    }
}
