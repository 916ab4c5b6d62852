//! Do small queries give what the vendor's pages say?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::Fault;

mod hostile;

/// Rows of JSON as a table.
fn table(columns: &[(&str, Type)], rows: &Value) -> Table {
    let rows: Vec<Row> = rows.as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone()).collect();
    Table::new(columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(), &rows).unwrap()
}

fn world() -> World {
    let events = [
        ("Id", Type::Long),
        ("TimeGenerated", Type::DateTime),
        ("File", Type::String),
        ("Line", Type::String),
        ("Ip", Type::String),
        ("Port", Type::Int),
        ("Flag", Type::Bool),
        ("More", Type::Dynamic),
        ("Took", Type::Timespan),
    ];
    let rows = json!([
        {"Id": 1, "TimeGenerated": "2026-01-01T00:00:00Z", "File": "cmd.exe", "Line": "cmd.exe /c whoami /all", "Ip": "192.0.2.7", "Port": 443, "Flag": true,
            "More": {"a": 1, "tags": ["x", "y"], "n": {"m": "deep"}}, "Took": "00:00:10"},
        {"Id": 2, "TimeGenerated": "2026-01-01T00:10:00Z", "File": "PowerShell.EXE", "Line": "powershell -enc SQBF", "Ip": "198.51.100.9", "Port": 53,
            "Flag": false, "More": "{\"a\":2,\"tags\":[\"z\"]}", "Took": "1.00:00:00"},
        {"Id": 3, "TimeGenerated": "2026-01-02T20:15:30Z", "File": "svchost.exe", "Line": r"C:\Windows\System32\svchost.exe -k netsvcs_x", "Ip": "2001:db8::1"},
        {"Id": 4, "TimeGenerated": "2026-01-02T20:15:31.5Z", "Ip": "", "Port": 0},
    ]);
    let lists = table(&[("SearchKey", Type::String)], &json!([{"SearchKey": "CMD.EXE"}, {"SearchKey": "other"}]));
    let other = table(
        &[("Id", Type::Long), ("Name", Type::String), ("Port", Type::String)],
        &json!([{"Id": 1, "Name": "one"}, {"Id": 1, "Name": "uno"}, {"Id": 9, "Name": "nine"}]),
    );
    let events = table(&events, &rows);
    World {
        tables: BTreeMap::from([("Events".to_owned(), events.clone()), ("_Im_Event".to_owned(), events), ("Other".to_owned(), other)]),
        watchlists: BTreeMap::from([("names".to_owned(), lists)]),
        now: "2026-01-03T00:00:00Z".parse().unwrap(),
    }
}

/// The rows of a query, each as the list of its cells.
fn run(query: &str) -> Result<Value, Fault> {
    let rows = Query::read(query)?.run(&world())?;
    Ok(rows.into_iter().map(|row| row.into_iter().map(|(_, cell)| cell).collect::<Value>()).collect())
}

/// The events for which a condition holds.
fn ids(condition: &str) -> Result<Vec<i64>, Fault> {
    let rows = Query::read(&format!("Events | where {condition} | project Id"))?.run(&world())?;
    Ok(rows.iter().map(|row| row["Id"].as_i64().unwrap()).collect())
}

#[track_caller]
fn holds(cases: &[(&str, &[i64])]) {
    for (condition, wanted) in cases {
        assert_eq!(ids(condition).as_deref(), Ok(*wanted), "{condition}");
    }
}

#[track_caller]
fn gives(cases: &[(&str, Value)]) {
    for (value, wanted) in cases {
        assert_eq!(run(&format!("print x = {value}")), Ok(json!([[wanted]])), "{value}");
    }
}

#[track_caller]
fn faults(queries: &[&str]) {
    for query in queries {
        assert!(run(query).is_err(), "{query}: {:?}", run(query));
    }
}

