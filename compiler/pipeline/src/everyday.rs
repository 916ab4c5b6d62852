//! What does every machine have and do? Names, paths and commands that tell nothing of an attack on their own.
//!
//! A name in a folder of its own stays: `C:\ProgramData\x\svchost.exe` is where no Windows has one. The lists are of what comes with
//! Windows and Linux, of programs that most estates install, and of names that anybody gives.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ir::observable::is_everyday_part;
use ir::{Part, Pattern};

/// Programs, libraries and files that come with Windows, in lower case.
static WINDOWS: Words = Words::new(|| {
    words_of(
        "
advapi32.dll amsi.dll appvlp.exe arp.exe at.exe atbroker.exe attrib.exe auditpol.exe bash.exe bcdedit.exe bginfo.exe bitsadmin.exe
bootmgr cacls.exe calc.exe certreq.exe certutil.exe charmap.exe chkdsk.exe cipher.exe clip.exe cmd.exe cmdkey.exe cmstp.exe
comctl32.dll comp.exe computerdefaults.exe conhost.exe consent.exe control.exe cryptbase.dll csc.exe cscript.exe csrss.exe
ctfmon.exe curl.exe dashost.exe dbghelp.dll dcomcnfg.exe defrag.exe desktop.ini dfsvc.exe diskpart.exe diskshadow.exe dism.exe
displayswitch.exe dllhost.exe dnscmd.exe dsquery.exe dwm.exe esentutl.exe eventcreate.exe eventvwr.exe eventvwr.msc expand.exe
explorer.exe extrac32.exe find.exe findstr.exe finger.exe fodhelper.exe fontdrvhost.exe forfiles.exe fsutil.exe ftp.exe gdi32.dll
getmac.exe gpresult.exe gpscript.exe gpupdate.exe helppane.exe hh.exe hostname.exe hosts icacls.exe ie4uinit.exe iexplore.exe
iexpress.exe infdefaultinstall.exe installutil.exe ipconfig.exe kernel32.dll kernelbase.dll klist.exe logman.exe logonui.exe
lsaiso.exe lsass.exe lsm.exe makecab.exe mavinject.exe microsoft.workflow.compiler.exe mmc.exe mofcomp.exe mpclient.dll
mpcmdrun.exe msbuild.exe msconfig.exe mscoree.dll msdt.exe msedge.exe mshta.exe mshtml.dll msiexec.exe msinfo32.exe msmpeng.exe
mspaint.exe msra.exe mssense.exe mstsc.exe msvcrt.dll nbtstat.exe net.exe net1.exe netapi32.dll netcfg.exe netsh.exe netstat.exe
nltest.exe notepad.exe nslookup.exe ntdll.dll ntds.dit ntdsutil.exe ntkrnlmp.exe ntoskrnl.exe ntuser.dat odbcconf.exe ole32.dll
oleaut32.dll openfiles.exe osk.exe pagefile.sys pathping.exe pcalua.exe pcwrun.exe ping.exe pktmon.exe pnputil.exe powercfg.exe
powershell.exe powershell_ise.exe presentationhost.exe print.exe printui.exe psr.exe qprocess.exe query.exe quser.exe qwinsta.exe
rasphone.exe rdpclip.exe rdrleakdiag.exe reg.exe regasm.exe regedit.exe regedt32.exe regini.exe register-cimprovider.exe
regsvcs.exe regsvr32.exe replace.exe robocopy.exe route.exe rpcping.exe rpcrt4.dll runas.exe rundll32.exe runonce.exe
runtimebroker.exe sam sc.exe schtasks.exe scrcons.exe scriptrunner.exe sdbinst.exe searchindexer.exe secedit.exe sechost.dll
security securityhealthservice.exe securityhealthsystray.exe services.exe sethc.exe setspn.exe sfc.exe shell32.dll shlwapi.dll
shutdown.exe sihost.exe slui.exe smartscreen.exe smss.exe software spoolsv.exe ssh.exe startmenuexperiencehost.exe svchost.exe
syncappvpublishingserver.exe system systeminfo.exe systempropertiesadvanced.exe systemsettings.exe takeown.exe tar.exe taskeng.exe
taskhost.exe taskhostw.exe taskkill.exe tasklist.exe taskmgr.exe tiworker.exe tracert.exe trustedinstaller.exe tscon.exe
tttracer.exe user32.dll userinit.exe utilman.exe vbc.exe vdsldr.exe vssadmin.exe vssvc.exe w32tm.exe w3wp.exe wab.exe wbadmin.exe
wbengine.exe werfault.exe wermgr.exe wevtutil.exe where.exe whoami.exe win.ini win32k.sys wininet.dll wininit.exe winlogon.exe
winrm.cmd winrs.exe winver.exe wmic.exe wmiprvse.exe workfolders.exe wow64.dll write.exe ws2_32.dll wscript.exe wsl.exe
wsmprovhost.exe wsreset.exe wuauclt.exe wusa.exe xcopy.exe xwizard.exe zipfldr.dll
",
    )
});

