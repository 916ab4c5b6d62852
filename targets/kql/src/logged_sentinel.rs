//! Which rows would the native tables of Sentinel hold for an event?
//!
//! Windows' events stand in `SecurityEvent` with a column for most fields, and Sysmon's in `Event` as XML; Sysmon for Linux writes the same XML to
//! syslog. Others have columns of the product's own.

use ir::{EventClass, Field, Flow, Record};
use serde_json::{Map, Value, json};

use crate::logged_values::{mail, put, start_type, sysmon_name, task, text, texts, url};
use crate::rows::Row;
use logs::tables::Source;

/// The rows of an event in one log; `None` for an event that the log does not hold.
pub(crate) fn rows(source: &Source, record: &Record) -> Option<Vec<Row>> {
    let mut row = Map::new();
    let mut beside = Vec::new();
    match source.table {
        "Event" => event(source, record, &mut row)?,
        "Syslog" => syslog(source, record, &mut row),
        "SecurityEvent" => security(source, record, &mut row)?,
        // A request is one by its URL.
        "CommonSecurityLog" if source.class == EventClass::HttpRequest && url(record).is_none() => return None,
        "CommonSecurityLog" => device(record, &mut row),
        "W3CIISLog" => iis(record, &mut row)?,
        "DnsEvents" => dns(record, &mut row),
        "EmailEvents" => mail(record, &mut row, &mut beside),
        "SigninLogs" => {
            let outcome = text(record, Field::Outcome)?;
            row.insert("ResultType".to_owned(), json!(if outcome.eq_ignore_ascii_case("success") { "0" } else { "50126" }));
            put(&mut row, "AppDisplayName", text(record, Field::LogonProcess));
            put(&mut row, "UserPrincipalName", principal(record));
            put(&mut row, "IPAddress", text(record, Field::SourceIp));
        }
        _ => cloud(source, record, &mut row)?,
    }
    let mut out = vec![(source.table.to_owned(), row)];
    out.extend(beside);
    Some(out)
}

