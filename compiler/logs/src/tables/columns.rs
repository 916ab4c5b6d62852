//! Which columns each table has: names and types, as the vendor's table reference lists them.
//!
//! A name without a mark is text; `#` is a number, `?` a flag, `@` a time, `*` a JSON value.
//! Sources: <https://learn.microsoft.com/azure/azure-monitor/reference/tables-index>,
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-schema-tables>,
//! <https://learn.microsoft.com/azure/sentinel/normalization-about-schemas>.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::columns_open;
use super::product::Product;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A time.
    Time,
    /// A JSON value.
    Json,
}

/// The column of a table with this name, in any case: its exact name, and what it holds.
pub fn find(product: Product, table: &str, name: &str) -> Option<(&'static str, Holds)> {
    read(product, table)?.iter().find(|(column, _)| column.eq_ignore_ascii_case(name)).copied()
}

/// Whether the table is one of those that the profile writes for.
pub fn known(product: Product, table: &str) -> bool {
    read(product, table).is_some()
}

/// Every column of a table, and what it holds.
pub fn all(product: Product, table: &str) -> Option<impl Iterator<Item = (&'static str, Holds)>> {
    Some(read(product, table)?.iter().copied())
}

/// The columns of a table. Queries ask for them by name again and again, so that each list is read once.
fn read(product: Product, table: &str) -> Option<&'static [(&'static str, Holds)]> {
    type Tables = BTreeMap<&'static str, Vec<(&'static str, Holds)>>;
    static READ: LazyLock<[(Product, Tables); 3]> = LazyLock::new(|| {
        Product::ALL.map(|product| {
            let lists = match product {
                Product::DefenderXdr => [DEFENDER_XDR, columns_open::DEFENDER_XDR],
                Product::Asim => [ASIM, columns_open::ASIM],
                Product::Sentinel => [SENTINEL, columns_open::SENTINEL],
            };
            // Every table of a workspace: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns
            let standard = if product == Product::Sentinel { "_ResourceId" } else { "" };
            let columns = |list: &'static str| list.split_whitespace().chain(standard.split_whitespace()).map(marked).collect();
            (product, lists.into_iter().flatten().map(|(name, list)| (*name, columns(list))).collect())
        })
    });
    let (_, tables) = READ.iter().find(|(known, _)| *known == product)?;
    tables.get(table).map(Vec::as_slice)
}

/// A column's name without its mark, and what the mark says.
fn marked(word: &str) -> (&str, Holds) {
    let holds = match word.as_bytes().last() {
        Some(b'#') => Holds::Number,
        Some(b'?') => Holds::Flag,
        Some(b'@') => Holds::Time,
        Some(b'*') => Holds::Json,
        _ => Holds::Text,
    };
    (word.trim_end_matches(['#', '?', '@', '*']), holds)
}

