//! What does a site add to a rule? Its networks and lists.

use std::collections::BTreeMap;

/// What a site adds to a rule.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Groups of addresses by their name, without the dollar sign.
    pub addresses: BTreeMap<String, String>,
    /// Groups of ports by their name, without the dollar sign.
    pub ports: BTreeMap<String, String>,
    /// Files beside the rules, by the name that a rule gives them: data sets and lists of digests.
    pub lists: BTreeMap<String, String>,
}

impl Site {
    /// The variables of the stock configuration, <https://docs.suricata.io/en/latest/configuration/suricata-yaml.html#rule-vars>.
    #[must_use]
    pub fn stock() -> Self {
        const HOME: [&str; 12] = [
            "HTTP_SERVERS",
            "SMTP_SERVERS",
            "SQL_SERVERS",
            "DNS_SERVERS",
            "TELNET_SERVERS",
            "DC_SERVERS",
            "DNP3_SERVER",
            "DNP3_CLIENT",
            "MODBUS_CLIENT",
            "MODBUS_SERVER",
            "ENIP_CLIENT",
            "ENIP_SERVER",
        ];
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
        let mut addresses: BTreeMap<String, String> = HOME.iter().map(|name| ((*name).to_owned(), "$HOME_NET".to_owned())).collect();
        addresses.insert("HOME_NET".to_owned(), "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]".to_owned());
        addresses.insert("EXTERNAL_NET".to_owned(), "!$HOME_NET".to_owned());
        addresses.insert("AIM_SERVERS".to_owned(), "$EXTERNAL_NET".to_owned());
        let ports = PORTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Self { addresses, ports, lists: BTreeMap::new() }
    }
}
