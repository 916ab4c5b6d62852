//! How do rules and hunting queries stand in the Content hub, as templates that people make rules of?
//!
//! The form is that of version 3 of the solutions of <https://github.com/Azure/Azure-Sentinel/tree/master/Solutions>, as their packaging tool
//! writes it: a template for each rule and each query, and a package that depends on them.

use backend::{Label, PackedFile, PackedRule};
use serde_json::{Value, json};

use crate::pack_arm::{self, Running, plain};
use crate::pack_hunts::Hunt;
use crate::pack_parts::Packable;
use crate::pack_words;

/// The versions of the service that takes the resources.
const CONTENT: &str = "2023-04-01-preview";
const METADATA: &str = "2022-01-01-preview";
const TEMPLATES: &str = "2023-02-01-preview";
const SEARCHES: &str = "2022-10-01";
/// Bytes and resources of one template, with room for what stands around them: it has 4 MB and 800
/// (<https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices>).
const BYTES: usize = 3_000_000;
const RESOURCES: usize = 700;

/// What a template is made of.
enum Kind {
    Rule,
    Hunt,
}

/// One template of the Content hub.
struct Content {
    kind: Kind,
    id: String,
    title: String,
    resource: Value,
    rule: PackedRule,
}

/// The files of a solution: templates and what the portal asks for, and both in an archive. One that would be too large is several.
pub(crate) fn files(rules: &[(&Packable<'_>, Running)], hunts: &[Hunt<'_>], label: &Label) -> Vec<PackedFile> {
    let contents = rules.iter().map(|(rule, running)| of_rule(rule, *running)).chain(hunts.iter().map(of_hunt));
    let mut parts: Vec<(usize, Vec<Content>)> = Vec::new();
    for content in contents {
        // What stands around a resource repeats its title and its id.
        let bytes = content.resource.to_string().len() * 5 / 4 + content.title.len() * 4 + 4_000;
        match parts.last_mut() {
            Some((size, part)) if *size + bytes <= BYTES && part.len() < RESOURCES => {
                *size += bytes;
                part.push(content);
            }
            _ => parts.push((bytes, vec![content])),
        }
    }
    let mut out = Vec::new();
    for (at, (_, part)) in parts.into_iter().enumerate() {
        let folder = if at == 0 { String::new() } else { format!("part-{}/", at + 1) };
        let name = if at == 0 { label.name.clone() } else { format!("{}-{}", label.name, at + 1) };
        let (main, ui) = (backend::json(&template(&part, &name, label)), backend::json(&ui(&part, label)));
        let inside = [("createUiDefinition.json", ui.as_bytes()), ("mainTemplate.json", main.as_bytes())];
        out.push(PackedFile::new(format!("{folder}{name}-{}.zip", label.version), archive::zip(&inside)));
        let rules: Vec<PackedRule> = part.iter().map(|content| content.rule).collect();
        out.push(PackedFile::of(format!("{folder}mainTemplate.json"), main.into_bytes(), rules));
        out.push(PackedFile::new(format!("{folder}createUiDefinition.json"), ui.into_bytes()));
        out.push(PackedFile::new(format!("{folder}main.bicep"), bicep(&name)));
    }
    out
}

fn of_rule(rule: &Packable<'_>, running: Running) -> Content {
    let card = &rule.card;
    let mut properties = pack_arm::rule_properties(rule, running);
    // A template is switched on by whoever makes a rule of it.
    properties.insert("enabled".to_owned(), json!(false));
    properties.insert("status".to_owned(), json!("Available"));
    let connectors = card.connectors.iter().map(|(connector, tables)| json!({ "connectorId": connector, "dataTypes": tables }));
    properties.insert("requiredDataConnectors".to_owned(), connectors.collect());
    let resource = json!({
        "type": "Microsoft.SecurityInsights/AlertRuleTemplates",
        "name": card.id,
        "apiVersion": TEMPLATES,
        "kind": pack_arm::kind(running),
        "location": "[parameters('workspace-location')]",
        // Read twice: where the solution is deployed, and where a rule is made of the template.
        "properties": plain(plain(Value::Object(properties))),
    });
    Content { kind: Kind::Rule, id: card.id.clone(), title: pack_words::name(card), resource, rule: rule.at }
}

fn of_hunt(hunt: &Hunt<'_>) -> Content {
    let resource = json!({
        "type": "Microsoft.OperationalInsights/savedSearches",
        "apiVersion": SEARCHES,
        "name": hunt.id,
        "location": "[parameters('workspace-location')]",
        "properties": plain(plain(hunt.properties())),
    });
    Content { kind: Kind::Hunt, id: hunt.id.clone(), title: hunt.name.clone(), resource, rule: hunt.rule.at }
}

impl Kind {
    /// The service's words: its kind, the part of its ids, the type that stands in ids of its resource.
    const fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Rule => ("AnalyticsRule", "ar", "Microsoft.SecurityInsights/AlertRuleTemplates"),
            Self::Hunt => ("HuntingQuery", "hq", "Microsoft.OperationalInsights/savedSearches"),
        }
    }
}