/// An account of the cloud.
fn principal(record: &Record) -> Option<String> {
    let name = text(record, Field::UserName)?;
    Some(match text(record, Field::UserDomain) {
        Some(domain) if !name.contains('@') => format!("{name}@{domain}"),
        _ => name,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn data(list: &[(String, String)]) -> String {
    list.iter().map(|(name, text)| format!("<Data Name=\"{name}\">{}</Data>", escaped(text))).collect()
}

/// What the log says of a field: its value, or the log's sign for nothing.
fn said(source: &Source, record: &Record, field: Field) -> Option<String> {
    text(record, field).or_else(|| source.signs(field).then(|| logs::NOTHING.to_owned()))
}

/// The fields of an event as Sysmon names them.
fn sysmon(source: &Source, record: &Record) -> Vec<(String, String)> {
    const DIGESTS: [(&str, [Field; 3]); 4] = [
        ("MD5", [Field::ProcessMd5, Field::FileMd5, Field::ImageMd5]),
        ("SHA1", [Field::ProcessSha1, Field::FileSha1, Field::ImageSha1]),
        ("SHA256", [Field::ProcessSha256, Field::FileSha256, Field::ImageSha256]),
        ("IMPHASH", [Field::ProcessImphash, Field::ImageImphash, Field::ImageImphash]),
    ];
    let class = source.class;
    let mut out: Vec<(String, String)> = Vec::new();
    for field in class.fields() {
        let name = match field {
            Field::PipeName => {
                out.extend(text(record, field).map(|name| ("PipeName".to_owned(), format!("\\{name}"))));
                continue;
            }
            Field::UserAccount => {
                if matches!(class, EventClass::ProcessAccess | EventClass::RemoteThread) {
                    Some("SourceUser")
                } else {
                    Some("User")
                }
            }
            Field::DnsAnswer => {
                let answers = texts(record, field);
                let all = if answers.is_empty() { logs::NOTHING.to_owned() } else { logs::answers::written(&answers) };
                out.push(("QueryResults".to_owned(), all));
                continue;
            }
            field => sysmon_name(class, field).filter(|name| *name != "Computer" && !matches!(*name, "md5" | "sha1" | "sha256" | "Imphash")),
        };
        if let (Some(name), Some(text)) = (name, said(source, record, field)) {
            out.push((name.to_owned(), text));
        }
    }
    let digests: Vec<String> = DIGESTS
        .iter()
        .filter_map(|(word, fields)| fields.iter().find_map(|field| text(record, *field)).map(|digest| format!("{word}={}", digest.to_uppercase())))
        .collect();
    if !digests.is_empty() {
        out.push((if class == EventClass::FileStream { "Hash" } else { "Hashes" }.to_owned(), digests.join(",")));
    }
    match class {
        EventClass::RegistryCreate => out.push(("EventType".to_owned(), "CreateKey".to_owned())),
        EventClass::RegistryDelete => {
            let word = if text(record, Field::RegistryValueName).is_some() { "DeleteValue" } else { "DeleteKey" };
            out.push(("EventType".to_owned(), word.to_owned()));
        }
        EventClass::RegistrySet | EventClass::RegistryChange => out.push(("EventType".to_owned(), "SetValue".to_owned())),
        EventClass::NetworkFlow => {
            out.extend(record.event.flow.map(|flow| ("Initiated".to_owned(), (flow == Flow::Outbound).to_string())));
        }
        _ => {}
    }
    for (field, value) in &record.fields {
        if let (ir::FieldRef::Open(name), Some(text)) = (field, value.text())
            && &**name != "EventID"
        {
            out.retain(|(known, _)| known != &**name);
            out.push((name.to_string(), text.into_owned()));
        }
    }
    out
}

/// The number of a source's events.
fn number(source: &Source) -> Option<i64> {
    source.log.map_or_else(|| source.rows.number("EventID"), |log| log.numbers.first().copied())
}

fn event(source: &Source, record: &Record, row: &mut Map<String, Value>) -> Option<()> {
    let (provider, channel, list) = match source.label {
        "sysmon" => ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational", sysmon(source, record)),
        "system" => {
            let fields = [
                ("ServiceName", Field::ServiceName),
                ("ImagePath", Field::ServicePath),
                ("StartType", Field::ServiceStart),
                ("AccountName", Field::ServiceAccount),
            ];
            ("Service Control Manager", "System", named(record, &fields))
        }
        "powershell" => {
            let fields = [("ScriptBlockText", Field::ScriptText), ("Path", Field::ScriptPath)];
            ("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational", named(record, &fields))
        }
        _ => return None,
    };
    row.insert("Source".to_owned(), json!(provider));
    row.insert("EventLog".to_owned(), json!(channel));
    row.insert("EventID".to_owned(), json!(number(source)?));
    put(row, "Computer", text(record, Field::HostName));
    row.insert("EventData".to_owned(), json!(format!("<DataItem type=\"System.XmlData\"><EventData>{}</EventData></DataItem>", data(&list))));
    Some(())
}

fn named(record: &Record, fields: &[(&str, Field)]) -> Vec<(String, String)> {
    fields.iter().filter_map(|(name, field)| Some(((*name).to_owned(), text(record, *field)?))).collect()
}

fn syslog(source: &Source, record: &Record, row: &mut Map<String, Value>) {
    let id = number(source).map(|id| id.to_string()).unwrap_or_default();
    let list = data(&sysmon(source, record));
    row.insert("ProcessName".to_owned(), json!("sysmon"));
    put(row, "Computer", text(record, Field::HostName));
    row.insert("SyslogMessage".to_owned(), json!(format!("<Event><System><EventID>{id}</EventID></System><EventData>{list}</EventData></Event>")));
}

fn hex(record: &Record, field: Field) -> Option<String> {
    record.get(&ir::FieldRef::Known(field)).and_then(|value| value.number()).map(|number| format!("{number:#x}"))
}

fn security(source: &Source, record: &Record, row: &mut Map<String, Value>) -> Option<()> {
    row.insert("EventID".to_owned(), json!(number(source)?));
    row.insert("Channel".to_owned(), json!("Security"));
    put(row, "Computer", text(record, Field::HostName));
    put(row, "SubjectUserName", text(record, Field::UserName));
    put(row, "SubjectDomainName", text(record, Field::UserDomain));
    match source.class {
        EventClass::ProcessStart => {
            put(row, "NewProcessName", text(record, Field::ProcessPath));
            put(row, "CommandLine", text(record, Field::ProcessCommandLine));
            put(row, "NewProcessId", hex(record, Field::ProcessPid));
            put(row, "ParentProcessName", text(record, Field::ParentPath));
            put(row, "ProcessId", hex(record, Field::ParentPid));
            let label = text(record, Field::ProcessIntegrity).and_then(|word| match word.to_lowercase().as_str() {
                "untrusted" => Some("S-1-16-0"),
                "low" => Some("S-1-16-4096"),
                "medium" => Some("S-1-16-8192"),
                "high" => Some("S-1-16-12288"),
                "system" => Some("S-1-16-16384"),
                _ => None,
            });
            put(row, "MandatoryLabel", label);
        }
        EventClass::FileModify | EventClass::FileDelete | EventClass::FileAccess => {
            row.insert("ObjectType".to_owned(), json!("File"));
            let access = match source.class {
                EventClass::FileModify => "%%4417",
                EventClass::FileDelete => "%%1537",
                _ => "%%4416",
            };
            row.insert("AccessList".to_owned(), json!(format!("{access}\n\t\t\t\t")));
            put(row, "ObjectName", text(record, Field::FilePath));
            put(row, "ProcessName", text(record, Field::ProcessPath));
            put(row, "ProcessId", hex(record, Field::ProcessPid));
        }
        EventClass::RegistrySet | EventClass::RegistryDelete => {
            // The audit is about values.
            let path = text(record, Field::RegistryPath)?;
            let (key, name) = path.rsplit_once('\\')?;
            text(record, Field::RegistryValueName)?;
            row.insert("OperationType".to_owned(), json!(if source.class == EventClass::RegistrySet { "%%1905" } else { "%%1906" }));
            let (hive, rest) = key.split_once('\\').unwrap_or((key, ""));
            let root = match hive.to_ascii_uppercase().as_str() {
                "HKLM" => "\\REGISTRY\\MACHINE",
                "HKU" => "\\REGISTRY\\USER",
                _ => return None,
            };
            row.insert("ObjectName".to_owned(), json!(format!("{root}\\{rest}")));
            row.insert("ObjectValueName".to_owned(), json!(name));
            if let Some(written) = text(record, Field::RegistryData) {
                let inner = |name: &str| {
                    written.strip_prefix(name).and_then(|rest| rest.strip_suffix(')')).and_then(|digits| u64::from_str_radix(digits, 16).ok())
                };
                let (kind, value) = match inner("DWORD (0x") {
                    Some(number) => ("%%1876", number.to_string()),
                    None if written == "(Empty)" => ("%%1873", String::new()),
                    None if written == "Binary Data" => ("%%1875", String::new()),
                    None => ("%%1873", written),
                };
                row.insert("NewValueType".to_owned(), json!(kind));
                row.insert("NewValue".to_owned(), json!(value));
            }
            put(row, "ProcessName", text(record, Field::ProcessPath));
            put(row, "ProcessId", hex(record, Field::ProcessPid));
        }
        EventClass::ServiceInstall => {
            put(row, "ServiceName", text(record, Field::ServiceName));
            put(row, "ServiceFileName", text(record, Field::ServicePath));
            put(row, "ServiceStartType", start_type(record));
            put(row, "ServiceAccount", text(record, Field::ServiceAccount));
        }
        EventClass::TaskCreate => {
            let mut list = named(record, &[("TaskName", Field::TaskName)]);
            list.extend(task(record).map(|task| ("TaskContent".to_owned(), task)));
            row.insert(
                "EventData".to_owned(),
                json!(format!("<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">{}</EventData>", data(&list))),
            );
        }
        EventClass::AuthLogon => {
            let outcome = text(record, Field::Outcome)?;
            row.insert("EventID".to_owned(), json!(if outcome.eq_ignore_ascii_case("success") { 4624 } else { 4625 }));
            row.remove("SubjectUserName");
            row.remove("SubjectDomainName");
            put(row, "TargetUserName", said(source, record, Field::UserName));
            put(row, "TargetDomainName", said(source, record, Field::UserDomain));
            put(row, "LogonType", record.get(&ir::FieldRef::Known(Field::LogonType)).and_then(|value| value.number()));
            put(row, "LogonProcessName", text(record, Field::LogonProcess).map(|name| format!("{name} ")));
            put(row, "IpAddress", said(source, record, Field::SourceIp));
            put(row, "IpPort", said(source, record, Field::SourcePort));
        }
        _ => return None,
    }
    for (field, value) in &record.fields {
        if let (ir::FieldRef::Open(name), Some(text)) = (field, value.text()) {
            row.entry(name.to_string()).or_insert_with(|| json!(text));
        }
    }
    Some(())
}

fn device(record: &Record, row: &mut Map<String, Value>) {
    put(row, "SourceIP", text(record, Field::SourceIp));
    put(row, "SourcePort", port(record, Field::SourcePort));
    put(row, "DestinationIP", text(record, Field::DestinationIp));
    put(row, "DestinationPort", port(record, Field::DestinationPort));
    put(row, "SourceProcessName", text(record, Field::ProcessPath));
    put(row, "SourceProcessId", port(record, Field::ProcessPid));
    put(row, "SourceUserName", text(record, Field::UserName));
    put(row, "SourceNTDomain", text(record, Field::UserDomain));
    put(row, "Computer", text(record, Field::HostName));
    put(row, "DestinationHostName", text(record, Field::DestinationDomain));
    put(row, "Protocol", text(record, Field::Transport).map(|transport| transport.to_uppercase()));
    put(row, "SentBytes", port(record, Field::BytesOut));
    put(row, "ReceivedBytes", port(record, Field::BytesIn));
    put(row, "CommunicationDirection", record.event.flow.map(|flow| if flow == Flow::Inbound { "0" } else { "1" }));
    put(row, "RequestMethod", text(record, Field::HttpMethod));
    if record.event.class() == Some(EventClass::HttpRequest) {
        put(row, "RequestURL", url(record));
    }
    put(row, "RequestClientApplication", text(record, Field::UserAgent));
    put(row, "RequestContext", text(record, Field::HttpReferrer));
}

fn port(record: &Record, field: Field) -> Option<i64> {
    record.get(&ir::FieldRef::Known(field)).and_then(|value| value.number())
}

/// Internet Information Services write `-` for what is not there, and `+` for a space.
fn iis(record: &Record, row: &mut Map<String, Value>) -> Option<()> {
    let or_nothing = |value: Option<String>| Some(value.unwrap_or_else(|| "-".to_owned()));
    put(row, "csMethod", text(record, Field::HttpMethod));
    put(
        row,
        "csHost",
        or_nothing(text(record, Field::UrlHost).map(|host| text(record, Field::UrlPort).map_or(host.clone(), |port| format!("{host}:{port}")))),
    );
    row.insert("csUriStem".to_owned(), json!(text(record, Field::UrlPath)?));
    put(row, "csUriQuery", or_nothing(text(record, Field::UrlQuery)));
    put(row, "csUserAgent", or_nothing(text(record, Field::UserAgent).map(|agent| agent.replace(' ', "+"))));
    put(row, "csReferer", or_nothing(text(record, Field::HttpReferrer)));
    put(row, "scStatus", text(record, Field::HttpStatus));
    put(row, "cIP", text(record, Field::SourceIp));
    put(row, "sIP", text(record, Field::DestinationIp));
    put(row, "sPort", port(record, Field::DestinationPort));
    put(row, "csUserName", or_nothing(text(record, Field::UserName)));
    put(row, "Computer", text(record, Field::HostName));
    Some(())
}

fn dns(record: &Record, row: &mut Map<String, Value>) {
    row.insert("SubType".to_owned(), json!("LookupQuery"));
    put(row, "Name", text(record, Field::DnsName));
    put(row, "QueryType", text(record, Field::DnsType));
    let answers = texts(record, Field::DnsAnswer);
    if !answers.is_empty() {
        row.insert("IPAddresses".to_owned(), json!(answers.join(", ")));
    }
    if let Some(code) = text(record, Field::DnsRcode) {
        let number = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"].iter().position(|known| known.eq_ignore_ascii_case(&code));
        row.insert("ResultCode".to_owned(), json!(number.and_then(|number| i64::try_from(number).ok()).unwrap_or(9)));
        row.insert("Result".to_owned(), json!(code));
    }
    put(row, "ClientIP", text(record, Field::SourceIp));
    put(row, "Computer", text(record, Field::HostName));
}

fn cloud(source: &Source, record: &Record, row: &mut Map<String, Value>) -> Option<()> {
    let provider = text(record, Field::CloudProvider)?;
    // Where each product keeps what the catalogue has no name for is not stated here.
    if record.fields.keys().any(|field| matches!(field, ir::FieldRef::Open(_))) {
        return None;
    }
    let outcome = text(record, Field::CloudOutcome);
    let failed = outcome.as_ref().map(|outcome| outcome.eq_ignore_ascii_case("failure"));
    let (operation, service) = (text(record, Field::CloudOperation), text(record, Field::CloudService));
    let (agent, address) = (text(record, Field::CloudUserAgent), text(record, Field::SourceIp));
    match (source.table, provider.as_str()) {
        ("AWSCloudTrail", "aws") => {
            put(row, "EventSource", service);
            put(row, "EventName", operation);
            put(row, "ErrorCode", failed.filter(|failed| *failed).map(|_| "AccessDenied"));
            put(row, "UserAgent", agent);
            put(row, "UserIdentityUserName", text(record, Field::UserName));
            put(row, "SourceIpAddress", address);
        }
        ("AzureActivity", "azure") => {
            put(row, "ResourceProviderValue", service);
            put(row, "OperationNameValue", operation);
            put(row, "ActivityStatusValue", failed.map(|failed| if failed { "Failure" } else { "Success" }));
            put(row, "Caller", principal(record));
            put(row, "CallerIpAddress", address);
        }
        ("OfficeActivity", "m365") => {
            put(row, "OfficeWorkload", service);
            put(row, "Operation", operation);
            put(row, "ResultStatus", failed.map(|failed| if failed { "Failed" } else { "Succeeded" }));
            put(row, "UserAgent", agent);
            put(row, "UserId", principal(record));
            put(row, "ClientIP", address);
        }
        ("AuditLogs", "azure") => {
            put(row, "LoggedByService", service);
            put(row, "OperationName", operation);
            put(row, "Result", outcome);
            row.insert("InitiatedBy".to_owned(), json!({ "user": { "userPrincipalName": principal(record), "ipAddress": address } }));
        }
        ("GCPAuditLogs", "gcp") => {
            put(row, "ServiceName", service);
            put(row, "MethodName", operation);
            put(row, "Status", failed.map(|failed| if failed { json!({ "code": 7 }) } else { json!({}) }));
            row.insert("RequestMetadata".to_owned(), json!({ "callerSuppliedUserAgent": agent, "callerIp": address }));
            put(row, "PrincipalEmail", principal(record));
        }
        _ => return None,
    }
    Some(())
}