/// Programs that most estates install, in lower case.
static INSTALLED: Words = Words::new(|| {
    words_of(
        "
7z.exe 7za.exe 7zfm.exe 7zg.exe acrobat.exe acrord32.exe anydesk.exe bash brave.exe chrome.exe code.exe cscript dropbox.exe
excel.exe filezilla.exe firefox.exe git.exe googleupdate.exe java.exe javaw.exe lync.exe microsoftedgeupdate.exe msaccess.exe
msedge.exe msedgewebview2.exe mspub.exe mysqld.exe node.exe notepad++.exe onedrive.exe onenote.exe opera.exe outlook.exe perl.exe
php-cgi.exe php.exe powerpnt.exe procdump.exe procexp.exe procmon.exe psexec.exe psexesvc.exe putty.exe pwsh.exe python.exe
pythonw.exe rar.exe rclone.exe ruby.exe skype.exe slack.exe spotify.exe sqlservr.exe sqlwriter.exe steam.exe teams.exe
teamviewer.exe teamviewer_service.exe thunderbird.exe tor.exe unrar.exe visio.exe vlc.exe vmtoolsd.exe wget.exe winrar.exe
winscp.exe winword.exe winzip.exe zoom.exe
",
    )
});

/// Names that anybody gives to a file, in lower case.
static NAMES: Words = Words::new(|| {
    words_of(
        "
1.bat 1.dll 1.exe 1.ps1 1.txt 1.vbs 1.zip a.bat a.dll a.exe a.txt app.exe archive.zip autorun.inf b.exe client.exe config.dat
config.ini config.json config.xml data.bin data.dat data.zip default.htm default.html document.doc document.docx document.pdf
document.zip download.exe error.log favicon.ico file.exe file.zip files.zip helper.exe image.jpg image.png index.asp index.aspx
index.htm index.html index.jsp index.php info.txt install.bat install.exe install.msi install.ps1 install.sh installer.exe
installer.msi invoice.doc invoice.docx invoice.pdf invoice.xls invoice.xlsx invoice.zip launcher.exe license.txt loader.exe
log.txt login.html login.php logo.png main.exe main.js new.exe new.txt order.doc order.pdf output.txt package.zip patch.exe
payment.pdf photo.jpg picture.jpg readme.md readme.txt report.doc report.docx report.pdf results.txt run.bat run.cmd run.exe
run.ps1 sample.exe scan.pdf script.js script.ps1 script.vbs server.exe service.exe setup.bat setup.exe setup.msi setup.zip
start.bat start.cmd style.css temp.exe temp.txt temp.zip test.bat test.dll test.exe test.php test.ps1 test.txt tmp.exe
unins000.exe uninstall.exe update.bat update.dll update.exe update.msi update.ps1 update.zip updater.exe upload.php user.txt
users.txt web.config windows.exe word.exe x.bat x.dll x.exe
",
    )
});