/// Tables of advanced hunting in Defender XDR.
const DEFENDER_XDR: &[(&str, &str)] = &[
    (
        "DeviceProcessEvents",
        "\
      AccountDomain AccountName AccountObjectId AccountSid AccountUpn ActionType AdditionalFields AppGuardContainerId CreatedProcessSessionId# \
      DeviceId DeviceName FileName FileSize# FolderPath InitiatingProcessAccountDomain InitiatingProcessAccountName \
      InitiatingProcessAccountObjectId InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine \
      InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# \
      InitiatingProcessIntegrityLevel InitiatingProcessLogonId# InitiatingProcessMD5 InitiatingProcessParentCreationTime@ \
      InitiatingProcessParentFileName InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP \
      InitiatingProcessSHA1 InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessSignatureStatus InitiatingProcessSignerType \
      InitiatingProcessTokenElevation InitiatingProcessUniqueId InitiatingProcessVersionInfoCompanyName \
      InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName \
      InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion IsInitiatingProcessRemoteSession? IsProcessRemoteSession? \
      LogonID# LogonId# MD5 ProcessCommandLine ProcessCreationTime@ ProcessId# ProcessIntegrityLevel ProcessRemoteSessionDeviceName \
      ProcessRemoteSessionIP ProcessTokenElevation ProcessUniqueId ProcessVersionInfoCompanyName ProcessVersionInfoFileDescription \
      ProcessVersionInfoInternalFileName ProcessVersionInfoOriginalFileName ProcessVersionInfoProductName ProcessVersionInfoProductVersion \
      ReportId# SHA1 SHA256 Timestamp@",
    ),
    (
        "DeviceFileEvents",
        "\
      ActionType AdditionalFields AppGuardContainerId DeviceId DeviceName FileName FileOriginIP FileOriginReferrerUrl FileOriginUrl FileSize# \
      FolderPath InitiatingProcessAccountDomain InitiatingProcessAccountName InitiatingProcessAccountObjectId InitiatingProcessAccountSid \
      InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# \
      InitiatingProcessFolderPath InitiatingProcessId# InitiatingProcessIntegrityLevel InitiatingProcessMD5 InitiatingProcessParentCreationTime@ \
      InitiatingProcessParentFileName InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP \
      InitiatingProcessSHA1 InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessTokenElevation InitiatingProcessUniqueId \
      InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName \
      InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
      IsAzureInfoProtectionApplied? IsInitiatingProcessRemoteSession? LogonID# MD5 PreviousFileName PreviousFolderPath ReportId# \
      RequestAccountDomain RequestAccountName RequestAccountSid RequestProtocol RequestSourceIP RequestSourcePort# SHA1 SHA256 SensitivityLabel \
      SensitivitySubLabel ShareName Timestamp@",
    ),
    (
        "DeviceRegistryEvents",
        "\
      ActionType AppGuardContainerId DeviceId DeviceName InitiatingProcessAccountDomain InitiatingProcessAccountName \
      InitiatingProcessAccountObjectId InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine \
      InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# \
      InitiatingProcessIntegrityLevel InitiatingProcessMD5 InitiatingProcessParentCreationTime@ InitiatingProcessParentFileName \
      InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessSHA1 \
      InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessTokenElevation InitiatingProcessUniqueId \
      InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName \
      InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
      IsInitiatingProcessRemoteSession? PreviousRegistryKey PreviousRegistryValueData PreviousRegistryValueName RegistryKey RegistryValueData \
      RegistryValueName RegistryValueType ReportId# Timestamp@",
    ),
    (
        "DeviceImageLoadEvents",
        "\
      ActionType AppGuardContainerId DeviceId DeviceName FileName FileSize# FolderPath InitiatingProcessAccountDomain InitiatingProcessAccountName \
      InitiatingProcessAccountObjectId InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine \
      InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# \
      InitiatingProcessIntegrityLevel InitiatingProcessMD5 InitiatingProcessParentCreationTime@ InitiatingProcessParentFileName \
      InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessSHA1 \
      InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessTokenElevation InitiatingProcessUniqueId \
      InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName \
      InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
      IsInitiatingProcessRemoteSession? MD5 ReportId# SHA1 SHA256 Timestamp@",
    ),
    (
        "DeviceEvents",
        "\
      AccountDomain AccountName AccountSid ActionType AdditionalFields AppGuardContainerId CreatedProcessSessionId# DeviceId DeviceName FileName \
      FileOriginIP FileOriginUrl FileSize# FolderPath InitiatingProcessAccountDomain InitiatingProcessAccountName InitiatingProcessAccountObjectId \
      InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessCreationTime@ \
      InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# InitiatingProcessLogonId# \
      InitiatingProcessMD5 InitiatingProcessParentCreationTime@ InitiatingProcessParentFileName InitiatingProcessParentId# \
      InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessSHA1 InitiatingProcessSHA256 \
      InitiatingProcessSessionId# InitiatingProcessUniqueId InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription \
      InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName \
      InitiatingProcessVersionInfoProductVersion IsInitiatingProcessRemoteSession? IsProcessRemoteSession? LocalIP LocalPort# LogonId# MD5 \
      ProcessCommandLine ProcessCreationTime@ ProcessId# ProcessRemoteSessionDeviceName ProcessRemoteSessionIP ProcessTokenElevation RegistryKey \
      RegistryValueData RegistryValueName RemoteDeviceName RemoteIP RemotePort# RemoteUrl ReportId# SHA1 SHA256 Timestamp@",
    ),
    (
        "DeviceNetworkEvents",
        "\
      ActionType AdditionalFields AppGuardContainerId DeviceId DeviceName InitiatingProcessAccountDomain InitiatingProcessAccountName \
      InitiatingProcessAccountObjectId InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine \
      InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# \
      InitiatingProcessIntegrityLevel InitiatingProcessMD5 InitiatingProcessParentCreationTime@ InitiatingProcessParentFileName \
      InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessSHA1 \
      InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessTokenElevation InitiatingProcessUniqueId \
      InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName \
      InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
      IsInitiatingProcessRemoteSession? LocalIP LocalIPType LocalPort# LogonID# Protocol RemoteIP RemoteIPType RemotePort# RemoteUrl ReportId# \
      Timestamp@",
    ),
    (
        "DeviceLogonEvents",
        "\
      AccountDomain AccountName AccountSid ActionType AdditionalFields AppGuardContainerId DeviceId DeviceName FailureReason \
      InitiatingProcessAccountDomain InitiatingProcessAccountName InitiatingProcessAccountObjectId InitiatingProcessAccountSid \
      InitiatingProcessAccountUpn InitiatingProcessCommandLine InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# \
      InitiatingProcessFolderPath InitiatingProcessId# InitiatingProcessIntegrityLevel InitiatingProcessMD5 InitiatingProcessParentCreationTime@ \
      InitiatingProcessParentFileName InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP \
      InitiatingProcessSHA1 InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessTokenElevation InitiatingProcessUniqueId \
      InitiatingProcessVersionInfoCompanyName InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName \
      InitiatingProcessVersionInfoOriginalFileName InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion \
      IsInitiatingProcessRemoteSession? IsLocalAdmin? LogonId# LogonType Protocol RemoteDeviceName RemoteIP RemoteIPType RemotePort# ReportId# \
      Timestamp@",
    ),
    (
        "IdentityLogonEvents",
        "\
      AccountDisplayName AccountDomain AccountName AccountObjectId AccountSid AccountUpn ActionType AdditionalFields* Application \
      DestinationDeviceName DestinationIPAddress DestinationPort# DeviceName DeviceType FailureReason IPAddress Isp Location LogonType OSPlatform \
      Port# Protocol ReportId TargetAccountDisplayName TargetDeviceName Timestamp@",
    ),
    (
        "EmailEvents",
        "\
      AdditionalFields AttachmentCount# AuthenticationDetails BulkComplaintLevel# ConfidenceLevel Connectors DeliveryAction DeliveryLocation \
      DetectionMethods DistributionList EmailAction EmailActionPolicy EmailActionPolicyGuid EmailClusterId# EmailDirection EmailLanguage \
      InternetMessageId LatestDeliveryAction LatestDeliveryLocation NetworkMessageId OrgLevelAction OrgLevelPolicy RecipientEmailAddress \
      RecipientObjectId ReportId SenderDisplayName SenderFromAddress SenderFromDomain SenderIPv4 SenderIPv6 SenderMailFromAddress \
      SenderMailFromDomain SenderObjectId Subject ThreatNames ThreatTypes Timestamp@ UrlCount# UserLevelAction UserLevelPolicy",
    ),
    (
        "EmailAttachmentInfo",
        "\
      DetectionMethods FileName FileSize# FileType NetworkMessageId RecipientEmailAddress RecipientObjectId ReportId SHA256 SenderDisplayName \
      SenderFromAddress SenderObjectId ThreatNames ThreatTypes Timestamp@",
    ),
    (
        "EmailUrlInfo",
        "\
      NetworkMessageId ReportId Timestamp@ Url UrlDomain UrlLocation",
    ),
    (
        "CloudAppEvents",
        "\
      AccountDisplayName AccountId AccountObjectId AccountType ActionType ActivityObjects* ActivityType AdditionalFields* AppInstanceId# \
      Application ApplicationId# AuditSource City CountryCode DeviceType IPAddress IPCategory IPTags* IsAdminOperation? IsAnonymousProxy? \
      IsExternalUser? IsImpersonated? Isp LastSeenForUser* OAuthAppId OSPlatform ObjectId ObjectName ObjectType RawEventData* ReportId \
      SessionData* Timestamp@ UncommonForUser* UserAgent UserAgentTags*",
    ),
];

