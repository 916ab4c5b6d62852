//! The door to programs that read rules back: a target says what to lay out and what to call, the command line does it.

/// A program to run once.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// Its name, looked up as a shell does.
    pub program: &'static str,
    /// Its arguments. Paths are relative to the folder that is made for the call.
    pub arguments: &'c [&'c str],
    /// The files that lie in that folder: plain names, and what they hold.
    pub files: &'c [(&'c str, &'c [u8])],
    /// The plain name of a file that the program is to leave in that folder.
    pub leaves: Option<&'c str>,
}

/// What a program answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// It ended, with exit code 0.
    pub success: bool,
    /// What it printed: standard output, then standard error.
    pub output: String,
    /// The file of [`Call::leaves`], where the program left it.
    pub left: Option<Vec<u8>>,
}

/// Runs programs. Targets have no disk and no processes of their own.
pub trait Programs: std::fmt::Debug + Send + Sync {
    /// Runs a program in a folder that is made new for this call, readable by nobody else, and gone afterwards.
    ///
    /// # Errors
    ///
    /// Why it did not run, as a clause: it is not installed, or the folder cannot be made.
    fn run(&self, call: Call<'_>) -> Result<Answer, String>;
}
