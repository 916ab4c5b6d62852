//! What is everywhere? Facts that the guard judges by, each with its source.

/// Ranges that are not routed on the internet, with what they are for (IANA special-purpose registries, RFC 6890 and
/// its updates). The documentation ranges of RFC 5737 and RFC 3849 are left out: descriptions that teach use them.
pub(crate) const RESERVED: &[(&str, &str)] = &[
    ("0.0.0.0/8", "this network (RFC 791)"),
    ("10.0.0.0/8", "private use (RFC 1918)"),
    ("100.64.0.0/10", "shared by carriers (RFC 6598)"),
    ("127.0.0.0/8", "the machine itself (RFC 1122)"),
    ("169.254.0.0/16", "link-local (RFC 3927)"),
    ("172.16.0.0/12", "private use (RFC 1918)"),
    ("192.0.0.0/24", "protocol assignments (RFC 6890)"),
    ("192.168.0.0/16", "private use (RFC 1918)"),
    ("198.18.0.0/15", "benchmarking (RFC 2544)"),
    ("224.0.0.0/4", "multicast (RFC 5771)"),
    ("240.0.0.0/4", "reserved (RFC 1112)"),
    ("::/128", "the unspecified address (RFC 4291)"),
    ("::1/128", "the machine itself (RFC 4291)"),
    ("fc00::/7", "private use (RFC 4193)"),
    ("fe80::/10", "link-local (RFC 4291)"),
    ("ff00::/8", "multicast (RFC 4291)"),
];

/// Public resolvers, as their operators publish them.
pub(crate) const RESOLVERS: &[(&str, &str)] = &[
    ("1.0.0.1", "Cloudflare"),
    ("1.1.1.1", "Cloudflare"),
    ("2606:4700:4700::1111", "Cloudflare"),
    ("2606:4700:4700::1001", "Cloudflare"),
    ("8.8.4.4", "Google"),
    ("8.8.8.8", "Google"),
    ("2001:4860:4860::8844", "Google"),
    ("2001:4860:4860::8888", "Google"),
    ("9.9.9.9", "Quad9"),
    ("149.112.112.112", "Quad9"),
    ("208.67.220.220", "Cisco OpenDNS"),
    ("208.67.222.222", "Cisco OpenDNS"),
    ("4.2.2.1", "Lumen"),
    ("4.2.2.2", "Lumen"),
];

/// Top-level names of local use (RFC 6761, RFC 6762, RFC 9476). `example` and `test` are left out: descriptions that teach use them.
pub(crate) const RESERVED_TLDS: &[&str] = &["localhost", "local", "localdomain", "internal", "arpa", "invalid", "lan", "home", "corp", "alt"];

/// Registrable domains of services that nearly every network asks for every day.
pub(crate) const DOMAINS: &[&str] = &[
    "akamai.net",
    "amazon.com",
    "amazonaws.com",
    "apple.com",
    "azure.com",
    "bing.com",
    "cloudflare.com",
    "digicert.com",
    "discord.com",
    "dropbox.com",
    "facebook.com",
    "github.com",
    "githubusercontent.com",
    "gmail.com",
    "google.com",
    "googleapis.com",
    "googleusercontent.com",
    "gstatic.com",
    "icloud.com",
    "instagram.com",
    "letsencrypt.org",
    "linkedin.com",
    "live.com",
    "microsoft.com",
    "microsoftonline.com",
    "mozilla.org",
    "office.com",
    "office365.com",
    "outlook.com",
    "paypal.com",
    "slack.com",
    "telegram.org",
    "twitter.com",
    "wikipedia.org",
    "windows.com",
    "windows.net",
    "windowsupdate.com",
    "x.com",
    "yahoo.com",
    "youtube.com",
];

/// Digests of the empty file: MD5, SHA-1, SHA-256, SHA-512.
pub(crate) const EMPTY_DIGESTS: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
];

/// Pipes and services that come with Windows.
pub(crate) const COMMON_PIPES: &[&str] =
    &["atsvc", "browser", "epmapper", "eventlog", "lsarpc", "lsass", "netlogon", "ntsvcs", "samr", "spoolss", "srvsvc", "svcctl", "winreg", "wkssvc"];