/// Native tables of a Log Analytics workspace.
const SENTINEL: &[(&str, &str)] = &[
    (
        "SecurityEvent",
        "\
      AccessList AccessMask Account AccountDomain AccountExpires AccountName AccountSessionIdentifier AccountType Activity AdditionalInfo \
      AdditionalInfo2 AllowedToDelegateTo Attributes AuditPolicyChanges AuditsDiscarded# AuthenticationLevel# AuthenticationPackageName \
      AuthenticationProvider AuthenticationServer AuthenticationService# AuthenticationType CACertificateHash CAPublicKeyHash CalledStationID \
      CallerProcessId CallerProcessName CallingStationID CategoryId CertificateDatabaseHash Channel ClassId ClassName ClientAddress \
      ClientIPAddress ClientName CommandLine CompatibleIds Computer Correlation DCDNSName DeviceDescription DeviceId DisplayName Disposition \
      DomainBehaviorVersion DomainName DomainPolicyChanged DomainSid EAPType ElevatedToken ErrorCode# EventData EventID# EventLevelName \
      EventRecordId EventSourceName ExtendedQuarantineState FailureReason FileHash FilePath FilePathNoUser Filter ForceLogoff Fqbn \
      FullyQualifiedSubjectMachineName FullyQualifiedSubjectUserName GroupMembership HandleId HardwareIds HomeDirectory HomePath InterfaceUuid \
      IpAddress IpPort KeyLength# Keywords Level LmPackageName LocationInformation LockoutDuration LockoutObservationWindow LockoutThreshold \
      LoggingResult LogonGuid LogonHours LogonID LogonProcessName LogonType# LogonTypeName MachineAccountQuota MachineInventory MachineLogon \
      MandatoryLabel MaxPasswordAge MemberName MemberSid MinPasswordAge MinPasswordLength MixedDomainMode NASIPv4Address NASIPv6Address \
      NASIdentifier NASPort NASPortType NetworkPolicyName NewDate NewMaxUsers NewProcessId NewProcessName NewRemark NewShareFlags NewTime \
      NewUacValue NewValue NewValueType ObjectName ObjectServer ObjectType ObjectValueName OemInformation OldMaxUsers OldRemark OldShareFlags \
      OldUacValue OldValue OldValueType Opcode OperationType PackageName ParentProcessName PasswordHistoryLength PasswordLastSet \
      PasswordProperties PreviousDate PreviousTime PrimaryGroupId PrivateKeyUsageCount PrivilegeList Process ProcessId ProcessName ProfilePath \
      Properties ProtocolSequence ProxyPolicyName QuarantineHelpURL QuarantineSessionID QuarantineSessionIdentifier QuarantineState \
      QuarantineSystemHealthResult RelativeTargetName RemoteIpAddress RemotePort RequestId Requester RestrictedAdminMode RowsDeleted \
      SamAccountName ScriptPath SecurityDescriptor ServiceAccount ServiceFileName ServiceName ServiceStartType# ServiceType SessionName \
      ShareLocalPath ShareName SidHistory SourceComputerId Status StorageAccount SubStatus SubcategoryGuid SubcategoryId Subject SubjectAccount \
      SubjectDomainName SubjectKeyIdentifier SubjectLogonId SubjectMachineName SubjectMachineSID SubjectUserName SubjectUserSid SystemProcessId# \
      SystemThreadId# SystemUserId TableId TargetAccount TargetDomainName TargetInfo TargetLinkedLogonId TargetLogonGuid TargetLogonId \
      TargetOutboundDomainName TargetOutboundUserName TargetServerName TargetSid TargetUser TargetUserName TargetUserSid Task# TemplateContent \
      TemplateDSObjectFQDN TemplateInternalName TemplateOID TemplateSchemaVersion TemplateVersion TimeGenerated@ TokenElevationType \
      TransmittedServices UserAccountControl UserParameters UserPrincipalName UserWorkstations VendorIds Version# VirtualAccount Workstation \
      WorkstationName",
    ),
    (
        "Event",
        "\
      Computer EventCategory# EventData EventID# EventLevel# EventLevelName EventLog Message ParameterXml RenderedDescription Role Source \
      TimeGenerated@ UserName",
    ),
    (
        "CommonSecurityLog",
        "\
      Activity AdditionalExtensions ApplicationProtocol CollectorHostName CommunicationDirection Computer DestinationDnsDomain DestinationHostName \
      DestinationIP DestinationMACAddress DestinationNTDomain DestinationPort# DestinationProcessId# DestinationProcessName DestinationServiceName \
      DestinationTranslatedAddress DestinationTranslatedPort# DestinationUserID DestinationUserName DestinationUserPrivileges DeviceAction \
      DeviceAddress DeviceCustomDate1 DeviceCustomDate1Label DeviceCustomDate2 DeviceCustomDate2Label DeviceCustomFloatingPoint1# \
      DeviceCustomFloatingPoint1Label DeviceCustomFloatingPoint2# DeviceCustomFloatingPoint2Label DeviceCustomFloatingPoint3# \
      DeviceCustomFloatingPoint3Label DeviceCustomFloatingPoint4# DeviceCustomFloatingPoint4Label DeviceCustomIPv6Address1 \
      DeviceCustomIPv6Address1Label DeviceCustomIPv6Address2 DeviceCustomIPv6Address2Label DeviceCustomIPv6Address3 DeviceCustomIPv6Address3Label \
      DeviceCustomIPv6Address4 DeviceCustomIPv6Address4Label DeviceCustomNumber1# DeviceCustomNumber1Label DeviceCustomNumber2# \
      DeviceCustomNumber2Label DeviceCustomNumber3# DeviceCustomNumber3Label DeviceCustomString1 DeviceCustomString1Label DeviceCustomString2 \
      DeviceCustomString2Label DeviceCustomString3 DeviceCustomString3Label DeviceCustomString4 DeviceCustomString4Label DeviceCustomString5 \
      DeviceCustomString5Label DeviceCustomString6 DeviceCustomString6Label DeviceDnsDomain DeviceEventCategory DeviceEventClassID \
      DeviceExternalID DeviceFacility DeviceInboundInterface DeviceMacAddress DeviceName DeviceNtDomain DeviceOutboundInterface DevicePayloadId \
      DeviceProduct DeviceTimeZone DeviceTranslatedAddress DeviceVendor DeviceVersion EndTime@ EventCount# EventOutcome EventType# ExtID \
      ExternalID# FieldDeviceCustomNumber1# FieldDeviceCustomNumber2# FieldDeviceCustomNumber3# FileCreateTime FileHash FileID \
      FileModificationTime FileName FilePath FilePermission FileSize# FileType FlexDate1 FlexDate1Label FlexNumber1# FlexNumber1Label FlexNumber2# \
      FlexNumber2Label FlexString1 FlexString1Label FlexString2 FlexString2Label IndicatorThreatType LogSeverity MaliciousIP MaliciousIPCountry \
      MaliciousIPLatitude# MaliciousIPLongitude# Message OldFileCreateTime OldFileHash OldFileID OldFileModificationTime OldFileName OldFilePath \
      OldFilePermission OldFileSize# OldFileType OriginalLogSeverity ProcessID# ProcessName Protocol Reason ReceiptTime ReceivedBytes# RemoteIP \
      RemotePort ReportReferenceLink RequestClientApplication RequestContext RequestCookies RequestMethod RequestURL SentBytes# \
      SimplifiedDeviceAction SourceDnsDomain SourceHostName SourceIP SourceMACAddress SourceNTDomain SourcePort# SourceProcessId# \
      SourceProcessName SourceServiceName SourceTranslatedAddress SourceTranslatedPort# SourceUserID SourceUserName SourceUserPrivileges \
      StartTime@ ThreatConfidence ThreatDescription ThreatSeverity# TimeGenerated@",
    ),
    (
        "W3CIISLog",
        "\
      AdditionalInformation Computer Confidence Date Description FileOffset FileUri FirstReportedDateTime IndicatorThreatType IsActive \
      LastReportedDateTime MaliciousIP RemoteIPCountry RemoteIPLatitude# RemoteIPLongitude# ReportReferenceLink Role RoleInstance Severity# \
      StorageAccount TLPLevel Time TimeGenerated@ TimeTaken# cIP csBytes# csCookie csHost csMethod csReferer csUriQuery csUriStem csUserAgent \
      csUserName csVersion sComputerName sIP sPort# sSiteName scBytes# scStatus scSubStatus scWin32Status",
    ),
    (
        "DnsEvents",
        "\
      ClientIP Computer Confidence Description EventId# IPAddresses IndicatorThreatType MaliciousIP Message Name QueryType RemoteIPCountry \
      RemoteIPLatitude# RemoteIPLongitude# Result ResultCode# Severity# SubType TaskCategory TimeGenerated@",
    ),
    (
        "SigninLogs",
        "\
      AADTenantId Agent* AlternateSignInName AppDisplayName AppId AppOwnerTenantId AppliedConditionalAccessPolicies AppliedEventListeners* \
      AuthenticationAppDeviceDetails AuthenticationAppPolicyEvaluationDetails AuthenticationContextClassReferences AuthenticationDetails \
      AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationProtocol AuthenticationRequirement AuthenticationRequirementPolicies \
      AuthenticatorAppLocation AutonomousSystemNumber Category ClientAppUsed ClientCredentialType ConditionalAccessAudiences \
      ConditionalAccessPolicies* ConditionalAccessStatus CorrelationId CreatedDateTime@ CrossTenantAccessType DeviceDetail* DurationMs# \
      FederatedCredentialId FlaggedForReview? GlobalSecureAccessIpAddress HomeTenantId HomeTenantName IPAddress IPAddressFromResourceProvider Id \
      Identity IncomingTokenType IsInteractive? IsRisky? IsTenantRestricted? IsThroughGlobalSecureAccess? Level Location LocationDetails* \
      MfaDetail* NetworkLocationDetails OperationName OperationVersion OriginalRequestId OriginalTransferMethod ProcessingTimeInMilliseconds \
      Resource ResourceDisplayName ResourceGroup ResourceId ResourceIdentity ResourceOwnerTenantId ResourceProvider ResourceServicePrincipalId \
      ResourceTenantId ResultDescription ResultSignature ResultType RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevel RiskLevelAggregated \
      RiskLevelDuringSignIn RiskState ServicePrincipalId ServicePrincipalName SessionId SessionLifetimePolicies SignInIdentifier \
      SignInIdentifierType SourceAppClientId Status* TimeGenerated@ TokenIssuerName TokenIssuerType TokenProtectionStatusDetails* \
      UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName UserType",
    ),
    (
        "EmailEvents",
        "\
      AdditionalFields* AttachmentCount# AuthenticationDetails BulkComplaintLevel# Cc* ConfidenceLevel Connectors Context DeliveryAction \
      DeliveryLocation DetectionMethods DistributionList EmailAction EmailActionPolicy EmailActionPolicyGuid EmailClusterId# EmailDirection \
      EmailLanguage EmailSize# ExchangeTransportRule ForwardingInformation InternetMessageId IsFirstContact? LastEventExecutionTime@ \
      LatestDeliveryAction LatestDeliveryLocation NetworkMessageId OrgLevelAction OrgLevelPolicy RecipientDomain RecipientEmailAddress \
      RecipientObjectId ReportId SenderDisplayName SenderFromAddress SenderFromDomain SenderIPv4 SenderIPv6 SenderMailFromAddress \
      SenderMailFromDomain SenderObjectId Subject ThreatClassification ThreatNames ThreatTypes TimeGenerated@ Timestamp@ To* UrlCount# \
      UserLevelAction UserLevelPolicy",
    ),
    (
        "EmailAttachmentInfo",
        "\
      DetectionMethods FileExtension FileName FileSize# FileType NetworkMessageId RecipientEmailAddress RecipientObjectId ReportId SHA256 \
      SenderDisplayName SenderFromAddress SenderObjectId ThreatNames ThreatTypes TimeGenerated@ Timestamp@",
    ),
    (
        "EmailUrlInfo",
        "\
      NetworkMessageId ReportId TimeGenerated@ Timestamp@ Url UrlDomain UrlLocation",
    ),
    (
        "AWSCloudTrail",
        "\
      APIVersion AWSRegion AdditionalEventData AwsEventId AwsRequestId AwsRequestId_ Category CidrIp CipherSuite ClientProvidedHostHeader \
      DestinationPort EC2RoleDelivery ErrorCode ErrorMessage EventName EventSource EventTypeName EventVersion IpProtocol ManagementEvent? \
      OperationName ReadOnly? RecipientAccountId RequestParameters Resources ResponseElements ServiceEventDetails SessionCreationDate@ \
      SessionIssuerAccountId SessionIssuerArn SessionIssuerPrincipalId SessionIssuerType SessionIssuerUserName SessionMfaAuthenticated? \
      SharedEventId SourceIpAddress SourcePort TimeGenerated@ TlsVersion UserAgent UserIdentityAccessKeyId UserIdentityAccountId UserIdentityArn \
      UserIdentityInvokedBy UserIdentityPrincipalid UserIdentityStoreArn UserIdentityType UserIdentityUserId UserIdentityUserName VpcEndpointId",
    ),
    (
        "AzureActivity",
        "\
      ActivityStatus ActivityStatusValue ActivitySubstatus ActivitySubstatusValue Authorization Authorization_d* Caller CallerIpAddress Category \
      CategoryValue Claims Claims_d* CorrelationId EventDataId EventSubmissionTimestamp@ HTTPRequest Hierarchy Level OperationId OperationName \
      OperationNameValue Properties Properties_d* Resource ResourceGroup ResourceId ResourceProvider ResourceProviderValue SubscriptionId \
      TimeGenerated@",
    ),
    (
        "AuditLogs",
        "\
      AADOperationType AADTenantId ActivityDateTime@ ActivityDisplayName AdditionalDetails* Category CorrelationId DurationMs# Id Identity \
      InitiatedBy* Level Location LoggedByService OperationName OperationVersion Resource ResourceGroup ResourceId ResourceProvider Result \
      ResultDescription ResultReason ResultSignature ResultType TargetResources* TimeGenerated@",
    ),
    (
        "OfficeActivity",
        "\
      AADGroupId AADTarget Activity Actor ActorContextId ActorContextId_ ActorIpAddress AddOnGuid AddOnType AddonName AffectedItems \
      AppAccessContext* AppDistributionMode AppId AppPoolName Application ApplicationId ArtifactsShared* Attendees* AzureADAppId \
      AzureActiveDirectory_EventType ChannelGuid ChannelName ChannelType ChatName ChatThreadId Client ClientAppId ClientIP ClientIP_ \
      ClientInfoString ClientMachineName ClientProcessName ClientVersion Client_IPAddress CommunicationType CrossMailboxOperations? CustomEvent \
      DataCenterSecurityEventType# DestFolder DestMailboxId DestMailboxOwnerMasterAccountSid DestMailboxOwnerSid DestMailboxOwnerUPN \
      DestinationFileExtension DestinationFileName DestinationRelativeUrl DeviceInformation EffectiveOrganization ElevationApprovedTime@ \
      ElevationApprover ElevationDuration# ElevationRequestId ElevationRole ElevationTime@ EventSource Event_Data ExtendedProperties \
      ExternalAccess ExtraProperties* Folder Folders GenericInfo InterSystemsId InternalLogonType# IntraSystemId IsJoinedFromLobby? \
      IsManagedDevice? Item ItemName ItemType JoinTime@ LeaveTime@ ListItemUniqueId LoginStatus# LogonUserDisplayName LogonUserSid Logon_Type \
      MachineDomainInfo MachineId MailboxGuid MailboxOwnerMasterAccountSid MailboxOwnerSid MailboxOwnerUPN MeetingDetailId Members* MessageId \
      ModifiedObjectResolvedName ModifiedProperties Name NewValue OfficeId OfficeObjectId OfficeTenantId OfficeTenantId_ OfficeWorkload OldValue \
      Operation OperationProperties* OperationScope OrganizationId OrganizationId_ OrganizationName OriginatingServer Parameters RecordType \
      ResultReasonType ResultStatus SRPolicyId SRPolicyName SRRuleMatchDetails* Scope SendAsUserMailboxGuid SendAsUserSmtp SendOnBehalfOfUserSmtp \
      SendonBehalfOfUserMailboxGuid SensitivityLabelId SharingType Site_ Site_Url Site_Url_ SourceFileExtension SourceFileName SourceFileName_ \
      SourceRecordId SourceRelativeUrl SourceRelativeUrl_ Source_Name Start_Time@ SupportTicketId TabType TargetContextId TargetUserId \
      TargetUserOrGroupName TargetUserOrGroupType TeamGuid TeamName TimeGenerated@ UniqueSharingId UserAgent UserDomain UserId UserId_ UserKey \
      UserSharedWith UserType",
    ),
    (
        "GCPAuditLogs",
        "\
      AuthenticationInfo* AuthorizationInfo* GCPResourceName GCPResourceType InsertId LogName Metadata* MethodName NumResponseItems PrincipalEmail \
      ProjectId Request* RequestMetadata* ResourceLocation* ResourceOriginalState* Response* ServiceData* ServiceName Severity Status* \
      StatusMessage Subscription TimeGenerated@ Timestamp@",
    ),
    (
        "Syslog",
        "\
      CollectorHostName Computer EventTime@ Facility HostIP HostName ProcessID# ProcessName SeverityLevel SyslogMessage TimeGenerated@",
    ),
];

