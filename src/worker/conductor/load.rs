//! Data for the conductor. What ships with the page and what the engine makes is made here; whatever must be read or cleaned is
//! a reader's to do, which is started for it and ended when the conductor has what was read.

use std::fmt;
use std::rc::{Rc, Weak};

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event as Raised, File, MessageEvent, Worker};

use super::{Shared, Shell, post, saved, tables};
use crate::channel::boot::{Boot, Role};
use crate::channel::{self, thrown};
use crate::engine::data::{Dataset, files};
use crate::error::Error;
use crate::protocol::{Event, FileRole};
use crate::study::{Cleaning, DataSource, Goal};
use crate::worker::message::{self, Reply, Request};
use crate::worker::scope::now;
use crate::worker::{made, parcel};

/// What the page wants to have read.
pub(super) struct Wanted {
    pub(super) source: DataSource,
    pub(super) clean: Cleaning,
    pub(super) find: bool,
    /// Empty where the files are to be told apart.
    pub(super) roles: Vec<FileRole>,
    pub(super) files: Vec<File>,
    /// The saved study whose files are read, where there are none.
    pub(super) saved: Option<String>,
}

/// A person's files, with what each of them is.
type Files = Vec<(FileRole, File)>;

/// What came of it.
struct Loaded {
    data: Dataset,
    test: Option<Dataset>,
    problems: Vec<Error>,
    files: Files,
}

/// Loads data. What was there stays until the new data is there, and if it does not come.
pub(super) async fn load(shell: Shared, wanted: Wanted) {
    let began = now();
    let (mine, base) = {
        let mut own = shell.borrow_mut();
        own.stop_loading();
        (own.loads, own.boot.base.clone())
    };
    let Wanted { source, clean, find, mut roles, files, saved } = wanted;
    if roles.is_empty() {
        let named: Vec<_> = files.iter().map(|file| (file.name(), file.size() as u64)).collect();
        roles = files::roles(&named);
    }
    let mut files: Files = roles.into_iter().zip(files).collect();
    if let Some(id) = saved.filter(|_| files.is_empty()) {
        files = saved::files(&shell, &id).await;
    }
    let made = match &source {
        DataSource::File { name, .. } if !files.iter().any(|(role, _)| *role == FileRole::Ratings) => {
            Some(Err(Error::NotReady { what: name.clone() }))
        }
        DataSource::File { .. } => None,
        _ if clean != Cleaning::default() => None,
        _ => Some(made::make(&source, &base).await),
    };
    if shell.borrow().loads != mine {
        // A newer load answers for itself.
        return;
    }
    match made {
        Some(Ok(data)) => take(&shell, began, Loaded { data, test: None, problems: Vec::new(), files }),
        Some(Err(error)) => post(vec![Event::Refused { error }]),
        None => {
            let roles = files.iter().map(|(role, _)| *role).collect();
            let own = files.iter().map(|(_, file)| file.clone()).collect();
            let request = Request::Read { source, clean, find, roles };
            let weak = Rc::downgrade(&shell);
            let heard = move |reply| {
                if let Some(shell) = weak.upgrade() {
                    heard(&shell, began, &files, reply);
                }
            };
            let boot = shell.borrow().boot.clone();
            match Reader::start(boot, request, own, heard) {
                Ok(reader) => shell.borrow_mut().reader = Some(reader),
                Err(error) => post(vec![Event::Refused { error }]),
            }
        }
    }
}

/// Has a reader try to reach another origin.
pub(super) fn check_privacy(shell: &Shared) -> Result<(), Error> {
    let weak: Weak<_> = Rc::downgrade(shell);
    let heard = move |reply| {
        let told = match reply {
            Ok((Reply::Privacy { refused }, _)) => Event::Privacy { role: "reader".to_owned(), refused },
            Ok(_) => return,
            Err(error) => Event::Refused { error },
        };
        post(vec![told]);
        if let Some(shell) = weak.upgrade() {
            shell.borrow_mut().checked = None;
        }
    };
    let reader = Reader::start(shell.borrow().boot.clone(), Request::CheckPrivacy, Vec::new(), heard)?;
    shell.borrow_mut().checked = Some(reader);
    Ok(())
}

impl Shell {
    /// Nothing that is being loaded is wanted any more.
    pub(super) fn stop_loading(&mut self) {
        self.loads += 1;
        self.reader = None;
    }
}

/// Takes what the reader said.
fn heard(shell: &Shared, began: f64, files: &Files, reply: Result<(Reply, Array), Error>) {
    let read = match reply {
        Ok((Reply::Loading { bytes, total, rows }, _)) => return post(vec![Event::Loading { bytes, total, rows }]),
        Ok((Reply::Ready | Reply::Privacy { .. }, _)) => return,
        Ok((Reply::Unread { error }, _)) | Err(error) => Err(error),
        Ok((Reply::Read { report, test, problems }, columns)) => {
            let mut columns = std::iter::from_fn(|| Some(columns.shift()));
            let mut unpack = |report| parcel::unpack(report, &mut columns);
            let data = unpack(*report);
            let test = test.map(|report| unpack(*report)).transpose();
            data.and_then(|data| Ok(Loaded { data, test: test?, problems, files: files.clone() }))
        }
    };
    shell.borrow_mut().reader = None;
    match read {
        Ok(loaded) => take(shell, began, loaded),
        Err(error) => post(vec![Event::Refused { error }]),
    }
}

/// Puts data in place of what was there.
fn take(shell: &Shared, began: f64, loaded: Loaded) {
    let Loaded { mut data, test, mut problems, files } = loaded;
    data.report.seconds = (now() - began) / 1_000.0;
    // What no model can be trained on is told at once, and not only when somebody tries.
    problems.extend(data.check_goal(Goal::Ranking).err());
    let report = Event::Data(Box::new(data.report.clone()));
    let mut shell = shell.borrow_mut();
    shell.runs.end();
    post(shell.runs.go_on());
    let tables = tables(&data);
    shell.lists.forget(data.behind(test.as_ref()));
    shell.data = Some(Rc::new(data));
    shell.test = test.map(Rc::new);
    shell.files = files;
    post(vec![report]);
    post(tables);
    post(problems.into_iter().map(|error| Event::Refused { error }).collect());
}

/// A reader's worker. It ends with this value, whatever it does.
pub(super) struct Reader {
    worker: Worker,
    /// Called by the worker for as long as it lives.
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(Raised)>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

impl Reader {
    /// Starts a reader with this request; what it replies, or that it is lost, goes to `heard`.
    fn start(
        boot: Boot,
        request: Request,
        files: Vec<File>,
        heard: impl Fn(Result<(Reply, Array), Error>) + 'static,
    ) -> Result<Self, Error> {
        let boot = Boot { role: Role::Reader, ..boot };
        let worker = channel::start(&boot, &boot.wasm().into())?;
        let (heard, asked) = (Rc::new(heard), worker.clone());
        let told = Rc::clone(&heard);
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let reply = message::read_reply(&event.data());
            let asks = matches!(reply, Ok((Reply::Ready, _)));
            let posted = if asks { ask(&asked, &request, &files) } else { Ok(()) };
            told(posted.and(reply));
        });
        let on_error = Closure::<dyn Fn(Raised)>::new(move |event: Raised| {
            // Else the browser would call the conductor itself broken.
            event.prevent_default();
            heard(Err(thrown(&event)));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }
}

fn ask(worker: &Worker, request: &Request, files: &[File]) -> Result<(), Error> {
    let message = message::request(request, files.iter())?;
    worker.post_message(&message).map_err(|error: JsValue| thrown(&error))
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onmessageerror(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
