//! By which words do vendors, platforms and people name the type of a value?
//!
//! A word stands without its blanks and signs, in lower case: `FileHash-SHA256` is `filehashsha256`.

use ir::{ObservableKind as K, Role};

use super::kind::Want;

const NO_OBSERVABLE: &str = "no sensor that rules are made for shows this type";
const A_RULE: &str = "it is a rule or a pattern of another tool, not a value";
const CONTEXT: &str = "it describes the feed's subject and is no indicator";
const RECIPIENT: &str = "the recipient of a mail is usually the victim";
const OTHER_DIGEST: &str = "no target matches files by this digest";
const FUZZY: &str = "a fuzzy digest is compared by likeness, which rules cannot do";
/// Why a digest that is not one of a file is listed.
pub(super) const NO_FILE: &str = "its type says that it is not the digest of a file";

const fn kind(kind: K) -> Want {
    Want::Kind(kind)
}

/// Every word with its type.
pub(super) const KINDS: &[(Want, &[&str])] = &[
    (
        kind(K::Ip),
        &[
            "ip", "ips", "ipv4", "ipv6", "ipaddress", "ipaddresses", "ipaddr", "ipv4addr", "ipv6addr", "ipv4address", "ipv6address", "ipport",
            "ipaddressport", "cidr", "cidrs", "ipcidr", "ipv4cidr", "ipv6cidr", "ipv4port", "ipv6port", "network", "address", "addresses", "ipdst",
            "ipsrc", "iprange", "ipv4range", "ipv6range", "ipnetwork", "ipblock", "ipaddressblock", "ipsubnet", "subnet", "netblock", "networkip",
            "networkipv4", "networkipv6", "networkcidrblock", "networksourceip", "networkdestinationip", "networksourceipv4",
            "networkdestinationipv4", "networksourceipv6", "networkdestinationipv6", "hostip", "serverip", "ipv4net", "ipv6net",
        ],
    ),
    (kind(K::Domain), &["domain", "domains", "domainname", "domainnames", "dns", "dnsname", "dnsdomain", "rootdomain", "sni", "tlssni", "internetdomainname"]),
    (kind(K::Host), &["host", "hosts", "hostname", "hostnames", "fqdn", "fqdns", "subdomain", "subdomains", "servername"]),
    (kind(K::Url), &["url", "urls", "uri", "uris", "weburl", "httpurl", "networkurl", "webaddress", "maliciousurl", "fullurl"]),
    (
        kind(K::Email),
        &[
            "email", "emails", "mail", "emailaddr", "emailaddress", "emailaddresses", "mailaddress", "sender", "senderaddress", "senderemail",
            "emailsender", "emailsenderaddress", "emailsrc", "emailfrom", "mailfrom", "fromaddress", "emailreplyto", "p1sender", "p2sender",
        ],
    ),
    (Want::Nothing(RECIPIENT), &["emaildst", "emailto", "recipient", "emailrecipient", "targetemail", "recipientaddress"]),
    (kind(K::EmailSubject), &["emailsubject", "subject", "mailsubject", "subjectline", "emailsubjectline"]),
    (kind(K::Attachment), &["attachment", "emailattachment", "attachmentname", "emailattachmentname", "mailattachment"]),
    (kind(K::Hash), &["hash", "hashes", "filehash", "filehashes", "filehashvalue", "hashvalue", "digest", "filedigest", "checksum", "filechecksum"]),
    (kind(K::Md5), &["md5", "md5s", "md5hash", "md5sum", "filehashmd5", "hashmd5", "filemd5", "md5filehash"]),
    (kind(K::Sha1), &["sha1", "sha1s", "sha1hash", "sha1sum", "filehashsha1", "hashsha1", "filesha1", "sha1filehash"]),
    (kind(K::Sha256), &["sha256", "sha256s", "sha2", "sha256hash", "sha256sum", "filehashsha256", "hashsha256", "filesha256", "sha256filehash", "sha2256"]),
    (kind(K::Sha512), &["sha512", "sha512hash", "sha512sum", "filehashsha512", "hashsha512", "filesha512", "sha512filehash"]),
    (kind(K::Imphash), &["imphash", "importhash", "filehashimphash", "filehashpehash", "peimphash"]),
    (kind(K::Mutex), &["mutex", "mutexes", "mutexname", "mutant", "muteces"]),
    (kind(K::Pipe), &["pipe", "namedpipe", "pipename"]),
    (kind(K::Service), &["service", "servicename", "windowsservicename", "windowsservice"]),
    (kind(K::Task), &["task", "taskname", "scheduledtask", "scheduledtaskname", "windowsscheduledtask"]),
    (kind(K::UserAgent), &["useragent", "useragents", "httpuseragent", "useragentstring", "ua"]),
    (
        kind(K::Registry),
        &["registry", "registrykey", "registrykeys", "regkey", "registrypath", "registryvalue", "registrykeyvalue", "windowsregistrykey", "registryentry"],
    ),
    (kind(K::Ja3), &["ja3", "ja3hash", "ja3md5", "ja3fingerprint", "ja3fingerprintmd5", "ja3digest"]),
    (kind(K::Ja3s), &["ja3s", "ja3shash", "ja3smd5", "ja3sfingerprint"]),
    (kind(K::Ja4), &["ja4", "ja4fingerprint", "ja4hash"]),
    (kind(K::Asn), &["asn", "as", "autonomoussystem", "asnumber"]),
    (
        kind(K::CommandLine),
        &[
            "commandline", "commandlines", "cmdline", "command", "commands", "cmd", "processcommandline", "shellcommand", "powershellcommand",
            "executedcommand", "commandexecuted",
        ],
    ),
    (kind(K::CertSha1), &["sslcertsha1", "certsha1", "certificatesha1", "x509fingerprintsha1", "sslcertsh1", "sslcertfingerprint", "sslsha1"]),
    (kind(K::CertSha256), &["certsha256", "certificatesha256", "x509fingerprintsha256"]),
    (kind(K::CertSerial), &["certserial", "certificateserial", "certificateserialnumber", "certserialnumber", "x509serial", "x509serialnumber", "sslcertserialnumber"]),
    (
        Want::Certificate,
        &[
            "certificate", "cert", "sslcertificate", "tlscertificate", "sslcert", "tlscert", "x509", "x509certificate", "certificatethumbprint",
            "certthumbprint", "certificatefingerprint", "certfingerprint", "thumbprint", "sslfingerprint", "certificatehash", "certhash",
            "signerthumbprint",
        ],
    ),
    (
        Want::File,
        &[
            "filename", "filenames", "filepath", "filepaths", "path", "filefullpath", "fullpath", "fullfilepath", "filenamepath", "executable",
            "executablename", "binaryname", "imagepath", "processpath", "dropperpath",
        ],
    ),
    (Want::Guess { file: true }, &["file", "files", "sample", "malwaresample", "artifact", "artefact"]),
    (
        Want::Nothing(A_RULE),
        &["yara", "yararule", "sigma", "sigmarule", "snort", "snortrule", "suricata", "suricatarule", "pcre", "regex", "regexp", "query", "rule", "pattern"],
    ),
    (
        Want::Nothing(CONTEXT),
        &[
            "cve", "cves", "cveid", "vulnerability", "malware", "malwarefamily", "campaign", "threatactor", "actor", "intrusionset", "attackpattern",
            "mitretechnique", "technique", "ttp", "toolname", "country", "organization", "organisation",
        ],
    ),
    (Want::Nothing(FUZZY), &["ssdeep", "tlsh", "impfuzzy", "telfhash", "vhash", "sdhash", "filehashssdeep", "fuzzyhash", "lzjd"]),
    (
        Want::Nothing(OTHER_DIGEST),
        &[
            "pehash", "authentihash", "sha224", "sha384", "sha3", "sha3256", "sha3384", "sha3512", "sha512256", "sha512224", "cdhash", "crc32", "crc64",
            "blake2", "blake2b", "blake2s", "blake3", "ripemd160", "quickxorhash", "qxhash", "filehashauthentihash", "authenticodehash",
        ],
    ),
    (
        Want::Nothing(NO_OBSERVABLE),
        &[
            "btc", "bitcoin", "bitcoinaddress", "btcaddress", "btcwallet", "bitcoinwallet", "monero", "moneroaddress", "xmr", "ethereum",
            "ethereumaddress", "eth", "wallet", "walletaddress", "cryptocurrencyaddress", "cryptowallet", "coinaddress", "phone", "phonenumber", "pdb",
            "pdbpath", "mac", "macaddress", "uripath", "urlpath", "urlpattern", "user", "username", "account", "accountname", "useraccount", "password",
            "port", "protocol", "string", "strings", "telegram", "twitter", "socialmedia", "jarm", "jarmfingerprint", "hassh", "hasshserver",
            "asnname", "packagename", "bundleid", "extensionid", "chromeextensionid",
        ],
    ),
];

