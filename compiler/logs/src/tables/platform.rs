//! How does a table tell machines of one platform from others?
//!
//! The sensor of Defender writes paths as the machine does, and every program that starts, or starts something, has one. ASIM's parsers fill `DvcOs` for
//! processes, files and connections, as far as they know it: that of Defender knows Windows and everything else, which it calls Linux
//! (<https://github.com/Azure/Azure-Sentinel/tree/master/Parsers/ASimProcessEvent>). No parser of logons fills it.

use super::rows::Rows;
use ir::Platform;

/// What is asked of a table's rows for a platform, and which platforms' are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which rows; empty for all.
    pub rows: Rows,
    /// Whose rows are found, too.
    pub others: Option<(Platform, &'static str)>,
}

impl Told {
    /// Nothing is asked, and nothing else is found.
    pub const ALL: Self = Self { rows: Rows::All, others: None };
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
        "DeviceProcessEvents" | "DeviceFileEvents" | "DeviceImageLoadEvents" => {
            one(Rows::Not(&Rows::Starts("FolderPath", "/")), Rows::Starts("FolderPath", "/"))
        }
        "DeviceNetworkEvents" => one(Rows::Not(&Rows::Starts("InitiatingProcessFolderPath", "/")), Rows::Starts("InitiatingProcessFolderPath", "/")),
        // A logon may name no program: it is left to both.
        "DeviceLogonEvents" => {
            one(Rows::Not(&Rows::Starts("InitiatingProcessFolderPath", "/")), Rows::Not(&Rows::Contains("InitiatingProcessFolderPath", "\\")))
        }
        // Where it is not known, a logon is left to all.
        "IdentityLogonEvents" => all(match platform {
            Platform::Windows => Rows::Not(&Rows::Has("OSPlatform", &["Linux", "macOS"])),
            Platform::Linux => Rows::Not(&Rows::Has("OSPlatform", &["Windows", "macOS"])),
            Platform::Macos => Rows::Not(&Rows::Has("OSPlatform", &["Windows", "Linux"])),
        }),
        "_Im_ProcessCreate" | "_Im_FileEvent" | "_Im_NetworkSession" => {
            one(Rows::Not(&Rows::Alike("DvcOs", &["Linux", "macOS", "Mac OS X"])), Rows::Not(&Rows::Starts("DvcOs", "Windows")))
        }
        "_Im_Authentication" => Told { rows: Rows::All, others: Some((platform, "other platforms")) },
        // A sensor on the network, a mail server or a cloud is not the machine that is meant: its events fit any platform.
        _ => all(Rows::All),
    }
}
