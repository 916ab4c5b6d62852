//! What do logs of the network and of the cloud call things? Their add-ons extract the names of the Common Information Model
//! (<https://docs.splunk.com/Documentation/CIM/latest/User/Howtousethesereferencetables>) and tag the events with its models.

use ir::EventClass as E;
use ir::Field as F;
use ir::Flow;

use super::sources::{CLOUD, EMAIL, NETWORK, WEB};
use super::{Source, Stream, plain};
use crate::Encoding::{HostOfUrls, Same, Several, Words};
use crate::Row;

const HOST: &[Row] = &[plain(F::HostName, "host")];
const USER: &[Row] = &[plain(F::UserName, "user")];
const ENDPOINTS: &[Row] =
    &[plain(F::SourceIp, "src_ip"), plain(F::SourcePort, "src_port"), plain(F::DestinationIp, "dest_ip"), plain(F::DestinationPort, "dest_port")];

/// Every log of the network, in order of preference within a class.
pub static STREAMS: &[Stream] = &[
    Stream {
        sources: &[Source::new(NETWORK, &[("tag", &["network"]), ("tag", &["communicate"])])],
        fields: &[
            ENDPOINTS,
            &[
                plain(F::DestinationDomain, "dest_host"),
                plain(F::Transport, "transport"),
                plain(F::SourceAs, "src_asn"),
                plain(F::DestinationAs, "dest_asn"),
                plain(F::BytesOut, "bytes_out"),
                plain(F::BytesIn, "bytes_in"),
            ],
            USER,
            HOST,
        ],
        besides: &["action"],
        direction: Some(("direction", "inbound", "outbound")),
        ..Stream::of(E::NetworkFlow)
    },
    Stream {
        sources: &[Source::new(NETWORK, &[("tag", &["network"]), ("tag", &["resolution"]), ("tag", &["dns"])])],
        fields: &[
            &[plain(F::DnsName, "query"), plain(F::DnsType, "record_type"), (F::DnsAnswer, "answer", Several), plain(F::DnsRcode, "reply_code")],
            ENDPOINTS,
            HOST,
        ],
        besides: &["src"],
        ..Stream::of(E::DnsQuery)
    },
    Stream {
        sources: &[
            Source::new(WEB, &[("tag", &["web"]), ("tag", &["proxy"])]).way(Flow::Outbound),
            Source::new(WEB, &[("tag", &["web"])]).way(Flow::Inbound).without("tag", "proxy"),
        ],
        fields: &[
            &[
                plain(F::HttpMethod, "http_method"),
                plain(F::UrlFull, "url"),
                plain(F::UrlHost, "url_domain"),
                plain(F::UrlPath, "uri_path"),
                plain(F::UrlQuery, "uri_query"),
                plain(F::UserAgent, "http_user_agent"),
                plain(F::HttpReferrer, "http_referrer"),
                plain(F::HttpStatus, "status"),
                plain(F::HttpContentType, "http_content_type"),
            ],
            ENDPOINTS,
            USER,
            HOST,
        ],
        open: &[("cs-cookie", "cookie", Same), ("cs-bytes", "bytes_out", Same), ("sc-bytes", "bytes_in", Same), ("cs-username", "user", Same)],
        besides: &["src"],
        ..Stream::of(E::HttpRequest)
    },
    Stream {
        sources: &[
            Source::new(NETWORK, &[("sourcetype", &["bro:ssl:json", "zeek:ssl:json", "corelight_ssl"])]),
            Source::new(NETWORK, &[("tag", &["ssl", "tls"])]),
        ],
        fields: &[
            &[
                plain(F::TlsSni, "server_name"),
                plain(F::TlsJa3, "ja3"),
                plain(F::TlsJa3s, "ja3s"),
                plain(F::TlsJa4, "ja4"),
                plain(F::TlsCertSha1, "ssl_hash"),
                plain(F::TlsCertSha256, "ssl_hash"),
                plain(F::TlsCertSerial, "ssl_serial"),
                plain(F::TlsCertSubject, "ssl_subject"),
                plain(F::TlsCertIssuer, "ssl_issuer"),
            ],
            ENDPOINTS,
            HOST,
        ],
        ..Stream::of(E::TlsHandshake)
    },
    Stream {
        sources: &[Source::new(EMAIL, &[("tag", &["email"])])],
        fields: &[&[
            plain(F::EmailFrom, "src_user"),
            (F::EmailTo, "recipient", Several),
            plain(F::EmailSubject, "subject"),
            (F::EmailAttachmentName, "file_name", Several),
            (F::EmailAttachmentMd5, "file_hash", Several),
            (F::EmailAttachmentSha1, "file_hash", Several),
            (F::EmailAttachmentSha256, "file_hash", Several),
            (F::EmailUrl, "url", Several),
            (F::EmailUrlHost, "url", HostOfUrls),
            plain(F::EmailSourceIp, "src_ip"),
        ]],
        besides: &["file_name", "url"],
        ..Stream::of(E::EmailMessage)
    },
    Stream {
        sources: &[Source::new(CLOUD, &[("tag", &["change"]), ("tag", &["audit", "cloud"])])],
        fields: &[
            &[
                (
                    F::CloudProvider,
                    "sourcetype",
                    Words(&[
                        ("aws", &["aws:cloudtrail"]),
                        ("azure", &["mscs:azure:audit", "azure:monitor:activity", "azure:monitor:aad"]),
                        ("gcp", &["google:gcp:pubsub:message", "google:gcp:pubsub:audit:admin_activity"]),
                        ("m365", &["o365:management:activity"]),
                        ("okta", &["OktaIM2:log"]),
                        ("github", &["github:cloud:audit", "github:enterprise:audit"]),
                    ]),
                ),
                plain(F::CloudService, "eventSource"),
                plain(F::CloudOperation, "command"),
                plain(F::CloudOutcome, "status"),
                plain(F::CloudUserAgent, "user_agent"),
                plain(F::SourceIp, "src_ip"),
            ],
            USER,
        ],
        ..Stream::of(E::CloudAudit)
    },
];
