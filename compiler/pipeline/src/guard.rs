//! Would it fire everywhere? Values that ordinary traffic also holds are withheld, with the reason.
//!
//! `accept CODE for BLOCK on all because "..."` lets a block through.

use std::collections::btree_map::Entry;
use std::net::IpAddr;
use std::sync::LazyLock;

use ir::observable::is_windows_service;
use ir::{Advisory, Indicator, IpNet, Observable, ObservableKind, UrlHost, public_suffix};
use source::{Code, Diagnostic, Span};

use crate::context::{Cx, Withheld};
use crate::{everyday, popular};

pub(crate) static RESERVED_ADDRESS: Code = Code::warn("guard.reserved-address", "an address is in a range that is not routed on the internet");
pub(crate) static SHARED_ADDRESS: Code = Code::warn("guard.shared-address", "an address is a public resolver that everybody uses");
pub(crate) static WIDE_NETWORK: Code = Code::warn("guard.wide-network", "a network holds a large part of the internet");
pub(crate) static PUBLIC_SUFFIX: Code = Code::warn("guard.public-suffix", "a domain is a public suffix under which anybody has names");
pub(crate) static POPULAR_DOMAIN: Code = Code::warn("guard.popular-domain", "a domain is one that every network asks for");
pub(crate) static RESERVED_NAME: Code = Code::warn("guard.reserved-name", "a host name has a meaning of its own everywhere");
pub(crate) static EMPTY_FILE: Code = Code::warn("guard.empty-file", "a digest is that of the empty file");
pub(crate) static COMMON_NAME: Code = Code::warn("guard.common-name", "a name is one that every machine has");
pub(crate) static COMMON_PATH: Code = Code::warn("guard.common-path", "a path or a key is one that every machine has");
pub(crate) static COMMON_COMMAND: Code = Code::warn("guard.common-command", "a command is one that is started every day");

/// Withholds values that would match ordinary activity everywhere.
pub(crate) fn run(mut advisory: Advisory, cx: &mut Cx) -> Advisory {
    cx.withhold_indicators(&mut advisory, true, judge);
    advisory
}

fn judge(indicator: &Indicator) -> Option<(&'static Code, String)> {
    match &indicator.observable {
        Observable::Ip(address) => judge_network(address.net),
        Observable::Domain(domain) => judge_name(domain.as_str(), true),
        Observable::Host(domain) => judge_name(domain.as_str(), false),
        Observable::Url(url) => match url.host() {
            // A whole URL is specific enough, whoever hosts it.
            UrlHost::Domain(_) => None,
            UrlHost::Address(address) => reserved(IpNet::from(*address)),
        },
        Observable::Hash(hash) => {
            popular::EMPTY_DIGESTS.contains(&hash.hex()).then(|| (&EMPTY_FILE, "it is the digest of the empty file".to_owned()))
        }
        Observable::FileName(name) | Observable::Attachment(name) | Observable::Process(name) => everyday::name(name).map(|why| (&COMMON_NAME, why)),
        Observable::FilePath(path) => everyday::path(path).map(|why| (&COMMON_PATH, why)),
        Observable::Glob { kind: ObservableKind::FilePath, pattern } => everyday::open_path(pattern).map(|why| (&COMMON_PATH, why)),
        Observable::Registry { key, value: None } => {
            key.is_everywhere().then(|| (&COMMON_PATH, format!("every Windows machine has the key `{}`", key.as_str())))
        }
        Observable::Registry { key, value: Some(value) } => {
            let why = || (&COMMON_PATH, format!("policies set `{value}` on every machine; only what is written there tells"));
            key.is_setting(value).then(why)
        }
        Observable::CommandLine(line) => everyday::command(line).map(|why| (&COMMON_COMMAND, why)),
        Observable::Pipe(name) => {
            let common = popular::COMMON_PIPES.iter().any(|common| common.eq_ignore_ascii_case(name));
            common.then(|| (&COMMON_NAME, format!("every Windows machine has `{name}`")))
        }
        Observable::Service(name) => {
            let common = popular::COMMON_PIPES.iter().any(|common| common.eq_ignore_ascii_case(name)) || is_windows_service(name);
            common.then(|| (&COMMON_NAME, format!("every Windows machine has `{name}`")))
        }
        Observable::Email(_)
        | Observable::EmailSubject(_)
        | Observable::Imphash(_)
        | Observable::Glob { .. }
        | Observable::Mutex(_)
        | Observable::Task(_)
        | Observable::UserAgent(_)
        | Observable::Ja3(_)
        | Observable::Ja3s(_)
        | Observable::Ja4(_)
        | Observable::CertSha1(_)
        | Observable::CertSha256(_)
        | Observable::CertSerial(_)
        | Observable::Asn(_) => None,
    }
}

