//! Which hosts and endings are known facts? Publishers, reference sites, social media, big services, dynamic DNS, file endings.
//!
//! The lists here are written by hand from public knowledge, as facts; `data/hosts.txt` comes from the MISP warning lists. A host in
//! either loses credit as an indicator, it is never dropped for it alone.

use std::net::IpAddr;

use ir::public_suffix::{self, Register};

use super::DocumentRole;
use languages::Lookup;

/// Sites that publish about threats, catalogue them, or hold documentation.
const PUBLISHERS: &str = "
abuse.ch alienvault.com any.run anomali.com app.any.run arstechnica.com atp.com avast.io avast.com avg.com avira.com bankinfosecurity.com binarydefense.com
bitdefender.com bleepingcomputer.com bleepstatic.com broadcom.com carbonblack.com cert.pl cert.gov.ua cert.ssi.gouv.fr checkpoint.com cisa.gov cisco.com
cofense.com crowdstrike.com curatedintel.org cyberint.com cybereason.com cyberscoop.com cyble.com cylance.com cymru.com darkreading.com deepinstinct.com
domaintools.com dragos.com drweb.com emergingthreats.net eset.com esentire.com elastic.co fireeye.com flashpoint-intel.com forcepoint.com fortiguard.com
fortinet.com fox-it.com fsecure.com f-secure.com welivesecurity.com greynoise.io group-ib.com gdatasoftware.com huntress.com hybrid-analysis.com ibm.com
infoblox.com infosecurity-magazine.com inquest.net intel471.com intezer.com isc.sans.edu sans.edu sans.org joesandbox.com joesecurity.org juniper.net
kaspersky.com securelist.com krebsonsecurity.com lookout.com lumen.com malpedia.caad.fkie.fraunhofer.de fraunhofer.de malware-traffic-analysis.net
malwarebazaar.com malwarebytes.com mandiant.com mcafee.com misp-project.org mitre.org morphisec.com ncsc.gov.uk netresec.com netscout.com nist.gov
nviso.eu objective-see.com otx.com paloaltonetworks.com pan-unit42.github.io proofpoint.com quickheal.com quointelligence.eu rapid7.com recordedfuture.com
redcanary.com reversinglabs.com riskiq.com schneier.com secureworks.com securityaffairs.co securityweek.com sekoia.io sentinelone.com sentinelone.io
shadowserver.org shodan.io censys.io snort.org socradar.io sophos.com sophosnews.com splunk.com symantec.com talosintelligence.com team-cymru.com
thedfirreport.com thehackernews.com threatpost.com threatview.io threatconnect.com therecord.media trellix.com trendmicro.com tria.ge trustwave.com
unit42.com urlhaus.abuse.ch urlscan.io us-cert.gov uscert.gov verisign.com virusbulletin.com virustotal.com vmray.com vmware.com volexity.com withsecure.com
zdnet.com zdnet.fr zscaler.com zscaler.fr qianxin.com ti.qianxin.com 360.cn netlab.360.com antiy.com tencent.com yoroi.company prevailion.com prodaft.com ahnlab.com
estsecurity.com jpcert.or.jp lac.co.jp nsa.gov fbi.gov ic3.gov dhs.gov justice.gov treasury.gov state.gov stopransomware.gov europa.eu interpol.int europol.europa.eu
ssi.gouv.fr gov.uk gouv.fr bsi.bund.de cyber.gov.au cyber.gc.ca wired.com reuters.com bbc.com bbc.co.uk nytimes.com washingtonpost.com theguardian.com
forbes.com cnn.com politico.com bloomberg.com medium.com substack.com wordpress.org techcrunch.com theregister.com theregister.co.uk vice.com zetter.com
exploit-db.com packetstormsecurity.com rapid7.com metasploit.com cvedetails.com first.org owasp.org offensive-security.com cobaltstrike.com hexacorn.com
adsecurity.org specterops.io posts.specterops.io lolbas-project.github.io ired.team attackiq.com pentestlab.blog harmj0y.net yara.readthedocs.io
sigmahq.io readthedocs.io slideshare.net researchgate.net arxiv.org acm.org ieee.org iiss.org web.archive.org archive.org avtest.org av-test.org";

