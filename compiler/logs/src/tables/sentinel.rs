//! Which native tables of Microsoft Sentinel hold an event?
//!
//! Tables: <https://learn.microsoft.com/azure/azure-monitor/reference/tables-index>. What happens on machines stands in
//! `sentinel_hosts.rs` and `event_sources.rs`; here is what networks, mail and clouds see.

use super::made::Made::{self, Own, Vendor};
use super::made::Part::{AccountDomain, AccountName, LastName, Number, Unrooted, UrlHost, UrlPath, UrlPort, UrlQuery};
use super::rows::Rows;
use ir::{EventClass as E, Field as F, Flow, field};

use super::open;
use super::platform::Told;
use super::{
    Answer, Column, Entity, Fields, Others, Product, Schema, Source, always, computed, computed_number, defender_xdr, event_sources, number,
    sentinel_hosts as hosts, text,
};

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
            ProcessName: [computed("ProcessFile", LastName.of(&Made::Column("SourceProcessName")))],
            ProcessPid: [number("SourceProcessId")],
            UserName: [computed("ActorName", AccountName.of(&Made::Column("SourceUserName")))],
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
    UrlHost: [computed("UrlHost", UrlHost.of(&Made::Column("RequestURL")))],
    UrlPort: [computed_number("UrlPort", UrlPort.of(&Made::Column("RequestURL")))],
    UrlPath: [computed("UrlPath", UrlPath.of(&Made::Column("RequestURL")))],
    UrlQuery: [computed("UrlQuery", UrlQuery.of(&Made::Column("RequestURL")))],
    UserAgent: [text("RequestClientApplication")],
    HttpReferrer: [text("RequestContext")],
};

/// Internet Information Services write `-` for what is empty, and `+` for a space in a user agent.
const IIS: Fields = fields! {
    HttpMethod: [text("csMethod")],
    UrlFull: [computed("Url", Vendor("strcat(\"http://\", csHost, csUriStem, iff(csUriQuery in (\"\", \"-\"), \"\", strcat(\"?\", csUriQuery)))"))],
    UrlHost: [computed("UrlHost", UrlHost.of(&Made::Column("csHost")))],
    UrlPort: [computed_number("UrlPort", UrlPort.of(&Made::Column("csHost")))],
    UrlPath: [text("csUriStem")],
    UrlQuery: [computed("UrlQuery", Vendor("iff(csUriQuery == \"-\", \"\", csUriQuery)"))],
    UserAgent: [computed("UserAgent", Vendor("iff(csUserAgent == \"-\", \"\", replace_string(csUserAgent, \"+\", \" \"))"))],
    HttpReferrer: [computed("HttpReferrer", Vendor("iff(csReferer == \"-\", \"\", csReferer)"))],
    HttpStatus: [computed_number("HttpStatus", Number.of(&Made::Column("scStatus")))],
    SourceIp: [text("cIP")],
    DestinationIp: [text("sIP")],
    DestinationPort: [number("sPort")],
    UserName: [computed("ActorName", AccountName.of(&Vendor("iff(csUserName == \"-\", \"\", csUserName)")))],
    HostName: [text("Computer")],
};

const DNS: Fields = fields! {
    DnsName: [computed("DnsName", Unrooted.of(&Made::Column("Name")))],
    DnsType: [text("QueryType")],
    DnsAnswer: [Column { name: "IPAddresses", from: Own, answer: Answer::Joined }],
    DnsRcode: [computed(
        "DnsRcode",
        Vendor("case(ResultCode == 0, \"NOERROR\", ResultCode == 1, \"FORMERR\", ResultCode == 2, \"SERVFAIL\", ResultCode == 3, \"NXDOMAIN\", \
ResultCode == 4, \"NOTIMP\", ResultCode == 5, \"REFUSED\", Result)")
    )],
    SourceIp: [text("ClientIP")],
    HostName: [text("Computer")],
};

const SIGN_IN: Fields = fields! {
    Outcome: [computed("Outcome", Vendor("iff(ResultType == \"0\", \"success\", \"failure\")"))],
    LogonProcess: [text("AppDisplayName")],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("UserPrincipalName")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("UserPrincipalName")))],
    SourceIp: [text("IPAddress")],
};

const AWS: Fields = fields! {
    CloudProvider: [always("aws")],
    CloudService: [text("EventSource")],
    CloudOperation: [text("EventName")],
    CloudOutcome: [computed("CloudOutcome", Vendor("iff(isempty(ErrorCode), \"success\", \"failure\")"))],
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
        Vendor("case(ActivityStatusValue in~ (\"Success\", \"Succeeded\"), \"success\", ActivityStatusValue in~ (\"Failure\", \"Failed\"), \"failure\", \"\")")
    )],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("Caller")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("Caller")))],
    SourceIp: [text("CallerIpAddress")],
};