// <https://learn.microsoft.com/kusto/query/datatypes-string-operators>
#[test]
fn operators_on_text() {
    holds(&[
        ("File == 'cmd.exe'", &[1]),
        ("File == 'CMD.exe'", &[]),
        ("File != 'cmd.exe'", &[2, 3, 4]),
        ("File =~ 'CMD.exe'", &[1]),
        ("File !~ 'CMD.exe'", &[2, 3, 4]),
        ("Line contains 'HOAM'", &[1]),
        ("Line contains_cs 'HOAM'", &[]),
        ("Line !contains 'exe'", &[2, 4]),
        ("Line !contains_cs 'exe'", &[2, 4]),
        ("Line startswith 'POWER'", &[2]),
        ("Line startswith_cs 'POWER'", &[]),
        ("Line !startswith 'c'", &[2, 4]),
        ("File endswith '.exe'", &[1, 2, 3]),
        ("File endswith_cs '.exe'", &[1, 3]),
        ("Line has 'WHOAMI'", &[1]),
        ("Line has_cs 'WHOAMI'", &[]),
        ("Line has 'who'", &[]),
        ("Line has 'netsvcs'", &[3]),
        ("Line has @'System32\\svchost'", &[3]),
        ("Line has '-enc'", &[2]),
        ("Line !has 'whoami'", &[2, 3, 4]),
        ("Line hasprefix 'who'", &[1]),
        ("Line hassuffix 'ami'", &[1]),
        ("Line hasprefix 'ami'", &[]),
        ("Line has_any ('whoami', 'netsvcs')", &[1, 3]),
        ("Line has_any (dynamic(['whoami', 'netsvcs']))", &[1, 3]),
        ("Line has_all ('cmd', 'whoami')", &[1]),
        ("More has 'deep'", &[1]),
        ("* contains 'NETSVCS'", &[3]),
        ("* == 'cmd.exe'", &[1]),
        ("* has 'enc' or * matches regex 'who.mi'", &[1, 2]),
    ]);
}

// Of letters beyond ASCII the page says that they are compared with `tolower`.
#[test]
fn text_beyond_ascii_has_one_meaning_or_none() {
    gives(&[
        ("'café' contains 'CAF'", json!(true)),
        ("tolower('CAFÉ') == 'café'", json!(true)),
        ("'É' contains_cs 'É'", json!(true)),
        ("'é' =~ 'x'", json!(false)),
        ("'a b é' has 'b'", json!(true)),
    ]);
    faults(&["print x = 'É' =~ 'é'", "print x = 'aé' has 'a'", "print x = 'Kelvin \u{212a}' endswith 'k'", "print x = 'é' matches regex @'^\\w$'"]);
}

// <https://learn.microsoft.com/kusto/query/in-cs-operator>, <https://learn.microsoft.com/kusto/query/between-operator>
#[test]
fn lists_and_ranges() {
    holds(&[
        ("File in ('cmd.exe', 'powershell.exe')", &[1]),
        ("File in~ ('CMD.exe', 'powershell.exe')", &[1, 2]),
        ("File !in ('cmd.exe')", &[2, 3, 4]),
        ("File !in~ ('CMD.exe', 'x')", &[2, 3, 4]),
        ("File in ()", &[]),
        ("File in~ ((_GetWatchlist('names') | project SearchKey))", &[1]),
        ("File in (dynamic(['cmd.exe']), 'svchost.exe')", &[1, 3]),
        ("Id in ((Other | project Id))", &[1]),
        ("Port in (53, 0)", &[2, 4]),
        ("Port between (1 .. 100)", &[2]),
        ("Port !between (1 .. 100)", &[1, 4]),
        ("TimeGenerated between (datetime(2026-01-01) .. 1h)", &[1, 2]),
        ("More.a in (2)", &[2]),
    ]);
    faults(&["Events | where File in (1)", "Events | where Port between ('a' .. 'b')", "Events | where File in (Other | project Id)"]);
}

// <https://learn.microsoft.com/kusto/query/scalar-data-types/null-values>, <https://learn.microsoft.com/kusto/query/logical-operators>
#[test]
fn null_and_empty() {
    holds(&[
        ("isnull(Port)", &[3]),
        ("isnotnull(Port)", &[1, 2, 4]),
        ("isempty(File)", &[4]),
        ("isnotempty(File)", &[1, 2, 3]),
        ("isempty(Port)", &[3]),
        ("Port != 443", &[2, 3, 4]),
        ("Port > 50", &[1, 2]),
        ("not(Port > 50)", &[4]),
        ("Port > 50 or Id == 3", &[1, 2, 3]),
        ("Flag", &[1]),
        ("not(Flag)", &[2]),
        ("isnull(More.zz)", &[1, 2, 3, 4]),
        ("File == ''", &[4]),
    ]);
    gives(&[
        ("int(null) == int(null)", Value::Null),
        ("int(null) == 1", json!(false)),
        ("int(null) != 1", json!(true)),
        ("bool(null) and false", json!(false)),
        ("bool(null) or true", json!(true)),
        ("coalesce('', 'b')", json!("b")),
        ("coalesce(int(null), 9)", json!(9)),
        ("iff(bool(null), 'a', 'b')", json!("b")),
    ]);
    faults(&["print x = not(bool(null) and true)", "print x = not(int(null) == int(null))", "Events | where not(Port > 50 and Id > 0)"]);
}

