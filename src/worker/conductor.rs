//! The conductor's role: hears the page's commands and tells the page what happened. How data comes is [`load`]'s, how a run is
//! driven [`run`]'s, how it is saved [`saved`]'s and how a person gets lists [`lists`]', what is proposed or compared the
//! engine's.

mod lists;
mod load;
mod run;
mod saved;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent};

use self::lists::Lists;
use self::load::{Reader, Wanted};
use self::run::Runs;
use super::crew::Machine;
use super::pool::{Pool, Said};
use super::pulse::BEAT_MS;
use super::scope::{every, fail, next_turn, scope, threads};
use super::shelf::Shelf;
use crate::channel::boot::{Boot, Role};
use crate::channel::{self, privacy, thrown};
use crate::engine::data::Dataset;
use crate::engine::data::profile::profile;
use crate::engine::split::plan_dataset;
use crate::engine::{factors, share};
use crate::error::Error;
use crate::protocol::{Command, Comparison, Event, FileRole};
use crate::study::{DataSource, ModelKind, Seed, Value};

/// How much the page is told in one message, by [`weight`]: results that are known already come by the thousand, and the page
/// is held up while it reads a message.
const ROOM: usize = 1_500;

/// Comparisons in one of them.
const COMPARISONS: usize = 250;

/// Epochs and seed of the article's factorisation: enough for its error to come to rest.
const ARTICLE_EPOCHS: u32 = 300;
const ARTICLE_SEED: u64 = 7;

/// The conductor between two messages.
#[derive(Debug)]
struct Shell {
    /// What the workers that it starts are told.
    boot: Boot,
    data: Option<Rc<Dataset>>,
    /// The person's own test part beside it.
    test: Option<Rc<Dataset>>,
    /// The person's files that they were read from.
    files: Vec<(FileRole, File)>,
    /// How many times data was asked for: an older load gives up.
    loads: u32,
    /// Who reads data, and who shows that nothing leaves.
    reader: Option<Reader>,
    checked: Option<Reader>,
    /// Commands that wait for their turn, and whether one has it.
    inbox: VecDeque<(Command, Vec<File>)>,
    listening: bool,
    shelf: Rc<Shelf>,
    /// Whether something is being saved.
    writing: bool,
    /// Whether the page knows that this browser saves nothing.
    saves_nothing: bool,
    runs: Runs,
    lists: Lists,
}

type Shared = Rc<RefCell<Shell>>;

/// Listens for commands from now on.
///
/// # Errors
/// [`Error::Browser`] when the browser starts no workers.
pub fn start(boot: Boot) -> Result<(), Error> {
    let machine = Machine { threads: threads(), phone: boot.phone, lists: false };
    let shell = Rc::new_cyclic(|weak| {
        let weak: Weak<RefCell<Shell>> = weak.clone();
        let boot = Boot { role: Role::Trainer, ..boot };
        let pool = |heard: fn(&mut Shell, u32, Said)| {
            let weak = weak.clone();
            let on_said = move |trainer: u32, said: Said| {
                if let Some(shell) = weak.upgrade() {
                    heard(&mut shell.borrow_mut(), trainer, said);
                    go_on(&shell);
                }
            };
            Pool::new(boot.clone(), wasm_bindgen::module(), Rc::new(on_said))
        };
        let runs = Runs::new(machine, pool(|shell, trainer, said| shell.runs.heard(trainer, said)));
        let lists = Lists::new(pool(|shell, trainer, said| shell.lists.heard(trainer, said, shell.data.as_deref())));
        RefCell::new(Shell {
            boot: boot.clone(),
            data: None,
            test: None,
            files: Vec::new(),
            loads: 0,
            reader: None,
            checked: None,
            inbox: VecDeque::new(),
            listening: false,
            shelf: Rc::default(),
            writing: false,
            saves_nothing: false,
            runs,
            lists,
        })
    });
    // They start while the first data is read.
    shell.borrow_mut().runs.warm_up()?;

    let listening = Rc::clone(&shell);
    let on_command = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let mut parts = Array::from(&event.data()).into_iter();
        let command = channel::from_js(parts.next().unwrap_or_default());
        match command {
            Ok(command) => command_came(&listening, command, parts.map(JsValue::unchecked_into).collect()),
            Err(error) => post(vec![Event::Refused { error }]),
        }
    });
    scope().set_onmessage(Some(on_command.as_ref().unchecked_ref()));
    on_command.forget();
    every(BEAT_MS, move || {
        shell.borrow_mut().runs.look();
        shell.borrow_mut().lists.look();
        go_on(&shell);
    });
    post(vec![Event::Ready { workers: machine.trainers() }]);
    Ok(())
}

