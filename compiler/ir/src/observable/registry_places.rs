//! Which parts of the registry does every Windows have? There the last part of a path is the name of a value, and the keys themselves
//! tell nothing.
//!
//! Sources: Microsoft Learn, "Run and RunOnce Registry Keys", "Winlogon registry entries", "GFlags and Image File Execution Options",
//! "HKLM\SYSTEM\CurrentControlSet\Services registry tree"; ATT&CK T1547, T1546, T1112 and T1562.001 for the places that intruders write to.

/// Keys below a hive with the values they hold; none named: all that stands below is a value. `*` is one part. `SOFTWARE\WOW6432Node` is
/// `SOFTWARE`, and `ControlSet001` is `CurrentControlSet`.
const PLACES: [(&str, &[&str]); 44] = [
    (r"software\microsoft\windows\currentversion\run", &[]),
    (r"software\microsoft\windows\currentversion\runonce", &[]),
    (r"software\microsoft\windows\currentversion\runservices", &[]),
    (r"software\microsoft\windows\currentversion\runservicesonce", &[]),
    (r"software\microsoft\windows\currentversion\policies\explorer\run", &[]),
    (r"software\microsoft\windows\currentversion\policies\explorer", &["nodrives", "norun", "noclose", "hidescahealth", "disallowrun"]),
    (r"software\microsoft\windows\currentversion\policies\system", &[]),
    (r"software\microsoft\windows\currentversion\explorer\startupapproved\run", &[]),
    (r"software\microsoft\windows\currentversion\explorer\startupapproved\run32", &[]),
    (r"software\microsoft\windows\currentversion\explorer\startupapproved\startupfolder", &[]),
    (r"software\microsoft\windows\currentversion\explorer\advanced", &["hidden", "hidefileext", "showsuperhidden", "superhidden"]),
    (r"software\microsoft\windows\currentversion\explorer\shell folders", &[]),
    (r"software\microsoft\windows\currentversion\explorer\user shell folders", &[]),
    (r"software\microsoft\windows\currentversion\internet settings", &["proxyserver", "proxyenable", "proxyoverride", "autoconfigurl"]),
    (r"software\microsoft\windows nt\currentversion\windows", &["appinit_dlls", "loadappinit_dlls", "requiresignedappinit_dlls", "load", "run"]),
    (
        r"software\microsoft\windows nt\currentversion\winlogon",
        &[
            "shell",
            "userinit",
            "taskman",
            "system",
            "ginadll",
            "vmapplet",
            "uihost",
            "appsetup",
            "legalnoticecaption",
            "legalnoticetext",
            "autoadminlogon",
            "defaultusername",
            "defaultpassword",
            "defaultdomainname",
            "mpnotify",
        ],
    ),
    (
        r"software\microsoft\windows nt\currentversion\image file execution options\*",
        &["debugger", "globalflag", "verifierdlls", "mitigationoptions"],
    ),
    (r"software\microsoft\windows nt\currentversion\silentprocessexit\*", &[]),
    (r"software\microsoft\windows nt\currentversion\drivers32", &[]),
    (r"software\microsoft\windows nt\currentversion\systemrestore", &["disablesr", "disableconfig"]),
    (r"software\microsoft\command processor", &[]),
    (r"software\microsoft\netsh", &[]),
    (r"software\microsoft\active setup\installed components\*", &["stubpath"]),
    (r"software\policies\microsoft\windows defender", &["disableantispyware", "disableantivirus", "disableroutinelytakingaction"]),
    (r"software\policies\microsoft\windows defender\real-time protection", &[]),
    (r"software\microsoft\windows defender", &["disableantispyware", "disableantivirus"]),
    (r"software\microsoft\windows defender\real-time protection", &[]),
    (r"software\microsoft\windows defender\exclusions\paths", &[]),
    (r"software\microsoft\windows defender\exclusions\processes", &[]),
    (r"software\microsoft\windows defender\exclusions\extensions", &[]),
    (r"software\microsoft\windows defender\features", &["tamperprotection"]),
    (r"software\policies\microsoft\windows\system", &["enablesmartscreen", "disablecmd"]),
    (
        r"system\currentcontrolset\services\*",
        &[
            "imagepath",
            "start",
            "type",
            "displayname",
            "objectname",
            "description",
            "errorcontrol",
            "dependonservice",
            "delayedautostart",
            "failurecommand",
            "failureactions",
            "group",
        ],
    ),
    (r"system\currentcontrolset\services\*\parameters", &["servicedll", "servicemain", "application", "appparameters", "appdirectory"]),
    (
        r"system\currentcontrolset\control\lsa",
        &[
            "authentication packages",
            "security packages",
            "notification packages",
            "runasppl",
            "lmcompatibilitylevel",
            "disablerestrictedadmin",
            "nolmhash",
            "everyoneincludesanonymous",
        ],
    ),
    (r"system\currentcontrolset\control\securityproviders\wdigest", &[]),
    (r"system\currentcontrolset\control\session manager", &["bootexecute", "pendingfilerenameoperations", "setupexecute", "excludefromknowndlls"]),
    (r"system\currentcontrolset\control\session manager\appcertdlls", &[]),
    (r"system\currentcontrolset\control\terminal server", &["fdenytsconnections", "fsinglesessionperuser"]),
    (
        r"system\currentcontrolset\control\terminal server\winstations\rdp-tcp",
        &["portnumber", "userauthentication", "securitylayer", "initialprogram"],
    ),
    (r"system\currentcontrolset\control\print\monitors\*", &["driver"]),
    (r"system\currentcontrolset\control\filesystem", &["longpathsenabled", "ntfsdisablelastaccessupdate"]),
    (r"control panel\desktop", &[]),
    (r"environment", &[]),
];

