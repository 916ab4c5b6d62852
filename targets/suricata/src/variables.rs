//! Which variables does every site have? Those of the stock `suricata.yaml` of versions 7 and 8
//! (`suricata.yaml.in` of both; <https://docs.suricata.io/en/latest/configuration/suricata-yaml.html#rule-vars>).

use crate::profiles::Version;
use backend::Profile;

/// Groups of addresses, with their stock values in an order in which each names only earlier ones.
pub(crate) const ADDRESSES: [(&str, &str); 15] = [
    ("HOME_NET", "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]"),
    ("EXTERNAL_NET", "!$HOME_NET"),
    ("HTTP_SERVERS", "$HOME_NET"),
    ("SMTP_SERVERS", "$HOME_NET"),
    ("SQL_SERVERS", "$HOME_NET"),
    ("DNS_SERVERS", "$HOME_NET"),
    ("TELNET_SERVERS", "$HOME_NET"),
    ("AIM_SERVERS", "$EXTERNAL_NET"),
    ("DC_SERVERS", "$HOME_NET"),
    ("DNP3_SERVER", "$HOME_NET"),
    ("DNP3_CLIENT", "$HOME_NET"),
    ("MODBUS_CLIENT", "$HOME_NET"),
    ("MODBUS_SERVER", "$HOME_NET"),
    ("ENIP_CLIENT", "$HOME_NET"),
    ("ENIP_SERVER", "$HOME_NET"),
];

/// Groups of ports; the last is new in version 8.
const PORTS: [(&str, &str); 12] = [
    ("HTTP_PORTS", "80"),
    ("SHELLCODE_PORTS", "!80"),
    ("ORACLE_PORTS", "1521"),
    ("SSH_PORTS", "22"),
    ("DNP3_PORTS", "20000"),
    ("MODBUS_PORTS", "502"),
    ("FILE_DATA_PORTS", "[$HTTP_PORTS,110,143]"),
    ("FTP_PORTS", "21"),
    ("GENEVE_PORTS", "6081"),
    ("VXLAN_PORTS", "4789"),
    ("TEREDO_PORTS", "3544"),
    ("SIP_PORTS", "[5060,5061]"),
];

/// The groups of ports of a profile's version.
pub(crate) fn ports(profile: &Profile) -> &'static [(&'static str, &'static str)] {
    match PORTS.split_last() {
        Some((_, older)) if Version::of(profile) < Version::Eight => older,
        _ => &PORTS,
    }
}

/// The first variable in a word of a header that is none of these.
pub(crate) fn unknown<'w>(word: &'w str, known: &[(&str, &str)]) -> Option<&'w str> {
    let named = word.split('$').skip(1).map(|rest| {
        let end = rest.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_')).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    named.into_iter().find(|name| !known.iter().any(|(is, _)| is == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_groups_and_behind_signs() {
        assert_eq!(unknown("[!$HOME_NET,$EXTERNAL_NET,192.0.2.1]", &ADDRESSES), None);
        assert_eq!(unknown("[$HOME_NET,!$DMZ]", &ADDRESSES), Some("DMZ"));
        assert_eq!(unknown("$HTTP_PORTS", &ADDRESSES), Some("HTTP_PORTS"));
        assert_eq!(unknown("[$HTTP_PORTS,8080]", &PORTS), None);
        assert_eq!(unknown("$", &PORTS), Some(""));
    }
}
