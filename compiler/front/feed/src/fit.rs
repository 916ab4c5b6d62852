//! What do columns hold whose names say nothing, or something else than their cells?
//!
//! A column of words for types is the type, whatever it is called, and the column behind it then holds the values.

use super::column;
use super::column_kind::Column;
use super::kind;
use super::misp_type;
use super::row::{self, Layout};
use super::table::Row;
use super::text::Text;
use super::want::Want;

/// The layout that a header names, corrected by what its columns hold.
pub(super) fn named(header: &[Text<'_>], sample: &[&Row<'_>]) -> Layout {
    let names: Vec<String> = header.iter().map(|cell| cell.as_str().trim().to_owned()).collect();
    let mut columns: Vec<Option<Column>> = names.iter().map(|name| column::by_name(name)).collect();
    // `start` and `end` are more often days.
    let address = |cell: &str| ir::observable::parse_address(cell).is_ok();
    for (at, column) in columns.iter_mut().enumerate() {
        if matches!(column, Some(Column::RangeStart | Column::RangeEnd)) && !cells(at, sample).all(address) {
            *column = None;
        }
    }
    // `ioc` beside the value says whether it is one; `mask` beside a network is its mask.
    let several = columns.iter().flatten().filter(|column| holds(**column)).count() > 1;
    let addresses = (0..columns.len()).any(|at| cells(at, sample).next().is_some() && cells(at, sample).all(address));
    for (at, column) in columns.iter_mut().enumerate() {
        let all = |is: fn(&str) -> bool| cells(at, sample).next().is_some() && cells(at, sample).all(is);
        match column {
            Some(Column::Value) if several && all(row::is_truth) => *column = Some(Column::Active),
            Some(Column::Value) | None
                if addresses && names.get(at).is_some_and(|name| MASKS.contains(&&*name.to_ascii_lowercase())) && all(is_mask) =>
            {
                *column = Some(Column::Netmask);
            }
            _ => {}
        }
    }
    if columns.contains(&Some(Column::Netmask)) && !columns.iter().flatten().any(|column| holds(*column)) {
        let at =
            (0..columns.len()).find(|at| columns.get(*at) == Some(&None) && cells(*at, sample).next().is_some() && cells(*at, sample).all(address));
        if let Some(column) = at.and_then(|at| columns.get_mut(at)) {
            *column = Some(Column::Value);
        }
    }
    // A catalogue of vulnerabilities has links in its remarks and no indicators.
    if !columns.contains(&Some(Column::Cve)) || columns.iter().flatten().any(|column| holds(*column)) {
        correct(&mut columns, sample);
    }
    Layout::new(columns, names, false)
}

/// Names of columns that hold masks, and elsewhere something else.
const MASKS: [&str; 5] = ["mask", "prefix", "cidr", "length", "size"];

/// Whether a cell is the mask of a network or its length.
fn is_mask(cell: &str) -> bool {
    kind::masked("0.0.0.0", cell).is_some()
}

