//! The native command: the engine without a browser, for scripts, CI and benchmarks. Here are files, threads, clocks
//! and signals; nothing here decides about a result.
//!
//! Exit status: 0 done, 2 bad arguments or input (one sentence on standard error), 1 anything else.

mod args;
mod ask_tell;
mod data;
mod export;
mod inspect;
mod link;
mod output;
mod pool;
mod probability;
mod recommend;
mod study;
mod train;
mod tune;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Arguments, Command};
use crate::error::Error;

/// How a command that ran to its end came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// As asked.
    Done,
    /// What was verified differs.
    Differs,
}

/// Runs the command of this process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refused) => return refuse(&refused),
    };
    let result = match &arguments.command {
        Command::Inspect(args) => inspect::run(args),
        Command::Train(args) => train::run(args),
        Command::Tune(args) => tune::run(args),
        Command::AskTell(args) => ask_tell::run(args),
        Command::Link(args) => link::run(args),
        Command::Export(args) => export::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Recommend(args) => recommend::run(args),
    };
    match result {
        Ok(Verdict::Done) => ExitCode::SUCCESS,
        Ok(Verdict::Differs) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            exit_code(&error)
        }
    }
}

/// Says in one line what is wrong with the arguments, or prints the help that was asked for.
fn refuse(refused: &clap::Error) -> ExitCode {
    if !refused.use_stderr() {
        // Help or version; a closed pipe is the reader's decision.
        let _ = refused.print();
        return ExitCode::SUCCESS;
    }
    let text = refused.to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    eprintln!("{}", lines.join(" ").trim_start_matches("error: "));
    ExitCode::from(2)
}

/// 1 for what went wrong although arguments and input were good.
fn exit_code(error: &Error) -> ExitCode {
    match error {
        Error::Unwritable { .. }
        | Error::Diverged { .. }
        | Error::NoWinner {}
        | Error::NotReady { .. }
        | Error::WorkerLost { .. } => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}
