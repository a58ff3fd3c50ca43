//! The page's side of the channel: starts the conductor's worker, sends it commands, hears its events. Knows nothing of
//! what is shown.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, File, MessageEvent, Url, Window, Worker};

use crate::channel::boot::{Boot, Role};
use crate::channel::{self, thrown};
use crate::error::Error;
use crate::protocol::{Command, Event};

/// A line to the conductor. Clones share it; it stays open as long as the page.
#[derive(Clone, Debug)]
pub struct Connection {
    worker: Worker,
    /// Messages that wait until the conductor can be spoken to; `None` from then on.
    waiting: Rc<RefCell<Option<Vec<JsValue>>>>,
}

impl Connection {
    /// Starts the conductor. Its events arrive in order, first [`Event::Ready`]; commands may be sent before that. A person's
    /// files that were kept with a study arrive before the data that is read from them.
    ///
    /// A conductor that fails is told as [`Event::Refused`]: with [`Error::Browser`] when it never started, with
    /// [`Error::ConductorLost`] when it ran, in which case a new connection must be made.
    ///
    /// # Errors
    /// [`Error::Browser`] when the browser starts no workers.
    pub fn start(on_event: impl Fn(Event) + 'static, on_files: impl Fn(Vec<File>) + 'static) -> Result<Self, Error> {
        let boot = boot()?;
        let worker = channel::start(&boot, &boot.wasm().into())?;
        let connection = Self { worker, waiting: Rc::new(RefCell::new(Some(Vec::new()))) };
        let on_event = Rc::new(on_event);

        let heard = (connection.clone(), Rc::clone(&on_event));
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let (connection, on_event) = &heard;
            if let Some(files) = files(&message.data()) {
                return on_files(files);
            }
            for event in read(&message.data()) {
                if matches!(event, Event::Ready { .. }) {
                    connection.open();
                }
                on_event(event);
            }
        });
        connection.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));

        let waiting = Rc::clone(&connection.waiting);
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            let started = waiting.borrow().is_none();
            let error = if started { Error::ConductorLost {} } else { Error::Browser { what: event.message() } };
            on_event(Event::Refused { error });
        });
        connection.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        // The page holds its one connection for as long as it lives.
        on_message.forget();
        on_error.forget();
        Ok(connection)
    }

    /// Sends a command, with the person's files that it speaks of: they are streamed by the conductor and never leave the
    /// browser.
    ///
    /// # Errors
    /// [`Error::Browser`] for a command that JavaScript has no value for, such as a seed beyond 2^53.
    pub fn send(&self, command: &Command, files: &[File]) -> Result<(), Error> {
        let message = Array::of1(&channel::to_js(command)?);
        for file in files {
            message.push(file);
        }
        let message = message.into();
        if let Some(waiting) = self.waiting.borrow_mut().as_mut() {
            waiting.push(message);
            return Ok(());
        }
        self.worker.post_message(&message).map_err(|error| thrown(&error))
    }

    /// The conductor listens: what waited is sent.
    fn open(&self) {
        for message in self.waiting.borrow_mut().take().unwrap_or_default() {
            // A message that could be built can be posted.
            let _posted = self.worker.post_message(&message);
        }
    }
}

/// The files of a message that brings files.
fn files(data: &JsValue) -> Option<Vec<File>> {
    let files: Array = Reflect::get(data, &"files".into()).ok()?.dyn_into().ok()?;
    Some(files.iter().map(JsCast::unchecked_into).collect())
}

/// The events of one message: a list, so that what happened together is drawn together.
fn read(data: &JsValue) -> Vec<Event> {
    channel::from_js(data.clone()).unwrap_or_else(|error| vec![Event::Refused { error }])
}

/// Where the conductor finds its files, and what it must know of the device.
fn boot() -> Result<Boot, Error> {
    let missing = |what: &str| Error::Browser { what: what.to_owned() };
    let window: Window = web_sys::window().ok_or_else(|| missing("window"))?;
    let document = window.document().ok_or_else(|| missing("document"))?;
    let page = document.base_uri().map_err(|error| thrown(&error))?.ok_or_else(|| missing("baseURI"))?;
    let root = document.document_element().ok_or_else(|| missing("document element"))?;
    let folder = root.get_attribute("data-worker").ok_or_else(|| missing("data-worker"))?;
    let absolute = |path: &str| Url::new_with_base(path, &page).map(|url| url.href()).map_err(|error| thrown(&error));
    // No mouse and a small screen; a laptop with a touch screen has a mouse.
    let query = "(pointer: coarse) and (max-width: 1000px)";
    let phone = window.match_media(query).ok().flatten().is_some_and(|list| list.matches());
    Ok(Boot { role: Role::Conductor, base: absolute("./")?, folder: absolute(&folder)?, phone })
}
