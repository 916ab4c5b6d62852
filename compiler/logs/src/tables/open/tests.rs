//! Do the tables of open log sources say what the vendor has?

use crate::tables::columns;
use crate::tables::{Product, schema};

#[test]
fn every_table_is_known_and_every_plain_column_is_one_of_its_own() {
    for product in Product::ALL {
        let schema = schema(product);
        for open in schema.open.iter().copied().flatten() {
            assert!(columns::known(product, open.table), "{product:?}: {}", open.table);
            let columns = open.fields.names.iter().flat_map(|(_, columns)| columns.iter()).chain(open.fields.text);
            for column in columns.filter(|column| column.from.is_own() && !column.name.is_empty()) {
                assert!(columns::find(product, open.table, column.name).is_some(), "{product:?}: {} has no {}", open.table, column.name);
            }
        }
    }
}

#[test]
fn what_a_table_holds_is_not_said_to_be_absent() {
    for product in Product::ALL {
        let schema = schema(product);
        for open in schema.open.iter().copied().flatten() {
            let same = schema.no_source.iter().find(|(words, _)| *words == [open.category, open.product, open.service]);
            assert!(same.is_none(), "{product:?}: {}/{}", open.product, open.service);
        }
    }
}