/// Social media.
const SOCIAL: &str = "
twitter.com x.com t.co facebook.com fb.com instagram.com linkedin.com lnkd.in reddit.com youtube.com youtu.be vk.com weibo.com infosec.exchange
mastodon.social bsky.app threads.net tiktok.com pinterest.com discord.com twimg.com ytimg.com tumblr.com flickr.com telegram.me t.me whatsapp.com";

/// Vendors of software, standards and documentation.
const VENDORS: &str = "
microsoft.com msdn.com windows.com windows.net windowsupdate.com office.com office365.com live.com outlook.com hotmail.com msn.com bing.com msftconnecttest.com
msftncsi.com azure.com apple.com icloud.com mozilla.org mozilla.net firefox.com google.com googleapis.com gstatic.com google.fr gmail.com googlesource.com android.com chrome.com
chromium.org adobe.com oracle.com java.com sun.com openssl.org apache.org nginx.org nginx.com php.net python.org pypi.org npmjs.com nodejs.org rust-lang.org
golang.org go.dev ruby-lang.org perl.org gnu.org kernel.org debian.org ubuntu.com redhat.com canonical.com centos.org fedoraproject.org docker.com
kubernetes.io w3.org ietf.org rfc-editor.org iana.org icann.org openxmlformats.org xmlsoap.org whatwg.org unicode.org iso.org example.com example.net
example.org stackoverflow.com stackexchange.com serverfault.com superuser.com github.com github.io githubusercontent.com gitlab.com bitbucket.org
sourceforge.net wikipedia.org wikimedia.org wikileaks.org wireshark.org zeek.org suricata.io suricata-ids.org ivanti.com mikrotik.com citrix.com f5.com
pulsesecure.net sonicwall.com solarwinds.com atlassian.com zoho.com manageengine.com sap.com siemens.com hp.com hpe.com dell.com lenovo.com intel.com amd.com
nvidia.com samsung.com huawei.com vmware.com virtualbox.org qemu.org ghidra-sre.org hex-rays.com radare.org x64dbg.com sysinternals.com nirsoft.net
processhacker.sourceforge.io 7-zip.org rarlab.com winscp.net putty.org openvpn.net torproject.org notepad-plus-plus.org videolan.org autoitscript.com
asp.net drupal.org joomla.org wordpress.com woocommerce.com magento.com prestashop.com cybersource.com charlesproxy.com telerik.com fiddlertool.com verisign.com digicert.com
globalsign.com sectigo.com comodo.com comodoca.com letsencrypt.org thawte.com geotrust.com godaddy.com usertrust.com symcb.com symcd.com jquery.com
angularjs.org reactjs.org getbootstrap.com fontawesome.com schema.org paypal.com visa.com mastercard.com joeware.net tuta.io";

