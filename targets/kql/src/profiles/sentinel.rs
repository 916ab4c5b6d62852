//! Which native tables of Microsoft Sentinel hold an event?
//!
//! Tables: <https://learn.microsoft.com/azure/azure-monitor/reference/tables-index>. What happens on machines stands in
//! `sentinel_hosts.rs` and `sysmon.rs`; here is what networks, mail and clouds see.

use ir::{EventClass as E, Field as F, Flow};

use super::open;
use super::{
    Answer, Column, Entity, Others, Schema, Source, account, account_domain, always, computed, computed_number, defender_xdr, last_part, number,
    sentinel_hosts as hosts, sysmon, text, url_host, url_path, url_port, url_query,
};

type Fields = &'static [(F, &'static [Column])];

macro_rules! fields {
    ($($field:ident: [$($column:expr),+ $(,)?]),* $(,)?) => { &[$((F::$field, &[$($column),+])),*] };
}

/// Columns of the common event format that every connection has, behind the event's own.
macro_rules! connection {
    ($($more:tt)*) => {
        fields! {
            $($more)*
            SourceIp: [text("SourceIP")],
            SourcePort: [number("SourcePort")],
            DestinationIp: [text("DestinationIP")],
            DestinationPort: [number("DestinationPort")],
            ProcessPath: [text("SourceProcessName")],
            ProcessName: [computed("ProcessFile", last_part!("SourceProcessName"))],
            ProcessPid: [number("SourceProcessId")],
            UserName: [computed("ActorName", account!("SourceUserName"))],
            UserDomain: [text("SourceNTDomain")],
            HostName: [text("Computer")],
        }
    };
}

const FLOW: Fields = connection! {
    DestinationDomain: [text("DestinationHostName")],
    Transport: [text("Protocol")],
    BytesOut: [number("SentBytes")],
    BytesIn: [number("ReceivedBytes")],
};

const HTTP: Fields = connection! {
    HttpMethod: [text("RequestMethod")],
    UrlFull: [text("RequestURL")],
    UrlHost: [computed("UrlHost", url_host!("RequestURL"))],
    UrlPort: [computed_number("UrlPort", url_port!("RequestURL"))],
    UrlPath: [computed("UrlPath", url_path!("RequestURL"))],
    UrlQuery: [computed("UrlQuery", url_query!("RequestURL"))],
    UserAgent: [text("RequestClientApplication")],
    HttpReferrer: [text("RequestContext")],
};

/// Internet Information Services write `-` for what is empty, and `+` for a space in a user agent.
const IIS: Fields = fields! {
    HttpMethod: [text("csMethod")],
    UrlFull: [computed("Url", "strcat(\"http://\", csHost, csUriStem, iff(csUriQuery in (\"\", \"-\"), \"\", strcat(\"?\", csUriQuery)))")],
    UrlHost: [computed("UrlHost", url_host!("csHost"))],
    UrlPort: [computed_number("UrlPort", url_port!("csHost"))],
    UrlPath: [text("csUriStem")],
    UrlQuery: [computed("UrlQuery", "iff(csUriQuery == \"-\", \"\", csUriQuery)")],
    UserAgent: [computed("UserAgent", "iff(csUserAgent == \"-\", \"\", replace_string(csUserAgent, \"+\", \" \"))")],
    HttpReferrer: [computed("HttpReferrer", "iff(csReferer == \"-\", \"\", csReferer)")],
    HttpStatus: [computed_number("HttpStatus", "tolong(scStatus)")],
    SourceIp: [text("cIP")],
    DestinationIp: [text("sIP")],
    DestinationPort: [number("sPort")],
    UserName: [computed("ActorName", account!("csUserName"))],
    HostName: [text("Computer")],
};

const DNS: Fields = fields! {
    DnsName: [computed("DnsName", "trim_end(@\"\\.\", Name)")],
    DnsType: [text("QueryType")],
    DnsAnswer: [Column { name: "IPAddresses", from: "", answer: Answer::Joined }],
    DnsRcode: [computed(
        "DnsRcode",
        "case(ResultCode == 0, \"NOERROR\", ResultCode == 1, \"FORMERR\", ResultCode == 2, \"SERVFAIL\", ResultCode == 3, \"NXDOMAIN\", \
ResultCode == 4, \"NOTIMP\", ResultCode == 5, \"REFUSED\", Result)"
    )],
    SourceIp: [text("ClientIP")],
    HostName: [text("Computer")],
};

const SIGN_IN: Fields = fields! {
    Outcome: [computed("Outcome", "iff(ResultType == \"0\", \"success\", \"failure\")")],
    LogonProcess: [text("AppDisplayName")],
    UserName: [computed("ActorName", account!("UserPrincipalName"))],
    UserDomain: [computed("ActorDomain", account_domain!("UserPrincipalName"))],
    SourceIp: [text("IPAddress")],
};

const AWS: Fields = fields! {
    CloudProvider: [always("aws")],
    CloudService: [text("EventSource")],
    CloudOperation: [text("EventName")],
    CloudOutcome: [computed("CloudOutcome", "iff(isempty(ErrorCode), \"success\", \"failure\")")],
    CloudUserAgent: [text("UserAgent")],
    UserName: [text("UserIdentityUserName"), text("SessionIssuerUserName")],
    SourceIp: [text("SourceIpAddress")],
};

