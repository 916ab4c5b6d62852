//! Where is a log source that the catalogue has no class for, and what does its add-on call fields?
//!
//! Each row names the page of the add-on that gives the source type. What an add-on extracts from XML or JSON keeps the
//! event's own names, so most rows rename nothing.

use super::Named;
use crate::Encoding::{Inside, Same, Words};

/// A log source in Sigma's words. What is `None` is not asked for.
#[derive(Debug)]
pub struct Log {
    /// Sigma's category.
    pub category: Option<&'static str>,
    /// Sigma's product.
    pub product: Option<&'static str>,
    /// Sigma's service.
    pub service: Option<&'static str>,
    /// The macro of a site's index.
    pub site: &'static str,
    /// Source types; where there are none, [`Log::sources`] tell the log.
    pub kinds: &'static [&'static str],
    /// Sources.
    pub sources: &'static [&'static str],
    /// What the add-on calls fields that Sigma calls otherwise.
    pub names: &'static [Named],
}

/// The macro for logs of Windows.
pub const WINDOWS: &str = "vigie_windows";
/// The macro for logs of Linux.
pub const LINUX: &str = "vigie_linux";
/// The macro for logs of macOS.
pub const MACOS: &str = "vigie_macos";
/// The macro for sensors on the network.
pub const NETWORK: &str = "vigie_network";
/// The macro for proxies and web servers.
pub const WEB: &str = "vigie_web";
/// The macro for mail gateways.
pub const EMAIL: &str = "vigie_email";
/// The macro for clouds and services.
pub const CLOUD: &str = "vigie_cloud";
/// The macro for applications.
pub const APPLICATIONS: &str = "vigie_applications";

/// The macros of indexes. Without a site's own definition, every index is read.
pub const SITES: &[&str] = &[WINDOWS, LINUX, MACOS, NETWORK, WEB, EMAIL, CLOUD, APPLICATIONS];

/// What the add-on for Windows calls fields of any event (<https://splunkbase.splunk.com/app/742>): the attributes of
/// `Provider` are `Name` and `Guid`, and unnamed data stand in the XML of `EventData`.
pub const WINDOWS_NAMES: &[Named] = &[
    ("EventID", "EventCode", Same),
    ("Provider_Name", "Name", Same),
    ("ProviderName", "Name", Same),
    ("SourceName", "Name", Same),
    ("EventLog", "Channel", Same),
    ("Data", "EventData_Xml", Inside),
];

const fn service(product: &'static str, service: &'static str, site: &'static str, kinds: &'static [&'static str]) -> Log {
    Log { category: None, product: Some(product), service: Some(service), site, kinds, sources: &[], names: &[] }
}

const fn product(product: &'static str, site: &'static str, kinds: &'static [&'static str]) -> Log {
    Log { category: None, product: Some(product), service: None, site, kinds, sources: &[], names: &[] }
}

const fn category(category: &'static str, site: &'static str, kinds: &'static [&'static str]) -> Log {
    Log { category: Some(category), product: None, service: None, site, kinds, sources: &[], names: &[] }
}

const fn alone(service: &'static str, site: &'static str, kinds: &'static [&'static str]) -> Log {
    Log { category: None, product: None, service: Some(service), site, kinds, sources: &[], names: &[] }
}

const AUDITD: &[&str] = &["linux:audit", "linux_audit", "auditd"];
const SYSLOG: &[&str] = &["syslog", "linux_messages_syslog", "linux_secure"];
const AZURE_AD: &[&str] = &["azure:monitor:aad"];
const M365: &[&str] = &["o365:management:activity"];
/// Sigma's words for the records of Microsoft 365, and the records' own
/// (<https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema>).
const AUDITED: &[Named] = &[
    ("eventSource", "Workload", Same),
    ("eventName", "Operation", Same),
    (
        "status",
        "ResultStatus",
        Words(&[("success", &["Success", "Succeeded", "PartiallySucceeded", "True"]), ("failure", &["Failed", "Failure", "False"])]),
    ),
];
const WORKSPACE: &[Named] = &[("eventName", "event.name", Same), ("eventService", "id.applicationName", Same)];
const CISCO: &[&str] = &["cisco:ios", "cisco:asa", "cisco:nxos"];
const APACHE: &[&str] = &["access_combined", "access_combined_wcookie", "apache:access*", "apache:error", "apache_error"];

