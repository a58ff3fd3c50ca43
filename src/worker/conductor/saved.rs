//! Saved studies: a run begins with what is saved of it and is saved while it goes on. Where that fails, it goes on without.

use std::rc::Rc;

use js_sys::{Array, Date, Object, Reflect};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::{Shared, post};
use crate::engine::share::{Line, Read, Saving, Unsaved, saved_id};
use crate::error::Error;
use crate::fields::json;
use crate::protocol::{self, Command, Event, FileRole, Intervention, SavedStudy};
use crate::study::Study;
use crate::worker::scope::scope;
use crate::worker::shelf::Shelf;

/// Larger files are not kept with a study: whoever goes on with it gives them again.
const MOST_BYTES: f64 = 67_108_864.0;

/// Whether a command has to do with what is saved.
pub(super) fn is_for(command: &Command) -> bool {
    matches!(
        command,
        Command::Run { .. }
            | Command::ListSaved
            | Command::RenameSaved { .. }
            | Command::DeleteSaved { .. }
            | Command::ReadSaved { .. }
    )
}

/// Obeys such a command.
pub(super) async fn obey(shell: &Shared, command: Command) -> Result<(), Error> {
    let shelf = Rc::clone(&shell.borrow().shelf);
    match command {
        Command::Run { study, resumes, interventions, openings, paused, seconds } => {
            let (saving, read, decided) = saved(shell, &study).await;
            let decisions = if resumes { decided } else { interventions };
            let own = &mut *shell.borrow_mut();
            let data = own.data.clone().ok_or_else(|| Error::NotReady { what: "Running a study".to_owned() })?;
            let test = own.test.clone();
            own.runs.start((&data, test.as_deref()), study, &decisions, openings, &read)?;
            own.runs.saving = saving;
            own.runs.end_after(seconds);
            if paused {
                own.runs.current("Pausing")?.pause();
            }
            if own.runs.saving.is_some() {
                spawn_local(keep_files(Rc::clone(shell)));
            }
            return Ok(());
        }
        Command::RenameSaved { id, name } => {
            if let Some(mut study) = study(&shelf, &id).await? {
                study.name.clone_from(&name);
                shelf.write(&id, &written(&study), &[]).await?;
            }
            if let Some(saving) = shell.borrow_mut().runs.saving.as_mut().filter(|saving| saving.id() == id) {
                saving.rename(name);
            }
        }
        Command::DeleteSaved { id } => {
            // A run that goes on is saved again when it is started again.
            shell.borrow_mut().runs.saving.take_if(|saving| saving.id() == id);
            shelf.delete(&id).await?;
            if let Some(saving) = &mut shell.borrow_mut().runs.saving {
                saving.try_again();
            }
            save(shell);
        }
        Command::ReadSaved { id } => {
            if let Some(study) = study(&shelf, &id).await? {
                let (_, read) = Saving::resume(study.clone(), &shelf.lines(&id).await?);
                let shared = protocol::Shared::of(&study.study, &study.interventions, &read.ended, None, 0);
                post(vec![Event::SavedRead { id, shared: Box::new(shared) }]);
            }
            return Ok(());
        }
        _ => {}
    }
    list(shell).await
}

/// What is saved of a study on the loaded data, and the decisions that apply when it goes on: a stop was for the time being.
async fn saved(shell: &Shared, wanted: &Study) -> (Option<Saving>, Read, Vec<Intervention>) {
    let nothing = (None, Read::default(), Vec::new());
    let Some(data) = shell.borrow().data.clone() else { return nothing };
    let mut resolved = wanted.clone();
    resolved.data.hash.clone_from(&data.report.hash);
    let (id, shelf) = (saved_id(&resolved), Rc::clone(&shell.borrow().shelf));
    let found = match both(&shelf, &id).await {
        Ok(found) => found,
        Err(error) => {
            refuse(shell, error);
            return nothing;
        }
    };
    // Other data may have come meanwhile.
    if shell.borrow().data.as_ref().is_none_or(|now| now.report.hash != data.report.hash) {
        return nothing;
    }
    let (known, lines) = found;
    let study = known.unwrap_or_else(|| SavedStudy::new(id, resolved));
    let mut decided = study.interventions.clone();
    decided.retain(|made| !matches!(made, Intervention::StopAt { .. }));
    let (saving, read) = Saving::resume(study, &lines);
    if read.damaged > 0 {
        post(vec![Event::Refused { error: Error::DamagedTrials { count: read.damaged } }]);
    }
    (Some(saving), read, decided)
}

