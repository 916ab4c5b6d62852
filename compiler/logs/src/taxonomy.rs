//! What does Sigma's taxonomy call the events and fields of the catalogue, and where does Windows log them?
//!
//! Front ends read these tables from left to right, back ends from right to left. Taxonomy:
//! <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md>. Sysmon's event numbers:
//! <https://learn.microsoft.com/sysinternals/downloads/sysmon>.

mod number;
pub mod reading;

pub use number::{CHANNEL_FIELDS, Categorised, EVENT_ID, PROVIDER_FIELDS, asked, audited, categorised, class, is_own, numbers, own_log, own_name};

use ir::{EventClass, EventSelector, Field, Flow, LogSource, Platform, Sensor};

/// A log source of Sigma that the catalogue has a class for.
#[derive(Clone, Copy, Debug)]
pub struct Category {
    /// Sigma's `category`.
    pub name: &'static str,
    /// The class.
    pub class: EventClass,
    /// Who sees it; `None` where it may be either.
    pub sensor: Option<Sensor>,
    /// Which way connections go in it.
    pub flow: Option<Flow>,
    /// Sigma's names for the class's fields. Several names may mean one field; the first is the one to write.
    pub fields: &'static [(&'static str, Field)],
}

const HOST: Option<Sensor> = Some(Sensor::Host);
const NETWORK: Option<Sensor> = Some(Sensor::Network);

