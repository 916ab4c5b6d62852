//! Does the program do what is asked of it, as a person or a pipeline starts it?
//!
//! One program for all of them: each that was linked by itself would hold the whole compiler once more.

mod captures;
mod cli;
mod diff;
mod files;
mod hunt;
#[cfg(unix)]
mod kit;
#[cfg(unix)]
mod kit_files;
mod legible;
mod package;
mod package_sentinel;
mod package_splunk;
mod project;
mod refused;
mod reports;
mod repository;
mod untrusted;