/// Folders behind a drive in which Windows keeps what is its own, in lower case; `*` is one part.
const HOMES: &[&str] = &[
    "",
    "windows",
    r"windows\system32",
    r"windows\syswow64",
    r"windows\sysnative",
    r"windows\system32\wbem",
    r"windows\syswow64\wbem",
    r"windows\system32\drivers",
    r"windows\system32\drivers\etc",
    r"windows\system32\config",
    r"windows\system32\inetsrv",
    r"windows\system32\openssh",
    r"windows\system32\windowspowershell\v1.0",
    r"windows\syswow64\windowspowershell\v1.0",
    r"windows\microsoft.net\framework\*",
    r"windows\microsoft.net\framework64\*",
    r"windows\ntds",
    r"windows\winsxs\*",
    r"windows\servicing",
    r"program files\windows defender",
    r"program files (x86)\windows defender",
    r"program files\windows defender advanced threat protection",
    r"programdata\microsoft\windows defender\platform\*",
    r"program files\internet explorer",
    r"program files (x86)\internet explorer",
    r"program files\windows nt\accessories",
    r"inetpub\wwwroot",
];

/// What every Unix system has.
static UNIX: Words = Words::new(|| {
    words_of(
        "
/etc/passwd /etc/shadow /etc/group /etc/hosts /etc/crontab /etc/cron.d /etc/rc.local /etc/profile /etc/bashrc /etc/bash.bashrc
/etc/ssh/sshd_config /etc/sudoers /etc/resolv.conf /etc/ld.so.preload /etc/init.d /etc/systemd/system /root/.ssh/authorized_keys
/root/.bashrc /root/.bash_history /var/spool/cron /var/spool/cron/root /var/log/auth.log /var/log/secure /var/log/messages
/var/log/syslog /var/log/wtmp /var/log/lastlog /var/www/html /dev/null /dev/shm /dev/tcp /proc /tmp /var/tmp /bin /usr/bin
/usr/local/bin /sbin /usr/sbin /Library/LaunchAgents /Library/LaunchDaemons /System/Library/LaunchDaemons
",
    )
});

/// Programs of Unix systems.
static UNIX_PROGRAMS: Words = Words::new(|| {
    words_of(
        "
ash awk base64 bash busybox cat chmod chown cp cron crond crontab curl dash dd echo env find grep gzip hostname id ifconfig ip
iptables kill killall launchctl login ls mount mv nc netstat nohup openssl osascript passwd perl pkill ps python python3 rm scp
sed service sh ss ssh sshd su sudo systemctl tar touch uname unzip useradd usermod w wget who whoami xargs zsh
",
    )
});

/// A list of words in lower case.
type Words = LazyLock<BTreeSet<String>>;

fn words_of(list: &str) -> BTreeSet<String> {
    list.split_ascii_whitespace().map(str::to_ascii_lowercase).collect()
}

/// Whether a list has this word, in any case of ASCII.
fn among(list: &Words, word: &str) -> bool {
    list.contains(&word.to_ascii_lowercase())
}

/// Why a file's or a process's name tells nothing.
pub(crate) fn name(name: &str) -> Option<String> {
    if among(&WINDOWS, name) {
        Some(format!("every Windows machine has a `{name}`"))
    } else if among(&INSTALLED, name) {
        Some(format!("most estates have a `{name}`"))
    } else if among(&NAMES, name) {
        Some(format!("anybody calls a file `{name}`"))
    } else {
        None
    }
}

