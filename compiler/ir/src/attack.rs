//! MITRE ATT&CK: technique ids, and the tactics that techniques serve.

use std::fmt;

use serde::Serialize;

/// An ATT&CK technique id in canonical form, such as `T1584.008`. Whether the technique exists is not checked here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Technique(Box<str>);

impl Technique {
    /// Parses `T1234` or `T1234.001` in any case.
    ///
    /// ```
    /// # use ir::Technique;
    /// assert_eq!(Technique::parse("t1584.008").map(|t| t.to_string()).as_deref(), Some("T1584.008"));
    /// assert!(Technique::parse("T15").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let rest = text.strip_prefix(['T', 't'])?;
        let well_formed = match rest.split_once('.') {
            None => digits(rest, 4),
            Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        };
        well_formed.then(|| Self(format!("T{rest}").into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The technique without its sub-technique: `T1584` for `T1584.008`.
    #[must_use]
    pub fn parent(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ATT&CK tactic of the enterprise matrix, in the order of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tactic {
    /// Gathering information for later.
    Reconnaissance,
    /// Setting up what an operation needs.
    ResourceDevelopment,
    /// Getting in.
    InitialAccess,
    /// Running code.
    Execution,
    /// Staying in.
    Persistence,
    /// Gaining rights.
    PrivilegeEscalation,
    /// Not being seen.
    DefenseEvasion,
    /// Stealing names and passwords.
    CredentialAccess,
    /// Looking around.
    Discovery,
    /// Moving on to other machines.
    LateralMovement,
    /// Gathering what is wanted.
    Collection,
    /// Talking to what was taken over.
    CommandAndControl,
    /// Taking data out.
    Exfiltration,
    /// Breaking, encrypting, destroying.
    Impact,
}

impl Tactic {
    /// The name as Sigma's tags have it: `initial-access`.
    #[must_use]
    pub fn name(self) -> &'static str {
        TACTICS.iter().find(|(tactic, ..)| *tactic == self).map_or("", |(_, name, ..)| name)
    }

    /// MITRE's id: `TA0001`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Reconnaissance => "TA0043",
            Self::ResourceDevelopment => "TA0042",
            Self::InitialAccess => "TA0001",
            Self::Execution => "TA0002",
            Self::Persistence => "TA0003",
            Self::PrivilegeEscalation => "TA0004",
            Self::DefenseEvasion => "TA0005",
            Self::CredentialAccess => "TA0006",
            Self::Discovery => "TA0007",
            Self::LateralMovement => "TA0008",
            Self::Collection => "TA0009",
            Self::CommandAndControl => "TA0011",
            Self::Exfiltration => "TA0010",
            Self::Impact => "TA0040",
        }
    }

    /// The name in one word: `InitialAccess`.
    #[must_use]
    pub fn word(self) -> &'static str {
        TACTICS.iter().find(|(tactic, ..)| *tactic == self).map_or("", |(_, _, word, _)| word)
    }
}

impl Technique {
    /// The tactics that the technique serves, in the order of the matrix; a sub-technique serves those of its parent.
    /// Empty for a technique that the table does not know.
    ///
    /// ```
    /// # use ir::{Tactic, Technique};
    /// let technique = Technique::parse("T1505.003").expect("it is well formed");
    /// assert_eq!(technique.tactics(), [Tactic::Persistence]);
    /// ```
    #[must_use]
    pub fn tactics(&self) -> Vec<Tactic> {
        let Some(number) = self.parent().get(1..).and_then(|digits| digits.parse::<u16>().ok()) else { return Vec::new() };
        TACTICS.iter().filter(|(.., techniques)| techniques.contains(&number)).map(|(tactic, ..)| *tactic).collect()
    }
}