const AZURE: Fields = fields! {
    CloudProvider: [always("azure")],
    CloudService: [text("ResourceProviderValue")],
    CloudOperation: [text("OperationNameValue")],
    CloudOutcome: [computed(
        "CloudOutcome",
        "case(ActivityStatusValue in~ (\"Success\", \"Succeeded\"), \"success\", ActivityStatusValue in~ (\"Failure\", \"Failed\"), \"failure\", \"\")"
    )],
    UserName: [computed("ActorName", account!("Caller"))],
    UserDomain: [computed("ActorDomain", account_domain!("Caller"))],
    SourceIp: [text("CallerIpAddress")],
};

const ENTRA: Fields = fields! {
    CloudProvider: [always("azure")],
    CloudService: [text("LoggedByService")],
    CloudOperation: [text("OperationName")],
    CloudOutcome: [text("Result")],
    UserName: [computed("ActorName", account!("tostring(InitiatedBy.user.userPrincipalName)"))],
    UserDomain: [computed("ActorDomain", account_domain!("tostring(InitiatedBy.user.userPrincipalName)"))],
    SourceIp: [computed("ActorAddress", "tostring(InitiatedBy.user.ipAddress)")],
};

const OFFICE: Fields = fields! {
    CloudProvider: [always("m365")],
    CloudService: [text("OfficeWorkload")],
    CloudOperation: [text("Operation")],
    CloudOutcome: [computed(
        "CloudOutcome",
        "case(ResultStatus in~ (\"Success\", \"Succeeded\", \"PartiallySucceeded\", \"True\"), \"success\", ResultStatus in~ (\"Failed\", \"False\"), \
\"failure\", \"\")"
    )],
    CloudUserAgent: [text("UserAgent")],
    UserName: [computed("ActorName", account!("UserId"))],
    UserDomain: [computed("ActorDomain", account_domain!("UserId"))],
    SourceIp: [computed("ActorAddress", "extract(@\"^\\[?([0-9A-Fa-f:.]*[0-9A-Fa-f])(?:\\]?:[0-9]+|\\])?$\", 1, coalesce(ClientIP, Client_IPAddress))")],
};

const GCP: Fields = fields! {
    CloudProvider: [always("gcp")],
    CloudService: [text("ServiceName")],
    CloudOperation: [text("MethodName")],
    CloudOutcome: [computed("CloudOutcome", "iff(toint(Status.code) > 0, \"failure\", \"success\")")],
    CloudUserAgent: [computed("ActorAgent", "tostring(RequestMetadata.callerSuppliedUserAgent)")],
    UserName: [computed("ActorName", account!("PrincipalEmail"))],
    UserDomain: [computed("ActorDomain", account_domain!("PrincipalEmail"))],
    SourceIp: [computed("ActorAddress", "tostring(RequestMetadata.callerIp)")],
};

const PEERS: &[Entity] = &[("IP", "Address", "SourceIP"), ("IP", "Address", "DestinationIP")];

const fn table(
    class: E,
    label: &'static str,
    table: &'static str,
    rows: &'static str,
    connector: &'static str,
    fields: Fields,
    entities: &'static [Entity],
) -> Source {
    Source {
        class,
        label,
        table,
        rows,
        ways: None,
        data: "",
        platform: None,
        flow: None,
        connector,
        fields,
        open: &[],
        beside: "",
        others: Others::of(class),
        entities,
    }
}

/// Devices that know which way a connection goes say so with 0 or 1: rows that may be inbound, rows that may be outbound.
const FLOWS: [&str; 2] = ["CommunicationDirection !in~ (\"1\", \"Outbound\")", "CommunicationDirection !in~ (\"0\", \"Inbound\")"];
const REQUESTS: [&str; 2] = [
    "isnotempty(RequestURL) and CommunicationDirection !in~ (\"1\", \"Outbound\")",
    "isnotempty(RequestURL) and CommunicationDirection !in~ (\"0\", \"Inbound\")",
];

const LINKS: &[Entity] = &[("IP", "Address", "SourceIP"), ("IP", "Address", "DestinationIP"), ("URL", "Url", "RequestURL")];

