//! The release build as a static host serves it: under a sub-path, without headers of its own.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::process::Process;

/// One test at a time: browsers that train beside each other would only measure each other.
static TURN: Mutex<()> = Mutex::new(());

/// The page on a port of its own. It is this test's turn for as long as it is served.
pub(crate) struct Site {
    url: String,
    server: Option<Process>,
    _turn: MutexGuard<'static, ()>,
}

impl Site {
    /// Serves what `cargo xtask build` has built.
    ///
    /// # Errors
    /// When there is no release build, or it cannot be served.
    pub(crate) fn serve() -> Result<Self, String> {
        // A test that failed has left nothing behind that the next one would see.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let index = std::fs::read_to_string(root().join("dist/index.html")).unwrap_or_default();
        if !index.contains("data-worker=worker-") {
            return Err("dist holds no release build: run `cargo xtask build` first".to_owned());
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.current_dir(root()).args(["run", "--quiet", "--package", "xtask", "--", "static", "0"]);
        let address = |line: &str| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
        let (server, url) = Process::start(&mut command, address)?;
        Ok(Self { url, server: Some(server), _turn: turn })
    }

    /// The page's address with a fragment.
    pub(crate) fn page(&self, fragment: &str) -> String {
        if fragment.is_empty() { self.url.clone() } else { format!("{}#{fragment}", self.url) }
    }

    /// Ends the server; it is still this test's turn.
    pub(crate) fn cut(&mut self) {
        drop(self.server.take());
    }

    /// The page's origin.
    pub(crate) fn origin(&self) -> &str {
        let path = self.url.find("/rectune/").unwrap_or(self.url.len());
        &self.url[..path]
    }
}

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