/// Words that turn a digest beside them into one of something else than a file.
pub(super) const NOT_OF_FILES: &[&str] = &[
    "icon", "favicon", "icons", "rich", "richpe", "header", "key", "keys", "pubkey", "public", "private", "spki", "ssh", "hassh", "jarm", "mmh3", "murmur3", "murmur",
    "dhash", "phash", "ahash", "perceptual", "fuzzy", "import", "export", "section", "resource", "resources", "overlay", "dom", "page", "html", "body",
    "banner", "response", "http", "headers", "symbol", "symhash", "permhash", "machoke", "gimphash", "commit", "git", "torrent", "infohash",
    "transaction", "tx", "block", "wallet", "id", "guid", "uuid", "watermark", "token", "password", "ntlm", "lm", "secret", "salt", "iv", "nonce",
    "cookie", "etag", "license", "licence", "aes", "rc4", "xor", "rsa", "session", "campaign", "bot", "build", "typelibid", "mvid", "cobalt", "config",
    "cle", "schlussel", "clave", "llave", "chiave", "chave", "sleutel", "icone", "icono", "icona",
];

/// Words of certificates.
pub(super) const OF_CERTIFICATES: &[&str] =
    &["cert", "certificate", "certificates", "x509", "thumbprint", "codesign", "signing", "signer", "ssl", "tls", "certificat", "zertifikat", "certificado", "certificato"];

