//! Whether what is printed reads back.
