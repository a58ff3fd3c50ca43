//! How a worker starts: the few lines of JavaScript that it begins with, and what it is told first. Used by the page for the
//! conductor and by the conductor for its trainers; pure text and data, nothing here starts anything.
//!
//! A worker that is started from an address of the site does not inherit the page's `<meta>` content security policy; one
//! started from a `blob:` does, and so do the workers that it starts. Hence a text that is made into a blob.

use serde::Serialize;

use crate::fields::{read_named, read_struct};

/// What a worker is told before anything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Boot {
    /// What the worker is.
    pub role: Role,
    /// The absolute address of the page's folder, with a slash at its end: samples lie below it.
    pub base: String,
    /// The absolute address of the worker's folder, with a slash at its end. Its name holds a digest of its files.
    pub folder: String,
    /// Whether the device is a phone, which gets fewer trainers.
    pub phone: bool,
}

read_struct!(Boot { role, base, folder, phone });

/// What a worker is. Conductor and trainers are one program, the reader is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Owns data, search and trainers.
    Conductor,
    /// Fits one model at a time.
    Trainer,
    /// Reads a person's files once, and is gone.
    Reader,
}

read_named!(Role as "role" or Trainer, |name| match name {
    "conductor" => Some(Self::Conductor),
    "trainer" => Some(Self::Trainer),
    "reader" => Some(Self::Reader),
    _ => None,
});

impl Boot {
    /// The name of the worker's program.
    fn program(&self) -> &'static str {
        match self.role {
            Role::Conductor | Role::Trainer => "worker",
            Role::Reader => "reader",
        }
    }

    /// The address of the worker's WebAssembly.
    #[must_use]
    pub fn wasm(&self) -> String {
        format!("{}{}_bg.wasm", self.folder, self.program())
    }

    /// The text that the worker begins with.
    ///
    /// The worker waits for one message `{ boot, module }`, where `module` is the compiled WebAssembly or its address,
    /// and answers when it can be spoken to; what is posted in between is lost. A failed start, and whatever fails in a
    /// promise later, becomes an `error` event of the worker: left in a promise, nobody outside would hear of it.
    #[must_use]
    pub fn script(&self) -> String {
        // What a URL has of quotes and backslashes is escaped, so it can stand in a string as it is.
        let script = format!("{}{}.js", self.folder, self.program());
        format!(
            "importScripts(\"{script}\");\n\
             onunhandledrejection = ({{ reason }}) => reportError(reason);\n\
             onmessage = ({{ data }}) => {{\n\
               onmessage = null;\n\
               wasm_bindgen({{ module_or_path: data.module }}).then(() => wasm_bindgen.boot(data.boot)).catch(reportError);\n\
             }};\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_names_absolute_addresses() {
        let boot = Boot {
            role: Role::Trainer,
            base: "https://example.org/rectune/".into(),
            folder: "https://example.org/rectune/worker-1a/".into(),
            phone: false,
        };
        assert!(boot.script().starts_with("importScripts(\"https://example.org/rectune/worker-1a/worker.js\");\n"));
        assert_eq!(boot.wasm(), "https://example.org/rectune/worker-1a/worker_bg.wasm");
        let reader = Boot { role: Role::Reader, ..boot };
        assert_eq!(reader.wasm(), "https://example.org/rectune/worker-1a/reader_bg.wasm");
    }
}