/// Why a path tells nothing.
pub(crate) fn path(path: &str) -> Option<String> {
    let trimmed = path.trim_end_matches(['\\', '/']);
    if let Some(rest) = trimmed.strip_prefix('/') {
        let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
        let program = matches!(folder, "bin" | "sbin" | "usr/bin" | "usr/sbin" | "usr/local/bin") && among(&UNIX_PROGRAMS, name);
        return (program || among(&UNIX, trimmed)).then(|| format!("every such system has `{path}`"));
    }
    let lower = placed(&trimmed.to_lowercase().replace('/', "\\"));
    let below = lower.get(1..).filter(|_| lower.starts_with(|char: char| char.is_ascii_alphabetic())).and_then(|rest| rest.strip_prefix(':'))?;
    let below = below.trim_start_matches('\\');
    let (folder, name) = below.rsplit_once('\\').unwrap_or(("", below));
    known(folder, name)
}

/// Variables of Windows and what they stand for on nearly every machine, in lower case.
const VARIABLES: [(&str, &str); 7] = [
    ("%systemroot%", r"c:\windows"),
    ("%windir%", r"c:\windows"),
    ("%comspec%", r"c:\windows\system32\cmd.exe"),
    ("%programfiles%", r"c:\program files"),
    ("%programfiles(x86)%", r"c:\program files (x86)"),
    ("%systemdrive%", "c:"),
    (r"\systemroot", r"c:\windows"),
];