// <https://learn.microsoft.com/kusto/query/numerical-operators>, <https://learn.microsoft.com/kusto/query/datetime-timespan-arithmetic>
#[test]
fn numbers_and_times() {
    holds(&[
        ("Port >= 53 and Port < 443", &[2]),
        ("TimeGenerated >= datetime(2026-01-02)", &[3, 4]),
        ("TimeGenerated > ago(4h)", &[3, 4]),
        ("now() - TimeGenerated <= 225m", &[3, 4]),
        ("Took > 1h", &[2]),
        ("hourofday(TimeGenerated) >= 20", &[3, 4]),
        ("datetime_part('Day', TimeGenerated) == 2 and datetime_part(\"minute\", TimeGenerated) == 15", &[3, 4]),
        ("toint(Flag) + toint(Id == 2) == 1", &[1, 2]),
    ]);
    gives(&[
        ("1 + 2 * 3 - 4", json!(3)),
        ("7 / 2", json!(3)),
        ("7 / 2.0", json!(3.5)),
        ("(1h - 30m) / 1m", json!(30.0)),
        ("-1h", json!("-01:00:00")),
        ("datetime(2026-01-02) + 1d", json!("2026-01-03T00:00:00.0000000Z")),
        ("bin(datetime(2026-01-02T13:14:15Z), 1h)", json!("2026-01-02T13:00:00.0000000Z")),
        ("bin(-7, 5)", json!(-10)),
        ("tohex(4096)", json!("1000")),
        ("tolong('0x1F') + tolong('12')", json!(43)),
        ("tolong('abc')", Value::Null),
        ("todatetime('2026-01-02T00:00:00Z') == datetime(2026-01-02)", json!(true)),
    ]);
    faults(&["print x = 1 / 0", "print x = 'a' < 'b'", "print x = 1 + 'a'", "print x = datetime(2026-01-01) == 'x'", "print x = tolong('1.5')"]);
}

// Every function has its page below <https://learn.microsoft.com/kusto/query/scalar-functions>.
#[test]
fn functions_of_text() {
    gives(&[
        ("extract('a(.)c', 1, 'xabc')", json!("b")),
        ("extract('a(.)c', 0, 'xabc')", json!("abc")),
        ("extract('a(.)c', 1, 'x')", json!("")),
        ("strcat_array(extract_all('([0-9])', 'a1b2'), '-')", json!("1-2")),
        ("replace_string('aXbX', 'X', '-')", json!("a-b-")),
        (r"replace_regex('HKU\\S-1', @'^HKU\\S-\d(\\|$)', @'HKCU\1')", json!("HKCU")),
        (r"trim_end(@'\\', @'C:\a\')", json!(r"C:\a")),
        (r"trim_start(@'\\', @'\pipe')", json!("pipe")),
        ("trim('-+', '--a--')", json!("a")),
        ("substring('abcd', 1, 2)", json!("bc")),
        ("substring('abcd', 2)", json!("cd")),
        ("strcat('a', 1, datetime(2026-01-02), 1h)", json!("a12026-01-02T00:00:00.0000000Z01:00:00")),
        ("strlen('abc')", json!(3)),
        ("toupper('abc')", json!("ABC")),
        ("tostring(split('a/b/c', '/')[1])", json!("b")),
        ("tostring(split('a/b', '/')[-1])", json!("b")),
        ("case(1 == 2, 'a', 2 == 2, 'b', 'c')", json!("b")),
        ("iff(1 == 1, 1, 2.5)", json!(1)),
    ]);
    faults(&[
        "print x = trim_end('a', 'baa')",
        r"print x = replace_regex('a', 'a', @'\R')",
        "print x = extract('a', 1, 'a')",
        "print x = tostring(true)",
        "print x = tolower(1)",
        "print x = nosuch('a')",
        "print x = replace_string('a', '', 'b')",
        "print x = 'a' matches regex '(?=a)'",
    ]);
}

