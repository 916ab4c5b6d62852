//! What does a feed cost to read? Reads a file and counts its values without keeping them: `feed FILE [FORMAT]`.
#![allow(clippy::disallowed_methods, reason = "an example reads the disk and its arguments")]

use std::fs::File;
use std::io::Read;

use front::feed::{Defaults, Format, Input, Value, pass};

struct Disk(String);

impl Input for Disk {
    fn open(&self) -> Result<Box<dyn Read + '_>, String> {
        File::open(&self.0).map(|file| Box::new(file) as Box<dyn Read>).map_err(|error| error.to_string())
    }
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("a file is missing: feed FILE [FORMAT]")?;
    let input = Disk(path.clone());
    let mut head = String::new();
    let mut start = Vec::new();
    input.open()?.take(64 * 1024).read_to_end(&mut start).map_err(|error| error.to_string())?;
    head.push_str(&String::from_utf8_lossy(&start));
    let named = arguments.get(1).map(String::as_str);
    let format = named.map_or_else(|| Format::detect(path, &head), Format::parse).ok_or("the format is not told")?;
    let (mut indicators, mut listed) = (0, 0);
    let file = source::Sources::default().add(path.as_str(), "");
    let read = pass(&input, file, format, &Defaults::default(), &mut |entry| match entry.value {
        Value::Indicator(_) => indicators += 1,
        Value::Listed(_) => listed += 1,
    });
    println!("{}: {indicators} indicators, {listed} listed, {} diagnostics", format.name(), read.diagnostics.len());
    Ok(())
}