/// Keys that every Windows has besides those of [`PLACES`] and what stands above them.
const KEYS: [&str; 30] = [
    r"software\classes",
    r"software\classes\clsid",
    r"software\classes\ms-settings\shell\open\command",
    r"software\classes\mscfile\shell\open\command",
    r"software\classes\exefile\shell\open\command",
    r"software\classes\folder\shell\open\command",
    r"software\microsoft\windows\currentversion\uninstall",
    r"software\microsoft\windows\currentversion\app paths",
    r"software\microsoft\windows\currentversion\runonceex",
    r"software\microsoft\windows\currentversion\explorer\browser helper objects",
    r"software\microsoft\windows\currentversion\explorer\run",
    r"software\microsoft\windows\currentversion\explorer\fileexts",
    r"software\microsoft\windows\currentversion\shellserviceobjectdelayload",
    r"software\microsoft\windows\currentversion\group policy",
    r"software\microsoft\windows nt\currentversion\winlogon\notify",
    r"software\microsoft\windows nt\currentversion\schedule\taskcache\tree",
    r"software\microsoft\windows nt\currentversion\schedule\taskcache\tasks",
    r"software\microsoft\windows nt\currentversion\profilelist",
    r"software\microsoft\cryptography",
    r"software\microsoft\internet explorer",
    r"software\microsoft\internet explorer\main",
    r"software\microsoft\office",
    r"software\microsoft\amsi\providers",
    r"software\microsoft\security center",
    r"system\currentcontrolset\enum",
    r"system\currentcontrolset\control\safeboot",
    r"system\currentcontrolset\control\networkprovider\order",
    r"system\currentcontrolset\control\computername",
    r"sam",
    r"security",
];

/// Names of values that policies and settings write on every machine; only the data tells which way.
const SETTINGS: [&str; 49] = [
    "runasppl",
    "lmcompatibilitylevel",
    "disablerestrictedadmin",
    "nolmhash",
    "everyoneincludesanonymous",
    "restrictanonymous",
    "uselogoncredential",
    "fdenytsconnections",
    "fsinglesessionperuser",
    "portnumber",
    "userauthentication",
    "securitylayer",
    "enablelua",
    "consentpromptbehavioradmin",
    "consentpromptbehavioruser",
    "promptonsecuredesktop",
    "localaccounttokenfilterpolicy",
    "filteradministratortoken",
    "disabletaskmgr",
    "disableregistrytools",
    "disablecmd",
    "enablesmartscreen",
    "disableantispyware",
    "disableantivirus",
    "disableroutinelytakingaction",
    "disablerealtimemonitoring",
    "disablebehaviormonitoring",
    "disableioavprotection",
    "disableonaccessprotection",
    "disablescanonrealtimeenable",
    "disablescriptscanning",
    "tamperprotection",
    "disablesr",
    "disableconfig",
    "hidden",
    "hidefileext",
    "showsuperhidden",
    "superhidden",
    "proxyenable",
    "proxyoverride",
    "nodrives",
    "noclose",
    "norun",
    "hidescahealth",
    "wallpaper",
    "longpathsenabled",
    "ntfsdisablelastaccessupdate",
    "pendingfilerenameoperations",
    "start",
];