async fn both(shelf: &Shelf, id: &str) -> Result<(Option<SavedStudy>, Vec<String>), Error> {
    Ok((study(shelf, id).await?, shelf.lines(id).await?))
}

/// A saved study; none where it can not be read, whose lines still may be.
async fn study(shelf: &Shelf, id: &str) -> Result<Option<SavedStudy>, Error> {
    Ok(shelf.study(id).await?.and_then(|text| json::read(&text).ok()))
}

fn written(study: &SavedStudy) -> String {
    json::write(study).expect("a study is plain data")
}

/// Tells why something is not saved; of a browser that saves nothing at all once.
fn refuse(shell: &Shared, error: Error) {
    let is_known =
        matches!(error, Error::NotSaved { .. }) && std::mem::replace(&mut shell.borrow_mut().saves_nothing, true);
    if !is_known {
        post(vec![Event::Refused { error }]);
    }
}

/// Tells the page what is saved.
async fn list(shell: &Shared) -> Result<(), Error> {
    let shelf = Rc::clone(&shell.borrow().shelf);
    let (mut studies, mut count) = (Vec::new(), 0);
    let texts = match shelf.studies().await {
        Ok(texts) => texts,
        Err(error) => {
            refuse(shell, error);
            Vec::new()
        }
    };
    for text in texts {
        match json::read::<SavedStudy>(&text) {
            Ok(study) => studies.push(study),
            Err(_) => count += 1,
        }
    }
    post(vec![Event::Saved { studies }]);
    if count > 0 {
        return Err(Error::DamagedStudies { count });
    }
    Ok(())
}

/// Saves what is new, unless that is under way.
pub(super) fn save(shell: &Shared) {
    let own = &mut *shell.borrow_mut();
    if own.writing {
        return;
    }
    if let Some(unsaved) = own.runs.take_unsaved() {
        own.writing = true;
        spawn_local(write(Rc::clone(shell), unsaved));
    }
}

async fn write(shell: Shared, first: Unsaved) {
    let shelf = Rc::clone(&shell.borrow().shelf);
    let mut next = Some(first);
    while let Some(Unsaved { mut study, lines }) = next {
        study.saved = Date::now();
        if let Err(error) = shelf.write(&study.id, &written(&study), &lines).await {
            let trials = study.trials.saturating_sub(lines.len() as u32);
            let error = give_up(&mut shell.borrow_mut().runs.saving, error, &study.id, lines, trials);
            refuse(&shell, error);
        }
        next = shell.borrow_mut().runs.take_unsaved();
    }
    shell.borrow_mut().writing = false;
}

/// What could not be written waits where there was no room; where the browser saves nothing no more is tried.
fn give_up(own: &mut Option<Saving>, error: Error, id: &str, lines: Vec<Line>, trials: u32) -> Error {
    if let Error::StorageFull { .. } = error {
        if let Some(saving) = own.as_mut().filter(|saving| saving.id() == id) {
            saving.put_back(lines);
        }
        return Error::StorageFull { trials };
    }
    own.take_if(|saving| saving.id() == id);
    error
}

/// Keeps the person's files with the study that runs, so that nobody needs to give them again. Where the browser keeps no
/// files, or has no room for them, they are asked for.
async fn keep_files(shell: Shared) {
    let (shelf, files, id) = {
        let own = shell.borrow();
        let Some(id) = own.runs.saving.as_ref().map(|saving| saving.id().to_owned()) else { return };
        (Rc::clone(&own.shelf), own.files.clone(), id)
    };
    let bytes: f64 = files.iter().map(|(_, file)| file.size()).sum();
    if files.is_empty() || bytes > MOST_BYTES || shelf.keep_files(&id, &files).await.is_err() {
        return;
    }
    if let Some(saving) = shell.borrow_mut().runs.saving.as_mut().filter(|saving| saving.id() == id) {
        saving.has_files();
    }
    save(&shell);
}

/// The files that are kept with a study, which the page is given too: it sends them again when they are to be read in another
/// way.
pub(super) async fn files(shell: &Shared, id: &str) -> Vec<(FileRole, File)> {
    let shelf = Rc::clone(&shell.borrow().shelf);
    // Without them the person is asked for them.
    let files = shelf.files(id).await.unwrap_or_default();
    let all: Array = files.iter().map(|(_, file)| file).collect();
    let message = Object::new();
    let posted = Reflect::set(&message, &"files".into(), &all).and_then(|_| scope().post_message(&message));
    posted.map_or_else(|_| Vec::new(), |()| files)
}
