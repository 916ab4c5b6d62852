//! Which sticky buffer holds a field whole, and what does it do to case?

use ir::Field;

use crate::ast::Transform;

/// How a buffer treats case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// It holds text as sent.
    AsSent,
    /// It holds lower case, and the engine refuses `nocase` or warns of it.
    Lower,
}

/// A sticky buffer that holds one field.
#[derive(Clone, Copy)]
pub(super) struct Buffer {
    pub(super) name: &'static str,
    pub(super) fold: Fold,
    /// Holds something of the answer.
    pub(super) to_client: bool,
    /// The field can be missing from an event.
    pub(super) optional: bool,
    /// The field is only a part of the buffer.
    pub(super) cut: Option<Transform>,
    /// An event has several of them. One that does not fit is enough for a negated test, so none can be excluded.
    pub(super) many: bool,
}

const fn buffer(name: &'static str, fold: Fold, to_client: bool, optional: bool) -> Buffer {
    Buffer { name, fold, to_client, optional, cut: None, many: false }
}

/// The buffer that holds a field whole.
pub(super) fn buffer_of(field: Field) -> Option<Buffer> {
    Some(match field {
        Field::DnsName => buffer("dns.query", Fold::AsSent, false, false),
        Field::HttpMethod => buffer("http.method", Fold::AsSent, false, false),
        Field::UrlHost => buffer("http.host", Fold::Lower, false, true),
        Field::UserAgent => buffer("http.user_agent", Fold::AsSent, false, true),
        Field::HttpReferrer => buffer("http.referer", Fold::AsSent, false, true),
        Field::HttpContentType => buffer("http.content_type", Fold::AsSent, true, true),
        Field::HttpBody => buffer("http.request_body", Fold::AsSent, false, true),
        Field::TlsSni => buffer("tls.sni", Fold::AsSent, false, true),
        Field::TlsCertSubject => buffer("tls.cert_subject", Fold::AsSent, true, true),
        Field::TlsCertIssuer => buffer("tls.cert_issuer", Fold::AsSent, true, true),
        Field::TlsAlpn => Buffer { many: true, ..buffer("tls.alpn", Fold::AsSent, false, true) },
        Field::TlsCertSan => Buffer { many: true, ..buffer("tls.subjectaltname", Fold::AsSent, true, true) },
        Field::TlsJa3 => buffer("ja3.hash", Fold::Lower, false, true),
        Field::TlsJa3s => buffer("ja3s.hash", Fold::Lower, true, true),
        Field::TlsJa4 => buffer("ja4.hash", Fold::Lower, false, true),
        Field::TlsCertSha1 => buffer("tls.cert_fingerprint", Fold::Lower, true, true),
        Field::TlsCertSerial => buffer("tls.cert_serial", Fold::AsSent, true, true),
        Field::HttpStatus => buffer("http.stat_code", Fold::AsSent, true, true),
        Field::EmailAttachmentName => buffer("file.name", Fold::AsSent, false, true),
        // A file of HTTP is called by the request's path unless `Content-Disposition` names it; SMB and FTP have paths too.
        Field::FileName => Buffer { cut: Some(Transform::LastPart), ..buffer("file.name", Fold::AsSent, false, true) },
        // Names in the answer; the name asked for stands there once more.
        Field::DnsAnswer => Buffer { many: true, ..buffer("dns.response.rrname", Fold::AsSent, true, true) },
        Field::EmailSubject => buffer("email.subject", Fold::AsSent, false, true),
        _ => return None,
    })
}
