//! A folder of a test's own, which goes when the test does.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder in cargo's place for tests. Dropping it removes it with all that is in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new() -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("e2e-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    /// Where something of this name lies in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file and returns where it lies.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> Result<PathBuf, String> {
        let path = self.join(name);
        fs::write(&path, content).map_err(|error| format!("{} can't be written: {error}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _removed = fs::remove_dir_all(&self.0);
    }
}
