//! What do logs of hosts call things? Sysmon's names, as the Sigma taxonomy asks for, and the Windows event log's own.
//!
//! Taxonomy: <https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md>.
//! Sysmon: <https://learn.microsoft.com/sysinternals/downloads/sysmon>.

use super::{Base, Product, Source, rows, source};

pub(super) static SOURCES: &[&Source] = &[
    source!(ProcessStart "process_creation", rows!(ProcessStart;
        ProcessPath "Image" ProcessCommandLine "CommandLine" ProcessPid "ProcessId"
        ProcessDirectory "CurrentDirectory" ProcessOriginalName "OriginalFileName" ProcessCompany "Company"
        ProcessProduct "Product" ProcessDescription "Description" ProcessIntegrity "IntegrityLevel"
        ProcessMd5 "Hashes" ProcessSha1 "Hashes" ProcessSha256 "Hashes" ProcessImphash "Hashes"
        ParentPath "ParentImage" ParentCommandLine "ParentCommandLine" ParentPid "ParentProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
    ), category: Some("process_creation"), product: Product::Platform),
    source!(ProcessAccess "process_access", rows!(ProcessAccess;
        ProcessPath "SourceImage" ProcessPid "SourceProcessId" TargetProcessPath "TargetImage"
        AccessMask "GrantedAccess" CallTrace "CallTrace" UserName "SourceUser" UserDomain "SourceUser" UserAccount "SourceUser" HostName "Computer";
        ProcessCommandLine: "Sysmon 10 carries no command line"
    ), category: Some("process_access"), product: Product::Is("windows")),
    source!(RemoteThread "create_remote_thread", rows!(RemoteThread;
        ProcessPath "SourceImage" ProcessPid "SourceProcessId" TargetProcessPath "TargetImage" ThreadModule "StartModule"
        ThreadFunction "StartFunction" ThreadAddress "StartAddress" UserName "SourceUser" UserDomain "SourceUser" UserAccount "SourceUser"
        HostName "Computer";
        ProcessCommandLine: "Sysmon 8 carries no command line"
    ), category: Some("create_remote_thread"), product: Product::Is("windows")),
    source!(FileRename "file_rename", rows!(FileRename;
        FilePath "TargetFilename" FileSource "SourceFilename" ProcessPath "Image" ProcessPid "ProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
    ), category: Some("file_rename"), product: Product::Is("windows")),
    source!(FileAccess "file_access", rows!(FileAccess;
        FilePath "FileName" ProcessPath "Image" ProcessPid "ProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
    ), category: Some("file_access"), product: Product::Is("windows")),
    source!(FileStream "create_stream_hash", rows!(FileStream;
        FilePath "TargetFilename" ProcessPath "Image" ProcessPid "ProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
    ), category: Some("create_stream_hash"), product: Product::Is("windows")),
    source!(FileCreate "file_event", rows!(FileCreate;
        FilePath "TargetFilename" ProcessPath "Image" ProcessPid "ProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        FileMd5: "Sysmon 11 carries no digest" FileSha1: "Sysmon 11 carries no digest" FileSha256: "Sysmon 11 carries no digest"
        FileSha512: "Sysmon knows no SHA-512" FileSize: "Sysmon 11 carries no size"
        ProcessCommandLine: "Sysmon 11 carries no command line"
    ), category: Some("file_event"), product: Product::Platform),
    source!(FileCreate "file_executable_detected", rows!(FileCreate;
        FilePath "TargetFilename" ProcessPath "Image" ProcessPid "ProcessId"
        FileMd5 "Hashes" FileSha1 "Hashes" FileSha256 "Hashes"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        FileSha512: "Sysmon knows no SHA-512" FileSize: "Sysmon 29 carries no size"
    ), category: Some("file_executable_detected"), product: Product::Is("windows"),
        partial: Some("Sysmon 29 sees the digests of new executables only")),
    source!(FileModify "file_change", rows!(FileModify;
        FilePath "TargetFilename" ProcessPath "Image" ProcessPid "ProcessId"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        ProcessCommandLine: "Sysmon 2 carries no command line"
    ), category: Some("file_change"), product: Product::Is("windows"),
        partial: Some("Sysmon 2 sees only changes of a file's creation time")),
    source!(FileDelete "file_delete", rows!(FileDelete;
        FilePath "TargetFilename" ProcessPath "Image" ProcessPid "ProcessId"
        FileMd5 "Hashes" FileSha1 "Hashes" FileSha256 "Hashes"
        UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        FileSha512: "Sysmon knows no SHA-512" FileSize: "Sysmon 23 carries no size"
        ProcessCommandLine: "Sysmon 23 carries no command line"
    ), category: Some("file_delete"), product: Product::Platform),
    source!(RegistrySet "registry_set", rows!(RegistrySet;
        RegistryPath "TargetObject" RegistryKey "TargetObject" RegistryValueName "TargetObject" RegistryData "Details"
        ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        RegistryType: "Sysmon 13 writes the type into the data" ProcessCommandLine: "Sysmon 13 carries no command line"
    ), category: Some("registry_set"), product: Product::Is("windows")),
    source!(RegistryDelete "registry_delete", rows!(RegistryDelete;
        RegistryPath "TargetObject" RegistryKey "TargetObject" RegistryValueName "TargetObject"
        ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        RegistryData: "what was removed is not logged" RegistryType: "what was removed is not logged"
    ), category: Some("registry_delete"), product: Product::Is("windows")),
    source!(RegistryCreate "registry_add", rows!(RegistryCreate;
        RegistryPath "TargetObject" RegistryKey "TargetObject" RegistryValueName "TargetObject" RegistryData "Details"
        ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        RegistryType: "Sysmon writes the type into the data"
    ), category: Some("registry_add"), product: Product::Is("windows")),
    source!(RegistryChange "registry_event", rows!(RegistryChange;
        RegistryPath "TargetObject" RegistryKey "TargetObject" RegistryValueName "TargetObject" RegistryData "Details"
        ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        RegistryType: "Sysmon writes the type into the data"
    ), category: Some("registry_event"), product: Product::Is("windows")),
    source!(ImageLoad "image_load", rows!(ImageLoad;
        ImagePath "ImageLoaded" ImageMd5 "Hashes" ImageSha1 "Hashes" ImageSha256 "Hashes" ImageImphash "Hashes"
        ImageSigned "Signed" ImageSigner "Signature"
        ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        ProcessCommandLine: "Sysmon 7 carries no command line"
    ), category: Some("image_load"), product: Product::Is("windows")),
    source!(DriverLoad "driver_load", rows!(DriverLoad;
        ImagePath "ImageLoaded" ImageMd5 "Hashes" ImageSha1 "Hashes" ImageSha256 "Hashes" ImageImphash "Hashes"
        ImageSigned "Signed" ImageSigner "Signature" HostName "Computer";
    ), category: Some("driver_load"), product: Product::Is("windows")),
    source!(Pipe "pipe_created", rows!(Pipe;
        PipeName "PipeName" ProcessPath "Image" ProcessPid "ProcessId" UserName "User" UserDomain "User" UserAccount "User" HostName "Computer";
        ProcessCommandLine: "Sysmon 17 and 18 carry no command line"
    ), category: Some("pipe_created"), product: Product::Is("windows")),
    source!(ServiceInstall "system", rows!(ServiceInstall;
        ServiceName "ServiceName" ServicePath "ImagePath" ServiceStart "StartType" ServiceAccount "AccountName" HostName "Computer";
        UserName: "event 7045 does not say who installed the service" UserDomain: "event 7045 does not say who installed the service"
    ), product: Product::Is("windows"), service: Some("system"),
        base: &[Base::Text("Provider_Name", "Service Control Manager"), Base::Numbers("EventID", &[7045])]),
    source!(TaskCreate "security", rows!(TaskCreate;
        TaskName "TaskName" TaskCommand "TaskContent" TaskContent "TaskContent"
        UserName "SubjectUserName" UserDomain "SubjectDomainName" HostName "Computer";
        ProcessPath: "event 4698 names no program"
    ), product: Product::Is("windows"), service: Some("security"), base: &[Base::Numbers("EventID", &[4698])],
        definition: Some("Requirements: the audit subcategory Other Object Access Events logs success")),
    source!(ScriptBlock "ps_script", rows!(ScriptBlock;
        ScriptText "ScriptBlockText" ScriptPath "Path" HostName "Computer";
        ProcessPath: "event 4104 names no program" UserName: "event 4104 has the account's SID only"
    ), category: Some("ps_script"), product: Product::Is("windows"),
        definition: Some("Requirements: PowerShell script block logging is on")),
    source!(AuthLogon "security", rows!(AuthLogon;
        Outcome "EventID" LogonType "LogonType" LogonProcess "LogonProcessName"
        UserName "TargetUserName" UserDomain "TargetDomainName" SourceIp "IpAddress" SourcePort "IpPort" HostName "Computer";
        DestinationIp: "a logon is logged on the machine itself" DestinationPort: "a logon is logged on the machine itself"
    ), product: Product::Is("windows"), service: Some("security"), nothing: Some("-"),
        base: &[Base::Numbers("EventID", &[4624, 4625])]),
];
