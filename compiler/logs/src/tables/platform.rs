//! How does a table tell machines of one platform from others?
//!
//! The sensor of Defender writes paths as the machine does, and every program that starts, or starts something, has one. ASIM's parsers fill `DvcOs` for
//! processes, files and connections, as far as they know it: that of Defender knows Windows and everything else, which it calls Linux
//! (<https://github.com/Azure/Azure-Sentinel/tree/master/Parsers/ASimProcessEvent>). No parser of logons fills it.

use ir::Platform;

/// What is asked of a table's rows for a platform, and which platforms' are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which rows; empty for all.
    pub rows: &'static str,
    /// Whose rows are found, too.
    pub others: Option<(Platform, &'static str)>,
}

impl Told {
    /// Nothing is asked, and nothing else is found.
    pub const ALL: Self = Self { rows: "", others: None };
}

/// The path by which a table of the sensor's tells the platform; `None` for other tables.
pub fn path(table: &str) -> Option<&'static str> {
    match table {
        "DeviceProcessEvents" | "DeviceFileEvents" | "DeviceImageLoadEvents" => Some("FolderPath"),
        "DeviceNetworkEvents" | "DeviceLogonEvents" => Some("InitiatingProcessFolderPath"),
        _ => None,
    }
}

/// What a table tells of the machine, for the rows of a platform.
pub fn told(table: &str, platform: Platform) -> Told {
    let windows = platform == Platform::Windows;
    let all = |rows| Told { rows, others: None };
    // Paths with slashes tell Windows from the others, and these not from each other.
    let other = match platform {
        Platform::Windows => None,
        Platform::Linux => Some("`macos`"),
        Platform::Macos => Some("`linux`"),
    };
    let one = |of_windows, of_others| Told { rows: if windows { of_windows } else { of_others }, others: other.map(|other| (platform, other)) };
    match table {
        "DeviceProcessEvents" | "DeviceFileEvents" | "DeviceImageLoadEvents" => one("FolderPath !startswith \"/\"", "FolderPath startswith \"/\""),
        "DeviceNetworkEvents" => one("InitiatingProcessFolderPath !startswith \"/\"", "InitiatingProcessFolderPath startswith \"/\""),
        // A logon may name no program: it is left to both.
        "DeviceLogonEvents" => one("InitiatingProcessFolderPath !startswith \"/\"", "InitiatingProcessFolderPath !contains @\"\\\""),
        // Where it is not known, a logon is left to all.
        "IdentityLogonEvents" => all(match platform {
            Platform::Windows => "not(OSPlatform has_any (\"Linux\", \"macOS\"))",
            Platform::Linux => "not(OSPlatform has_any (\"Windows\", \"macOS\"))",
            Platform::Macos => "not(OSPlatform has_any (\"Windows\", \"Linux\"))",
        }),
        "_Im_ProcessCreate" | "_Im_FileEvent" | "_Im_NetworkSession" => {
            one("DvcOs !in~ (\"Linux\", \"macOS\", \"Mac OS X\")", "DvcOs !startswith \"Windows\"")
        }
        "_Im_Authentication" => Told { rows: "", others: Some((platform, "other platforms")) },
        // A sensor on the network, a mail server or a cloud is not the machine that is meant: its events fit any platform.
        _ => all(""),
    }
}
