//! Which columns do the tables of clouds, services and applications have: names and types, as the vendor's table reference lists them.
//!
//! The marks are those of `columns.rs`; so are the sources.

/// Tables of advanced hunting in Defender XDR.
pub(super) const DEFENDER_XDR: &[(&str, &str)] = &[
    (
        "AlertInfo",
        "\
      AlertId AttackTechniques Category DetectionSource ServiceSource Severity Timestamp@ Title",
    ),
    (
        "CloudAuditEvents",
        "\
      ActionType AdditionalFields* City CountryCode DataSource IPAddress IsAnonymousProxy? Isp OperationName RawEventData* ReportId ResourceId \
      Timestamp@ UserAgent",
    ),
    (
        "EntraIdSignInEvents",
        "\
      AccountDisplayName AccountObjectId AccountUpn AlternateSignInName Application ApplicationId AuthenticationProcessingDetails \
      AuthenticationRequirement Browser City ClientAppUsed ConditionalAccessPolicies ConditionalAccessStatus# CorrelationId Country DeviceName \
      DeviceTrustType EndpointCall EntraIdDeviceId ErrorCode# IPAddress IsCompliant# IsConfidentialClient? IsExternalUser# IsGuestUser? \
      IsManaged# LastPasswordChangeTimestamp@ Latitude LogonType Longitude NetworkLocationDetails OSPlatform ReportId RequestId \
      ResourceDisplayName ResourceId ResourceTenantId RiskDetails# RiskLevelAggregated# RiskState# SessionId State Timestamp@ TokenIssuerType# \
      UserAgent",
    ),
];