/// Services that everyone uses, that attackers abuse, and that answer connectivity checks.
const SERVICES: &str = "
amazon.com amazonaws.com cloudfront.net cloudflare.com akamai.net akamaized.net akamaihd.net fastly.net azureedge.net yahoo.com yandex.ru yandex.com mail.ru
baidu.com qq.com aol.com gmx.com gmx.net protonmail.com proton.me tutanota.com dropbox.com dropboxusercontent.com box.com mega.nz mega.io mega.co.nz mediafire.com
wetransfer.com we.tl sendspace.com anonfiles.com transfer.sh file.io gofile.io ufile.io pastebin.com paste.ee hastebin.com ghostbin.com rentry.co textbin.net bit.ly bitly.com
tinyurl.com goo.gl ow.ly is.gd cutt.ly rebrand.ly imgur.com giphy.com gravatar.com wordpress.com blogspot.com blogger.com wixsite.com weebly.com
squarespace.com shopify.com netlify.app herokuapp.com vercel.app firebaseapp.com web.app glitch.me ngrok.io ngrok.com slack.com trello.com notion.so zoom.us telegram.org keemail.me mailfence.com cock.li onionmail.org zohomail.com mail.com seznam.cz rambler.ru inbox.ru list.ru bk.ru
teamviewer.com anydesk.com ipify.org ipinfo.io ip-api.com ipecho.net icanhazip.com whatismyip.com whatismyipaddress.com checkip.dyndns.org myip.dnsomatic.com
ident.me ifconfig.me ifconfig.co wtfismyip.com opendns.com dns.google secureserver.net hostgator.com bluehost.com websitewelcome.com aruba.it orange.fr
wanadoo.fr ovh.net ovh.com hetzner.com digitalocean.com linode.com vultr.com rackspace.com sendgrid.net mailchimp.com mailgun.org mandrillapp.com
outbrain.com taboola.com doubleclick.net googlesyndication.com google-analytics.com googletagmanager.com facebook.net steamcommunity.com steampowered.com
ebay.com netflix.com spotify.com booking.com aliexpress.com alibaba.com";

/// Publishers, vendors and services where anyone may leave files or pages.
const SHARED: &str = "
github.com github.io githubusercontent.com gitlab.com bitbucket.org sourceforge.net google.com googleapis.com live.com windows.net azure.com office.com office365.com
outlook.com icloud.com wordpress.com wordpress.org medium.com substack.com archive.org adobe.com microsoft.com npmjs.com pypi.org docker.com readthedocs.io android.com
slideshare.net stackoverflow.com googlesource.com apple.com zoho.com citrix.com godaddy.com any.run virustotal.com hybrid-analysis.com";

/// Whether anyone may leave files or pages there.
pub(super) fn is_shared(host: &str) -> bool {
    let within = |name: &str| host == name || host.strip_suffix(name).is_some_and(|head| head.ends_with('.'));
    SHARED.split_whitespace().any(within)
}

/// Whether a known service signs people in there: nobody else holds such a host.
pub(super) fn is_login(host: &str) -> bool {
    ["accounts.", "account.", "login.", "auth.", "oauth.", "sso.", "signin."].iter().any(|label| host.starts_with(label))
}

/// Names under which anyone gets a host for nothing: evidence for an indicator.
const DYNAMIC: &str = "
ddns.net hopto.org myftp.org myftp.biz 3utilities.com bounceme.net freedynamicdns.net freedynamicdns.org gotdns.ch serveblog.net servebeer.com servecounterstrike.com
serveftp.com servegame.com servehttp.com serveirc.com servemp3.com servepics.com servequake.com sytes.net viewdns.net webhop.me zapto.org redirectme.net
no-ip.org no-ip.biz no-ip.info noip.me onthewifi.com dyndns.org dyndns.info dyndns.tv duckdns.org dynu.net dynu.com freeddns.org kozow.com mywire.org
accesscam.org camdvr.org casacam.net ddnsfree.com giize.com gleeze.com loseyourip.com ooguy.com theworkpc.com webredirect.org changeip.org changeip.com
dns04.com dns05.com ns1.name ns01.info ns02.info wikaba.com mrbasic.com mooo.com chickenkiller.com crabdance.com ignorelist.com strangled.net uk.to us.to
3322.org f3322.net f3322.org 8866.org 9966.org 2288.org 7766.org 8800.org vicp.net vicp.cc xicp.net gicp.net oicp.net dnsd.info linkpc.net publicvm.com
publicvm.net hldns.ru dns-dns.com dynamic-dns.net ddns.info ddns.us jkub.com itsaol.com isasecret.com itemdb.com lflink.com longmusic.com mefound.com mylftv.com
mynetav.net mypop3.net myz.info ninth.biz onedumb.com onmypc.net organiccrap.com otzo.com qpoe.com rebatesrule.net sexidude.com sixth.biz squirly.info
toh.info vizvaz.com xxuz.com youdontcare.com yourtrap.com zyns.com zzux.com 1dumb.com 25u.com 4dq.com 4pu.com acmetoy.com almostmy.com americanunfinished.com
authorizeddns.net dsmtp.com dumb1.com esmtp.biz ezua.com faqserv.com fartit.com freetcp.com freewww.info ftpserver.biz gettrials.com got-game.org grandspeedtest.com
iownyour.biz jetos.com justdied.com lflinkup.com moneyhome.biz mrbonus.com mrface.com ocry.com ourhobby.com pcanywhere.net proxydns.com sendsmtp.com ssmailer.com
trickip.net wwwhost.biz wha.la xsph.ru c1.biz 16mb.com freehostia.com 000webhostapp.com atwebpages.com byethost.com epizy.com";

