//! Does an advisory say the same in every language? Each is compared, field by field, with its English twin.

use prose::DocumentRole;
use source::Sources;

/// The same advisory in every language.
const ADVISORIES: [(&str, &str); 12] = [
    ("English", include_str!("examples/english.md")),
    ("French", include_str!("examples/french.md")),
    ("German", include_str!("examples/german.md")),
    ("Spanish", include_str!("examples/spanish.md")),
    ("Italian", include_str!("examples/italian.md")),
    ("Portuguese", include_str!("examples/portuguese.md")),
    ("Dutch", include_str!("examples/dutch.md")),
    ("Polish", include_str!("examples/polish.md")),
    ("Ukrainian", include_str!("examples/ukrainian.md")),
    ("Russian", include_str!("examples/russian.md")),
    ("Japanese", include_str!("examples/japanese.md")),
    ("Chinese", include_str!("examples/chinese.md")),
];

/// The same table in every language.
const TABLES: [(&str, &str); 12] = [
    (
        "English",
        "Type;Value;Role;Confidence;Valid from;Comment\nIP address;203.0.113.72;Command and control server;High;2026-02-03;a\nDomain name;portal-one.example;Phishing;Medium;2026-02-23;b\n",
    ),
    (
        "French",
        "Type;Valeur;Rôle;Confiance;Valide à partir du;Commentaire\nAdresse IP;203.0.113.72;Serveur de commande et contrôle;Élevée;03/02/2026;a\nNom de domaine;portal-one.example;Hameçonnage;Moyenne;23/02/2026;b\n",
    ),
    (
        "German",
        "Typ;Wert;Rolle;Konfidenz;Gültig ab;Bemerkung\nIP-Adresse;203.0.113.72;Steuerungsserver;Hoch;03.02.2026;a\nDomainname;portal-one.example;Phishing-Seite;Mittel;23.02.2026;b\n",
    ),
    (
        "Spanish",
        "Tipo;Valor;Función;Confianza;Válido desde;Comentario\nDirección IP;203.0.113.72;Servidor de mando y control;Alta;03/02/2026;a\nNombre de dominio;portal-one.example;Página de phishing;Media;23/02/2026;b\n",
    ),
    (
        "Italian",
        "Tipo;Valore;Ruolo;Confidenza;Valido dal;Commento\nIndirizzo IP;203.0.113.72;Server di comando e controllo;Alta;03/02/2026;a\nNome di dominio;portal-one.example;Pagina di phishing;Media;23/02/2026;b\n",
    ),
    (
        "Portuguese",
        "Tipo;Valor;Função;Confiança;Válido desde;Comentário\nEndereço IP;203.0.113.72;Servidor de comando e controlo;Alta;03/02/2026;a\nNome de domínio;portal-one.example;Página de phishing;Média;23/02/2026;b\n",
    ),
    (
        "Dutch",
        "Soort;Waarde;Rol;Betrouwbaarheid;Geldig vanaf;Opmerking\nIP-adres;203.0.113.72;C2-server;Hoog;03-02-2026;a\nDomeinnaam;portal-one.example;Phishingpagina;Gemiddeld;23-02-2026;b\n",
    ),
    (
        "Polish",
        "Typ;Wartość;Rola;Pewność;Ważne od;Komentarz\nAdres IP;203.0.113.72;Serwer dowodzenia i kontroli;Wysoka;03.02.2026;a\nNazwa domeny;portal-one.example;Strona phishingowa;Średnia;23.02.2026;b\n",
    ),
    (
        "Ukrainian",
        "Тип;Значення;Призначення;Впевненість;Дійсний з;Коментар\nIP-адреса;203.0.113.72;Сервер управління;Висока;03.02.2026;a\nДоменне ім'я;portal-one.example;Фішинг;Середня;23.02.2026;b\n",
    ),
    (
        "Russian",
        "Тип;Значение;Назначение;Уверенность;Действителен с;Комментарий\nIP-адрес;203.0.113.72;Сервер управления;Высокая;03.02.2026;a\nДоменное имя;portal-one.example;Фишинг;Средняя;23.02.2026;b\n",
    ),
    (
        "Japanese",
        "種別;値;役割;信頼度;有効開始日;備考\nIPアドレス;203.0.113.72;C2サーバ;高;2026年2月3日;a\nドメイン名;portal-one.example;フィッシング;中;2026/02/23;b\n",
    ),
    (
        "Chinese",
        "类型;值;用途;置信度;生效日期;备注\nIP地址;203.0.113.72;命令与控制服务器;高;2026年2月3日;a\n域名;portal-one.example;钓鱼;中;2026-02-23;b\n",
    ),
];

/// What an advisory says, one fact a line.
fn facts(name: &str, text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add(format!("{name}.md"), text);
    let context = context::read(&sources, file);
    let mut facts = vec![
        format!("number {:?}", context.number.as_ref().map(|(number, _)| number)),
        format!("published {:?}", context.published.map(|(date, _)| date.to_string())),
        format!("modified {:?}", context.modified.map(|(date, _)| date.to_string())),
        format!("tlp {:?}", context.tlp.map(|(tlp, _)| tlp)),
        format!("hunt {:?}", context.hunt.map(|(window, _)| window)),
        format!("verdict {:?}", context.verdict.map(|(verdict, _)| verdict)),
        format!("report {:?}", context.report.as_ref().map(|(report, _)| report)),
        format!("actor {:?}", context.actor().map(|actor| &actor.names)),
        format!("mentioned {:?}", context.mentioned().map(|named| &named.names).collect::<Vec<_>>()),
        format!("confidence {:?}", context.confidence.iter().map(|(degree, _)| degree).collect::<Vec<_>>()),
    ];
    let mut values: Vec<String> = prose::extract(&sources, file)
        .iter()
        .filter(|found| found.kind != prose::Kind::Attack)
        .map(|found| format!("{:?} {} {:?} {:?} {:?}", found.kind, found.value, found.role, found.indicator_role, found.direction))
        .collect();
    values.sort();
    values.dedup();
    facts.extend(values);
    facts
}