const ENTRA: Fields = fields! {
    CloudProvider: [always("azure")],
    CloudService: [text("LoggedByService")],
    CloudOperation: [text("OperationName")],
    CloudOutcome: [text("Result")],
    UserName: [computed("ActorName", AccountName.of(&Vendor("tostring(InitiatedBy.user.userPrincipalName)")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Vendor("tostring(InitiatedBy.user.userPrincipalName)")))],
    SourceIp: [computed("ActorAddress", Vendor("tostring(InitiatedBy.user.ipAddress)"))],
};

const OFFICE: Fields = fields! {
    CloudProvider: [always("m365")],
    CloudService: [text("OfficeWorkload")],
    CloudOperation: [text("Operation")],
    CloudOutcome: [computed(
        "CloudOutcome",
        Vendor("case(ResultStatus in~ (\"Success\", \"Succeeded\", \"PartiallySucceeded\", \"True\"), \"success\", ResultStatus in~ (\"Failed\", \"False\"), \
\"failure\", \"\")")
    )],
    CloudUserAgent: [text("UserAgent")],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("UserId")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("UserId")))],
    SourceIp: [computed("ActorAddress", Vendor("extract(@\"^\\[?([0-9A-Fa-f:.]*[0-9A-Fa-f])(?:\\]?:[0-9]+|\\])?$\", 1, coalesce(ClientIP, Client_IPAddress))"))],
};

const GCP: Fields = fields! {
    CloudProvider: [always("gcp")],
    CloudService: [text("ServiceName")],
    CloudOperation: [text("MethodName")],
    CloudOutcome: [computed("CloudOutcome", Vendor("iff(toint(Status.code) > 0, \"failure\", \"success\")"))],
    CloudUserAgent: [computed("ActorAgent", Vendor("tostring(RequestMetadata.callerSuppliedUserAgent)"))],
    UserName: [computed("ActorName", AccountName.of(&Made::Column("PrincipalEmail")))],
    UserDomain: [computed("ActorDomain", AccountDomain.of(&Made::Column("PrincipalEmail")))],
    SourceIp: [computed("ActorAddress", Vendor("tostring(RequestMetadata.callerIp)"))],
};

const PEERS: &[Entity] = &[("IP", "Address", "SourceIP"), ("IP", "Address", "DestinationIP")];

const fn table(
    class: E,
    label: &'static str,
    table: &'static str,
    rows: Rows,
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
        log: None,
        open: &[],
        beside: Told::ALL,
        others: Others::of(class),
        entities,
    }
}

/// Devices that know which way a connection goes say so with 0 or 1: rows that may be inbound, rows that may be outbound.
const FLOWS: [Rows; 2] =
    [Rows::Not(&Rows::Alike("CommunicationDirection", &["1", "Outbound"])), Rows::Not(&Rows::Alike("CommunicationDirection", &["0", "Inbound"]))];
const REQUESTS: [Rows; 2] = [
    Rows::Every(&[Rows::Filled("RequestURL"), Rows::Not(&Rows::Alike("CommunicationDirection", &["1", "Outbound"]))]),
    Rows::Every(&[Rows::Filled("RequestURL"), Rows::Not(&Rows::Alike("CommunicationDirection", &["0", "Inbound"]))]),
];

const LINKS: &[Entity] = &[("IP", "Address", "SourceIP"), ("IP", "Address", "DestinationIP"), ("URL", "Url", "RequestURL")];