// <https://learn.microsoft.com/kusto/query/scalar-data-types/dynamic>
#[test]
fn json_values() {
    holds(&[
        ("More.a == 2", &[2]),
        ("tostring(More.n.m) == 'deep'", &[1]),
        ("More['tags'][0] == 'z'", &[2]),
        ("More.tags[-1] == 'y'", &[1]),
        ("array_length(More.tags) == 2", &[1]),
        ("tostring(parse_json('{\"a\": {\"b\": 5}}').a.b) == '5' and Id == 1", &[1]),
        ("set_has_element(More.tags, 'z')", &[2]),
        ("tolong(More.a) > 1", &[2]),
    ]);
    gives(&[
        ("tostring(dynamic({\"a\": [1, true, null]}))", json!("{\"a\":[1,true,null]}")),
        ("tostring(pack_array('a', 'b'))", json!("[\"a\",\"b\"]")),
        ("tostring(parse_json('no json'))", json!("no json")),
        ("isempty(parse_json(''))", json!(true)),
        ("array_slice(dynamic([1, 2, 3]), -2, -1)", json!([2, 3])),
    ]);
    faults(&["Events | where More.a == 'x'", "Events | where File.a == 'x'", "Events | where More.tags == 'x'"]);
}

// <https://learn.microsoft.com/kusto/query/ipv4-is-in-range-function> and its neighbours
#[test]
fn addresses() {
    holds(&[
        ("ipv4_is_in_range(Ip, '192.0.2.0/24')", &[1]),
        ("ipv4_is_in_any_range(Ip, '192.0.2.0/24', '198.51.100.0/24')", &[1, 2]),
        ("ipv4_is_in_any_range(Ip, dynamic(['192.0.2.0/24', '198.51.100.9']))", &[1, 2]),
        ("not(ipv4_is_in_any_range(Ip, '192.0.2.0/24'))", &[2]),
        ("ipv6_is_in_any_range(Ip, dynamic(['2001:db8::/32']))", &[3]),
        ("ipv6_is_in_range(Ip, '::ffff:192.0.2.0/120')", &[1]),
        ("ipv4_is_match(Ip, '192.0.2.9', 24)", &[1]),
    ]);
    gives(&[("ipv4_is_private('10.1.2.3')", json!(true)), ("ipv4_is_private('x')", Value::Null)]);
}

// <https://learn.microsoft.com/kusto/query/let-statement>
#[test]
fn names_that_a_query_gives() {
    for (query, wanted) in [
        ("let n = 443; Events | where Port == n | project Id", json!([[1]])),
        ("let l = dynamic(['CMD.EXE']); Events | where File in~ (l) | project Id", json!([[1]])),
        ("let f = (x: string) { tolower(x) }; Events | where f(File) == f('CMD.exe') | project Id", json!([[1]])),
        ("let f = (x: string) { strcat(x, x) }; let g = (x: string) { f(f(x)) }; print a = g('ab')", json!([["abababab"]])),
        ("let t = Events | where Id > 2; t | project Id", json!([[3], [4]])),
        ("let t = materialize(Events | where Id > 2); union t, t | summarize n = count()", json!([[4]])),
        ("let l = datatable(v: string)['cmd.exe', 'x']; Events | where File in (l) | project Id", json!([[1]])),
        (
            "let l = toscalar(_GetWatchlist('names') | summarize make_list(SearchKey, 1000000)); Events | where File in~ (l) | project Id",
            json!([[1]]),
        ),
        ("let n = toscalar(Events | count); print a = n", json!([[4]])),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&["let f = (x: string) { x }; print a = f(1)", "let f = (x: string) { Id }; Events | where f(File) == 1", "print a = b"]);
}

