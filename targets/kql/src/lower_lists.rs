//! Which lists does a query name?

/// Lists that a query names, in order of first use.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    pub(crate) named: Vec<NamedList>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct NamedList {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    /// Whether a function wants them as one array.
    pub(crate) array: bool,
}

impl Lists {
    /// The name of a list; the same values have the same name.
    pub(crate) fn name(&mut self, values: Vec<String>, array: bool) -> String {
        if let Some(list) = self.named.iter().find(|list| list.values == values && list.array == array) {
            return list.name.clone();
        }
        let name = match self.named.len() {
            0 => "indicators".to_owned(),
            before => format!("indicators{}", before + 1),
        };
        self.named.push(NamedList { name: name.clone(), values, array });
        name
    }
}