const fn host(name: &'static str, class: EventClass, fields: &'static [(&'static str, Field)]) -> Category {
    Category { name, class, sensor: HOST, flow: None, fields }
}

macro_rules! names {
    ($($name:literal $field:ident)*) => { &[$(($name, Field::$field)),*] };
}

const FILE: &[(&str, Field)] = names! {
    "TargetFilename" FilePath "Image" ProcessPath "ProcessId" ProcessPid "CommandLine" ProcessCommandLine "Computer" HostName
    "md5" FileMd5 "sha1" FileSha1 "sha256" FileSha256
};

const REGISTRY: &[(&str, Field)] = names! {
    "TargetObject" RegistryPath "Details" RegistryData "Image" ProcessPath "ProcessId" ProcessPid "Computer" HostName
};

/// The log sources that the catalogue has a class for.
pub const CATEGORIES: &[Category] = &[
    host(
        "process_creation",
        EventClass::ProcessStart,
        names! {
            "Image" ProcessPath "CommandLine" ProcessCommandLine "ProcessId" ProcessPid "CurrentDirectory" ProcessDirectory
            "OriginalFileName" ProcessOriginalName "Company" ProcessCompany "Product" ProcessProduct "Description" ProcessDescription
            "IntegrityLevel" ProcessIntegrity "md5" ProcessMd5 "sha1" ProcessSha1 "sha256" ProcessSha256 "Imphash" ProcessImphash
            "ParentImage" ParentPath "ParentCommandLine" ParentCommandLine "ParentProcessId" ParentPid "Computer" HostName
            // The same in event 4688 of the Security log (https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4688).
            "NewProcessName" ProcessPath "ParentProcessName" ParentPath "SubjectUserName" UserName "SubjectDomainName" UserDomain
        },
    ),
    host(
        "process_access",
        EventClass::ProcessAccess,
        names! {
            "SourceImage" ProcessPath "SourceProcessId" ProcessPid "TargetImage" TargetProcessPath "GrantedAccess" AccessMask
            "CallTrace" CallTrace "SourceUser" UserAccount "Computer" HostName
        },
    ),
    host(
        "create_remote_thread",
        EventClass::RemoteThread,
        names! {
            "SourceImage" ProcessPath "SourceProcessId" ProcessPid "SourceCommandLine" ProcessCommandLine "TargetImage" TargetProcessPath
            "StartModule" ThreadModule "StartFunction" ThreadFunction "StartAddress" ThreadAddress "SourceUser" UserAccount "Computer" HostName
        },
    ),
    host("file_event", EventClass::FileCreate, FILE),
    host("file_change", EventClass::FileModify, FILE),
    host("file_delete", EventClass::FileDelete, FILE),
    host("create_stream_hash", EventClass::FileStream, FILE),
    host(
        "file_rename",
        EventClass::FileRename,
        names! { "TargetFilename" FilePath "SourceFilename" FileSource "Image" ProcessPath "ProcessId" ProcessPid "Computer" HostName },
    ),
    host(
        "file_access",
        EventClass::FileAccess,
        names! { "FileName" FilePath "TargetFilename" FilePath "Image" ProcessPath "ProcessId" ProcessPid "Computer" HostName },
    ),
    host("registry_set", EventClass::RegistrySet, REGISTRY),
    host("registry_add", EventClass::RegistryCreate, REGISTRY),
    host("registry_delete", EventClass::RegistryDelete, REGISTRY),
    host("registry_event", EventClass::RegistryChange, REGISTRY),
    host(
        "image_load",
        EventClass::ImageLoad,
        names! {
            "ImageLoaded" ImagePath "Image" ProcessPath "ProcessId" ProcessPid "CommandLine" ProcessCommandLine "Signed" ImageSigned
            "Signature" ImageSigner "md5" ImageMd5 "sha1" ImageSha1 "sha256" ImageSha256 "Imphash" ImageImphash "Computer" HostName
        },
    ),
    host(
        "driver_load",
        EventClass::DriverLoad,
        names! {
            "ImageLoaded" ImagePath "Signed" ImageSigned "Signature" ImageSigner "md5" ImageMd5 "sha1" ImageSha1 "sha256" ImageSha256
            "Imphash" ImageImphash "Computer" HostName
        },
    ),
    host("pipe_created", EventClass::Pipe, names! { "PipeName" PipeName "Image" ProcessPath "ProcessId" ProcessPid "Computer" HostName }),
    host("ps_script", EventClass::ScriptBlock, names! { "ScriptBlockText" ScriptText "Path" ScriptPath "Computer" HostName }),
    host(
        "network_connection",
        EventClass::NetworkFlow,
        names! {
            "SourceIp" SourceIp "SourcePort" SourcePort "DestinationIp" DestinationIp "DestinationPort" DestinationPort
            "DestinationHostname" DestinationDomain "Protocol" Transport "Image" ProcessPath "ProcessId" ProcessPid
            "CommandLine" ProcessCommandLine "Computer" HostName
        },
    ),
    host(
        "dns_query",
        EventClass::DnsQuery,
        names! { "QueryName" DnsName "QueryResults" DnsAnswer "Image" ProcessPath "ProcessId" ProcessPid "Computer" HostName },
    ),
    Category {
        name: "dns",
        class: EventClass::DnsQuery,
        sensor: NETWORK,
        flow: None,
        fields: names! { "query" DnsName "record_type" DnsType "answer" DnsAnswer "src_ip" SourceIp "dst_ip" DestinationIp },
    },
    Category {
        name: "firewall",
        class: EventClass::NetworkFlow,
        sensor: NETWORK,
        flow: None,
        fields: names! { "src_ip" SourceIp "src_port" SourcePort "dst_ip" DestinationIp "dst_port" DestinationPort },
    },
    Category {
        name: "proxy",
        class: EventClass::HttpRequest,
        sensor: NETWORK,
        flow: Some(Flow::Outbound),
        fields: names! {
            "c-uri" UrlFull "cs-uri" UrlFull "c-uri-query" UrlQuery "cs-uri-query" UrlQuery "c-uri-stem" UrlPath "cs-uri-stem" UrlPath
            "cs-host" UrlHost "r-dns" UrlHost "cs-method" HttpMethod "c-useragent" UserAgent "cs-user-agent" UserAgent
            "cs-referrer" HttpReferrer "cs-referer" HttpReferrer "sc-status" HttpStatus "src_ip" SourceIp "c-ip" SourceIp
            "dst_ip" DestinationIp "dst_port" DestinationPort
        },
    },
    Category {
        name: "webserver",
        class: EventClass::HttpRequest,
        sensor: NETWORK,
        flow: Some(Flow::Inbound),
        fields: names! {
            "cs-uri-query" UrlQuery "c-uri-query" UrlQuery "cs-uri-stem" UrlPath "c-uri-stem" UrlPath "cs-uri" UrlFull "c-uri" UrlFull
            "cs-host" UrlHost "cs-method" HttpMethod "cs-user-agent" UserAgent "c-useragent" UserAgent "cs-referer" HttpReferrer
            "cs-referrer" HttpReferrer "sc-status" HttpStatus "c-ip" SourceIp "src_ip" SourceIp
        },
    },
];

impl Category {
    /// The category with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CATEGORIES.iter().find(|category| category.name.eq_ignore_ascii_case(name))
    }

    /// The events that a rule with this category and this product reads; `None` for a product that the catalogue does not know.
    #[must_use]
    pub fn selector(&self, product: Option<&str>) -> Option<EventSelector> {
        let platform = match product {
            None => None,
            Some(product) => Some(Platform::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(product))?.0),
        };
        Some(EventSelector { source: LogSource::Known(self.class), platform, flow: self.flow, sensor: self.sensor })
    }

    /// The field that a name means. `User` is an account with its domain on Windows, and a bare name elsewhere.
    #[must_use]
    pub fn field(&self, name: &str, platform: Option<Platform>) -> Option<Field> {
        if name == "User" && self.sensor == HOST && self.class.fields().any(|field| field == Field::UserAccount) {
            return Some(if matches!(platform, Some(Platform::Linux | Platform::Macos)) { Field::UserName } else { Field::UserAccount });
        }
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
    }
}