/// Each tactic with its two names and the numbers of the techniques that serve it (MITRE ATT&CK, enterprise matrix,
/// <https://attack.mitre.org/matrices/enterprise/>).
const TACTICS: &[(Tactic, &str, &str, &[u16])] = &[
    (Tactic::Reconnaissance, "reconnaissance", "Reconnaissance", &[1589, 1590, 1591, 1592, 1593, 1594, 1595, 1596, 1597, 1598, 1681]),
    (Tactic::ResourceDevelopment, "resource-development", "ResourceDevelopment", &[1583, 1584, 1585, 1586, 1587, 1588, 1608, 1650]),
    (Tactic::InitialAccess, "initial-access", "InitialAccess", &[1078, 1091, 1133, 1189, 1190, 1195, 1199, 1200, 1566, 1659, 1669]),
    (Tactic::Execution, "execution", "Execution", &[1047, 1053, 1059, 1072, 1106, 1129, 1203, 1204, 1559, 1569, 1609, 1610, 1648, 1651, 1674, 1675]),
    (
        Tactic::Persistence,
        "persistence",
        "Persistence",
        &[1037, 1053, 1078, 1098, 1133, 1136, 1137, 1176, 1197, 1205, 1505, 1525, 1542, 1543, 1546, 1547, 1554, 1556, 1574, 1653, 1671],
    ),
    (
        Tactic::PrivilegeEscalation,
        "privilege-escalation",
        "PrivilegeEscalation",
        &[1037, 1053, 1055, 1068, 1078, 1098, 1134, 1484, 1543, 1546, 1547, 1548, 1574, 1611],
    ),
    (
        Tactic::DefenseEvasion,
        "defense-evasion",
        "DefenseEvasion",
        &[
            1006, 1014, 1027, 1036, 1055, 1070, 1078, 1112, 1127, 1134, 1140, 1197, 1202, 1205, 1207, 1211, 1216, 1218, 1220, 1221, 1222, 1480, 1484,
            1497, 1535, 1542, 1548, 1550, 1553, 1556, 1562, 1564, 1574, 1578, 1599, 1600, 1601, 1610, 1612, 1620, 1622, 1647, 1656,
        ],
    ),
    (
        Tactic::CredentialAccess,
        "credential-access",
        "CredentialAccess",
        &[1003, 1040, 1056, 1110, 1111, 1187, 1212, 1528, 1539, 1552, 1555, 1556, 1557, 1558, 1606, 1621, 1649],
    ),
    (
        Tactic::Discovery,
        "discovery",
        "Discovery",
        &[
            1007, 1010, 1012, 1016, 1018, 1033, 1040, 1046, 1049, 1057, 1069, 1082, 1083, 1087, 1120, 1124, 1135, 1201, 1217, 1482, 1497, 1518, 1526,
            1538, 1580, 1613, 1614, 1615, 1619, 1622, 1652, 1654, 1673, 1680,
        ],
    ),
    (Tactic::LateralMovement, "lateral-movement", "LateralMovement", &[1021, 1072, 1080, 1091, 1210, 1534, 1550, 1563, 1570]),
    (
        Tactic::Collection,
        "collection",
        "Collection",
        &[1005, 1025, 1039, 1056, 1074, 1113, 1114, 1115, 1119, 1123, 1125, 1185, 1213, 1530, 1557, 1560, 1602],
    ),
    (
        Tactic::CommandAndControl,
        "command-and-control",
        "CommandAndControl",
        &[1001, 1008, 1071, 1090, 1092, 1095, 1102, 1104, 1105, 1132, 1205, 1219, 1568, 1571, 1572, 1573, 1659, 1665],
    ),
    (Tactic::Exfiltration, "exfiltration", "Exfiltration", &[1011, 1020, 1029, 1030, 1041, 1048, 1052, 1537, 1567]),
    (Tactic::Impact, "impact", "Impact", &[1485, 1486, 1489, 1490, 1491, 1495, 1496, 1498, 1499, 1529, 1531, 1561, 1565, 1657, 1667]),
];