// <https://learn.microsoft.com/kusto/query/union-operator>
#[test]
fn rows_one_after_the_other() {
    for (query, wanted) in [
        ("union (Events | where Id == 1), (Events | where Id == 2) | project Id", json!([[1], [2]])),
        ("union isfuzzy=true (NoSuch | where a == 1), NoSuch2(), (Events | where Id == 1) | count", json!([[1]])),
        ("Events | where Id == 1 | union (Other | where Id == 9) | project Id, Name, File", json!([[1, "", "cmd.exe"], [9, "nine", ""]])),
        ("union Events, Other | where Id == 9 | project Port_int, Port_string", json!([[null, ""]])),
        ("union kind=inner Events, Other | where Id == 9", json!([[9]])),
        (
            "let t = union (Events | where Id < 3 | extend A = Id), Other; \
             union t, (t | extend B = A + 1 | where Id == 2), (Events | where Id == 4) | extend C = Id + 1 | sort by C asc, B asc | project Id, A, B, C, Name",
            json!([
                [1, 1, null, 2, ""],
                [1, null, null, 2, "one"],
                [1, null, null, 2, "uno"],
                [2, 2, null, 3, ""],
                [2, 2, 3, 3, ""],
                [4, null, null, 5, ""],
                [9, null, null, 10, "nine"],
            ]),
        ),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&["union NoSuch, Events", "union isfuzzy=true NoSuch", "union Events, Other | project Port", "NoSuch"]);
}

// <https://learn.microsoft.com/kusto/query/join-operator>, <https://learn.microsoft.com/kusto/query/lookup-operator>
#[test]
fn rows_beside_each_other() {
    for (query, wanted) in [
        ("Events | join kind=inner (Other) on Id | project Id, Id1, Name", json!([[1, 1, "one"], [1, 1, "uno"]])),
        ("Other | join (Events) on $left.Id == $right.Id | project Name", json!([["one"]])),
        ("Events | join kind=leftouter (Other) on Id | where Id > 2 | project Id, Name", json!([[3, ""], [4, ""]])),
        ("Events | join kind=leftanti (Other) on Id | project Id", json!([[2], [3], [4]])),
        ("Events | join kind=leftsemi (Other) on Id | project Id", json!([[1]])),
        ("Events | join kind=rightanti (Other) on Id | project Name", json!([["nine"]])),
        ("Events | join kind=rightouter (Other) on Id | project Id, Name", json!([[1, "one"], [1, "uno"], [null, "nine"]])),
        ("Events | lookup (Other | where Name == 'uno') on Id | project Id, Name | take 4", json!([[1, "uno"], [2, ""], [3, ""], [4, ""]])),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&["Events | join kind=inner (Other) on Port", "Events | join kind=cross (Other) on Id", "Events | join kind=inner (Events) on Port"]);
}

// <https://learn.microsoft.com/kusto/query/project-operator> and its neighbours
#[test]
fn columns() {
    for (query, wanted) in [
        ("Events | where Id == 1 | extend A = Id + 1, Id = 7 | project Id, A", json!([[7, 2]])),
        ("Events | where Id == 1 | project-keep Id, File | project-away File", json!([[1]])),
        ("Events | where Id == 1 | project-rename Number = Id | project Number", json!([[1]])),
        ("Events | extend L = tolower(File) | distinct L | count", json!([[4]])),
        ("Events | project Id, Old = File | where Id == 1", json!([[1, "cmd.exe"]])),
        ("Events | where ['Id'] == 1 | project ['a b'] = Id | project ['a b']", json!([[1]])),
        ("Events | where Id == 1 | mv-expand T = More.tags to typeof(string) | project T", json!([["x"], ["y"]])),
        (
            "let d = dynamic(['cmd', 'svchost']); Events | mv-apply i = d to typeof(string) on (where File startswith i) | project Id, i",
            json!([[1, "cmd"], [3, "svchost"]]),
        ),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&[
        "Events | project Nope",
        "Events | project tolower(File)",
        "Events | extend A = 1, B = A",
        "Events | project Id, Id",
        "Events | where Id",
    ]);
}