/// Commands are obeyed one after the other, though some wait for what is saved.
fn command_came(shell: &Shared, command: Command, files: Vec<File>) {
    let mut own = shell.borrow_mut();
    own.inbox.push_back((command, files));
    if !std::mem::replace(&mut own.listening, true) {
        spawn_local(listen(Rc::clone(shell)));
    }
}

async fn listen(shell: Shared) {
    loop {
        let next = shell.borrow_mut().inbox.pop_front();
        let Some((command, files)) = next else { break };
        let obeyed =
            if saved::is_for(&command) { saved::obey(&shell, command).await } else { obey(&shell, command, files) };
        if let Err(error) = obeyed {
            post(vec![Event::Refused { error }]);
        }
        go_on(&shell);
    }
    shell.borrow_mut().listening = false;
}

fn obey(shell: &Shared, command: Command, beside: Vec<File>) -> Result<(), Error> {
    match command {
        Command::Load { source, clean, find, roles, saved } => {
            let wanted = Wanted { source, clean, find, roles, files: beside, saved };
            spawn_local(load::load(Rc::clone(shell), wanted));
            return Ok(());
        }
        Command::StopLoading => {
            shell.borrow_mut().stop_loading();
            post(vec![Event::LoadingStopped]);
            return Ok(());
        }
        Command::CheckPrivacy => {
            spawn_local(async {
                let refused = privacy::refuses_other_origins().await;
                post(vec![Event::Privacy { role: "conductor".to_owned(), refused }]);
            });
            load::check_privacy(shell)?;
            return shell.borrow_mut().runs.pool.check_privacy();
        }
        Command::ReadShare { payload } => {
            post(vec![Event::Shared(Box::new(share::unpack(&payload)?))]);
            return Ok(());
        }
        _ => {}
    }
    let shell = &mut *shell.borrow_mut();
    let (data, test) = (shell.data.clone(), shell.test.clone());
    let data = || data.ok_or_else(|| Error::NotReady { what: "Running a study".to_owned() });
    let test = test.as_deref();
    let runs = &mut shell.runs;
    match command {
        Command::Verify { shared } => runs.verify((&*data()?, test), shared)?,
        Command::Pause => runs.current("Pausing")?.pause(),
        Command::Resume => runs.current("Going on")?.resume(),
        Command::Step => runs.current("A step")?.step()?,
        Command::Cancel => runs.current("Stopping")?.cancel(),
        Command::CancelTrial { number } => runs.current("Stopping")?.cancel_trial(number),
        Command::Extend { trials } => runs.current("Adding trials")?.extend(trials)?,
        Command::ComparePair { one, other } => runs.current("Comparing two trials")?.compare_pair(one, other)?,
        Command::Explain { number } => runs.current("Saying why a trial was proposed")?.explain(number)?,
        Command::Survey { x, y } => runs.current("Drawing two parameters")?.survey(x, y)?,
        Command::CompareCandidates => runs.current("Comparing the candidates")?.compare_candidates()?,
        Command::Race { samplers, seeds } => runs.current("A race")?.race(&samplers, seeds)?,
        Command::StopRace => runs.current("A race")?.stop_race(),
        Command::Repeat { replicates } => runs.current("Repeating the best trials")?.repeat(replicates)?,
        Command::Resplit { splits } => runs.current("Repeating on other splits")?.resplit(splits)?,
        Command::Average { count } => runs.current("Averaging the best trials")?.average(count)?,
        Command::OpenTest => runs.current("Opening the test part")?.open_test()?,
        Command::Forecast { study } => {
            if let Ok(data) = data() {
                let forecast = runs.forecast((&*data, test), &study)?;
                post(vec![Event::Forecast(forecast)]);
            }
        }
        Command::Profile => post(vec![Event::Profile(Box::new(profile(&*data()?)))]),
        Command::TrySplit { split, seed } => {
            let report = plan_dataset(&*data()?, test, split, seed)?.report();
            post(vec![Event::SplitTried { report }]);
        }
        Command::Export { form } => post(vec![Event::Exported { form, text: runs.export(form)? }]),
        Command::Share => post(vec![Event::Link { payload: runs.payload()? }]),
        // Without data there is nobody to find or to ask for; when it is there, the page asks again.
        Command::Find { seq, users, text, count } => {
            if let Ok(data) = data() {
                let names = shell.lists.find(&data, users, &text, count);
                post(vec![Event::Found { seq, names }]);
            }
        }
        Command::Advise(question) => shell.lists.ask(question),
        Command::EndWorker => {
            runs.pool.end_one();
            shell.lists.end_one();
        }
        // These have been obeyed above, and those of what is saved elsewhere.
        _ => {}
    }
    Ok(())
}