pub(super) static SCHEMA: Schema = Schema {
    id: "sentinel",
    time: "TimeGenerated",
    sources: &[
        hosts::PROCESS_START,
        sysmon::PROCESS_START,
        sysmon::LINUX_PROCESS_START,
        sysmon::PROCESS_ACCESS,
        sysmon::REMOTE_THREADS,
        sysmon::FILE_CREATE,
        sysmon::LINUX_FILE_CREATE,
        hosts::FILE_WRITE,
        sysmon::FILE_CHANGE,
        hosts::FILE_ACCESS,
        sysmon::FILE_STREAM,
        hosts::FILE_REMOVE,
        sysmon::FILE_REMOVE,
        sysmon::LINUX_FILE_REMOVE,
        hosts::REGISTRY_SET,
        sysmon::REGISTRY_SET,
        sysmon::REGISTRY_CREATE,
        sysmon::REGISTRY_CHANGE,
        hosts::REGISTRY_REMOVE,
        sysmon::REGISTRY_REMOVE,
        sysmon::IMAGE_LOAD,
        sysmon::DRIVER_LOAD,
        sysmon::PIPE_CREATE,
        hosts::SERVICE_INSTALL,
        hosts::SERVICE_LOG,
        hosts::TASK_CREATE,
        hosts::SCRIPT_BLOCK,
        Source {
            ways: Some(FLOWS),
            open: open::web::CONNECTION,
            ..table(E::NetworkFlow, "firewall", "CommonSecurityLog", "", "CefAma", FLOW, PEERS)
        },
        sysmon::NETWORK_FLOW,
        sysmon::LINUX_NETWORK_FLOW,
        table(
            E::DnsQuery,
            "dns",
            "DnsEvents",
            "SubType == \"LookupQuery\"",
            "DNS",
            DNS,
            &[("IP", "Address", "ClientIP"), ("DNS", "DomainName", "Name")],
        ),
        sysmon::DNS_QUERY,
        Source {
            ways: Some(REQUESTS),
            open: open::web::REQUEST,
            ..table(E::HttpRequest, "proxy", "CommonSecurityLog", "isnotempty(RequestURL)", "CefAma", HTTP, LINKS)
        },
        Source {
            flow: Some(Flow::Inbound),
            ..table(E::HttpRequest, "iis", "W3CIISLog", "", "", IIS, &[("Host", "FullName", "Computer"), ("IP", "Address", "cIP")])
        },
        table(
            E::EmailMessage,
            "mail",
            "EmailEvents",
            "",
            "MicrosoftThreatProtection",
            defender_xdr::EMAIL,
            &[("Mailbox", "MailboxPrimaryAddress", "RecipientEmailAddress"), ("IP", "Address", "SenderIPv4")],
        ),
        hosts::AUTH_LOGON,
        table(
            E::AuthLogon,
            "entra",
            "SigninLogs",
            "",
            "AzureActiveDirectory",
            SIGN_IN,
            &[("Account", "FullName", "UserPrincipalName"), ("IP", "Address", "IPAddress")],
        ),
        table(
            E::CloudAudit,
            "aws",
            "AWSCloudTrail",
            "",
            "AWS",
            AWS,
            &[("IP", "Address", "SourceIpAddress"), ("Account", "Name", "UserIdentityUserName")],
        ),
        table(
            E::CloudAudit,
            "azure",
            "AzureActivity",
            "",
            "AzureActivity",
            AZURE,
            &[("IP", "Address", "CallerIpAddress"), ("Account", "FullName", "Caller")],
        ),
        table(E::CloudAudit, "entra", "AuditLogs", "", "AzureActiveDirectory", ENTRA, &[]),
        table(
            E::CloudAudit,
            "office",
            "OfficeActivity",
            "",
            "Office365",
            OFFICE,
            &[("Account", "FullName", "UserId"), ("IP", "Address", "ClientIP")],
        ),
        table(E::CloudAudit, "gcp", "GCPAuditLogs", "", "GCPAuditLogsDefinition", GCP, &[("Account", "FullName", "PrincipalEmail")]),
    ],
    absent: &[
        (E::FileCreate, &[F::FileMd5, F::FileSha1, F::FileSha256, F::FileSha512], "file events carry no digests"),
        (E::FileCreate, &[F::FileSize], "file events carry no sizes"),
        (E::NetworkFlow, &[F::SourceAs, F::DestinationAs], "events carry no autonomous system numbers"),
        (E::HttpRequest, &[F::HttpBody, F::HttpContentType], "the logs keep no bodies"),
        (E::EmailMessage, &[F::EmailAttachmentMd5, F::EmailAttachmentSha1], "attachments are kept by SHA-256 only"),
    ],
    partly: &[],
    absent_open: &[],
    absent_events: &[(E::FileContent, "the tables hold events, not the bytes of files"), (E::TlsHandshake, "no native table holds TLS sessions")],
    otherwise: "the tables have no column for it",
    open: &[
        open::aws::SENTINEL,
        open::azure::SENTINEL,
        open::google::SENTINEL,
        open::identity::SENTINEL,
        open::kubernetes::SENTINEL,
        open::linux::SENTINEL,
        open::m365::SENTINEL,
        open::network::SENTINEL,
        open::web::SENTINEL,
        open::applications::ANTIVIRUS,
        open::applications::DATABASE,
        open::applications::DJANGO,
        open::applications::JVM,
        open::applications::NODEJS,
        open::applications::PYTHON,
        open::applications::RUBY,
        open::applications::SPRING,
        open::applications::SQL,
        open::applications::VELOCITY,
    ],
    unfilled: &[],
    no_source: &[
        open::azure::PIM,
        open::identity::BITBUCKET,
        open::network::DUO,
        open::network::ZEEK,
        open::applications::OPENCANARY,
        open::applications::RPC_FIREWALL,
    ],
};
