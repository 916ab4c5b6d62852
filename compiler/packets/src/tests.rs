//! Can captures be read back, and are they whole?

use std::io::Cursor;
use std::net::IpAddr;

use etherparse::{PacketHeaders, PayloadSlice, TransportHeader};
use pcap_file::pcap::PcapReader;
use proptest::prelude::*;

use super::*;
use crate::dns::{Data, Dns};
use crate::http::{Exchange, Request};
use crate::smtp::Session;
use crate::tls::{Hello, Tls};

fn flow(client: &str, server: &str, what: What) -> Flow {
    let port = usual_port(&what);
    let end = |text: &str, port| SocketAddr::new(text.parse::<IpAddr>().unwrap(), port);
    Flow { client: end(client, 40_000), server: end(server, port), at: Duration::from_secs(1), what }
}

fn everything() -> Vec<What> {
    let echo = |from, kind| Icmp { from, kind, code: 0, rest: [0, 1, 0, 1], bytes: b"abc".to_vec() };
    vec![
        What::Unanswered,
        What::Tcp(vec![Said::client("a".repeat(4000)), Said::server("b")]),
        What::Udp(vec![Said::client("a"), Said::server("")]),
        What::Icmp(vec![echo(Side::Client, 8), echo(Side::Server, 0)]),
        What::Dns(Dns::query("evil.example").answered(0, [Data::Txt(b"x".repeat(300)), Data::Cname("a.example".to_owned())])),
        What::Http(vec![Exchange::of(Request::post("evil.example", "/a", "body"))]),
        What::Tls(Tls::to("evil.example")),
        What::Quic(Hello::to("evil.example").modern()),
        What::Smtp(Session::of("a@evil.example", "b@home.example", "hello", ".\r\nbye").attach("a.exe", "MZ")),
        What::Ftp(vec![("USER a".to_owned(), "331 go on".to_owned())]),
        What::Ssh { client: "SSH-2.0-a".to_owned(), server: "SSH-2.0-b".to_owned() },
    ]
}

/// Every packet parses, its checksums are right, and each side's bytes of TCP follow each other without a gap.
#[test]
fn captures_are_whole() {
    let mut flows = Vec::new();
    for what in everything() {
        flows.push(flow("10.0.0.7", "203.0.113.80", what.clone()));
        flows.push(flow("fd00::7", "2001:db8::80", what));
    }
    let capture = capture(&flows).unwrap();
    assert_eq!(capture, super::capture(&flows).unwrap());
    let mut reader = PcapReader::new(Cursor::new(&capture)).unwrap();
    let mut count = 0;
    while let Some(packet) = reader.next_packet() {
        let packet = packet.unwrap();
        let headers = PacketHeaders::from_ethernet_slice(&packet.data).unwrap();
        let (ip, transport) = (headers.net.unwrap(), headers.transport.unwrap());
        let (PayloadSlice::Tcp(payload) | PayloadSlice::Udp(payload) | PayloadSlice::Icmpv4(payload) | PayloadSlice::Icmpv6(payload)) =
            headers.payload
        else {
            panic!("a packet of another kind")
        };
        let (said, right) = match (&transport, &ip) {
            (TransportHeader::Tcp(tcp), etherparse::NetHeaders::Ipv4(ip, _)) => (tcp.checksum, tcp.calc_checksum_ipv4(ip, payload).unwrap()),
            (TransportHeader::Tcp(tcp), etherparse::NetHeaders::Ipv6(ip, _)) => (tcp.checksum, tcp.calc_checksum_ipv6(ip, payload).unwrap()),
            (TransportHeader::Udp(udp), etherparse::NetHeaders::Ipv4(ip, _)) => (udp.checksum, udp.calc_checksum_ipv4(ip, payload).unwrap()),
            (TransportHeader::Udp(udp), etherparse::NetHeaders::Ipv6(ip, _)) => (udp.checksum, udp.calc_checksum_ipv6(ip, payload).unwrap()),
            _ => (0, 0),
        };
        assert_eq!(said, right);
        count += 1;
    }
    let packets: Vec<Packet> = flows.iter().flat_map(|flow| packets(flow).unwrap()).collect();
    assert_eq!(count, packets.len());
}

#[test]
fn connections_have_a_beginning_and_an_end() {
    let packets = packets(&flow("10.0.0.7", "203.0.113.80", What::Tcp(vec![Said::client("a".repeat(1500)), Said::server("b")]))).unwrap();
    let words: Vec<String> = packets
        .iter()
        .map(|packet| {
            let Transport::Tcp(flags) = packet.transport else { panic!("TCP") };
            let letters = [(flags.syn, 'S'), (flags.fin, 'F'), (flags.psh, 'P'), (flags.ack, 'A')];
            let letters: String = letters.into_iter().filter(|(on, _)| *on).map(|(_, letter)| letter).collect();
            format!("{}{letters}{}", if packet.from == Side::Client { '>' } else { '<' }, packet.payload.len())
        })
        .collect();
    assert_eq!(words.join(" "), ">S0 <SA0 >A0 >A1400 >PA100 <A0 <PA1 >A0 >FA0 <FA0 >A0");
}

#[test]
fn what_a_protocol_cannot_say_is_refused() {
    let refused = |what| packets(&flow("10.0.0.7", "203.0.113.80", what)).is_err();
    assert!(refused(What::Dns(Dns::query(&"a".repeat(64)))));
    assert!(refused(What::Dns(Dns::query(&"a.".repeat(200)))));
    assert!(refused(What::Udp(vec![Said::client(vec![0; 70_000])])));
    assert!(refused(What::Tls(Tls::to(&"a".repeat(70_000)))));
    assert!(refused(What::Quic(Hello::to(&"a".repeat(20_000)))));
    assert_eq!(packets(&flow("10.0.0.7", "2001:db8::1", What::Unanswered)), Err(Unsendable::Families));
}

/// <https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md>, its example.
#[test]
fn the_example_of_ja4_is_reached() {
    let hello = Hello {
        version: tls::Version::OneThree,
        name: Some("a.example".to_owned()),
        ciphers: vec![0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
        groups: vec![29],
        formats: vec![0],
        signatures: vec![0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
        protocols: vec!["h2".to_owned(), "http/1.1".to_owned()],
        // 0000, 000a, 000b, 000d, 0010 and 002b stand for themselves.
        more: [0x001b, 0x0033, 0x4469, 0x0017, 0x002d, 0x0005, 0x0023, 0x0012, 0xff01, 0x0015].map(|number| (number, Vec::new())).to_vec(),
    };
    assert_eq!(fingerprint::ja4(&hello, false).unwrap(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

proptest! {
    #[test]
    fn any_words_are_sent_or_refused(word in "\\PC{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let whats = [
            What::Dns(Dns::query(&word).answered(0, [Data::Cname(word.clone()), Data::Txt(bytes.clone())])),
            What::Http(vec![Exchange::of(Request::post(&word, &word, bytes.clone()).with(&word, &word))]),
            What::Tls(Tls::to(&word)),
            What::Quic(Hello::to(&word)),
            What::Smtp(Session::of(&word, &word, &word, &word).attach(&word, bytes.clone())),
            What::Udp(vec![Said::client(bytes)]),
        ];
        for what in whats {
            let _ = capture(&[flow("10.0.0.7", "203.0.113.80", what)]);
        }
    }
}