/// The layout of rows without a header, when a column of types tells it.
pub(super) fn by_content(sample: &[&Row<'_>]) -> Option<Layout> {
    let width = sample.iter().map(|row| row.cells.len()).max()?;
    let at = (0..width).find(|at| column_of_types(*at, sample))?;
    let mut columns: Vec<Option<Column>> = vec![None; width];
    *columns.get_mut(at)? = Some(Column::Kind);
    correct(&mut columns, sample);
    for (place, column) in columns.iter_mut().enumerate() {
        if column.is_none() && cells(place, sample).any(|cell| cell.contains(' ')) {
            *column = Some(Column::Note);
        }
    }
    Some(Layout::new(columns, vec![String::new(); width], false))
}

fn correct(columns: &mut [Option<Column>], sample: &[&Row<'_>]) {
    // Where a column is called so, another one may well hold values that look like such words.
    let named = columns.contains(&Some(Column::Kind));
    for (at, column) in columns.iter_mut().enumerate().filter(|_| !named) {
        let open = matches!(column, None | Some(Column::Value | Column::Name | Column::Note | Column::Role));
        if open && column_of_types(at, sample) {
            *column = Some(Column::Kind);
        }
    }
    if columns.iter().flatten().any(|column| holds(*column)) {
        return;
    }
    let may_hold = |column: &Option<Column>| matches!(column, None | Some(Column::Name | Column::Note | Column::Title));
    let after = columns.iter().position(|column| *column == Some(Column::Kind)).map(|at| at + 1);
    let behind = after.filter(|at| columns.get(*at).is_some_and(may_hold));
    if let Some(column) = behind.filter(|at| cells(*at, sample).any(is_value)).and_then(|at| columns.get_mut(at)) {
        *column = Some(Column::Value);
        return;
    }
    let most = |at: usize, wanted: fn(&str) -> bool| {
        let all = cells(at, sample).count();
        all > 0 && cells(at, sample).filter(|cell| wanted(cell)).count() * 2 > all
    };
    // A link may be the source of its row, so it counts only where nothing else does.
    let no_link = |cell: &str| is_value(cell) && kind::guess(cell, false) != Some(ir::ObservableKind::Url);
    for wanted in [no_link, is_value] {
        let mut any = false;
        for (at, column) in columns.iter_mut().enumerate() {
            if may_hold(column) && most(at, wanted) {
                *column = Some(Column::Value);
                any = true;
            }
        }
        if any {
            return;
        }
    }
    let other = || columns.iter().enumerate().find(|(at, column)| may_hold(column) && cells(*at, sample).any(is_value)).map(|(at, _)| at);
    if let Some(column) = behind.or_else(other).and_then(|at| columns.get_mut(at)) {
        *column = Some(Column::Value);
    }
}

/// Whether a column is surer to hold values than one called `name`.
fn holds(column: Column) -> bool {
    column::holds_values(column) && column != Column::Name || column == Column::RangeStart
}

fn cells<'s>(at: usize, sample: &'s [&Row<'_>]) -> impl Iterator<Item = &'s str> {
    sample.iter().filter_map(move |row| row.cell(at)).map(|cell| cell.as_str().trim()).filter(|cell| !cell.is_empty())
}

/// Whether a column has words for types in all its cells.
pub(super) fn column_of_types(at: usize, sample: &[&Row<'_>]) -> bool {
    cells(at, sample).next().is_some() && cells(at, sample).all(names_type)
}

/// Whether a cell is a word for a type.
pub(super) fn names_type(cell: &str) -> bool {
    let plain = cell.chars().all(|char| char.is_alphanumeric() || matches!(char, ' ' | '_' | '-' | '|' | '/' | '(' | ')' | ':'));
    plain
        && cell.len() <= 40
        && (misp_type::known(cell) || matches!(kind::of_word(cell), Some(Want::Kind(_) | Want::File | Want::Certificate | Want::Guess { .. })))
}

/// Whether a cell looks like a value.
pub(super) fn is_value(cell: &str) -> bool {
    kind::guess(cell, false).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::trial::{listed, try_out};

    #[test]
    fn columns_are_told_by_what_they_hold() {
        let rows = "ip,203.0.113.72,C2 server\nfilename,iHEpkSYE,implant\n";
        let want = ["ip 203.0.113.72 c2 destination", "filename iHEpkSYE unknown either"];
        for header in
            ["Indicator,Data,Notes\n", "Was,Wert,Anmerkung\n", "Type,Details,Comment\n", "indicator_type,indicator_value,notes\n", "A,B,C\n"]
        {
            let (lines, _) = try_out(Format::Csv, &format!("{header}{rows}"));
            assert_eq!(lines.len(), 2, "{header}");
            assert_eq!(lines[1], want[1], "{header}");
        }
        let (lines, read) = try_out(Format::Csv, rows);
        assert_eq!(lines, want);
        assert_eq!(read.diagnostics[0].code.slug, "feed.no-header");
        let (lines, _) = try_out(Format::Csv, "iHEpkSYE,filename\n203.0.113.72,ip\n");
        assert_eq!(lines.len(), 2);
        let (lines, read) = try_out(Format::Csv, "Wert;Quelle\nportal.example;https://blog.example/1\n");
        assert_eq!((lines.as_slice(), read.diagnostics.len()), (["domain portal.example unknown either".to_owned()].as_slice(), 0));
    }

    #[test]
    fn vendors_tables_are_read() {
        let sha = "3f1c0a5b7e9d2468ace013579bdf02468ace13579bdf02468ace13579bdf0246";
        let md5 = "5d7c1a9e3b2f4086c8d1e7a4b09f3265";
        let cases = [
            // Excel in much of Europe.
            ("sep=;\r\ntype;value;role\r\ndomain;portal.example;c2\r\n".to_owned(), vec!["domain portal.example c2 either".to_owned()]),
            // Microsoft Defender for Endpoint.
            (
                format!("IndicatorType,IndicatorValue,ExpirationTime,Action,Severity,Title,Description,RecommendedActions,RbacGroups,Category,MitreTechniques,GenerateAlert\nFileSha256,{sha},2027-01-01T00:00:00Z,BlockAndRemediate,High,Loader,Loader,,,Malware,T1204,true\nIpAddress,203.0.113.72,,Block,Medium,C2,Control,,,CommandAndControl,T1071.001,true\nDomainName,partner.example,,Allowed,Informational,P,Own,,,None,,false\n"),
                vec![format!("sha256 {sha} unknown either"), "ip 203.0.113.72 c2 destination".to_owned()],
            ),
            // Anomali ThreatStream.
            (
                format!("value,itype,confidence,severity,status,tlp,source,modified_ts,expiration_ts,tags\nportal.example,c2_domain,90,high,active,TLP:GREEN,a,2026-02-01,2030-12-01,loader\nold.example,c2_domain,90,high,inactive,TLP:GREEN,a,2026-02-01,2030-12-01,x\n{md5},mal_md5,90,high,active,TLP:GREEN,a,2026-02-01,2030-12-01,x\nhttp://portal.example/l,phish_url,90,high,active,TLP:GREEN,a,2026-02-01,,x\n203.0.113.9,scan_ip,90,low,active,,a,,,x\n"),
                vec!["domain portal.example c2 either".to_owned(), format!("md5 {md5} unknown either"), "url http://portal.example/l phishing either".to_owned(), "ip 203.0.113.9 scanner source".to_owned()],
            ),
            // CrowdStrike.
            (
                format!("type,value,platforms,action,severity,source,description,expiration,tags\nsha256,{sha},windows,prevent,high,team,loader,,\nipv4,203.0.113.72,windows,detect,high,team,C2,2027-01-01T00:00:00Z,\nmd5,{md5},windows,allow,low,team,own tool,,\n"),
                vec![format!("sha256 {sha} unknown either"), "ip 203.0.113.72 c2 destination".to_owned()],
            ),
            // OTX.
            (
                "Indicator type,Indicator,Description\nIPv4,203.0.113.72,\nhostname,c2.portal.example,\nFileHash-MD5,5d7c1a9e3b2f4086c8d1e7a4b09f3265,\nCVE,CVE-2024-0001,\n".to_owned(),
                vec!["ip 203.0.113.72 unknown either".to_owned(), "host c2.portal.example unknown either".to_owned(), format!("md5 {md5} unknown either")],
            ),
            // Recorded Future, Mandiant, Sentinel.
            ("\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n\"203.0.113.72\",\"90\",\"4/70\",\"x\"\n".to_owned(), vec!["ip 203.0.113.72 unknown either".to_owned()]),
            ("Indicator Value,Indicator Type,IC-Score,Associated Actors,Associated Malware,First Seen\nportal.example,FQDN,90,UNC0,EVIL,2026-01-01\n".to_owned(), vec!["host portal.example unknown either".to_owned()]),
            ("Action,Active,ThreatType,DomainName,NetworkIP,TrafficLightProtocolLevel\nalert,true,C2,portal.example,,amber\nalert,false,C2,old.example,,amber\n".to_owned(), vec!["domain portal.example c2 either".to_owned()]),
            // Ports in their own column.
            ("C2 IP;C2 Port;Family;Seen\n203.0.113.72;8443;TideRAT;2026-02-03\n".to_owned(), vec!["ip 203.0.113.72:8443 c2 destination".to_owned()]),
            ("first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\n2026-02-03,203.0.113.72,443,offline,2026-02-04,Evil\n".to_owned(), vec!["ip 203.0.113.72:443 c2 destination".to_owned()]),
            // A command is one value, a type without a sensor is none.
            (
                "Indicator type,Value,Note\nCommand,rundll32.exe C:\\ProgramData\\tide.dll EntryPoint77,execution\nPublic Key,5d7c1a9e3b2f4086c8d1e7a4b09f3265,x\nIcon hash,5d7c1a9e3b2f4086c8d1e7a4b09f3265,x\nImphash,5d7c1a9e3b2f4086c8d1e7a4b09f3265,x\nCertificate serial,01ab,x\n".to_owned(),
                vec!["command-line rundll32.exe C:\\ProgramData\\tide.dll EntryPoint77 unknown either".to_owned(), format!("imphash {md5} unknown either"), "cert-serial 01AB unknown either".to_owned()],
            ),
            // A catalogue of vulnerabilities.
            ("cveID,vendorProject,product,dateAdded,notes\nCVE-2024-0001,V,G,2024-04-12,https://vendor.example/1\n".to_owned(), vec![]),
        ];
        for (text, want) in cases {
            let (lines, _) = try_out(Format::Csv, &text);
            assert_eq!(lines, want, "{text}");
        }
        let (_, read) = try_out(Format::Csv, "cveID,product,notes\nCVE-2024-0001,G,https://vendor.example/1\n");
        assert_eq!((read.header.cves.as_slice(), listed(&read).len()), (["CVE-2024-0001".to_owned()].as_slice(), 1));
        let wide = format!("MD5,File Name,C2,Framework\n{md5},a.exe,portal.example:8443,x\n{md5},b.exe,yes,y\n");
        let (lines, read) = try_out(Format::Csv, &wide);
        assert_eq!((lines.len(), &*lines[1], read.listed.len()), (3, "domain portal.example c2 either", 2));
        let (lines, _) = try_out(Format::Csv, "Start,End,Netmask,Name,email\n203.0.113.0,203.0.113.255,24,EX,abuse@provider.example\n");
        assert_eq!(lines, ["ip 203.0.113.0/24 unknown either"]);
        let (lines, _) = try_out(Format::Csv, "Foo,Start,End\nportal.example,2026-01-01,2026-01-02\n");
        assert_eq!(lines, ["domain portal.example unknown either"]);
        let notes = format!(
            "Indicator,Type,Notes\n{md5},Hash,JA3 of the client\n{md5},Hash,TLS public key of the server\n{md5},Hash,loader signed with a stolen certificate\n"
        );
        assert_eq!(try_out(Format::Csv, &notes).0, [format!("ja3 {md5} unknown either"), format!("md5 {md5} unknown either")]);
        let typed = format!("Hash,Hash type,Note\n{md5},Rich header,x\n{md5},imphash,x\n{md5},MD5,x\n{md5},Malware,x\n");
        assert_eq!(
            try_out(Format::Csv, &typed).0,
            [format!("imphash {md5} unknown either"), format!("md5 {md5} unknown either"), format!("md5 {md5} unknown either")]
        );
        let french = "Type;Valeur;Rôle;Première observation;Confiance;Commentaire\nAdresse IP;203.0.113.72;Serveur de commande et contrôle;03/02/2026;Élevée;port 8443\nNom de domaine;portal.example;Hameçonnage;03/02/2026;Moyenne;page de connexion\n";
        let (lines, read) = try_out(Format::Csv, french);
        assert_eq!(lines, ["ip 203.0.113.72 c2 destination", "domain portal.example phishing either"]);
        assert_eq!((read.indicators[0].confidence, read.diagnostics.len()), (Some(ir::Confidence::High), 0));
        let german = "Typ;Wert;Bewertung\nIP-Adresse;203.0.113.72;bösartig\nDomäne;own.example;Fehlalarm\n";
        assert_eq!(try_out(Format::Csv, german).0, ["ip 203.0.113.72 unknown either"]);
        let (_, read) = try_out(Format::Csv, "Domain,Port\nportal.example,8443\n");
        assert_eq!(read.indicators[0].note.as_deref(), Some("port 8443"));
    }
}
