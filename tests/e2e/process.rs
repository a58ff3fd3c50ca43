//! A program that runs beside the tests and is gone when they are done with it, also after a failure.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Compiling the server may come before its first word.
const START_LIMIT: Duration = Duration::from_secs(180);

/// A running program. Dropping it kills it.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command` and waits for the line of its standard output in which `find` finds something.
    ///
    /// # Errors
    /// When it cannot be started, ends before, or says nothing of the kind in time.
    pub(crate) fn start<T>(command: &mut Command, find: impl Fn(&str) -> Option<T>) -> Result<(Self, T), String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let child = spawned.map_err(|error| format!("{name} could not be started: {error}"))?;
        let mut process = Self { child };
        let stdout = process.child.stdout.take().ok_or("standard output is piped above")?;
        let (sender, lines) = mpsc::channel();
        // Reads to the end: a full pipe would stop the program.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _nobody_listens_any_more = sender.send(line);
            }
        });
        loop {
            let line = lines.recv_timeout(START_LIMIT).map_err(|_| format!("{name} did not say where it listens"))?;
            if let Some(found) = find(&line) {
                return Ok((process, found));
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
