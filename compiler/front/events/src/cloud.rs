//! Which audit trail does an event come from?

use ir::observable::parse_address;
use ir::{EventClass, Field, FieldValue};
use logs::trails::{self, Trail};
use serde_json::Value;

use super::flat::{Flat, text};
use super::known::Told;

/// The top of an event.
struct Keys<'a>(&'a Value);

impl<'a> Keys<'a> {
    fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|value| !value.is_null())
    }

    /// A text, or an empty one.
    fn word(&self, key: &str) -> &'a str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Tells audit trails by the keys that only they have, and adds the names that Sigma gives some of their fields.
pub(super) fn tell(value: &Value, fields: &mut Flat, told: &mut Vec<Told>) {
    let keys = Keys(value);
    let has = |key: &str| keys.has(key);
    let word = |key| keys.word(key);
    let is_object = |key: &str| value.get(key).is_some_and(Value::is_object);
    let mut own = |product: &'static str, services: &[&str]| {
        told.extend(services.iter().map(|service| Told::named(None, Some(product), Some(service))));
    };
    // The trail, and whether the call worked.
    let trail: Option<(&'static Trail, bool)> = if word("eventSource").ends_with(".amazonaws.com") && has("eventName") {
        own("aws", &["cloudtrail"]);
        Some((&trails::AWS, !has("errorCode")))
    } else if is_object("protoPayload") || value.pointer("/data/protoPayload").is_some_and(Value::is_object) {
        google(fields, &mut own);
        let failed = matches!(fields.get("protoPayload.status.code"), Some(code) if code.number() != Some(0));
        Some((&trails::GOOGLE, !failed))
    } else if word("kind") == "Event" && word("apiVersion").starts_with("audit.k8s.io/") {
        for (from, to) in [("objectRef.apiGroup", "apiGroup"), ("requestObject.spec.volumes.hostPath.path", "hostPath")] {
            alias(fields, from, to);
        }
        told.push(Told::named(Some("application"), Some("kubernetes"), Some("audit")));
        None
    } else if has("eventType") && is_object("outcome") && has("actor") && (has("published") || has("displayMessage")) {
        own("okta", &["okta"]);
        Some((&trails::OKTA, text(fields, "outcome.result") != Some("FAILURE")))
    } else if has("Workload") && has("Operation") {
        let service = match word("Workload") {
            "Exchange" => "exchange",
            "SecurityComplianceCenter" => "threat_management",
            _ => "audit",
        };
        own("m365", &["audit"]);
        if service != "audit" {
            own("m365", &[service]);
        }
        Some((&trails::M365, !matches!(word("ResultStatus"), "Failed" | "Failure" | "False")))
    } else if has("eventSource") && has("eventName") && has("status") {
        own("m365", &["threat_management", "threat_detection", "exchange"]);
        None
    } else if has("auditType") && value.pointer("/auditType/action").is_some() {
        own("bitbucket", &["audit"]);
        None
    } else if word("action").contains('.') && has("actor") && ["org", "business", "repo", "_document_id"].iter().any(|key| has(key)) {
        own("github", &["audit"]);
        Some((&trails::GITHUB, true))
    } else if has("event_type_id") && has("account_id") {
        own("onelogin", &["onelogin.events"]);
        None
    } else if has("logtype") && has("node_id") {
        told.push(Told::named(Some("application"), Some("opencanary"), None));
        None
    } else if let Some(services) = azure(&keys) {
        own("azure", services);
        Some((&trails::AZURE, !matches!(word("resultType"), "Failure" | "Failed")))
    } else {
        None
    };
    if let Some((trail, worked)) = trail {
        let table = trail.names;
        let mut class = Told::class(EventClass::CloudAudit, table)
            .fixed(Field::CloudProvider, trail.product)
            .fixed(Field::CloudOutcome, if worked { "success" } else { "failure" });
        // Calls that a service makes on its own stand under its name in the place of an address.
        let caller = table.iter().find(|(_, field)| *field == Field::SourceIp).and_then(|(key, _)| text(fields, key));
        if caller.is_some_and(|caller| parse_address(caller).is_err()) {
            class = class.without(Field::SourceIp);
        }
        told.push(class);
    }
}

/// The services of an Azure event: a diagnostic log's `category`, a table's `Type`, or the shape of Graph's objects.
fn azure(keys: &Keys<'_>) -> Option<&'static [&'static str]> {
    const SIGN_IN: &[&str] = &["signinlogs"];
    const AUDIT: &[&str] = &["auditlogs"];
    const ACTIVITY: &[&str] = &["activitylogs"];
    const RISK: &[&str] = &["riskdetection", "pim"];
    /// Categories of the activity log.
    const ACTIVITIES: [&str; 7] = ["Administrative", "Policy", "Security", "Alert", "ServiceHealth", "Autoscale", "Recommendation"];
    let has = |key: &str| keys.has(key);
    let (table, category) = (keys.word("Type"), keys.word("category"));
    if has("TimeGenerated") && matches!(table, "SigninLogs" | "AADNonInteractiveUserSignInLogs" | "AADServicePrincipalSignInLogs") {
        return Some(SIGN_IN);
    }
    match table {
        "AuditLogs" => return Some(AUDIT),
        "AzureActivity" => return Some(ACTIVITY),
        "AADUserRiskEvents" => return Some(RISK),
        _ => {}
    }
    let in_azure = has("operationName") && (has("resourceId") || has("tenantId") || has("correlationId"));
    if in_azure && category.ends_with("SignInLogs") {
        Some(SIGN_IN)
    } else if in_azure && category == "AuditLogs" {
        Some(AUDIT)
    } else if has("riskEventType") || (in_azure && matches!(category, "UserRiskEvents" | "RiskyUsers")) {
        Some(RISK)
    } else if has("activityDisplayName") && has("loggedByService") {
        Some(AUDIT)
    } else if has("conditionalAccessStatus") && has("userPrincipalName") {
        Some(SIGN_IN)
    } else {
        let called = in_azure && ACTIVITIES.contains(&category);
        (called || (has("operationName") && has("resourceId") && has("resourceProviderName"))).then_some(ACTIVITY)
    }
}

/// Google's audit logs; Sigma knows Workspace's by their service, and the method under the name that Filebeat gives it.
fn google(fields: &mut Flat, own: &mut impl FnMut(&'static str, &[&str])) {
    let inner: Vec<(String, FieldValue)> = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("data.").filter(|name| name.starts_with("protoPayload"))?.to_owned(), value.clone())))
        .collect();
    for (name, value) in inner {
        fields.entry(name).or_insert(value);
    }
    alias(fields, "protoPayload.methodName", "gcp.audit.method_name");
    match text(fields, "protoPayload.serviceName") {
        Some("login.googleapis.com") => own("gcp", &["gcp.audit", "google_workspace.login"]),
        Some("admin.googleapis.com") => {
            alias(fields, "protoPayload.serviceName", "eventService");
            alias(fields, "protoPayload.metadata.event.eventName", "eventName");
            own("gcp", &["gcp.audit", "google_workspace.admin"]);
        }
        _ => own("gcp", &["gcp.audit"]),
    }
}

fn alias(fields: &mut Flat, from: &str, to: &str) {
    if let (Some(value), None) = (fields.get(from).cloned(), fields.get(to)) {
        fields.insert(to.to_owned(), value);
    }
}
