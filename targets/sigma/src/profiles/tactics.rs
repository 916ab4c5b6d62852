//! Which tactic does a technique serve? Only techniques of a single tactic: where there are several, the technique does
//! not say which one was meant, and a tag would guess.
//!
//! Enterprise matrix: <https://attack.mitre.org/matrices/enterprise/>.

/// Each tactic, as Sigma's tags name it, with the techniques that serve it alone.
const TACTICS: &[(&str, &[&str])] = &[
    ("reconnaissance", &["T1589", "T1590", "T1591", "T1592", "T1593", "T1594", "T1595", "T1596", "T1597", "T1598", "T1681"]),
    ("resource-development", &["T1583", "T1584", "T1585", "T1586", "T1587", "T1588", "T1608", "T1650"]),
    ("initial-access", &["T1189", "T1190", "T1195", "T1199", "T1200", "T1566", "T1669"]),
    ("execution", &["T1047", "T1059", "T1106", "T1129", "T1203", "T1204", "T1559", "T1569", "T1609", "T1648", "T1651", "T1674", "T1675"]),
    ("persistence", &["T1136", "T1137", "T1176", "T1505", "T1525", "T1554", "T1671"]),
    ("privilege-escalation", &["T1068", "T1611"]),
    ("credential-access", &["T1003", "T1110", "T1111", "T1187", "T1212", "T1528", "T1539", "T1552", "T1555", "T1558", "T1606", "T1621", "T1649"]),
    (
        "discovery",
        &[
            "T1007", "T1010", "T1012", "T1016", "T1018", "T1033", "T1046", "T1049", "T1057", "T1069", "T1082", "T1083", "T1087", "T1120", "T1124",
            "T1135", "T1201", "T1217", "T1482", "T1518", "T1526", "T1538", "T1580", "T1613", "T1614", "T1615", "T1619", "T1652", "T1654", "T1673",
            "T1680",
        ],
    ),
    ("lateral-movement", &["T1021", "T1210", "T1534", "T1563", "T1570"]),
    (
        "collection",
        &["T1005", "T1025", "T1039", "T1074", "T1113", "T1114", "T1115", "T1119", "T1123", "T1125", "T1185", "T1213", "T1530", "T1560", "T1602"],
    ),
    (
        "command-and-control",
        &[
            "T1001", "T1008", "T1071", "T1090", "T1092", "T1095", "T1102", "T1104", "T1105", "T1132", "T1219", "T1568", "T1571", "T1572", "T1573",
            "T1665",
        ],
    ),
    ("exfiltration", &["T1011", "T1020", "T1029", "T1030", "T1041", "T1048", "T1052", "T1537", "T1567"]),
    (
        "impact",
        &["T1485", "T1486", "T1489", "T1490", "T1491", "T1495", "T1496", "T1498", "T1499", "T1529", "T1531", "T1561", "T1565", "T1657", "T1667"],
    ),
];

/// The tactic of a technique, without sub-technique, when there is exactly one.
pub(crate) fn only(technique: &str) -> Option<&'static str> {
    TACTICS.iter().find(|(_, techniques)| techniques.contains(&technique)).map(|(tactic, _)| *tactic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_technique_of_several_tactics_has_none() {
        assert_eq!(only("T1190"), Some("initial-access"));
        assert_eq!(only("T1078"), None);
        let mut all: Vec<&str> = TACTICS.iter().flat_map(|(_, techniques)| techniques.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a technique stands under two tactics");
    }
}