#[test]
fn an_advisory_says_the_same_in_every_language() {
    let mut wrong = Vec::new();
    let mut twin = Vec::new();
    for (name, text) in ADVISORIES {
        let facts = facts(name, text);
        if name == "English" {
            twin = facts;
            continue;
        }
        wrong.extend(facts.iter().filter(|fact| !twin.contains(fact)).map(|fact| format!("{name} has {fact}")));
        wrong.extend(twin.iter().filter(|fact| !facts.contains(fact)).map(|fact| format!("{name} lacks {fact}")));
    }
    assert!(wrong.is_empty(), "{}\n\nEnglish:\n{}", wrong.join("\n"), twin.join("\n"));
    for wanted in [
        "number Some(\"EXCERT-2026-CTI-041\")",
        "published Some(\"2026-03-04\")",
        "modified Some(\"2026-03-12\")",
        "verdict Some(Lead)",
        "report Some(\"incidents@excert.example\")",
        "actor Some([\"APT28\"])",
        "Domain control-one.example Indicator C2 Destination",
        "Url https://portal-one.example/login Indicator Phishing Destination",
        "Ipv4 203.0.113.80 Indicator Exfiltration Destination",
        "Ipv4 203.0.113.91 Indicator Relay Either",
    ] {
        assert!(twin.iter().any(|fact| fact == wanted), "{wanted}\n{}", twin.join("\n"));
    }
    let victims = twin.iter().filter(|fact| fact.contains(&format!("mail.port-own.example {:?}", DocumentRole::Victim))).count();
    assert_eq!(victims, 1, "{}", twin.join("\n"));
}

#[test]
fn headlines_are_in_the_language_of_the_text() {
    for (name, text) in ADVISORIES {
        let mut sources = Sources::default();
        let file = sources.add(format!("{name}.md"), text);
        let title = context::read(&sources, file).title.map(|(title, _)| title);
        assert_eq!(title.as_deref(), text.lines().next().and_then(|line| line.strip_prefix("# ")), "{name}");
    }
}

#[test]
fn a_table_says_the_same_in_every_language() {
    let mut twin = Vec::new();
    for (name, text) in TABLES {
        let mut sources = Sources::default();
        let file = sources.add(format!("{name}.csv"), text);
        let read = feed::read(&sources, file, feed::Format::Csv, &feed::Defaults::default());
        assert_eq!(read.diagnostics, [], "{name}");
        let lines: Vec<String> = read
            .indicators
            .iter()
            .map(|found| {
                format!("{:?} {:?} {:?} {:?} {:?} {:?}", found.observable, found.role, found.direction, found.confidence, found.valid, found.note)
            })
            .collect();
        if name == "English" {
            assert!(lines.iter().any(|line| line.contains("C2") && line.contains("High") && line.contains("2026-02-03")), "{lines:?}");
            twin = lines;
        } else {
            assert_eq!(lines, twin, "{name}");
        }
    }
}

/// An article without indicators, as an agency would have it in French: the context is all there is.
#[test]
fn the_context_of_a_french_article_is_read() {
    let mut sources = Sources::default();
    let file = sources.add("relays.md", include_str!("examples/relays_french.md"));
    let context = context::read(&sources, file);
    assert_eq!(context.published.map(|(date, _)| date.to_string()).as_deref(), Some("2021-07-21"));
    assert_eq!(context.hunt.and_then(|(window, _)| window.from).map(|date| date.to_string()).as_deref(), Some("2021-01-01"));
    assert_eq!(context.report.as_ref().map(|(address, _)| address.as_str()), Some("incidents@excert.example"));
    let groups: Vec<&str> = context.actors.iter().filter_map(|named| named.id).collect();
    assert_eq!(groups, ["G0128", "G0065"]);
    let names: Vec<&str> = context.actors.iter().flat_map(|named| &named.names).map(String::as_str).collect();
    assert_eq!(names, ["APT31", "Zirconium", "Judgment Panda", "APT40"]);
    assert_eq!(context.actor().and_then(|actor| actor.id), Some("G0128"));
    let slips: Vec<&str> = context.actors.iter().flat_map(|named| &named.misspelled).map(|slip| slip.written.as_str()).collect();
    assert_eq!(slips, ["APP31"]);
    let techniques: Vec<String> = context.techniques.iter().map(|found| found.technique.to_string()).collect();
    assert_eq!(techniques, ["T1090.003", "T1584.008"]);
    assert_eq!(context.confidence.first().map(|(degree, _)| *degree), Some(ir::Confidence::High));
    let indicators = prose::extract(&sources, file).into_iter().filter(|found| found.role == DocumentRole::Indicator).count();
    assert_eq!(indicators, 0);
}