fn template(contents: &[Content], name: &str, label: &Label) -> Value {
    let mut resources: Vec<Value> = contents.iter().map(|content| content_template(content, label)).collect();
    resources.push(package(contents, label));
    json!({
        "$schema": pack_arm::SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": { "author": label.author, "comments": format!("Solution template for {}", label.title) },
        "parameters": {
            "location": {
                "type": "string",
                "minLength": 1,
                "defaultValue": "[resourceGroup().location]",
                "metadata": { "description": "Where the deployment is kept; resources stand where the workspace does" },
            },
            "workspace-location": {
                "type": "string",
                "defaultValue": "[parameters('location')]",
                "metadata": { "description": "The region of the workspace" },
            },
            "workspace": {
                "type": "string",
                "defaultValue": "",
                "metadata": { "description": "The name of the Log Analytics workspace that Microsoft Sentinel runs on" },
            },
        },
        "variables": {
            "_solutionName": plain(json!(label.title)),
            "_solutionVersion": label.version,
            "_solutionId": name,
            "_solutionContentProductId": product_id("sl", "Solution", "variables('_solutionId')"),
        },
        "resources": resources,
        "outputs": {},
    })
}

/// The expression for the id of a product of the Content hub.
fn product_id(short: &str, kind: &str, content: &str) -> String {
    format!(
        "[concat(take(variables('_solutionId'), 50), '-', '{short}', '-', uniqueString(concat(variables('_solutionId'), '-', '{kind}', '-', {content}, '-', variables('_solutionVersion'))))]"
    )
}

fn content_template(content: &Content, label: &Label) -> Value {
    let Content { kind, id, title, resource, .. } = content;
    let (word, short, of) = kind.words();
    let product = product_id(short, word, &format!("'{id}'"));
    json!({
        "type": "Microsoft.OperationalInsights/workspaces/providers/contentTemplates",
        "apiVersion": CONTENT,
        "name": format!(
            "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', concat(parameters('workspace'), '-{short}-', uniqueString('{id}'), variables('_solutionVersion')))]"
        ),
        "location": "[parameters('workspace-location')]",
        "dependsOn": ["[extensionResourceId(resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace')), 'Microsoft.SecurityInsights/contentPackages', variables('_solutionId'))]"],
        "properties": {
            "description": plain(json!(title)),
            "mainTemplate": {
                "$schema": pack_arm::SCHEMA,
                "contentVersion": "[variables('_solutionVersion')]",
                "parameters": {},
                "variables": {},
                "resources": [resource, {
                    "type": "Microsoft.OperationalInsights/workspaces/providers/metadata",
                    "apiVersion": METADATA,
                    "name": format!("[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', '{word}-{id}')]"),
                    "properties": {
                        "parentId": format!("[resourceId('{of}', '{id}')]"),
                        "contentId": id,
                        "kind": word,
                        "version": "[variables('_solutionVersion')]",
                        "source": { "kind": "Solution", "name": "[variables('_solutionName')]", "sourceId": "[variables('_solutionId')]" },
                        "author": { "name": plain(json!(label.author)) },
                        "support": { "tier": "Community", "name": plain(json!(label.author)) },
                    },
                }],
            },
            "packageKind": "Solution",
            "packageVersion": "[variables('_solutionVersion')]",
            "packageName": "[variables('_solutionName')]",
            "packageId": "[variables('_solutionId')]",
            "contentSchemaVersion": "3.0.0",
            "contentId": id,
            "contentKind": word,
            "displayName": plain(json!(title)),
            "contentProductId": product,
            "id": product,
            "version": "[variables('_solutionVersion')]",
        },
    })
}