fn judge_network(net: IpNet) -> Option<(&'static Code, String)> {
    // A /8 is 16 million addresses; a /16 of IPv6 is more than any operator holds.
    let widest = if matches!(net, IpNet::V4(_)) { 8 } else { 16 };
    if net.prefix_len() <= widest {
        return Some((&WIDE_NETWORK, format!("a prefix of {} bits holds a large part of the internet", net.prefix_len())));
    }
    reserved(net).or_else(|| {
        static ADDRESSES: LazyLock<Vec<(IpNet, &str)>> = LazyLock::new(|| {
            popular::RESOLVERS.iter().filter_map(|(address, who)| Some((IpNet::from(address.parse::<IpAddr>().ok()?), *who))).collect()
        });
        let resolver = ADDRESSES.iter().find(|(address, _)| *address == net);
        resolver.map(|(_, who)| (&SHARED_ADDRESS, format!("it is a public resolver of {who}")))
    })
}

fn reserved(net: IpNet) -> Option<(&'static Code, String)> {
    static RANGES: LazyLock<Vec<(IpNet, &str)>> =
        LazyLock::new(|| popular::RESERVED.iter().filter_map(|(range, what)| Some((range.parse().ok()?, *what))).collect());
    let (range, what) = RANGES.iter().find(|(range, _)| range.contains(&net))?;
    Some((&RESERVED_ADDRESS, format!("{range} is {what}")))
}

fn judge_name(name: &str, below: bool) -> Option<(&'static Code, String)> {
    let last = name.rsplit('.').next().unwrap_or(name);
    if !name.contains('.') || popular::RESERVED_TLDS.contains(&last) {
        return Some((&RESERVED_NAME, format!("`{last}` is a name of local use")));
    }
    if below && public_suffix::suffix(name).is_some_and(|suffix| suffix.name == name && suffix.register.is_some()) {
        return Some((&PUBLIC_SUFFIX, format!("anybody can have a name under `{name}`")));
    }
    let apex = name.strip_prefix("www.").unwrap_or(name);
    popular::DOMAINS.contains(&apex).then(|| (&POPULAR_DOMAIN, format!("every network asks for `{apex}`")))
}

impl Cx {
    /// Moves the indicators that `why` gives a reason for out of an advisory's blocks and lists them. Where `waivable`, a waiver of the
    /// block for the reason's code keeps them: an author judges his values, never what a site lets out.
    pub(crate) fn withhold_indicators(
        &mut self,
        advisory: &mut Advisory,
        waivable: bool,
        why: impl Fn(&Indicator) -> Option<(&'static Code, String)>,
    ) {
        let id = advisory.header.id.clone();
        for block in &mut advisory.indicators {
            let mut kept = Vec::with_capacity(block.indicators.len());
            for indicator in std::mem::take(&mut block.indicators) {
                let Some((code, reason)) = why(&indicator) else {
                    kept.push(indicator);
                    continue;
                };
                if waivable && self.waived(&id, &advisory.accepts, code, |subject| subject == block.head.name) {
                    kept.push(indicator);
                    continue;
                }
                let span = indicator.origins.first().map_or(block.head.span, |origin| origin.span);
                let help = match help(code) {
                    Some(help) => help.to_owned(),
                    None => format!("`accept {} for {} on all because \"...\"` would keep it", code.slug, block.head.name),
                };
                self.diagnostics
                    .push(Diagnostic::new(code, format!("`{}` is withheld: {reason}", indicator.observable)).at(span, "withheld").help(help));
                self.withheld.push(Withheld { advisory: id.clone(), block: block.head.name.clone(), indicator, code, reason });
            }
            block.indicators = kept;
        }
    }
    /// Keeps a block back, unless another policy does so already.
    pub(crate) fn hold(&mut self, advisory: &str, name: &str, span: Span, code: &'static Code, reason: String) {
        let Entry::Vacant(free) = self.held_blocks.entry((advisory.to_owned(), name.to_owned())) else { return };
        let said = Diagnostic::new(code, format!("`{name}` is withheld: {reason}")).at(span, "withheld");
        self.diagnostics.push(said.help(help(code).unwrap_or_default()));
        free.insert((code, reason));
    }
}

/// What to do about something that is kept back whatever a description accepts; `None` for what it can accept.
fn help(code: &Code) -> Option<&'static str> {
    crate::gate::help(code).or_else(|| crate::licence::help(code))
}