pub(super) static SCHEMA: Schema = Schema {
    product: Product::Sentinel,
    time: "TimeGenerated",
    sources: &[
        hosts::PROCESS_START,
        event_sources::PROCESS_START,
        event_sources::LINUX_PROCESS_START,
        event_sources::PROCESS_ACCESS,
        event_sources::REMOTE_THREADS,
        event_sources::FILE_CREATE,
        event_sources::LINUX_FILE_CREATE,
        hosts::FILE_WRITE,
        event_sources::FILE_CHANGE,
        hosts::FILE_ACCESS,
        event_sources::FILE_STREAM,
        hosts::FILE_REMOVE,
        event_sources::FILE_REMOVE,
        event_sources::LINUX_FILE_REMOVE,
        hosts::REGISTRY_SET,
        event_sources::REGISTRY_SET,
        event_sources::REGISTRY_CREATE,
        event_sources::REGISTRY_CHANGE,
        hosts::REGISTRY_REMOVE,
        event_sources::REGISTRY_REMOVE,
        event_sources::IMAGE_LOAD,
        event_sources::DRIVER_LOAD,
        event_sources::PIPE_CREATE,
        hosts::SERVICE_INSTALL,
        event_sources::SERVICE_LOG,
        hosts::TASK_CREATE,
        event_sources::TASK_REGISTERED,
        event_sources::SCRIPT_BLOCK,
        Source {
            ways: Some(FLOWS),
            open: open::web::CONNECTION,
            ..table(E::NetworkFlow, "firewall", "CommonSecurityLog", Rows::All, "CefAma", FLOW, PEERS)
        },
        event_sources::NETWORK_FLOW,
        event_sources::LINUX_NETWORK_FLOW,
        table(
            E::DnsQuery,
            "dns",
            "DnsEvents",
            Rows::Is("SubType", &["LookupQuery"]),
            "DNS",
            DNS,
            &[("IP", "Address", "ClientIP"), ("DNS", "DomainName", "Name")],
        ),
        event_sources::DNS_QUERY,
        Source {
            ways: Some(REQUESTS),
            open: open::web::REQUEST,
            ..table(E::HttpRequest, "proxy", "CommonSecurityLog", Rows::Filled("RequestURL"), "CefAma", HTTP, LINKS)
        },
        Source {
            flow: Some(Flow::Inbound),
            ..table(E::HttpRequest, "iis", "W3CIISLog", Rows::All, "", IIS, &[("Host", "FullName", "Computer"), ("IP", "Address", "cIP")])
        },
        table(
            E::EmailMessage,
            "mail",
            "EmailEvents",
            Rows::All,
            "MicrosoftThreatProtection",
            defender_xdr::EMAIL,
            &[("Mailbox", "MailboxPrimaryAddress", "RecipientEmailAddress"), ("IP", "Address", "SenderIPv4")],
        ),
        hosts::AUTH_LOGON,
        table(
            E::AuthLogon,
            "entra",
            "SigninLogs",
            Rows::All,
            "AzureActiveDirectory",
            SIGN_IN,
            &[("Account", "FullName", "UserPrincipalName"), ("IP", "Address", "IPAddress")],
        ),
        table(
            E::CloudAudit,
            "aws",
            "AWSCloudTrail",
            Rows::All,
            "AWS",
            AWS,
            &[("IP", "Address", "SourceIpAddress"), ("Account", "Name", "UserIdentityUserName")],
        ),
        table(
            E::CloudAudit,
            "azure",
            "AzureActivity",
            Rows::All,
            "AzureActivity",
            AZURE,
            &[("IP", "Address", "CallerIpAddress"), ("Account", "FullName", "Caller")],
        ),
        table(E::CloudAudit, "entra", "AuditLogs", Rows::All, "AzureActiveDirectory", ENTRA, &[]),
        table(
            E::CloudAudit,
            "office",
            "OfficeActivity",
            Rows::All,
            "Office365",
            OFFICE,
            &[("Account", "FullName", "UserId"), ("IP", "Address", "ClientIP")],
        ),
        table(E::CloudAudit, "gcp", "GCPAuditLogs", Rows::All, "GCPAuditLogsDefinition", GCP, &[("Account", "FullName", "PrincipalEmail")]),
    ],
    absent: &[
        (&[E::FileCreate], &[F::FileMd5, F::FileSha1, F::FileSha256, F::FileSha512], "file events carry no digests"),
        (&[E::FileCreate], &[F::FileSize], "file events carry no sizes"),
        (&[E::NetworkFlow], &[F::SourceAs, F::DestinationAs], "events carry no autonomous system numbers"),
        (&[E::HttpRequest], &[F::HttpBody, F::HttpContentType], "the logs keep no bodies"),
        (&[E::EmailMessage], &[F::EmailAttachmentMd5, F::EmailAttachmentSha1], "attachments are kept by SHA-256 only"),
        (
            &[E::FileModify, E::FileDelete, E::FileAccess],
            &[F::FileSize, F::FileMd5, F::FileSha1, F::FileSha256, F::FileSha512],
            "events of access to a file carry neither size nor digest",
        ),
        (&[E::FileModify, E::FileDelete, E::FileAccess], &[F::ProcessCommandLine], "events of access to a file name the program alone"),
        (&[E::RegistryCreate], &[F::RegistryValueName, F::RegistryData], "a new key has no value"),
        (&[E::TaskCreate], field::PROCESS, "the event names no program"),
        (&[E::ScriptBlock], field::PROCESS, "event 4104 names no program"),
        (&[E::ScriptBlock], field::ACTOR, "event 4104 has the account's number only"),
        (&[E::DnsQuery], &[F::SourcePort, F::DestinationIp, F::DestinationPort], "the logs of queries have the client's address alone"),
        (&[E::HttpRequest], &[F::ProcessCommandLine], "proxies and web servers see requests, not programs"),
        (&[E::AuthLogon], &[F::DestinationIp, F::DestinationPort], "a logon is logged on the machine itself, or by a service"),
        (&[E::CloudAudit], &[F::UserAccount], "an account is a principal name or an identifier, without a domain of Windows"),
        (&[E::CloudAudit], &[F::SourcePort, F::DestinationIp, F::DestinationPort], "a record has the caller's address alone"),
        (&[E::HttpRequest, E::AuthLogon], &[F::UserAccount], "an account's name and domain stand apart, or the name alone"),
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