/// Native tables of a Log Analytics workspace.
pub(super) const SENTINEL: &[(&str, &str)] = &[
    (
        "AADNonInteractiveUserSignInLogs",
        "\
      AADTenantId Agent AlternateSignInName AppDisplayName AppId AppOwnerTenantId AppliedEventListeners* AuthenticationContextClassReferences \
      AuthenticationDetails AuthenticationMethodsUsed AuthenticationProcessingDetails AuthenticationProtocol AuthenticationRequirement \
      AuthenticationRequirementPolicies AuthenticatorAppLocation AutonomousSystemNumber Category ClientAppUsed ClientCredentialType \
      ClientSessionId ConditionalAccessAudiences ConditionalAccessPolicies ConditionalAccessStatus CorrelationId CreatedDateTime@ \
      CrossTenantAccessType DeviceDetail DurationMs# FederatedCredentialId GlobalSecureAccessIpAddress HomeTenantId HomeTenantName IPAddress Id \
      Identity IncomingTokenType IsInteractive? IsRisky? IsTenantRestricted? IsThroughGlobalSecureAccess? Level Location LocationDetails \
      MfaDetail NetworkLocationDetails OperationName OperationVersion OriginalRequestId OriginalTransferMethod ProcessingTimeInMs \
      ResourceDisplayName ResourceGroup ResourceIdentity ResourceOwnerTenantId ResourceServicePrincipalId ResourceTenantId ResultDescription \
      ResultSignature ResultType RiskDetail RiskEventTypes RiskEventTypes_V2 RiskLevelAggregated RiskLevelDuringSignIn RiskState \
      ServicePrincipalId SessionId SessionLifetimePolicies SignInEventTypes SignInIdentifierType SourceSystem Status TimeGenerated@ \
      TokenIssuerName TokenIssuerType TokenProtectionStatusDetails Type UniqueTokenIdentifier UserAgent UserDisplayName UserId UserPrincipalName \
      UserType",
    ),
    (
        "AADUserRiskEvents",
        "\
      Activity ActivityDateTime@ AdditionalInfo* CorrelationId DetectedDateTime@ DetectionTimingType Id IpAddress LastUpdatedDateTime@ Location* \
      OperationName RequestId RiskDetail RiskEventType RiskLevel RiskState Source SourceSystem TimeGenerated@ TokenIssuerType Type \
      UserDisplayName UserId UserPrincipalName",
    ),
    (
        "AKSAudit",
        "\
      Annotations* AuditId Level ObjectRef* PodName RequestObject* RequestReceivedTime@ RequestUri ResponseObject* ResponseStatus* SourceIps* \
      SourceSystem Stage StageReceivedTime@ TimeGenerated@ Type User* UserAgent Verb",
    ),
    (
        "AppExceptions",
        "\
      AppRoleInstance AppRoleName AppVersion Assembly ClientBrowser ClientCity ClientCountryOrRegion ClientIP ClientModel ClientOS \
      ClientStateOrProvince ClientType Details* ExceptionType HandledAt IKey InnermostAssembly InnermostMessage InnermostMethod InnermostType \
      ItemCount# Measurements* Message Method OperationId OperationName OuterAssembly OuterMessage OuterMethod OuterType ParentId ProblemId \
      Properties* ResourceGUID SDKVersion SessionId SeverityLevel# SourceSystem SyntheticSource TimeGenerated@ Type UserAccountId \
      UserAuthenticatedId UserId",
    ),
    (
        "AppServiceConsoleLogs",
        "\
      Category ContainerId Host Level OperationName ResultDescription SourceSystem TimeGenerated@ Type",
    ),
    (
        "AppTraces",
        "\
      AppRoleInstance AppRoleName AppVersion ClientBrowser ClientCity ClientCountryOrRegion ClientIP ClientModel ClientOS ClientStateOrProvince \
      ClientType IKey ItemCount# Measurements* Message OperationId OperationName ParentId Properties* ReferencedItemId ReferencedType \
      ResourceGUID SDKVersion SessionId SeverityLevel# SourceSystem SyntheticSource TimeGenerated@ Type UserAccountId UserAuthenticatedId UserId",
    ),
    (
        "CloudAppEvents",
        "\
      AccountDisplayName AccountId AccountObjectId AccountType ActionType ActivityObjects* ActivityType AdditionalFields* AppInstanceId# \
      Application ApplicationId# AuditSource City CountryCode DeviceType IPAddress IPCategory IPTags* ISP IsAdminOperation? IsAnonymousProxy? \
      IsExternalUser? IsImpersonated? LastSeenForUser* OAuthAppId OSPlatform ObjectId ObjectName ObjectType RawEventData* ReportId SessionData* \
      SourceSystem TimeGenerated@ Timestamp@ Type UncommonForUser* UserAgent UserAgentTags*",
    ),
    (
        "DeviceEvents",
        "\
      AccountDomain AccountName AccountSid ActionType AdditionalFields* AppGuardContainerId CreatedProcessSessionId# DeviceId DeviceName \
      FileName FileOriginIP FileOriginUrl FileSize# FolderPath InitiatingProcessAccountDomain InitiatingProcessAccountName \
      InitiatingProcessAccountObjectId InitiatingProcessAccountSid InitiatingProcessAccountUpn InitiatingProcessCommandLine \
      InitiatingProcessCreationTime@ InitiatingProcessFileName InitiatingProcessFileSize# InitiatingProcessFolderPath InitiatingProcessId# \
      InitiatingProcessLogonId# InitiatingProcessMD5 InitiatingProcessParentCreationTime@ InitiatingProcessParentFileName \
      InitiatingProcessParentId# InitiatingProcessRemoteSessionDeviceName InitiatingProcessRemoteSessionIP InitiatingProcessSHA1 \
      InitiatingProcessSHA256 InitiatingProcessSessionId# InitiatingProcessUniqueId InitiatingProcessVersionInfoCompanyName \
      InitiatingProcessVersionInfoFileDescription InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName \
      InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion IsInitiatingProcessRemoteSession? \
      IsProcessRemoteSession? LocalIP LocalPort# LogonId# MD5 MachineGroup ProcessCommandLine ProcessCreationTime@ ProcessId# \
      ProcessRemoteSessionDeviceName ProcessRemoteSessionIP ProcessTokenElevation RegistryKey RegistryValueData RegistryValueName \
      RemoteDeviceName RemoteIP RemotePort# RemoteUrl ReportId# SHA1 SHA256 SourceSystem TimeGenerated@ Timestamp@ Type",
    ),
    (
        "GoogleWorkspaceReports",
        "\
      AccountState ActorApplicationInfoApplicationName ActorApplicationInfoImpersonation? ActorApplicationInfoOauthClientId ActorCallerType \
      ActorEmail ActorIsCollaboratorAccount? ActorKey ActorProfileId ApiKind AppName ApplicationEdition ApplicationName Billable? BrowserVersion \
      CalendarId ChromeOrgUnitId ClientId ClientType ContentHash ContentName ContentRiskLevel ContentSize ContentTransferMethod ContentType \
      DestUserUpn DestinationFolderId DestinationFolderTitle DeviceId DeviceName DevicePlatform DeviceType DeviceUser DocId DocTitle DocType \
      DstUserUpn DvcGuid DvcInterfaceGuid DvcModelName DvcModelNumber DvcType Etag EventEndTime EventGuest EventId EventMessage EventName \
      EventOriginalMessage EventParameters* EventProduct EventResourceId EventResourceName EventResponseStatus EventResult EventStartTime \
      EventTitle EventType EventUid EventVendor GroupDomain GroupEmail IdApplicationName IdCustomerId IdTime IdUniqueQualifier IosVendorId \
      IosVendorUID IsSecondFactor? IsSuspicious? Kind LastSyncAuditDate LoginChallengeMethod LoginChallengeStatus LoginType ModuleName \
      NetworkInfoRegionCode NetworkInfoSubdivisionCode NetworkIpAsn* NewValue NotificationMessageId NotificationMethod NotificationType \
      OldEventTitle OldValue OldVisibility OrgUnitName OrganizerCalendarId OriginatingAppId OsProperty Owner OwnerDomain OwnerEmail \
      OwnerIsSharedDrive? OwnerIsTeamDrive? PrimaryEvent? ProcessName ProfileUserName RegisterPrivelege ResourceDetails* Resource_Id RoleName \
      RuleName ScanId Scope ScopeData SerialNumber SharedDriveId SourceFolderId SourceFolderTitle SourceSystem SrcIpAddr TargetCalendarId \
      TargetDomain TargetUserDomain TargetUserName TeamDriveId TimeGenerated@ Timestamp TriggerDestination TriggerSource TriggerType Type Url \
      UserAadid UserAgent UserAgentOriginal UserEmail Value VirtualDeviceId Visibility VisibilityChange",
    ),
    (
        "LinuxAuditLog",
        "\
      AuditID Computer ComputerEnvironment ExternalAgentIp ManagementGroup ManagementGroupName RawRecord RecordType ResourceId SerialNumber \
      SourceComputerId SourceSystem TimeGenerated@ TimeUploaded@ Type a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 acct addr arch argc# audit_user auid# cmd \
      comm cwd data effective_group effective_user egid# euid# exe exit family filetype gid# group hostname icmptype key name node op path pid# \
      ppid# res result ses# success syscall terminal tty uid# user vm",
    ),
    (
        "MySqlAuditLogs",
        "\
      Category ConnectionId Db ErrorCode# EventClass EventSubclass EventTime@ Host Ip IsAadAuth ReplicationSetRole SourceSystem SqlText Status# \
      Table ThreadId# TimeGenerated@ Type User",
    ),
    (
        "OktaSystemLogs",
        "\
      ActingAppName ActingAppType ActorDetailEntry* ActorDisplayName ActorSessionId ActorUserId ActorUserIdType ActorUserType ActorUsername \
      ActorUsernameType AuthenticationContextAuthenticationProvider AuthenticationContextAuthenticationStep# \
      AuthenticationContextCredentialProvider AuthenticationContextInterface AuthenticationContextIssuerId AuthenticationContextIssuerType \
      DebugData* DvcAction EventMessage EventOriginalResultDetails EventOriginalType EventOriginalUid EventResult EventSeverity HttpUserAgent \
      LegacyEventType LogonMethod OriginalActorAlternateId OriginalClientDevice OriginalOutcomeResult OriginalSeverity OriginalTarget* \
      OriginalUserId OriginalUserType Request* SecurityContextAsNumber# SecurityContextAsOrg SecurityContextDomain SecurityContextIsProxy? \
      SourceSystem SrcDeviceType SrcDvcId SrcDvcIdType SrcDvcOs SrcGeoCity SrcGeoCountry SrcGeoLatitude# SrcGeoLongtitude# SrcGeoPostalCode \
      SrcGeoRegion SrcIpAddr SrcIsp SrcZone TimeGenerated@ TransactionDetail* TransactionId TransactionType Type Version",
    ),
    (
        "PGSQLServerLogs",
        "\
      BackendType ColumnName ConstraintName Context DatatypeName Detail DetailLog ErrorLevel Hint Location LogicalServerName Message ProcessId# \
      Query ReplicaRole SchemaName SourceSystem SqlErrorCode Statement TableName TimeGenerated@ Type",
    ),
    (
        "SQLSecurityAuditEvents",
        "\
      ActionId ActionName AdditionalInformation AffectedRows# ApplicationName AuditSchemaVersion# Category ClassType ClassTypeDescription \
      ClientIp ClientTlsVersion# ConnectionId DataSensitivityInformation DatabaseName DatabasePrincipalId# DatabasePrincipalName DurationMs# \
      EventId EventTime@ HostName IsColumnPermission? IsServerLevelAudit? LogicalServerName ObjectId# ObjectName PermissionBitmask ResourceGroup \
      ResponseRows# SchemaName SecurableClassType SequenceGroupId SequenceNumber# ServerPrincipalId# ServerPrincipalName ServerPrincipalSid \
      SessionContext SessionId# SessionServerPrincipalName SourceSystem Statement Succeeded? TargetDatabasePrincipalId# \
      TargetDatabasePrincipalName TargetServerPrincipalId# TargetServerPrincipalName TargetServerPrincipalSid TimeGenerated@ TransactionId# Type \
      UserDefinedEventId# UserDefinedInformation",
    ),
    (
        "SecurityAlert",
        "\
      AlertLink AlertName AlertSeverity AlertType CompromisedEntity ConfidenceLevel ConfidenceScore# Description DisplayName EndTime@ Entities \
      ExtendedLinks ExtendedProperties IsIncident? ProcessingEndTime@ ProductComponentName ProductName ProviderName RemediationSteps ResourceId \
      SourceComputerId SourceSystem StartTime@ Status SubTechniques SystemAlertId Tactics Techniques TimeGenerated@ Type VendorName \
      VendorOriginalId WorkspaceResourceGroup WorkspaceSubscriptionId",
    ),
];

