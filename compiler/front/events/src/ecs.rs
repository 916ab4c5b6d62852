//! Which event of the catalogue is a document in the Elastic Common Schema?
//!
//! <https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category>

use ir::{EventClass, Field, FieldValue, Platform, Sensor};

use super::flat::{Flat, text};
use super::known::Told;

/// Tells ECS documents by `event.category`.
pub(super) fn tell(fields: &Flat, told: &mut Vec<Told>) {
    let says = |name: &str, word: &str| {
        fields.get(name).is_some_and(|value| value.any(&mut |value| value.text().is_some_and(|text| text.eq_ignore_ascii_case(word))))
    };
    let category = |word: &str| says("event.category", word);
    let kind = |word: &str| says("event.type", word) || says("event.action", word);
    let mut classes: Vec<EventClass> = Vec::new();
    if category("process") && kind("start") {
        classes.push(EventClass::ProcessStart);
    }
    if category("file") {
        classes.extend(match () {
            () if kind("deletion") => Some(EventClass::FileDelete),
            () if kind("creation") => Some(EventClass::FileCreate),
            () if says("event.action", "rename") => Some(EventClass::FileRename),
            () if kind("change") => Some(EventClass::FileModify),
            () if kind("access") => Some(EventClass::FileAccess),
            () => None,
        });
    }
    if category("registry") {
        classes.push(EventClass::RegistryChange);
        classes.extend(match () {
            () if kind("deletion") => Some(EventClass::RegistryDelete),
            () if kind("creation") => Some(EventClass::RegistryCreate),
            () if kind("change") => Some(EventClass::RegistrySet),
            () => None,
        });
    }
    if category("library") || category("driver") {
        classes.push(if category("driver") { EventClass::DriverLoad } else { EventClass::ImageLoad });
    }
    if fields.contains_key("dns.question.name") {
        classes.push(EventClass::DnsQuery);
    } else if fields.contains_key("http.request.method") || (category("web") && fields.contains_key("url.full")) {
        classes.push(EventClass::HttpRequest);
    } else if fields.contains_key("tls.client.server_name") || fields.contains_key("tls.server.hash.sha256") {
        classes.push(EventClass::TlsHandshake);
    } else if category("network") {
        classes.push(EventClass::NetworkFlow);
    }
    if category("authentication") && kind("start") {
        classes.push(EventClass::AuthLogon);
    }
    let platform = ["host.os.type", "host.os.family"].iter().find_map(|name| {
        let name = text(fields, name)?;
        Platform::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(platform, _)| *platform)
    });
    // A document with a process was written on the machine itself.
    let sensor = if ["process.executable", "process.pid", "process.name"].iter().any(|name| fields.contains_key(*name)) {
        Some(Sensor::Host)
    } else if classes.iter().any(|class| class.on_network()) {
        Some(Sensor::Network)
    } else {
        None
    };
    for class in classes {
        let mut next = Told::class(class, NAMES).only_carried().platform(platform);
        if let Some(sensor) = sensor {
            next = next.sensor(sensor);
        }
        if let (EventClass::AuthLogon, Some(FieldValue::Text(outcome))) = (class, fields.get("event.outcome")) {
            next = next.fixed(Field::Outcome, outcome.clone());
        }
        told.push(next);
    }
}

const NAMES: &[(&str, Field)] = &[
    ("process.executable", Field::ProcessPath),
    ("process.name", Field::ProcessName),
    ("process.command_line", Field::ProcessCommandLine),
    ("process.pid", Field::ProcessPid),
    ("process.working_directory", Field::ProcessDirectory),
    ("process.pe.original_file_name", Field::ProcessOriginalName),
    ("process.pe.company", Field::ProcessCompany),
    ("process.pe.product", Field::ProcessProduct),
    ("process.pe.description", Field::ProcessDescription),
    ("process.pe.imphash", Field::ProcessImphash),
    ("process.hash.md5", Field::ProcessMd5),
    ("process.hash.sha1", Field::ProcessSha1),
    ("process.hash.sha256", Field::ProcessSha256),
    ("process.parent.executable", Field::ParentPath),
    ("process.parent.name", Field::ParentName),
    ("process.parent.command_line", Field::ParentCommandLine),
    ("process.parent.pid", Field::ParentPid),
    ("user.name", Field::UserName),
    ("user.domain", Field::UserDomain),
    ("host.name", Field::HostName),
    ("file.path", Field::FilePath),
    ("file.name", Field::FileName),
    ("file.extension", Field::FileExtension),
    ("file.size", Field::FileSize),
    ("file.hash.md5", Field::FileMd5),
    ("file.hash.sha1", Field::FileSha1),
    ("file.hash.sha256", Field::FileSha256),
    ("registry.path", Field::RegistryPath),
    ("registry.value", Field::RegistryValueName),
    ("registry.data.strings", Field::RegistryData),
    ("registry.data.type", Field::RegistryType),
    ("dll.path", Field::ImagePath),
    ("dll.hash.md5", Field::ImageMd5),
    ("dll.hash.sha1", Field::ImageSha1),
    ("dll.hash.sha256", Field::ImageSha256),
    ("dll.code_signature.exists", Field::ImageSigned),
    ("dll.code_signature.subject_name", Field::ImageSigner),
    ("source.ip", Field::SourceIp),
    ("source.port", Field::SourcePort),
    ("source.as.number", Field::SourceAs),
    ("source.bytes", Field::BytesOut),
    ("destination.ip", Field::DestinationIp),
    ("destination.port", Field::DestinationPort),
    ("destination.domain", Field::DestinationDomain),
    ("destination.as.number", Field::DestinationAs),
    ("destination.bytes", Field::BytesIn),
    ("network.transport", Field::Transport),
    ("dns.question.name", Field::DnsName),
    ("dns.question.type", Field::DnsType),
    ("dns.answers.data", Field::DnsAnswer),
    ("dns.resolved_ip", Field::DnsAnswer),
    ("dns.response_code", Field::DnsRcode),
    ("http.request.method", Field::HttpMethod),
    ("http.request.referrer", Field::HttpReferrer),
    ("http.request.body.content", Field::HttpBody),
    ("http.response.status_code", Field::HttpStatus),
    ("http.response.mime_type", Field::HttpContentType),
    ("url.full", Field::UrlFull),
    ("url.original", Field::UrlFull),
    ("url.domain", Field::UrlHost),
    ("url.port", Field::UrlPort),
    ("url.path", Field::UrlPath),
    ("url.query", Field::UrlQuery),
    ("user_agent.original", Field::UserAgent),
    ("tls.client.server_name", Field::TlsSni),
    ("tls.client.ja3", Field::TlsJa3),
    ("tls.server.ja3s", Field::TlsJa3s),
    ("tls.server.hash.sha1", Field::TlsCertSha1),
    ("tls.server.hash.sha256", Field::TlsCertSha256),
    ("tls.server.subject", Field::TlsCertSubject),
    ("tls.server.issuer", Field::TlsCertIssuer),
    ("tls.version", Field::TlsVersion),
];