/// Every log source with a known source type; the most exact row that fits counts, then the first.
pub const LOGS: &[Log] = &[
    // Splunk Add-on for Unix and Linux: https://splunkbase.splunk.com/app/833
    service("linux", "auditd", LINUX, AUDITD),
    service("linux", "syslog", LINUX, SYSLOG),
    service("linux", "sshd", LINUX, &["linux_secure", "syslog"]),
    service("linux", "auth", LINUX, &["linux_secure", "syslog"]),
    service("linux", "sudo", LINUX, &["linux_secure", "syslog"]),
    service("linux", "cron", LINUX, &["cron", "syslog", "linux_messages_syslog"]),
    service("linux", "clamav", LINUX, SYSLOG),
    service("linux", "guacamole", LINUX, SYSLOG),
    service("linux", "vsftpd", LINUX, &["vsftpd", "syslog", "linux_messages_syslog"]),
    product("linux", LINUX, &["syslog", "linux_messages_syslog", "linux_secure", "linux:audit", "linux_audit", "auditd", "bash_history"]),
    product("macos", MACOS, &["macos:*", "osx_secure", "syslog"]),
    // Splunk Add-on for AWS: https://splunkbase.splunk.com/app/1876
    service("aws", "cloudtrail", CLOUD, &["aws:cloudtrail"]),
    // Splunk Add-on for Microsoft Cloud Services: https://splunkbase.splunk.com/app/3110
    service("azure", "activitylogs", CLOUD, &["mscs:azure:audit", "azure:monitor:activity"]),
    service("azure", "auditlogs", CLOUD, AZURE_AD),
    service("azure", "signinlogs", CLOUD, AZURE_AD),
    service("azure", "riskdetection", CLOUD, AZURE_AD),
    service("azure", "pim", CLOUD, AZURE_AD),
    // Splunk Add-on for Google Cloud Platform: https://splunkbase.splunk.com/app/3088
    Log {
        names: &[("gcp.audit.method_name", "data.protoPayload.methodName", Same), ("gcp.audit.service_name", "data.protoPayload.serviceName", Same)],
        ..service("gcp", "gcp.audit", CLOUD, &["google:gcp:pubsub:message", "google:gcp:pubsub:audit:admin_activity"])
    },
    // Splunk Add-on for Google Workspace: https://splunkbase.splunk.com/app/5556
    Log { names: WORKSPACE, ..service("gcp", "google_workspace.admin", CLOUD, &["gws:reports:admin"]) },
    Log { names: WORKSPACE, ..service("gcp", "google_workspace.login", CLOUD, &["gws:reports:login"]) },
    // Splunk Add-on for Microsoft Office 365: https://splunkbase.splunk.com/app/4055
    Log { names: AUDITED, ..product("m365", CLOUD, M365) },
    Log { names: AUDITED, ..service("m365", "audit", CLOUD, M365) },
    Log { names: AUDITED, ..service("m365", "exchange", CLOUD, M365) },
    Log { names: AUDITED, ..service("m365", "threat_management", CLOUD, M365) },
    Log { names: AUDITED, ..service("m365", "threat_detection", CLOUD, M365) },
    // Splunk Add-on for Okta Identity Cloud: https://splunkbase.splunk.com/app/6553
    service("okta", "okta", CLOUD, &["OktaIM2:log"]),
    // Splunk Add-on for GitHub: https://splunkbase.splunk.com/app/6254
    service("github", "audit", CLOUD, &["github:cloud:audit", "github:enterprise:audit"]),
    // OneLogin's add-on: https://splunkbase.splunk.com/app/3124
    service("onelogin", "onelogin.events", CLOUD, &["onelogin:event"]),
    // Audit logs of API servers, as Splunk's own content names them: https://github.com/splunk/security_content
    service("kubernetes", "audit", CLOUD, &["kube:apiserver:audit", "_json", "aws:cloudwatchlogs:eks"]),
    // Splunk Add-on for Zeek: https://splunkbase.splunk.com/app/1617; Corelight's: https://splunkbase.splunk.com/app/3884
    service("zeek", "conn", NETWORK, &["bro:conn:json", "zeek:conn:json", "corelight_conn"]),
    service("zeek", "dce_rpc", NETWORK, &["bro:dce_rpc:json", "zeek:dce_rpc:json", "corelight_dce_rpc"]),
    service("zeek", "dns", NETWORK, &["bro:dns:json", "zeek:dns:json", "corelight_dns"]),
    service("zeek", "http", NETWORK, &["bro:http:json", "zeek:http:json", "corelight_http"]),
    service("zeek", "kerberos", NETWORK, &["bro:kerberos:json", "zeek:kerberos:json", "corelight_kerberos"]),
    service("zeek", "rdp", NETWORK, &["bro:rdp:json", "zeek:rdp:json", "corelight_rdp"]),
    service("zeek", "smb_files", NETWORK, &["bro:smb_files:json", "zeek:smb_files:json", "corelight_smb_files"]),
    service("zeek", "ssl", NETWORK, &["bro:ssl:json", "zeek:ssl:json", "corelight_ssl"]),
    service("zeek", "x509", NETWORK, &["bro:x509:json", "zeek:x509:json", "corelight_x509"]),
    product("zeek", NETWORK, &["bro:*", "zeek:*", "corelight_*"]),
    // Fortinet FortiGate Add-on: https://splunkbase.splunk.com/app/2846
    service("fortigate", "event", NETWORK, &["fortigate_event", "fgt_event"]),
    product("fortigate", NETWORK, &["fortigate_*", "fgt_*"]),
    // Cisco's add-ons: https://splunkbase.splunk.com/app/1467, https://splunkbase.splunk.com/app/1620
    product("cisco", NETWORK, CISCO),
    service("cisco", "aaa", NETWORK, CISCO),
    service("cisco", "bgp", NETWORK, CISCO),
    service("cisco", "ldp", NETWORK, CISCO),
    // Cisco Duo: https://splunkbase.splunk.com/app/3504
    service("cisco", "duo", CLOUD, &["cisco:duo:administrator", "cisco:duo:activity", "cisco:duo:authentication_v2", "duo:*"]),
    // Splunk Add-on for Juniper: https://splunkbase.splunk.com/app/2847
    product("juniper", NETWORK, &["juniper", "juniper:junos:*"]),
    service("juniper", "bgp", NETWORK, &["juniper", "juniper:junos:*"]),
    // Palo Alto Networks Add-on: https://splunkbase.splunk.com/app/7523
    product("paloalto", NETWORK, &["pan:*"]),
    // Apache, https://splunkbase.splunk.com/app/3186; NGINX, https://splunkbase.splunk.com/app/3258; IIS, https://splunkbase.splunk.com/app/3185
    alone("apache", WEB, APACHE),
    product("apache", WEB, APACHE),
    alone("nginx", WEB, &["nginx:plus:access", "nginx:plus:error", "nginx:*", "access_combined"]),
    product("nginx", WEB, &["nginx:plus:access", "nginx:plus:error", "nginx:*", "access_combined"]),
    product("iis", WEB, &["ms:iis:*", "iis"]),
    category("webserver", WEB, &["access_combined", "access_combined_wcookie", "apache:access*", "nginx:plus:access", "ms:iis:*", "iis"]),
    category("proxy", WEB, &["bluecoat:proxysg:access:*", "squid:access", "zscalernss-web", "cisco:wsa:squid", "mcafee:wg:kv"]),
    // RPC Firewall writes into a channel of its own: https://github.com/zeronetworks/rpcfirewall
    Log { sources: &["XmlWinEventLog:RPCFW"], names: WINDOWS_NAMES, ..product("rpc_firewall", WINDOWS, &[]) },
    // Splunk DB Connect and the audit logs of databases: https://splunkbase.splunk.com/app/2686
    category("database", APPLICATIONS, &["mysql:*", "mssql:*", "oracle:*", "postgresql:*"]),
];

