//! Which events does a rule read, and what do its field names mean there?

use ir::{EventSelector, FieldRef, LogSource, Platform, SigmaLogSource};
use logs::taxonomy::{self, Category};

/// The events of a rule, and the meaning of field names in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    pub(super) selector: EventSelector,
    /// The category's name, when the catalogue has a class for it.
    category: Option<&'static str>,
    /// The service whose log is read in place of a category.
    in_log: Option<&'static str>,
}

impl Stream {
    /// The events that a log source names. A taxonomy of its own gives every word another meaning, so nothing is taken as known.
    pub(super) fn of(source: &SigmaLogSource, taxonomy: Option<&str>) -> Self {
        let (category, product) = (source.category.as_deref(), source.product.as_deref());
        let known = category.filter(|_| source.service.is_none() && taxonomy.is_none()).and_then(Category::find);
        if let Some((known, selector)) = known.and_then(|known| Some((known, known.selector(product)?))) {
            return Self { selector, category: Some(known.name), in_log: None };
        }
        let lower = |word: &Option<String>| word.as_deref().map(str::to_lowercase);
        let platform = product.and_then(|product| Platform::ALL.iter().find(|(_, name)| name.eq_ignore_ascii_case(product)));
        let open = LogSource::Open { category: lower(&source.category), product: lower(&source.product), service: lower(&source.service) };
        let platform = platform.filter(|_| taxonomy.is_none()).map(|(platform, _)| *platform);
        Self { selector: EventSelector { source: open, platform, flow: None, sensor: None }, category: None, in_log: None }
    }

    /// The events of one service of Windows, under the names that its log gives them.
    pub(super) fn of_service(service: &'static str) -> Self {
        let source = SigmaLogSource { product: Some("windows".to_owned()), service: Some(service.to_owned()), ..SigmaLogSource::default() };
        Self { in_log: Some(service), ..Self::of(&source, None) }
    }

    /// The category, when the catalogue has a class for it.
    pub(super) fn category(&self) -> Option<&'static Category> {
        self.category.and_then(Category::find)
    }

    /// The field that a name means.
    pub(super) fn field(&self, name: &str) -> FieldRef {
        match self.category().and_then(|category| category.field(name, self.selector.platform)) {
            Some(field) => FieldRef::Known(field),
            None => FieldRef::Open(self.in_log.map_or(name, |service| taxonomy::own_name(service, name)).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ir::{EventClass, Field};

    fn of(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> Stream {
        let own = |word: Option<&str>| word.map(ToOwned::to_owned);
        let source = SigmaLogSource { category: own(category), product: own(product), service: own(service), ..SigmaLogSource::default() };
        Stream::of(&source, None)
    }

    #[test]
    fn a_category_alone_or_on_a_platform_is_known() {
        let windows = of(Some("process_creation"), Some("windows"), None);
        assert_eq!(windows.selector.source, LogSource::Known(EventClass::ProcessStart));
        assert_eq!(windows.selector.platform, Some(Platform::Windows));
        assert_eq!(windows.field("Image"), FieldRef::Known(Field::ProcessPath));
        assert_eq!(windows.field("LogonId"), FieldRef::Open("LogonId".into()));
        assert!(matches!(of(Some("process_creation"), None, None).selector.source, LogSource::Known(_)));
        assert!(matches!(of(Some("webserver"), Some("apache"), None).selector.source, LogSource::Open { .. }));
        assert!(matches!(of(Some("process_creation"), Some("windows"), Some("sysmon")).selector.source, LogSource::Open { .. }));
    }

    #[test]
    fn everything_else_is_open_and_keeps_its_platform() {
        let security = of(None, Some("Windows"), Some("security"));
        assert_eq!(security.selector.platform, Some(Platform::Windows));
        assert_eq!(security.field("Image"), FieldRef::Open("Image".into()));
        assert_eq!(of(None, Some("aws"), Some("cloudtrail")).selector.platform, None);
    }

    #[test]
    fn another_taxonomy_means_nothing_known() {
        let source = SigmaLogSource { category: Some("process_creation".to_owned()), ..SigmaLogSource::default() };
        let stream = Stream::of(&source, Some("ecs"));
        assert!(matches!(stream.selector.source, LogSource::Open { .. }));
        assert_eq!(stream.field("Image"), FieldRef::Open("Image".into()));
    }
}
