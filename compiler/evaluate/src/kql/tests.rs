//! Do small queries give what the vendor's pages say?