/// Words before a type that may stand in the name of a column whose cells are values: `C2 domain`, `malicious_url`.
pub(super) const BEFORE_COLUMNS: &[&str] = &[
    "malicious", "malware", "c2", "cc", "c", "cnc", "ioc", "indicator", "phishing", "phish", "payload", "dropper", "loader", "attacker", "adversary", "threat",
    "hostile", "bad", "suspicious", "observed", "network", "file", "dst", "dest", "destination", "remote", "callback", "beacon", "botnet", "exfil",
    "exfiltration", "download", "delivery", "landing", "full", "sample", "unique", "and", "control", "command", "server", "actor",
];

/// Words before a type that tell the role of its values: ThreatStream's `c2_domain`, `scan_ip`.
pub(super) const ROLES: &[(&str, Role)] = &[
    ("scan", Role::Scanner),
    ("scanner", Role::Scanner),
    ("brute", Role::Scanner),
    ("bruteforce", Role::Scanner),
    ("spam", Role::Sender),
    ("proxy", Role::Relay),
    ("vpn", Role::Relay),
    ("tor", Role::Relay),
    ("anon", Role::Relay),
    ("download", Role::Delivery),
    ("dropper", Role::Delivery),
    ("delivery", Role::Delivery),
    ("callback", Role::C2),
    ("beacon", Role::C2),
];

/// Types that say too little at the end of several words: `billing address`, `query`.
pub(super) const NEVER_LAST: &[&str] = &[
    "address", "addresses", "network", "as", "path", "user", "account", "query", "rule", "pattern", "sample", "string", "strings", "dns", "country", "port", "mail",
    "subject", "malware", "campaign", "actor", "command", "service", "task", "technique", "organization", "organisation", "mac", "phone",
];