const SERVICE_BUS: &[&str] = &["Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"];

/// Sigma's `service` for Windows, and the event log channels that it means, by the names that events carry.
///
/// Which channels belong to a service is in Sigma's own tools (<https://github.com/SigmaHQ/pySigma-pipeline-windows>). Their spelling is
/// not taken from there: several names of these tools are the words of the event viewer's tree or of a provider (`DNS Client Events`,
/// `DNS-Server`, `Kernel Mode`), which no event has. `wevtutil el` lists the names as they are; VHDMP's and those of Hyper-V have no
/// stroke.
pub const CHANNELS: &[(&str, &[&str])] = &[
    ("application", &["Application"]),
    ("security", &["Security"]),
    ("system", &["System"]),
    ("sysmon", &["Microsoft-Windows-Sysmon/Operational"]),
    ("powershell", &["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"]),
    ("powershell-classic", &["Windows PowerShell"]),
    (
        "application-experience",
        &["Microsoft-Windows-Application-Experience/Program-Telemetry", "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"],
    ),
    (
        "applocker",
        &[
            "Microsoft-Windows-AppLocker/EXE and DLL",
            "Microsoft-Windows-AppLocker/MSI and Script",
            "Microsoft-Windows-AppLocker/Packaged app-Deployment",
            "Microsoft-Windows-AppLocker/Packaged app-Execution",
        ],
    ),
    ("appmodel-runtime", &["Microsoft-Windows-AppModel-Runtime/Admin"]),
    ("appxdeployment-server", &["Microsoft-Windows-AppXDeploymentServer/Operational"]),
    ("appxpackaging-om", &["Microsoft-Windows-AppxPackaging/Operational"]),
    ("bitlocker", &["Microsoft-Windows-BitLocker/BitLocker Management"]),
    ("bits-client", &["Microsoft-Windows-Bits-Client/Operational"]),
    ("capi2", &["Microsoft-Windows-CAPI2/Operational"]),
    ("certificateservicesclient-lifecycle-system", &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"]),
    ("codeintegrity-operational", &["Microsoft-Windows-CodeIntegrity/Operational"]),
    ("dhcp", &["Microsoft-Windows-Dhcp-Server/Operational"]),
    ("diagnosis-scripted", &["Microsoft-Windows-Diagnosis-Scripted/Operational"]),
    ("dns-client", &["Microsoft-Windows-DNS-Client/Operational"]),
    ("dns-server", &["DNS Server"]),
    ("dns-server-audit", &["Microsoft-Windows-DNSServer/Audit"]),
    ("dns-server-analytic", &["Microsoft-Windows-DNSServer/Analytical"]),
    ("driver-framework", &["Microsoft-Windows-DriverFrameworks-UserMode/Operational"]),
    ("firewall-as", &["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"]),
    ("hyper-v-worker", &["Microsoft-Windows-Hyper-V-Worker-Admin", "Microsoft-Windows-Hyper-V-Worker-Operational"]),
    ("iis-configuration", &["Microsoft-IIS-Configuration/Operational"]),
    ("kernel-event-tracing", &["Microsoft-Windows-Kernel-EventTracing/Admin"]),
    ("kernel-shimengine", &["Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"]),
    ("ldap", &["Microsoft-Windows-LDAP-Client/Debug"]),
    ("ldap_debug", &["Microsoft-Windows-LDAP-Client/Debug"]),
    ("lsa-server", &["Microsoft-Windows-LSA/Operational"]),
    ("microsoft-servicebus-client", SERVICE_BUS),
    ("msexchange-management", &["MSExchange Management"]),
    ("ntfs", &["Microsoft-Windows-Ntfs/Operational"]),
    ("ntlm", &["Microsoft-Windows-NTLM/Operational"]),
    ("openssh", &["OpenSSH/Operational"]),
    ("printservice-admin", &["Microsoft-Windows-PrintService/Admin"]),
    ("printservice-operational", &["Microsoft-Windows-PrintService/Operational"]),
    ("security-mitigations", &["Microsoft-Windows-Security-Mitigations/KernelMode", "Microsoft-Windows-Security-Mitigations/UserMode"]),
    ("sense", &["Microsoft-Windows-SENSE/Operational"]),
    ("servicebus-client", SERVICE_BUS),
    ("shell-core", &["Microsoft-Windows-Shell-Core/Operational"]),
    ("smbclient-connectivity", &["Microsoft-Windows-SmbClient/Connectivity"]),
    ("smbclient-security", &["Microsoft-Windows-SmbClient/Security"]),
    ("smbserver-connectivity", &["Microsoft-Windows-SMBServer/Connectivity"]),
    ("taskscheduler", &["Microsoft-Windows-TaskScheduler/Operational"]),
    ("terminalservices-localsessionmanager", &["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"]),
    ("vhdmp", &["Microsoft-Windows-VHDMP-Operational"]),
    ("windefend", &["Microsoft-Windows-Windows Defender/Operational"]),
    ("wmi", &["Microsoft-Windows-WMI-Activity/Operational"]),
];

/// Programs that write into one channel alone, by the name that events give as their provider.
pub const PROVIDERS: &[(&str, &str)] = &[
    ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"),
    ("Microsoft-Windows-Security-Auditing", "Security"),
    ("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational"),
    ("PowerShellCore", "PowerShellCore/Operational"),
    ("PowerShell", "Windows PowerShell"),
    ("Service Control Manager", "System"),
    ("Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational"),
];

/// Sigma's `category` for Windows, the `service` whose channels hold it, and the event numbers.
pub const EVENT_IDS: &[(&str, &str, &[i64])] = &[
    ("process_creation", "sysmon", &[1]),
    ("process_creation", "security", &[4688]),
    ("file_change", "sysmon", &[2]),
    ("network_connection", "sysmon", &[3]),
    ("sysmon_status", "sysmon", &[4, 16]),
    ("process_termination", "sysmon", &[5]),
    ("driver_load", "sysmon", &[6]),
    ("image_load", "sysmon", &[7]),
    ("create_remote_thread", "sysmon", &[8]),
    ("raw_access_thread", "sysmon", &[9]),
    ("process_access", "sysmon", &[10]),
    ("file_event", "sysmon", &[11]),
    ("registry_add", "sysmon", &[12]),
    ("registry_delete", "sysmon", &[12]),
    ("registry_event", "sysmon", &[12, 13, 14]),
    ("registry_set", "sysmon", &[13]),
    ("registry_rename", "sysmon", &[14]),
    ("create_stream_hash", "sysmon", &[15]),
    ("pipe_created", "sysmon", &[17, 18]),
    ("wmi_event", "sysmon", &[19, 20, 21]),
    ("dns_query", "sysmon", &[22]),
    ("file_delete", "sysmon", &[23, 26]),
    ("clipboard_capture", "sysmon", &[24]),
    ("process_tampering", "sysmon", &[25]),
    ("file_block_executable", "sysmon", &[27]),
    ("file_block_shredding", "sysmon", &[28]),
    ("file_executable_detected", "sysmon", &[29]),
    ("sysmon_error", "sysmon", &[255]),
    ("ps_module", "powershell", &[4103]),
    ("ps_script", "powershell", &[4104]),
    ("ps_classic_start", "powershell-classic", &[400]),
    ("ps_classic_provider_start", "powershell-classic", &[600]),
    ("ps_classic_script", "powershell-classic", &[800]),
];

/// The channels of a Windows service; empty for one that is not known.
#[must_use]
pub fn channels(service: &str) -> &'static [&'static str] {
    CHANNELS.iter().find(|(name, _)| name.eq_ignore_ascii_case(service)).map_or(&[], |(_, channels)| channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_only_fields_that_events_carry() {
        for category in CATEGORIES {
            for (name, field) in category.fields {
                assert!(category.class.fields().any(|known| known == *field), "{}: {name} is {}", category.name, field.name());
            }
        }
    }

    #[test]
    fn every_service_of_the_event_numbers_has_channels() {
        for (category, service, ids) in EVENT_IDS {
            assert!(!channels(service).is_empty() && !ids.is_empty(), "{category}");
        }
    }

    #[test]
    fn an_account_has_its_domain_on_windows_alone() {
        let category = Category::find("process_creation").expect("it is in the table");
        assert_eq!(category.field("User", Some(Platform::Linux)), Some(Field::UserName));
        assert_eq!(category.field("User", Some(Platform::Windows)), Some(Field::UserAccount));
    }
}