/// Unifying parsers.
pub(super) const ASIM: &[(&str, &str)] = &[
    (
        "_Im_AlertEvent",
        "\
      AdditionalFields* AlertDescription AlertId AlertName AlertOriginalStatus AlertStatus AlertVerdict AttackRemediationSteps AttackTactics \
      AttackTechniques DetectionMethod Dvc DvcAction DvcAwsVpcId DvcAzureResourceId DvcDescription DvcDomain DvcDomainType DvcFQDN DvcHostname \
      DvcId DvcIdType DvcInterface DvcIpAddr DvcMD4IoTid DvcMDEid DvcMacAddr DvcOriginalAction DvcOs DvcOsVersion DvcScope DvcScopeId \
      DvcVMConnectionId DvcVectraId DvcZone EmailMessageId EmailSubject EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      FileMD5 FileName FilePath FileSHA1 FileSHA256 FileSize Hostname IndicatorAssociation IndicatorType IpAddr OriginalUserType \
      ProcessCommandLine ProcessFileCompany ProcessId ProcessName RegistryKey RegistryValue RegistryValueData RegistryValueType Rule \
      RuleDescription RuleName RuleNumber# SourceSystem ThreatCategory ThreatConfidence# ThreatFirstReportedTime@ ThreatId ThreatIsActive? \
      ThreatLastReportedTime@ ThreatName ThreatOriginalCategory ThreatOriginalConfidence ThreatOriginalRiskLevel ThreatRiskLevel# TimeGenerated@ \
      Type Url User UserId UserIdType UserScope UserScopeId UserSessionId UserType Username UsernameType",
    ),
    (
        "_Im_UserManagement",
        "\
      ActingAppId ActingAppName ActingAppType ActingOriginalAppType ActingProcessGuid ActingProcessId ActingProcessName ActorDNUsername \
      ActorOriginalUserType ActorScope ActorScopeId ActorSessionId ActorSimpleUsername ActorUserAADTenant ActorUserAWSAccount ActorUserAWSId \
      ActorUserAadId ActorUserId ActorUserIdType ActorUserOktaId ActorUserPuid ActorUserSid ActorUserType ActorUserUid ActorUserUpn \
      ActorUsername ActorUsernameType ActorWindowsUsername AdditionalFields* Dvc DvcAction DvcAwsVpcId DvcAzureResourceId DvcDescription \
      DvcDomain DvcDomainType DvcFQDN DvcHostname DvcId DvcIdType DvcInterface DvcIpAddr DvcMD4IoTid DvcMDEid DvcMacAddr DvcOriginalAction DvcOs \
      DvcOsVersion DvcScope DvcScopeId DvcVMConnectionId DvcVectraId DvcZone EventCount# EventEndTime@ EventMessage EventOriginalResultDetails \
      EventOriginalSeverity EventOriginalSubType EventOriginalType EventOriginalUid EventOwner EventProduct EventProductVersion EventReportUrl \
      EventResult EventResultDetails EventSchema EventSchemaVersion EventSeverity EventStartTime@ EventSubType EventType EventUid EventVendor \
      GroupId GroupIdType GroupName GroupNameType GroupOriginalType GroupType Hostname HttpUserAgent IpAddr NewPropertyValue \
      PreviousPropertyValue Rule RuleName RuleNumber# SourceSystem Src SrcDescription SrcDeviceType SrcDomain SrcDomainType SrcDvcAction \
      SrcDvcAwsVpcId SrcDvcAzureResourceId SrcDvcId SrcDvcIdType SrcDvcMD4IoTid SrcDvcMDEid SrcDvcOriginalAction SrcDvcOs SrcDvcOsVersion \
      SrcDvcScope SrcDvcScopeId SrcDvcVMConnectionId SrcDvcVectraId SrcFQDN SrcGeoCity SrcGeoCountry SrcGeoLatitude# SrcGeoLongitude# \
      SrcGeoRegion SrcHostname SrcInterface SrcIpAddr SrcMacAddr SrcOriginalRiskLevel SrcPortNumber# SrcRiskLevel# SrcZone TargetDNUsername \
      TargetOriginalUserType TargetSimpleUsername TargetUserAADTenant TargetUserAWSAccount TargetUserAWSId TargetUserAadId TargetUserId \
      TargetUserIdType TargetUserOktaId TargetUserPuid TargetUserScope TargetUserScopeId TargetUserSessionId TargetUserSid TargetUserType \
      TargetUserUid TargetUserUpn TargetUsername TargetUsernameType TargetWindowsUsername ThreatCategory ThreatConfidence# ThreatField \
      ThreatFirstReportedTime@ ThreatId ThreatIsActive? ThreatLastReportedTime@ ThreatName ThreatOriginalConfidence ThreatOriginalRiskLevel \
      ThreatRiskLevel# TimeGenerated@ Type UpdatedPropertyName User",
    ),
];
