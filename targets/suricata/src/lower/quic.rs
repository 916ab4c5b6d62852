//! Which rules about TLS hold for QUIC as well: a server name and a client's fingerprint stand in QUIC's first packet too.
//!
//! <https://docs.suricata.io/en/latest/rules/quic-keywords.html>. Certificates are encrypted there, and the version is always 1.3.

use crate::ast::Item;

/// The options of a rule about TLS, for QUIC; `None` when one of them looks at what QUIC does not show.
pub(super) fn over_quic(items: &[Item]) -> Option<Vec<Item>> {
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Buffer("tls.sni") => out.push(Item::Buffer("quic.sni")),
            Item::Buffer("ja3.hash" | "ja3s.hash" | "ja4.hash" | "ip.src" | "ip.dst") => out.push(item.clone()),
            Item::Buffer(_) => return None,
            Item::Word { name: "tls.version", value } if value == "1.3" => {}
            Item::Word { .. } => return None,
            other => out.push(other.clone()),
        }
    }
    Some(out)
}