// <https://learn.microsoft.com/kusto/query/sort-operator>, <https://learn.microsoft.com/kusto/query/window-functions>
#[test]
fn rows_in_order() {
    for (query, wanted) in [
        ("Events | sort by Port asc | project Id", json!([[3], [4], [2], [1]])),
        ("Events | order by Port | project Id", json!([[1], [2], [4], [3]])),
        ("Events | sort by Port asc nulls last | project Id", json!([[4], [2], [1], [3]])),
        ("Events | top 1 by TimeGenerated desc | project Id", json!([[4]])),
        (
            "Events | sort by Id asc | extend P = prev(Id, 2), N = next(File), R = row_number() | where Id >= 3 | project P, N, R",
            json!([[1, "", 3], [2, "", 4]]),
        ),
        ("Events | sort by Id asc | where Id != 2 | extend P = prev(Id) | where P == 1 | project Id", json!([[3]])),
        ("Events | serialize R = row_number() | where R == 2 | project Id", json!([[2]])),
        ("Events | sort by Id asc | take 1 | project Id", json!([[1]])),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&["Events | extend P = prev(Id)", "Events | take 1", "Events | extend R = row_number()"]);
}

// <https://learn.microsoft.com/kusto/query/summarize-operator>
#[test]
fn figures() {
    for (query, wanted) in [
        ("Events | summarize count() by Flag | where Flag | project count_", json!([[1]])),
        ("Events | where Id > 9 | summarize n = count(), m = max(Port)", json!([[0, null]])),
        ("Events | where Id > 9 | summarize n = count() by File", json!([])),
        (
            "Events | summarize a = countif(Port > 0), b = dcount(File), c = min(Port), d = sum(Port), e = count_distinct(Flag)",
            json!([[2, 4, 0, 496, 2]]),
        ),
        ("Events | summarize arg_max(TimeGenerated, *) by Flag | sort by Id asc | project Id", json!([[1], [2], [4]])),
        ("Events | summarize arg_min(TimeGenerated, Id, File) | project Id, File", json!([[1, "cmd.exe"]])),
        ("Events | summarize n = count() by bin(TimeGenerated, 1d) | sort by TimeGenerated asc | project n", json!([[2], [2]])),
        ("Events | summarize n = array_length(make_set(Port))", json!([[3]])),
        ("datatable(x: real)[1.0, 3.0] | summarize a = avg(x), s = stdev(x) | project a, t = s * s", json!([[2.0, 2.0000000000000004]])),
        ("datatable(x: real)[1.0] | summarize n = count(), s = stdev(x) | where n < 2 or s > 1 | project n", json!([[1]])),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&[
        "datatable(x: real)[1.0] | summarize s = stdev(x) | where s > 1",
        "Events | summarize tolower(File)",
        "Events | summarize percentile(Port, 5)",
    ]);
}

// <https://learn.microsoft.com/azure/sentinel/normalization-about-parsers>
#[test]
fn parameters_of_parsers() {
    for (query, wanted) in [
        ("_Im_Event() | count", json!([[4]])),
        ("_Im_Event(starttime=ago(1d), endtime=now()) | project Id", json!([[3], [4]])),
        ("_Im_Event(starttime=datetime(null)) | count", json!([[4]])),
    ] {
        assert_eq!(run(query), Ok(wanted), "{query}");
    }
    faults(&["_Im_Event(nosuch=1)", "_Im_Event(ago(1d))", "_Im_Event(eventtype='x')", "_Im_Nope()"]);
}

#[test]
fn what_is_not_read_whole_is_a_fault() {
    faults(&[
        "",
        ";",
        "Events |",
        "Events | where",
        "Events | where Id == 1 extra",
        "Events | where (Id == 1",
        "Events | parse File with *",
        "Events; Events",
        "Events | where Id == 1 == 2",
        "Events | where Id == 'a' 'b'",
        "set notruncation; Events",
        "externaldata(v: string)['x']",
        "Events | union withsource=T Other",
        "Events | join kind=inner hint.strategy=shuffle (Other) on Id",
        "let x = 1",
    ]);
    assert_eq!(Query::read("Events | wher Id").unwrap_err(), Fault::Unread { at: 9, why: "the operator `wher` is not read here".to_owned() });
}

#[test]
fn tables_are_told() {
    let query =
        "let t = materialize(A | where x == 1); let u = B; union isfuzzy=true t, u, (C() | where y in ((D | project z))) | join kind=inner E on a";
    assert_eq!(Query::read(query).unwrap().tables().into_iter().collect::<Vec<_>>(), ["A", "B", "C", "D", "E"]);
}

#[test]
fn queries_and_worlds_go_to_other_threads() {
    fn goes<T: Send + Sync>() {}
    goes::<Query>();
    goes::<World>();
    assert_eq!(Query::read("Events | where Id > 2").unwrap().count(&world()), Ok(2));
}