/// A path in lower case where it stands: without the prefix of long paths, with the folder that a variable at its beginning names.
fn placed(path: &str) -> String {
    let path = path.strip_prefix(r"\\?\").or_else(|| path.strip_prefix(r"\??\")).unwrap_or(path);
    let found = VARIABLES.iter().find_map(|(variable, folder)| path.strip_prefix(variable).map(|rest| format!("{folder}{rest}")));
    found.unwrap_or_else(|| path.to_owned())
}

/// Why a path with unknown parts tells nothing: what is known of it stands everywhere.
pub(crate) fn open_path(pattern: &Pattern) -> Option<String> {
    let text: String = pattern.parts().iter().fold(String::new(), |mut out, part| {
        match part {
            Part::Literal(text) => out.push_str(&text.to_lowercase().replace('/', "\\")),
            Part::Run | Part::One => out.push('*'),
        }
        out
    });
    let (folder, name) = text.rsplit_once('\\')?;
    // `*\system32\cmd.exe`: the unknown part may be where Windows stands.
    let tail = folder.strip_prefix("*\\").filter(|tail| !tail.is_empty() && !tail.contains('*'));
    let home = |tail: &str| HOMES.iter().any(|home| home.strip_suffix(tail).is_some_and(|head| head.is_empty() || head.ends_with('\\')));
    if tail.is_some_and(home) && among(&WINDOWS, name) {
        return Some(format!("every Windows machine has a `{name}` there"));
    }
    let folder = folder.trim_start_matches(['*', '\\']).trim_start_matches(|char: char| char.is_ascii_alphabetic() && folder.get(1..2) == Some(":"));
    known(folder.trim_start_matches([':', '\\']), name)
}

/// Why a name in a folder tells nothing. The folder begins behind the drive, in lower case.
fn known(folder: &str, name: &str) -> Option<String> {
    let is = |home: &&str| {
        let (mut folder, mut home) = (folder.split('\\'), home.split('\\'));
        loop {
            match (folder.next(), home.next()) {
                (None, None) => return true,
                (Some(part), Some(wanted)) if wanted == "*" || part == wanted => {}
                _ => return false,
            }
        }
    };
    let parts = || folder.split('\\').filter(|part| !part.is_empty());
    // The folder after `users` is a person's.
    let person = parts().next() == Some("users");
    let usual = || parts().enumerate().all(|(at, part)| is_everyday_part(part) || part.trim_matches('*').is_empty() || person && at == 1);
    if among(&WINDOWS, name) && HOMES.iter().any(is) {
        Some(format!("every Windows machine has a `{name}` there"))
    } else if among(&INSTALLED, name)
        && (folder.starts_with("program files") || folder.contains(r"appdata\local\") && !folder.contains(r"local\temp"))
    {
        Some(format!("most estates have a `{name}` there"))
    } else if among(&NAMES, name) && usual() {
        Some(format!("anybody has a `{name}` in such a folder"))
    } else if is_everyday_part(name) && usual() {
        Some("every Windows machine has such a folder".to_owned())
    } else {
        None
    }
}

/// Programs that are started every day; the words that tell nothing behind them.
const COMMANDS: &[(&str, &[&str])] = &[
    ("whoami", &["user"]),
    ("hostname", &[]),
    ("ipconfig", &[]),
    ("ifconfig", &[]),
    ("ip", &["a", "addr", "address", "link", "route", "show", "neigh"]),
    ("systeminfo", &[]),
    ("netstat", &[]),
    ("ss", &[]),
    ("arp", &[]),
    ("route", &["print"]),
    ("tasklist", &[]),
    ("net", NET),
    ("net1", NET),
    ("ver", &[]),
    ("set", &[]),
    ("dir", &[]),
    ("cd", &[]),
    ("ls", &[]),
    ("pwd", &[]),
    ("id", &[]),
    ("uname", &[]),
    ("ps", &["aux", "axu", "auxf"]),
    ("w", &[]),
    ("who", &[]),
    ("last", &[]),
    ("uptime", &[]),
    ("env", &[]),
    ("printenv", &[]),
    ("df", &[]),
    ("free", &[]),
    ("cat", &["/etc/passwd", "/etc/hosts", "/proc/version", "/proc/cpuinfo", "/etc/issue", "/etc/os-release"]),
    ("crontab", &[]),
    ("history", &[]),
    ("quser", &[]),
    ("qwinsta", &[]),
    ("query", &["user", "session", "process", "termserver"]),
    ("nltest", &[]),
    ("gpresult", &[]),
    ("gpupdate", &[]),
    ("driverquery", &[]),
    ("getmac", &[]),
    ("klist", &["sessions", "tickets", "purge"]),
    ("cmdkey", &[]),
    ("echo", &["%username%", "%userdomain%", "%computername%", "%logonserver%", "%os%"]),
    ("date", &[]),
    ("time", &[]),
    ("cls", &[]),
    ("exit", &[]),
    ("type", &[]),
    ("chcp", &["65001", "437", "850", "1251", "1252"]),
    ("ping", &["8.8.8.8", "1.1.1.1", "google.com", "www.google.com"]),
    ("nslookup", &["google.com", "myip.opendns.com", "resolver1.opendns.com"]),
    ("tracert", &["8.8.8.8"]),
    ("timeout", &[]),
    ("sc", &["query", "queryex", "type=", "state=", "all", "service"]),
    ("schtasks", &["list", "table", "csv", "xml"]),
    (
        "wmic",
        &[
            "os",
            "get",
            "computersystem",
            "list",
            "brief",
            "full",
            "process",
            "service",
            "product",
            "name",
            "version",
            "caption",
            "logicaldisk",
            "bios",
            "cpu",
            "useraccount",
            "volume",
            "nic",
            "qfe",
            "startup",
            "group",
            "domain",
        ],
    ),
    (
        "netsh",
        &[
            "wlan",
            "show",
            "profile",
            "profiles",
            "interface",
            "interfaces",
            "ip",
            "ipv4",
            "config",
            "advfirewall",
            "allprofiles",
            "currentprofile",
            "state",
            "firewall",
        ],
    ),
    ("reg", &["query", "hklm", "hkcu"]),
    ("vssadmin", &["list", "shadows", "volumes", "writers", "providers"]),
    ("wevtutil", &["el", "enum-logs"]),
    ("systemctl", &["status", "list-units", "daemon-reload"]),
    ("tree", &[]),
    ("more", &[]),
    ("sudo", &[]),
    ("cmd", &[]),
    ("powershell", &[]),
    ("pwsh", &[]),
    ("bash", &[]),
    ("sh", &[]),
    ("explorer", &[]),
    ("notepad", &[]),
    ("calc", &[]),
    ("control", &[]),
    ("mmc", &[]),
    ("regedit", &[]),
    ("taskmgr", &[]),
    ("msinfo32", &[]),
    ("mstsc", &[]),
    ("rundll32", &[]),
    ("regsvr32", &[]),
    ("mshta", &[]),
    ("wscript", &[]),
    ("cscript", &[]),
    ("msiexec", &[]),
    ("certutil", &[]),
    ("bitsadmin", &[]),
    ("curl", &[]),
    ("wget", &[]),
    ("get-process", &[]),
    ("get-service", &[]),
    ("get-childitem", &[]),
    ("get-computerinfo", &[]),
    ("get-localuser", &[]),
    ("get-netipaddress", &[]),
    ("get-date", &[]),
];

const NET: &[&str] = &[
    "user",
    "users",
    "group",
    "localgroup",
    "view",
    "share",
    "use",
    "session",
    "sessions",
    "start",
    "accounts",
    "config",
    "workstation",
    "server",
    "time",
    "statistics",
    "file",
    "domain admins",
    "domain users",
    "domain computers",
    "domain controllers",
    "enterprise admins",
    "schema admins",
    "exchange trusted subsystem",
    "administrators",
    "administrator",
    "remote desktop users",
    "guest",
];

/// Why a command line tells nothing: each of its commands is one of every day, with switches and usual words alone.
pub(crate) fn command(line: &str) -> Option<String> {
    // `cmd /c "whoami"` is what it starts.
    let shell = ["cmd.exe /c ", "cmd /c ", "cmd.exe /k ", "cmd /k "]
        .iter()
        .find(|shell| line.get(..shell.len()).is_some_and(|head| head.eq_ignore_ascii_case(shell)));
    let line = shell.and_then(|shell| line.get(shell.len()..)).map_or(line, str::trim);
    let line = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| shell.is_some() && !inner.is_empty()).unwrap_or(line);
    if alone(line) {
        return Some("it starts what every machine has, and tells nothing more".to_owned());
    }
    let mut commands = line.split(['&', '|', ';', '\n']).map(str::trim).filter(|command| !command.is_empty()).peekable();
    commands.peek()?;
    commands.all(|command| usual(&words(command))).then(|| "administrators and programs start it every day".to_owned())
}

/// Whether a command is nothing but a program that every machine has, with its folder or without: `vssadmin`,
/// `C:\Program Files\Internet Explorer\iexplore.exe`.
fn alone(line: &str) -> bool {
    let program = line.trim().trim_matches(['"', '\'']);
    if program.contains(['\\', '/']) {
        return path(program).is_some();
    }
    if program.contains(' ') {
        return false;
    }
    let lower = program.to_lowercase();
    let named = |name: &str| WINDOWS.contains(name) || INSTALLED.contains(name);
    placed(&lower) != lower || named(&lower) || named(&format!("{lower}.exe")) || UNIX_PROGRAMS.contains(&lower)
}

fn usual(words: &[String]) -> bool {
    let Some((program, rest)) = words.split_first() else { return false };
    let program = &placed(program);
    let folder_known = !program.contains(['\\', '/']) || path(program).is_some();
    let program = program.rsplit(['\\', '/']).next().unwrap_or(program);
    let program = program.strip_suffix(".exe").unwrap_or(program);
    // `cmd /c whoami` is what it starts.
    if matches!(program, "cmd" | "powershell" | "pwsh" | "sudo" | "bash" | "sh")
        && let Some(at) = rest.iter().position(|word| !is_switch(word))
    {
        return usual(rest.get(at..).unwrap_or_default());
    }
    let Some((_, usual)) = COMMANDS.iter().find(|(known, _)| *known == program) else { return false };
    folder_known
        && rest.iter().all(|word| is_switch(word) || matches!(word.as_str(), "localhost" | "127.0.0.1" | "*" | ".") || usual.contains(&word.as_str()))
}

/// `/all`, `-ano`, `--help`, `/fo:list`, and no path.
fn is_switch(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['/', '-']) else { return false };
    let rest = rest.trim_start_matches('-');
    rest.len() <= 24 && rest.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | ':' | '?' | '='))
}