/// Members of cloud audit records that are arrays: of CloudTrail's requests
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>), of Entra's sign-ins and
/// audited changes (<https://learn.microsoft.com/graph/api/resources/directoryaudit>), of Microsoft 365's records.
const ARRAYS: [&str; 9] = [
    "items",
    "resources",
    "targetResources",
    "modifiedProperties",
    "appliedConditionalAccessPolicies",
    "authenticationDetails",
    "ExtendedProperties",
    "ModifiedProperties",
    "Parameters",
];

/// What Splunk calls a member of a JSON record that stands in arrays: `a.items{}.b`, which holds when any element fits
/// (<https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Spath>).
pub fn in_arrays(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let last = parts.len() - 1;
    let named = |(at, part): (usize, &&str)| if at < last && ARRAYS.contains(part) { format!("{part}{{}}") } else { (*part).to_owned() };
    parts.iter().enumerate().map(named).collect::<Vec<_>>().join(".")
}

/// A log that the Common Information Model tags, whoever makes it: Sigma's category, the tags, the model's names.
pub type Tagged = (&'static str, &'static [&'static str], &'static [Named]);

/// Categories whose products all have add-ons that tag them
/// (<https://docs.splunk.com/Documentation/CIM/latest/User/Malware>).
pub const TAGGED: &[Tagged] = &[(
    "antivirus",
    &["malware", "attack"],
    &[
        ("Signature", "signature", Same),
        ("Filename", "file_name", Same),
        ("FileName", "file_name", Same),
        ("Hash", "file_hash", Same),
        ("Action", "action", Same),
        ("Computer", "dest", Same),
    ],
)];