/// What is known of a host: its place in one of the lists above, by its registered name or a parent of it.
pub(super) fn known(host: &str) -> Option<(DocumentRole, &'static str)> {
    if let Some(found) = names(host).find_map(|name| table().get(name)) {
        return Some(*found);
    }
    // Governments and universities publish; nobody hires a host there.
    let public = [".gov", ".mil", ".int"].iter().any(|end| host.ends_with(end));
    public.then_some((DocumentRole::Publisher, "a public authority"))
}

/// Whether this is a known name itself, with or without `www`, and not a name below it.
pub(super) fn is_apex(host: &str) -> bool {
    table().get(host.strip_prefix("www.").unwrap_or(host)).is_some()
}

/// A host and the names above it that have a dot.
fn names(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |name| parent(name))
}

fn parent(name: &str) -> Option<&str> {
    let dot = name.bytes().position(|byte| byte == b'.')?;
    name.get(dot + 1..).filter(|rest| rest.bytes().any(|byte| byte == b'.'))
}

/// Whether anyone gets names below this one for nothing.
pub(super) fn is_dynamic(host: &str) -> bool {
    // Below a private suffix of the list of public suffixes, such as a blog's or a tunnel's host, anyone takes a name.
    if public_suffix::registrable(host).is_some_and(|(_, suffix)| suffix.register == Some(Register::Private)) {
        return true;
    }
    names(host).any(|name| dynamic().get(name).is_some())
}

/// The hosts of the bundled lists one behind the other, and in the order of their bytes where each begins, its length and the number of
/// its list: `build.rs` makes them of the data.
static LISTED: (&str, &[(u32, u8, u8)]) = include!(concat!(env!("OUT_DIR"), "/hosts.rs"));

/// What the hosts of the bundled lists are, by the number of the list.
const LISTS: [(DocumentRole, &str); 3] = [
    (DocumentRole::Publisher, "a list of publishers of security news has it"),
    (DocumentRole::Benign, "a service that everyone uses"),
    (DocumentRole::Benign, "a popular host"),
];

fn listed_host((start, length, _): (u32, u8, u8)) -> &'static str {
    LISTED.0.get(start as usize..start as usize + usize::from(length)).unwrap_or_default()
}

/// What the bundled lists say of this very host, with or without `www`: a publisher, a service, one of the ten thousand most asked for.
pub(super) fn listed(host: &str) -> Option<(DocumentRole, &'static str)> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let place = LISTED.1.binary_search_by(|place| listed_host(*place).cmp(host)).ok()?;
    let (.., list) = LISTED.1.get(place)?;
    LISTS.get(usize::from(*list)).copied()
}

type Table = Lookup<(DocumentRole, &'static str)>;

fn table() -> &'static Table {
    static TABLE: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        // Of the lists that have a name the first counts.
        let lists = [
            (PUBLISHERS, DocumentRole::Publisher, "a publisher of security news"),
            (SOCIAL, DocumentRole::SocialMedia, "social media"),
            (VENDORS, DocumentRole::Vendor, "a vendor or a place for documentation"),
            (SERVICES, DocumentRole::Benign, "a service that everyone uses"),
        ];
        Lookup::of(lists.iter().flat_map(|(names, role, why)| names.split_whitespace().map(|name| (name, (*role, *why)))))
    })
}

