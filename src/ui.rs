//! The page.

pub mod connection;

use crate::protocol::Command;
use connection::Connection;

/// Puts the page into the document.
pub fn mount() {
    let connection = Connection::start(|event| web_sys::console::log_1(&format!("{event:?}").into()));
    match connection {
        Ok(connection) => connection.send(&Command::CheckPrivacy).expect("plain data"),
        Err(error) => web_sys::console::error_1(&error.to_string().into()),
    }
}