fn package(contents: &[Content], label: &Label) -> Value {
    let criteria: Vec<Value> = contents
        .iter()
        .map(|content| json!({ "kind": content.kind.words().0, "contentId": content.id, "version": "[variables('_solutionVersion')]" }))
        .collect();
    json!({
        "type": "Microsoft.OperationalInsights/workspaces/providers/contentPackages",
        "apiVersion": CONTENT,
        "name": "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', variables('_solutionId'))]",
        "location": "[parameters('workspace-location')]",
        "properties": {
            "version": "[variables('_solutionVersion')]",
            "kind": "Solution",
            "contentSchemaVersion": "3.0.0",
            "displayName": "[variables('_solutionName')]",
            "publisherDisplayName": plain(json!(label.author)),
            "descriptionHtml": format!("<p>{}</p>", counted(contents)),
            "contentKind": "Solution",
            "contentProductId": "[variables('_solutionContentProductId')]",
            "id": "[variables('_solutionContentProductId')]",
            "contentId": "[variables('_solutionId')]",
            "parentId": "[variables('_solutionId')]",
            "source": { "kind": "Solution", "name": "[variables('_solutionName')]", "sourceId": "[variables('_solutionId')]" },
            "author": { "name": plain(json!(label.author)) },
            "support": { "tier": "Community", "name": plain(json!(label.author)) },
            "dependencies": { "operator": "AND", "criteria": criteria },
            "providers": [plain(json!(label.author))],
            "categories": { "domains": ["Security - Threat Protection"] },
        },
    })
}

fn counted(contents: &[Content]) -> String {
    let hunts = contents.iter().filter(|content| matches!(content.kind, Kind::Hunt)).count();
    format!("Analytics rules: {}, hunting queries: {hunts}. The package's manifest says where each comes from.", contents.len() - hunts)
}

/// What the portal asks for before it deploys: <https://learn.microsoft.com/azure/azure-resource-manager/managed-applications/create-uidefinition-overview>.
fn ui(contents: &[Content], label: &Label) -> Value {
    let text = |name: &str, text: &str| json!({ "name": name, "type": "Microsoft.Common.TextBlock", "options": { "text": text } });
    json!({
        "$schema": "https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#",
        "handler": "Microsoft.Azure.CreateUIDef",
        "version": "0.1.2-preview",
        "parameters": {
            "config": {
                "isWizard": false,
                "basics": {
                    "description": format!("{}\n\n{}", label.title, counted(contents)),
                    "subscription": {
                        "resourceProviders": [
                            "Microsoft.OperationsManagement/solutions",
                            "Microsoft.OperationalInsights/workspaces/providers/alertRules",
                        ],
                    },
                    "location": { "metadata": { "hidden": "It is that of the workspace" }, "visible": false },
                    "resourceGroup": { "allowExisting": true },
                },
            },
            "basics": [
                {
                    "name": "getLAWorkspace",
                    "type": "Microsoft.Solutions.ArmApiControl",
                    "toolTip": "The workspaces of the resource group",
                    "condition": "[greater(length(resourceGroup().name), 0)]",
                    "request": {
                        "method": "GET",
                        "path": "[concat(subscription().id, '/providers/Microsoft.OperationalInsights/workspaces?api-version=2020-08-01')]",
                    },
                },
                {
                    "name": "workspace",
                    "type": "Microsoft.Common.DropDown",
                    "label": "Workspace",
                    "placeholder": "Select a workspace",
                    "toolTip": "The workspace that Microsoft Sentinel runs on",
                    "constraints": {
                        "allowedValues": "[map(filter(basics('getLAWorkspace').value, (filter) => contains(toLower(filter.id), toLower(resourceGroup().name))), (item) => parse(concat('{\"label\":\"', item.name, '\",\"value\":\"', item.name, '\"}')))]",
                        "required": true,
                    },
                    "visible": true,
                },
            ],
            "steps": [{
                "name": "analytics",
                "label": "Analytics",
                "subLabel": { "preValidation": "See what is installed", "postValidation": "Done" },
                "bladeTitle": "Analytics",
                "elements": [text(
                    "analytics-text",
                    "Templates of rules are installed. Rules are made of them, and switched on, in Analytics, on the tab Rule templates.",
                )],
            }],
            "outputs": {
                "workspace-location": "[first(map(filter(basics('getLAWorkspace').value, (filter) => and(contains(toLower(filter.id), toLower(resourceGroup().name)), equals(filter.name, basics('workspace')))), (item) => item.location))]",
                "location": "[location()]",
                "workspace": "[basics('workspace')]",
            },
        },
    })
}

/// A thin wrapper for those who deploy with Bicep.
fn bicep(name: &str) -> String {
    format!(
        "@description('The name of the Log Analytics workspace that Microsoft Sentinel runs on')\n\
         param workspace string\n\
         \n\
         @description('The region of the workspace')\n\
         param location string = resourceGroup().location\n\
         \n\
         module solution 'mainTemplate.json' = {{\n\
         \x20 name: '{name}'\n\
         \x20 params: {{\n\
         \x20   workspace: workspace\n\
         \x20   'workspace-location': location\n\
         \x20 }}\n\
         }}\n"
    )
}
