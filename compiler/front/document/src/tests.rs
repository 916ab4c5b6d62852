//! Files as other programs save them, byte by byte.

use std::io::Write as _;

use super::*;

fn one(name: &str, bytes: &[u8]) -> String {
    read(name, bytes.to_vec()).unwrap().remove(0).text
}

#[test]
fn letters_are_told() {
    let french = "Rôle;Hameçonnage;première";
    let wide =
        |little: bool| french.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect::<Vec<u8>>();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let western: Vec<u8> = french.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    for bytes in [
        french.as_bytes().to_vec(),
        marked(b"\xef\xbb\xbf", french.as_bytes().to_vec()),
        marked(b"\xff\xfe", wide(true)),
        marked(b"\xfe\xff", wide(false)),
        wide(true),
        wide(false),
        western,
    ] {
        assert_eq!(one("a.csv", &bytes), french);
    }
    // The Euro sign and the quotes of Windows-1252.
    assert_eq!(one("a.txt", b"\x80 \x93a\x94 \xe9t\xe9"), "€ “a” été");
    let (russian, ..) = encoding_rs::WINDOWS_1251.encode("Командные серверы вредоносной программы, дата публикации");
    assert_eq!(one("a.txt", &russian), "Командные серверы вредоносной программы, дата публикации");
    assert!(read("a.exe", b"MZ\x90\x00\x03\x00".to_vec()).is_err());
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_text_document_is_markdown() {
    let xml = r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Loader &amp; co</w:t></w:r></w:p>
<w:p><w:r><w:t>It </w:t></w:r><w:r><w:t>calls</w:t></w:r></w:p>
<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>control-one[.]example</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Type</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Value</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>IP</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>203.0.113[.]7</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
</w:body></w:document>"#;
    let parts = read("a.docx", archive(&[("word/document.xml", xml)])).unwrap();
    assert_eq!(parts[0].form, Form::Prose);
    assert_eq!(parts[0].text.trim(), "# Loader & co\n\nIt calls\n\n- control-one[.]example\n| Type | Value |\n|---|---|\n| IP | 203.0.113[.]7 |");
    assert!(read("a.zip", archive(&[("a.txt", "x")])).is_err());
    assert!(read("a.docx", b"PK\x03\x04broken".to_vec()).is_err());
}

#[test]
fn a_mail_has_a_headline_a_day_and_words() {
    let mail = "From: cert@cert-one.example\r\nTo: all@firm.example\r\nSubject: =?utf-8?q?Loader_=C3=A0_la_carte?=\r\nDate: Wed, 4 Mar 2026 08:00:00 +0000\r\n\
                Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nIt calls control-one[.]exam=\r\nple.\r\n";
    let text = one("a.eml", mail.as_bytes());
    assert_eq!(text.trim(), "# Loader à la carte\n\nPublished: 2026-03-04\n\nIt calls control-one[.]example.");
}

#[test]
fn a_workbook_is_a_table_for_each_sheet() {
    let book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="IoC" sheetId="1" r:id="rId1"/><sheet name="Far" sheetId="2" r:id="rId2"/></sheets></workbook>"#;
    let relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>"#;
    let package = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let sheet = |cells: &str| {
        format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>"#)
    };
    let text = |place: &str, words: &str| format!(r#"<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>"#);
    let first = sheet(&format!(
        r#"<row r="2">{}{}{}</row><row r="3">{}{}<c r="D3"><v>8443</v></c></row>"#,
        text("B2", "Type"),
        text("C2", "Value"),
        text("D2", "Port"),
        text("B3", "ip"),
        text("C3", "203.0.113.7, a"),
    ));
    // One cell at the far end of the sheet costs one cell.
    let far = sheet(&format!(r#"<row r="1">{}</row><row r="1048576">{}</row>"#, text("A1", "x"), text("XFD1048576", "y")));
    let parts = read(
        "a.xlsx",
        archive(&[
            ("_rels/.rels", package),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations),
            ("xl/worksheets/sheet1.xml", &first),
            ("xl/worksheets/sheet2.xml", &far),
        ]),
    )
    .unwrap();
    assert_eq!(parts[0].name.as_deref(), Some("IoC"));
    assert_eq!(parts[0].text, "Type,Value,Port\nip,\"203.0.113.7, a\",8443\n");
    assert_eq!(parts[1].text, "x\n");
}