/// Brings the run forward as far as it goes now, and tells what happened.
fn go_on(shell: &Shared) {
    let (computes, events) = {
        let Shell { runs, lists, .. } = &mut *shell.borrow_mut();
        if lists.are_wanted() {
            runs.make_room_for_lists();
        }
        let (computes, mut events) = (runs.starts_computing(), runs.go_on());
        events.extend(lists.go_on(runs));
        (computes, events)
    };
    post(events);
    if computes {
        spawn_local(compute(Rc::clone(shell)));
    }
    saved::save(shell);
}

/// Does the run's own computing in slices.
async fn compute(shell: Shared) {
    loop {
        while shell.borrow_mut().runs.compute() {
            post(shell.borrow_mut().runs.go_on());
            next_turn().await;
        }
        post(shell.borrow_mut().runs.go_on());
        // What was given out may have made room for the next proposal.
        if !shell.borrow_mut().runs.starts_computing() {
            break;
        }
    }
    post(shell.borrow_mut().runs.go_on());
    saved::save(&shell);
}

/// The article's ratings are so few that they are factorised at once, to be looked at.
fn tables(data: &Dataset) -> Vec<Event> {
    if data.report.source != DataSource::Article {
        return Vec::new();
    }
    // As the article does it: two factors and nothing else, from a start small enough to be forgotten.
    let settings: [(&str, Value); 4] = [
        ("n_factors", 2.0.into()),
        ("biases", false.into()),
        ("init_scale", 0.5.into()),
        ("learning_rate", 0.05.into()),
    ];
    let tables = ModelKind::Svd
        .with(&settings)
        .and_then(|spec| factors::tables(data, &spec, ARTICLE_EPOCHS, Seed(ARTICLE_SEED)));
    match tables {
        Ok(tables) => tables.map(|tables| Event::Factors(Box::new(tables))).into_iter().collect(),
        Err(error) => vec![Event::Refused { error }],
    }
}

/// Tells the page what happened. What a person never sees stays here: the errors of each user.
fn post(mut events: Vec<Event>) {
    for event in &mut events {
        match event {
            Event::TrialWaits(trial) | Event::TrialEnded(trial) => trial.users = Default::default(),
            Event::BaselineEnded(baseline) => baseline.users = Default::default(),
            _ => {}
        }
    }
    let mut events = events.into_iter().flat_map(parts).peekable();
    while events.peek().is_some() {
        let (mut message, mut room) = (Vec::new(), ROOM);
        while let Some(event) = events.next_if(|_| room > 0) {
            room = room.saturating_sub(weight(&event));
            message.push(event);
        }
        let posted = channel::to_js(&message)
            .and_then(|message| scope().post_message(&message).map_err(|error: JsValue| thrown(&error)));
        if let Err(error) = posted {
            fail(error.in_short());
        }
    }
}

/// What it takes to read an event, by the numbers in it.
fn weight(event: &Event) -> usize {
    match event {
        Event::TrialWaits(trial) | Event::TrialEnded(trial) => 10 + 3 * trial.curve.len(),
        Event::Compared { comparisons } => 5 * comparisons.len(),
        _ => 10,
    }
}

/// Thousands of comparisons are told in parts, each of which the page takes in without being held up.
fn parts(event: Event) -> Vec<Event> {
    match event {
        Event::Compared { comparisons } if comparisons.len() > COMPARISONS => {
            let part = |part: &[Comparison]| Event::Compared { comparisons: part.to_vec() };
            comparisons.chunks(COMPARISONS).map(part).collect()
        }
        event => vec![event],
    }
}