fn dynamic() -> &'static Lookup<()> {
    static SET: std::sync::OnceLock<Lookup<()>> = std::sync::OnceLock::new();
    SET.get_or_init(|| Lookup::of(DYNAMIC.split_whitespace().map(|name| (name, ()))))
}

/// Endings of programs and scripts: a file so named can run.
const PROGRAMS: &str = " exe dll sys scr com pif bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta msi msp cpl ocx drv jar lnk py pyc pyd sh pl elf pyw so dylib apk dex app \
 bin run ko o out axd aspx asp ashx asmx php jsp jspx war chm reg inf url appx xpi crx node ";

/// Endings of documents, archives and data.
const DOCUMENTS: &str = " doc docx docm dot dotm dotx xls xlsx xlsm xlsb xlam ppt pptx pptm pps ppsx rtf pdf txt csv tsv log md rst htm html xhtml xml xsl json yaml yml toml ini cfg conf \
 config dat db sqlite sqlite3 bak tmp temp old zip rar 7z gz tgz bz2 xz tar cab iso img vhd vhdx dmg pkg deb rpm one eml msg ics mht mhtml png jpg jpeg gif bmp ico svg \
 webp mp3 mp4 avi wav mov flv swf ttf woff css scss map c cc cpp h hpp cs vb go rs rb lua ts java class swift kt asm s pdb lib idb i64 yar yara rule rules sigma pcap pcapng key pem crt cer der pfx p12 \
 tlb aes enc lock pid dump dmp mem evtx evt etl prefetch pf nls mui cache blob pack idx wll xll cr zz appex plist misp-event tmp_ torrent rdp vnc ovpn kdbx wim ";

/// Whether a file so named can run.
pub(super) fn is_program(extension: &str) -> bool {
    endings().get(extension).copied().unwrap_or(false)
}

/// Whether this is the ending of a file's name.
pub(super) fn is_extension(extension: &str) -> bool {
    endings().contains_key(extension)
}

/// Every known ending, and whether a file so named can run.
fn endings() -> &'static std::collections::BTreeMap<&'static str, bool> {
    static TABLE: std::sync::OnceLock<std::collections::BTreeMap<&'static str, bool>> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let documents = DOCUMENTS.split_whitespace().map(|ending| (ending, false));
        documents.chain(PROGRAMS.split_whitespace().map(|ending| (ending, true))).collect()
    })
}

/// Endings of files that also are top-level domains and that a plain host name rarely has.
pub(super) fn is_rare_suffix(extension: &str) -> bool {
    const RARE: [&str; 18] = ["zip", "mov", "py", "sh", "pl", "so", "app", "md", "rs", "ps", "cab", "pub", "st", "cc", "ai", "as", "pm", "la"];
    RARE.contains(&extension)
}