/// Unifying parsers of the Advanced Security Information Model.
const ASIM: &[(&str, &str)] = &[
    (
        "_Im_ProcessCreate",
        "\
      ActingProcessCommandLine ActingProcessCreationTime@ ActingProcessFileCompany ActingProcessFileDescription ActingProcessFileInternalName \
      ActingProcessFileOriginalName ActingProcessFileProduct ActingProcessFileSize# ActingProcessFileVersion ActingProcessFilename \
      ActingProcessGuid ActingProcessIMPHASH ActingProcessId ActingProcessInjectedAddress ActingProcessIntegrityLevel ActingProcessIsHidden? \
      ActingProcessMD5 ActingProcessName ActingProcessSHA1 ActingProcessSHA256 ActingProcessSHA512 ActingProcessTokenElevation ActorDNUsername \
      ActorOriginalUserType ActorScope ActorScopeId ActorSessionId ActorSimpleUsername ActorUserAADTenant ActorUserAWSAccount ActorUserAWSId \
      ActorUserAadId ActorUserId ActorUserIdType ActorUserOktaId ActorUserPuid ActorUserSid ActorUserType ActorUserUid ActorUserUpn ActorUsername \
      ActorUsernameType ActorWindowsUsername AdditionalFields* CommandLine Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN \
      DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcZone EventCount# EventEndTime@ \
      EventMessage EventOriginalResultDetails EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner \
      EventProduct EventProductVersion EventReportUrl EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ \
      EventSubType EventType EventUid EventVendor Hash HashType ParentProcessCreationTime@ ParentProcessFileCompany ParentProcessFileDescription \
      ParentProcessFileProduct ParentProcessFileVersion ParentProcessGuid ParentProcessIMPHASH ParentProcessId ParentProcessInjectedAddress \
      ParentProcessIntegrityLevel ParentProcessIsHidden? ParentProcessMD5 ParentProcessName ParentProcessSHA1 ParentProcessSHA256 \
      ParentProcessSHA512 ParentProcessTokenElevation Process Rule RuleName RuleNumber# TargetDNUsername TargetOriginalUserType \
      TargetProcessCommandLine TargetProcessCreationTime@ TargetProcessCurrentDirectory TargetProcessFileCompany TargetProcessFileDescription \
      TargetProcessFileInternalName TargetProcessFileOriginalName TargetProcessFileProduct TargetProcessFileSize# TargetProcessFileVersion \
      TargetProcessFilename TargetProcessGuid TargetProcessIMPHASH TargetProcessId TargetProcessInjectedAddress TargetProcessIntegrityLevel \
      TargetProcessIsHidden? TargetProcessMD5 TargetProcessName TargetProcessSHA1 TargetProcessSHA256 TargetProcessSHA512 TargetProcessStatusCode \
      TargetProcessTokenElevation TargetScope TargetScopeId TargetSimpleUsername TargetUserAADTenant TargetUserAWSAccount TargetUserAWSId \
      TargetUserAadId TargetUserId TargetUserIdType TargetUserOktaId TargetUserPuid TargetUserScope TargetUserScopeId TargetUserSessionGuid \
      TargetUserSessionId TargetUserSid TargetUserType TargetUserUid TargetUserUpn TargetUsername TargetUsernameType TargetWindowsUsername \
      TimeGenerated@ User",
    ),
    (
        "_Im_FileEvent",
        "\
      ActingAppId ActingAppName ActingAppType ActingProcessCommandLine ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername \
      ActorOriginalUserType ActorScope ActorScopeId ActorSessionId ActorSimpleUsername ActorUpn ActorUserAADTenant ActorUserAWSAccount \
      ActorUserAWSId ActorUserAadId ActorUserId ActorUserIdType ActorUserOktaId ActorUserPuid ActorUserSid ActorUserType ActorUserUid ActorUserUpn \
      ActorUsername ActorUsernameType ActorWindowsUsername AdditionalFields* Application Dvc DvcAction DvcDescription DvcDomain DvcDomainType \
      DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcZone EventCount# EventEndTime@ \
      EventMessage EventOriginalResultDetails EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner \
      EventProduct EventProductVersion EventReportUrl EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ \
      EventSubType EventType EventUid EventVendor FileName FilePath Hash HashType HttpUserAgent IpAddr NetworkApplicationProtocol Process Rule \
      RuleName RuleNumber# Src SrcDescription SrcDeviceType SrcDomain SrcDomainType SrcFQDN SrcFileCreationTime@ SrcFileDirectory SrcFileExtension \
      SrcFileMD5 SrcFileMimeType SrcFileName SrcFilePath SrcFilePathType SrcFileSHA1 SrcFileSHA256 SrcFileSHA512 SrcFileSize# SrcHostname \
      SrcInterface SrcIpAddr SrcMacAddr SrcOriginalRiskLevel SrcPortNumber# SrcRiskLevel# SrcZone TargetAppId TargetAppName TargetAppType \
      TargetDNUsername TargetFileCreationTime@ TargetFileDirectory TargetFileExtension TargetFileMD5 TargetFileMimeType TargetFileName \
      TargetFilePath TargetFilePathType TargetFileSHA1 TargetFileSHA256 TargetFileSHA512 TargetFileSize# TargetOriginalAppType \
      TargetOriginalUserType TargetProcessGuid TargetProcessId TargetProcessName TargetSimpleUsername TargetUrl TargetUserAADTenant \
      TargetUserAWSAccount TargetUserAWSId TargetUserAadId TargetUserId TargetUserIdType TargetUserOktaId TargetUserPuid TargetUserScope \
      TargetUserScopeId TargetUserSid TargetUserType TargetUserUPN TargetUserUid TargetUsername TargetUsernameType TargetWindowsUsername \
      TimeGenerated@ Url User",
    ),
    (
        "_Im_RegistryEvent",
        "\
      ActingProcessCommandLine ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername ActorOriginalUserType ActorScope ActorScopeId \
      ActorSessionId ActorSimpleUsername ActorUserAADTenant ActorUserAWSAccount ActorUserAWSId ActorUserAadId ActorUserId ActorUserIdType \
      ActorUserOktaId ActorUserPuid ActorUserScopeId ActorUserSid ActorUserType ActorUserUid ActorUserUpn ActorUsername ActorUsernameType \
      ActorWindowsUsername AdditionalFields* Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface \
      DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      ParentProcessCommandLine ParentProcessGuid ParentProcessId ParentProcessName Process RegistryKey RegistryPreviousKey RegistryPreviousValue \
      RegistryPreviousValueData RegistryPreviousValueType RegistryValue RegistryValueData RegistryValueType Rule RuleName RuleNumber# \
      TimeGenerated@ User",
    ),
    (
        "_Im_Dns",
        "\
      AdditionalFields* DnsFlags DnsFlagsAuthenticated? DnsFlagsAuthoritative? DnsFlagsCheckingDisabled? DnsFlagsRecursionAvailable? \
      DnsFlagsRecursionDesired? DnsFlagsTruncated? DnsFlagsZ? DnsNetworkDuration# DnsQuery DnsQueryClass# DnsQueryClassName DnsQueryType# \
      DnsQueryTypeName DnsResponseCode# DnsResponseCodeName DnsResponseIpCity DnsResponseIpCountry DnsResponseIpLatitude# DnsResponseIpLongitude# \
      DnsResponseIpRegion DnsResponseName DnsSessionId Domain DomainCategory Dst DstDescription DstDeviceType DstDomain DstDomainType DstFQDN \
      DstHostname DstInterface DstIpAddr DstMacAddr DstOriginalRiskLevel DstPortNumber# DstRiskLevel# DstZone Duration# Dvc DvcAction \
      DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs \
      DvcOsVersion DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails EventOriginalSeverity EventOriginalSubType \
      EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl EventResult EventResultDetails EventSchema \
      EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor Hostname IpAddr NetworkProtocol \
      NetworkProtocolVersion Process Rule RuleName RuleNumber# SessionId Src SrcDNUsername SrcDescription SrcDeviceType SrcDomain SrcDomainType \
      SrcFQDN SrcHostname SrcInterface SrcIpAddr SrcMacAddr SrcOriginalRiskLevel SrcOriginalUserType SrcPortNumber# SrcProcessGuid SrcProcessId \
      SrcProcessName SrcRiskLevel# SrcSimpleUsername SrcUserAADTenant SrcUserAWSAccount SrcUserAWSId SrcUserAadId SrcUserId SrcUserIdType \
      SrcUserOktaId SrcUserPuid SrcUserScope SrcUserScopeId SrcUserSessionId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername \
      SrcUsernameType SrcWindowsUsername SrcZone TimeGenerated@ TransactionIdHex UrlCategory User",
    ),
    (
        "_Im_NetworkSession",
        "\
      ASimMatchingHostname ASimMatchingIpAddr AdditionalFields* Dst DstAppId DstAppName DstAppType DstBytes# DstDNUsername DstDescription \
      DstDeviceType DstDomain DstDomainType DstFQDN DstHostname DstInterface DstInterfaceGuid DstInterfaceName DstIpAddr DstMacAddr DstNatIpAddr \
      DstNatPortNumber# DstOriginalUserType DstPackets# DstPortNumber# DstProcessGuid DstProcessId DstProcessName DstSimpleUsername \
      DstSubscriptionId DstUserAADTenant DstUserAWSAccount DstUserAWSId DstUserAadId DstUserId DstUserIdType DstUserOktaId DstUserPuid \
      DstUserScope DstUserScopeId DstUserSid DstUserType DstUserUid DstUserUpn DstUsername DstUsernameType DstVlanId DstWindowsUsername DstZone \
      Duration# Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInboundInterface DvcInterface \
      DvcIpAddr DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcOutboundInterface DvcSubscriptionId DvcZone EventCount# EventEndTime@ \
      EventMessage EventOriginalResultDetails EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner \
      EventProduct EventProductVersion EventReportUrl EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ \
      EventSubType EventType EventUid EventVendor Hostname InnerVlanId IpAddr NetworkApplicationProtocol NetworkBytes# NetworkConnectionHistory \
      NetworkDirection NetworkDuration# NetworkIcmpCode# NetworkIcmpType NetworkPackets# NetworkProtocol NetworkProtocolVersion NetworkRuleName \
      NetworkRuleNumber# NetworkSessionId OuterVlanId Process Rule SessionId Src SrcAppId SrcAppName SrcAppType SrcBytes# SrcDNUsername \
      SrcDescription SrcDeviceType SrcDomain SrcDomainType SrcFQDN SrcHostname SrcInterface SrcInterfaceGuid SrcInterfaceName SrcIpAddr SrcMacAddr \
      SrcNatIpAddr SrcNatPortNumber# SrcOriginalUserType SrcPackets# SrcPortNumber# SrcProcessGuid SrcProcessId SrcProcessName SrcSimpleUsername \
      SrcSubscriptionId SrcUserAADTenant SrcUserAWSAccount SrcUserAWSId SrcUserAadId SrcUserId SrcUserIdType SrcUserOktaId SrcUserPuid \
      SrcUserScope SrcUserScopeId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername SrcUsernameType SrcVlanId SrcWindowsUsername SrcZone \
      TimeGenerated@ User",
    ),
    (
        "_Im_WebSession",
        "\
      ASimMatchingHostname ASimMatchingIpAddr AdditionalFields* Dst DstAppId DstAppName DstAppType DstBytes# DstDNUsername DstDescription \
      DstDeviceType DstDomain DstDomainType DstFQDN DstHostname DstInterface DstInterfaceGuid DstInterfaceName DstIpAddr DstMacAddr DstNatIpAddr \
      DstNatPortNumber# DstOriginalUserType DstPackets# DstPortNumber# DstProcessGuid DstProcessId DstProcessName DstSimpleUsername \
      DstUserAADTenant DstUserAWSAccount DstUserAWSId DstUserAadId DstUserId DstUserIdType DstUserOktaId DstUserPuid DstUserScope DstUserScopeId \
      DstUserSid DstUserType DstUserUid DstUserUpn DstUsername DstUsernameType DstVlanId DstWindowsUsername DstZone Duration# Dvc DvcAction \
      DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInboundInterface DvcInterface DvcIpAddr DvcMacAddr \
      DvcOriginalAction DvcOs DvcOsVersion DvcOutboundInterface DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      FileContentType FileMD5 FileName FileSHA1 FileSHA256 FileSHA512 FileSize# Hash HashType Hostname HttpContentFormat HttpContentType \
      HttpCookie HttpHost HttpIsProxied? HttpReferrer HttpRequestBodyBytes# HttpRequestCacheControl HttpRequestHeaderCount# HttpRequestMethod \
      HttpRequestTime# HttpRequestXff HttpResponseBodyBytes# HttpResponseCacheControl HttpResponseExpires HttpResponseHeaderCount# \
      HttpResponseTime# HttpStatusCode HttpUserAgent HttpVersion InnerVlanId IpAddr NetworkApplicationProtocol NetworkBytes# \
      NetworkConnectionHistory NetworkDirection NetworkDuration# NetworkIcmpCode# NetworkIcmpType NetworkPackets# NetworkProtocol \
      NetworkProtocolVersion NetworkSessionId OuterVlanId Process Rule RuleName RuleNumber# SessionId Src SrcAppId SrcAppName SrcAppType SrcBytes# \
      SrcDNUsername SrcDescription SrcDeviceType SrcDomain SrcDomainType SrcFQDN SrcHostname SrcInterface SrcInterfaceGuid SrcInterfaceName \
      SrcIpAddr SrcMacAddr SrcNatIpAddr SrcNatPortNumber# SrcOriginalUserType SrcPackets# SrcPortNumber# SrcProcessGuid SrcProcessId \
      SrcProcessName SrcSimpleUsername SrcUserAADTenant SrcUserAWSAccount SrcUserAWSId SrcUserAadId SrcUserId SrcUserIdType SrcUserOktaId \
      SrcUserPuid SrcUserScope SrcUserScopeId SrcUserSid SrcUserType SrcUserUPN SrcUserUid SrcUsername SrcUsernameType SrcVlanId \
      SrcWindowsUsername SrcZone TimeGenerated@ Url UrlCategory UrlOriginal User UserAgent",
    ),
    (
        "_Im_Authentication",
        "\
      ActingAppId ActingAppName ActingAppType ActingOriginalAppType ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername \
      ActorOriginalUserType ActorScope ActorScopeId ActorSessionId ActorSimpleUsername ActorUserAADTenant ActorUserAWSAccount ActorUserAWSId \
      ActorUserAadId ActorUserId ActorUserIdType ActorUserOktaId ActorUserPuid ActorUserSid ActorUserType ActorUserUid ActorUserUpn ActorUsername \
      ActorUsernameType ActorWindowsUsername AdditionalFields* Application Dst DstDomain DstDomainType DstFQDN DstHostname DstInterface DstIpAddr \
      DstMacAddr DstZone Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr \
      DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      HttpUserAgent IpAddr LogonMethod LogonProtocol LogonTarget Rule RuleName RuleNumber# Src SrcDescription SrcDeviceType SrcDomain \
      SrcDvcId SrcDomainType SrcFQDN SrcHostname SrcInterface SrcIpAddr SrcIsp SrcMacAddr SrcOriginalRiskLevel SrcPortNumber# SrcRiskLevel# SrcZone \
      TargetAppId TargetAppName TargetAppType TargetDNUsername TargetDescription TargetDeviceType TargetDomain TargetDomainType TargetFQDN \
      TargetHostname TargetInterface TargetIpAddr TargetMacAddr TargetOriginalAppType TargetOriginalRiskLevel TargetOriginalUserType \
      TargetPortNumber# TargetProcessGuid TargetProcessId TargetProcessName TargetRiskLevel# TargetSessionId TargetSimpleUsername TargetUrl \
      TargetUserAADTenant TargetUserAWSAccount TargetUserAWSId TargetUserAadId TargetUserId TargetUserIdType TargetUserOktaId TargetUserPuid \
      TargetUserScope TargetUserScopeId TargetUserSid TargetUserType TargetUserUid TargetUserUpn TargetUsername TargetUsernameType \
      TargetWindowsUsername TargetZone TimeGenerated@ User",
    ),
    (
        "_Im_AuditEvent",
        "\
      ActingAppId ActingAppName ActingAppType ActingOriginalAppType ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername \
      ActorOriginalUserType ActorScope ActorScopeId ActorSessionId ActorSimpleUsername ActorUserAADTenant ActorUserAWSAccount ActorUserAWSId \
      ActorUserAadId ActorUserId ActorUserIdType ActorUserOktaId ActorUserPuid ActorUserSid ActorUserType ActorUserUid ActorUserUpn ActorUsername \
      ActorUsernameType ActorWindowsUsername AdditionalFields* Application Dst DstDomain DstDomainType DstFQDN DstHostname DstInterface DstIpAddr \
      DstMacAddr DstZone Dvc DvcAction DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr \
      DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      HttpUserAgent IpAddr NewValue Object ObjectId ObjectType OldValue Operation OriginalObjectType Rule RuleName RuleNumber# Src SrcDescription \
      SrcDeviceType SrcDomain SrcDomainType SrcFQDN SrcHostname SrcInterface SrcIpAddr SrcMacAddr SrcOriginalRiskLevel SrcPortNumber# \
      SrcRiskLevel# SrcZone TargetAppId TargetAppName TargetAppType TargetDescription TargetDeviceType TargetDomain TargetDomainType TargetFQDN \
      TargetHostname TargetInterface TargetIpAddr TargetMacAddr TargetOriginalAppType TargetOriginalRiskLevel TargetPortNumber# TargetProcessGuid \
      TargetProcessId TargetProcessName TargetRiskLevel# TargetUrl TargetZone TimeGenerated@ User Value ValueType",
    ),
];