/// Whether a value at a known key is a setting that policies write on every machine.
pub(super) fn is_setting(below: &str, value: &str) -> bool {
    let value = value.to_lowercase();
    let path = plain(below);
    // A service of its own is started as its author likes.
    let own = path.starts_with(r"system\currentcontrolset\services\") && !everywhere(below);
    !own && SETTINGS.contains(&&*value) && ends_with_value(&format!("{below}\\{value}"))
}

/// Services that every Windows has, in lower case.
pub(super) const SERVICES: [&str; 46] = [
    "windefend",
    "wdnissvc",
    "wdfilter",
    "wdboot",
    "sense",
    "securityhealthservice",
    "wscsvc",
    "mpssvc",
    "sharedaccess",
    "bfe",
    "eventlog",
    "eventsystem",
    "schedule",
    "bits",
    "wuauserv",
    "usosvc",
    "trustedinstaller",
    "winmgmt",
    "winrm",
    "termservice",
    "sessionenv",
    "umrdpservice",
    "remoteregistry",
    "lanmanserver",
    "lanmanworkstation",
    "netlogon",
    "dnscache",
    "dhcp",
    "tcpip",
    "nsi",
    "rpcss",
    "rpceptmapper",
    "dcomlaunch",
    "samss",
    "spooler",
    "vss",
    "swprv",
    "w32time",
    "cryptsvc",
    "keyiso",
    "vaultsvc",
    "appinfo",
    "profsvc",
    "themes",
    "sysmain",
    "mssecflt",
];

/// A path below a hive in lower case, with one name for what has several.
fn plain(below: &str) -> String {
    let mut parts: Vec<String> = below.split('\\').map(str::to_lowercase).collect();
    if parts.first().is_some_and(|part| part == "software") && parts.get(1).is_some_and(|part| part == "wow6432node") {
        parts.remove(1);
    }
    if let Some(set) = parts.get_mut(1).filter(|part| part.starts_with("controlset")) {
        "currentcontrolset".clone_into(set);
    }
    parts.join("\\")
}

/// Whether a path is this one, in which `*` is one part.
fn is(path: &str, place: &str) -> bool {
    let (mut path, mut place) = (path.split('\\'), place.split('\\'));
    loop {
        match (path.next(), place.next()) {
            (None, None) => return true,
            (Some(part), Some(wanted)) if wanted == "*" || part == wanted => {}
            _ => return false,
        }
    }
}

/// Whether the last part of a path below a hive is the name of a value.
pub(super) fn ends_with_value(below: &str) -> bool {
    let path = plain(below);
    let Some((key, value)) = path.rsplit_once('\\') else { return false };
    PLACES.iter().any(|(place, values)| is(key, place) && (values.is_empty() || values.iter().any(|known| known.eq_ignore_ascii_case(value))))
}

/// Whether keys stand below this one: it is above a known place, or one of those whose parts have names of their own.
pub(super) fn holds_keys(below: &str) -> bool {
    let path = plain(below);
    let above = |place: &str| place.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('\\'));
    // Values stand there as well: `Winlogon` has some, and `Notify` below it.
    if PLACES.iter().any(|(place, _)| is(&path, place)) {
        return false;
    }
    path.is_empty() || PLACES.iter().any(|(place, _)| above(place)) || KEYS.iter().any(|key| above(key) || *key == path)
}

/// Whether every Windows has this key: a known one, what stands above it, or that of a service of Windows.
pub(super) fn everywhere(below: &str) -> bool {
    let path = plain(below);
    let above = |place: &str| place.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'));
    let service = path.strip_prefix(r"system\currentcontrolset\services\").map(|rest| rest.strip_suffix(r"\parameters").unwrap_or(rest));
    path.is_empty()
        || PLACES.iter().map(|(place, _)| place).chain(&KEYS).any(|place| above(place))
        || service.is_some_and(|name| SERVICES.contains(&name))
}