/// Families of Windows programs that are on every machine.
pub(super) fn is_system_file(name: &str) -> bool {
    const NAMES: &str = " cmd.exe command.com powershell.exe pwsh.exe svchost.exe rundll32.exe regsvr32.exe explorer.exe lsass.exe services.exe winlogon.exe csrss.exe smss.exe taskhost.exe \
 taskhostw.exe conhost.exe dllhost.exe wscript.exe cscript.exe mshta.exe msiexec.exe wmic.exe net.exe net1.exe nltest.exe whoami.exe ipconfig.exe systeminfo.exe tasklist.exe taskkill.exe schtasks.exe \
 sc.exe reg.exe regedit.exe at.exe bitsadmin.exe certutil.exe curl.exe ping.exe nslookup.exe netsh.exe netstat.exe notepad.exe calc.exe mspaint.exe wordpad.exe winword.exe excel.exe powerpnt.exe outlook.exe \
 iexplore.exe chrome.exe firefox.exe msedge.exe opera.exe wmiprvse.exe spoolsv.exe userinit.exe control.exe msbuild.exe installutil.exe regasm.exe regsvcs.exe csc.exe vbc.exe adfind.exe psexec.exe wbem.exe vssadmin.exe \
 bcdedit.exe wevtutil.exe diskshadow.exe ntdsutil.exe esentutl.exe makecab.exe expand.exe w3wp.exe sqlservr.exe java.exe python.exe node.exe perl.exe kernel32.dll ntdll.dll user32.dll advapi32.dll ws2_32.dll wininet.dll \
 winhttp.dll urlmon.dll shell32.dll ole32.dll oleaut32.dll mscoree.dll crypt32.dll comsvcs.dll amsi.dll msvcrt.dll node.js asp.net ado.net vb.net wab.exe ntds.dit readme.md install.sh setup.py ";
    static SET: std::sync::OnceLock<std::collections::BTreeSet<&'static str>> = std::sync::OnceLock::new();
    SET.get_or_init(|| NAMES.split_whitespace().collect()).contains(name)
}

/// A host's canonical name, without user and port; `None` when it is none.
pub(super) fn host_of(authority: &str) -> Option<String> {
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    let name = authority.split(':').next().unwrap_or(authority).trim_start_matches("*.").trim_end_matches('.');
    if let Ok(address) = name.parse::<std::net::Ipv4Addr>() {
        return Some(address.to_string());
    }
    // Most names need no more than this; the constructor is asked for the rest.
    let simple = !name.is_empty()
        && name.len() <= 253
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.'));
    let labels = simple && name.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if labels && !name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(name.to_owned());
    }
    ir::Domain::parse(name).ok().map(|domain| domain.as_str().to_owned())
}

/// Why an address can point at no one.
pub(super) fn address_trouble(text: &str) -> Option<(DocumentRole, &'static str)> {
    let address: IpAddr = text.parse().ok()?;
    const RESOLVERS: [&str; 14] = [
        "8.8.8.8",
        "8.8.4.4",
        "1.1.1.1",
        "1.0.0.1",
        "9.9.9.9",
        "208.67.222.222",
        "208.67.220.220",
        "4.2.2.1",
        "4.2.2.2",
        "114.114.114.114",
        "223.5.5.5",
        "77.88.8.8",
        "149.112.112.112",
        "64.6.64.6",
    ];
    if RESOLVERS.contains(&text) {
        return Some((DocumentRole::Benign, "a public resolver"));
    }
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, last] = address.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let documentation =
                address.is_documentation() || first == 198 && (second == 18 || second == 19) || first == 192 && second == 0 && third == 0;
            if documentation {
                Some((DocumentRole::Documentation, "an address of documentation and tests"))
            } else if address.is_private() || address.is_loopback() || address.is_link_local() || shared {
                Some((DocumentRole::Benign, "an address that is not routed"))
            } else if first == 0 || first >= 224 || first == 127 || (first, second, third, last) == (255, 255, 255, 255) {
                Some((DocumentRole::Version, "no host can have this address"))
            } else {
                None
            }
        }
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            if first == 0x2001 && second == 0xDB8 {
                Some((DocumentRole::Documentation, "an address of documentation"))
            } else if first & 0xE000 != 0x2000 {
                Some((DocumentRole::Benign, "an address that is not routed"))
            } else {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(LISTED.1.iter().map(|place| listed_host(*place)).is_sorted_by(|one, next| one < next));
        assert!((0..LISTS.len()).all(|list| LISTED.1.iter().filter(|(.., of)| usize::from(*of) == list).count() > 100));
        assert_eq!(listed("www.abuse.ch").map(|(role, _)| role), Some(DocumentRole::Publisher));
        assert_eq!(listed("abuse.ch.example"), None);
    }
}
