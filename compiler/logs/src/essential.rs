//! Which fields of an event does a person want to see first?
//!
//! A rule that finds an event hands over some of its fields by name, besides those that it asked for: where it happened, who did it, with which
//! program, to what. Every target that names what it shows takes the names from here; what a product has beyond the catalogue, its profile adds.

use ir::{EventClass, Field};

/// The fields of a class that are shown whenever a log has them, in this order.
///
/// [`Field::UserAccount`] stands for the account in whatever form a log has it: with its domain, or the name and the domain apart.
#[must_use]
pub fn essential(class: EventClass) -> &'static [Field] {
    use Field as F;
    match class {
        EventClass::ProcessStart => &[F::HostName, F::UserAccount, F::ProcessPath, F::ProcessCommandLine, F::ParentPath],
        EventClass::ProcessAccess => &[F::HostName, F::UserAccount, F::ProcessPath, F::TargetProcessPath, F::AccessMask],
        EventClass::RemoteThread => &[F::HostName, F::UserAccount, F::ProcessPath, F::TargetProcessPath, F::ThreadModule, F::ThreadFunction],
        EventClass::FileRename => &[F::HostName, F::UserAccount, F::ProcessPath, F::FileSource, F::FilePath],
        EventClass::FileCreate | EventClass::FileModify | EventClass::FileDelete | EventClass::FileAccess | EventClass::FileStream => {
            &[F::HostName, F::UserAccount, F::ProcessPath, F::FilePath]
        }
        EventClass::FileContent => &[F::FilePath],
        EventClass::RegistrySet | EventClass::RegistryCreate | EventClass::RegistryDelete | EventClass::RegistryChange => {
            &[F::HostName, F::UserAccount, F::ProcessPath, F::RegistryPath, F::RegistryData]
        }
        EventClass::ImageLoad => &[F::HostName, F::UserAccount, F::ProcessPath, F::ImagePath],
        EventClass::DriverLoad => &[F::HostName, F::ImagePath, F::ImageSigner],
        EventClass::Pipe => &[F::HostName, F::UserAccount, F::ProcessPath, F::PipeName],
        EventClass::ServiceInstall => &[F::HostName, F::UserAccount, F::ServiceName, F::ServicePath, F::ServiceAccount],
        EventClass::TaskCreate => &[F::HostName, F::UserAccount, F::TaskName, F::TaskCommand],
        EventClass::ScriptBlock => &[F::HostName, F::UserAccount, F::ScriptPath, F::ScriptText],
        EventClass::NetworkFlow => &[F::HostName, F::UserAccount, F::ProcessPath, F::SourceIp, F::DestinationIp, F::DestinationPort],
        EventClass::DnsQuery => &[F::HostName, F::UserAccount, F::ProcessPath, F::SourceIp, F::DnsName, F::DnsAnswer],
        EventClass::HttpRequest => &[F::HostName, F::SourceIp, F::DestinationIp, F::UserName, F::HttpMethod, F::UrlFull, F::HttpStatus],
        EventClass::TlsHandshake => &[F::HostName, F::SourceIp, F::DestinationIp, F::DestinationPort, F::TlsSni, F::TlsJa3],
        EventClass::EmailMessage => &[F::EmailFrom, F::EmailTo, F::EmailSubject],
        EventClass::AuthLogon => &[F::HostName, F::SourceIp, F::UserName, F::LogonType, F::Outcome],
        EventClass::CloudAudit => &[F::SourceIp, F::UserName, F::CloudOperation, F::CloudOutcome],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_what_is_shown_of_it() {
        for (class, name, _) in EventClass::ALL {
            for field in essential(class) {
                assert!(class.fields().any(|known| known == *field), "{name} has no {field:?}");
            }
        }
    }
}