/// The words of a command in lower case, quotes taken off.
fn words(command: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted) = (Vec::new(), String::new(), None);
    for char in command.to_lowercase().chars() {
        match (char, quoted) {
            (char, Some(quote)) if char == quote => quoted = None,
            ('"' | '\'', None) => quoted = Some(char),
            (char, None) if char.is_whitespace() => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            (char, _) => word.push(char),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_commands_tell_nothing() {
        for line in [
            "whoami",
            "WHOAMI.EXE /all",
            "ipconfig /all",
            r"C:\Windows\System32\ipconfig.exe /all",
            "cmd /c whoami",
            "cmd.exe /c \"net group \"domain admins\" /domain\"",
            "net user /domain",
            "netstat -ano",
            "systeminfo & hostname",
            "ps aux",
            "cat /etc/passwd",
            "vssadmin",
            r"C:\Windows\System32\schtasks.exe",
            r#""C:\Windows\System32\bcdedit.exe""#,
            r"C:\Program Files\Internet Explorer\iexplore.exe",
            r"%SystemRoot%\System32\bcdedit.exe",
            "%ComSpec% /c whoami",
            "/usr/bin/curl",
        ] {
            assert!(command(line).is_some(), "{line}");
        }
        for line in [
            r"rundll32.exe C:\ProgramData\tidehelper.dll,EntryPoint77",
            r"whoami > C:\ProgramData\tide.txt",
            "net user tide P4ss /add",
            "ping control-one.example",
            "taskkill /f /im sqlservr.exe",
            "vssadmin delete shadows /all /quiet",
            r"C:\ProgramData\whoami.exe",
            "powershell -enc SQBFAFgA",
            r"C:\ProgramData\vssadmin.exe",
            r"%APPDATA%\bcdedit.exe",
            r"C:\Windows\System32\bcdedit.exe /set safeboot minimal",
            "curl -O control-one.example/x",
            "",
        ] {
            assert!(command(line).is_none(), "{line}");
        }
    }

    #[test]
    fn everyday_paths_tell_nothing() {
        for text in [
            r"C:\Program Files\Windows Defender\MpCmdRun.exe",
            r"C:\Windows\System32\cmd.exe",
            r"c:\windows\system32\drivers\etc\hosts",
            r"C:\Users\anna\Downloads\setup.exe",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"%SystemRoot%\System32\schtasks.exe",
            r"\\?\C:\Windows\System32\cmd.exe",
            r"C:\Windows\Temp",
            r"C:\Users\Public\",
            "/etc/passwd",
            "/usr/bin/curl",
        ] {
            assert!(path(text).is_some(), "{text}");
        }
        for text in [
            r"C:\Windows\System32\tidesvc77.dll",
            r"C:\ProgramData\svchost.exe",
            r"C:\Windows\Temp\svchost.exe",
            r"C:\ProgramData\TideSync\setup.exe",
            "/tmp/tide",
            "/usr/bin/tideupd9",
        ] {
            assert!(path(text).is_none(), "{text}");
        }
        for (glob, told) in [
            (r"*\\Temp\\setup.exe", false),
            (r"*\\Windows\\System32\\cmd.exe", false),
            (r"*\\System32\\schtasks.exe", false),
            (r"*\\Temp\\schtasks.exe", true),
            (r"*\\AppData\\Roaming\\tide-one.exe", true),
        ] {
            assert_eq!(open_path(&Pattern::glob(glob)).is_none(), told, "{glob}");
        }
    }
}
