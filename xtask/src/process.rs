//! Running other programs: quietly, with a time limit, and never waiting for a process that will not end.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

/// How a program that did not do its work failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong, as a sentence.
    pub(crate) sentence: String,
    /// What the program had printed, both streams in order of arrival.
    pub(crate) output: String,
}

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), output: String::new() }
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::new(sentence)
    }
}

const TICK: Duration = Duration::from_millis(50);
/// A grandchild that outlives its parent may hold the pipe open; what it still has to say is not waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs `command` to its end and returns what it printed. After `limit` it is killed with everything it started.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<String, Failure> {
    let name = describe(command);
    let start = Instant::now();
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| Failure::new(format!("`{name}` could not be started: {error}.")))?;
    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);

    let mut output = String::new();
    let mut ended: Option<(Instant, bool)> = None;
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => output.push_str(&line),
            Err(RecvTimeoutError::Disconnected) if ended.is_some() => break,
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            Err(RecvTimeoutError::Timeout) => {}
        }
        match ended {
            Some((at, _)) if at.elapsed() > LAST_WORDS => break,
            Some(_) => {}
            None => ended = poll(&mut child, &name)?.map(|success| (Instant::now(), success)),
        }
        if ended.is_none() && start.elapsed() > limit {
            kill_tree(&mut child);
            return Err(Failure {
                sentence: format!("`{name}` did not end within {} and was killed.", minutes(limit)),
                output,
            });
        }
    }
    match ended {
        Some((_, true)) => Ok(output),
        _ => Err(Failure { sentence: format!("`{name}` failed."), output }),
    }
}

/// Keeps a command to one core, also inside what numpy, torch and LensKit compute with.
pub(crate) fn on_one_core(command: &mut Command) -> &mut Command {
    const THREADS: [&str; 6] = [
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "LK_NUM_THREADS",
        "LK_NUM_BACKEND_THREADS",
    ];
    command.envs(THREADS.map(|name| (name, "1")))
}

/// Runs `command` on this terminal, for programs that may ask for a password.
pub(crate) fn run_in_the_open(command: &mut Command) -> Result<(), Failure> {
    let name = describe(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("`{name}` failed ({status})."))),
        Err(error) => Err(Failure::new(format!("`{name}` could not be started: {error}."))),
    }
}

/// What a short command prints on standard output, or nothing if it is missing, fails or hangs.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    run(command, Duration::from_secs(30)).ok()
}

fn poll(child: &mut Child, name: &str) -> Result<Option<bool>, Failure> {
    let status = child.try_wait().map_err(|error| Failure::new(format!("`{name}` was lost: {error}.")))?;
    Ok(status.map(|status| status.success()))
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: Sender<String>) {
    let Some(stream) = stream else { return };
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// Kills a process and all its descendants. A browser is a dozen processes in groups of their own, so the tree is read
/// from /proc; where there is none, only the process itself is killed.
pub(crate) fn kill_tree(child: &mut Child) {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = parent_of(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut doomed = vec![child.id()];
    let mut seen = 0;
    while let Some(&pid) = doomed.get(seen) {
        doomed.extend(children.get(&pid).into_iter().flatten());
        seen += 1;
    }
    let pids: Vec<String> = doomed.iter().map(u32::to_string).collect();
    // Errors mean that a process has ended by itself meanwhile.
    let _ = Command::new("sh").arg("-c").arg(format!("kill -9 {} 2>/dev/null", pids.join(" "))).status();
    let _ = child.kill();
    let _ = child.wait();
}

fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // "pid (name) state parent ...", where the name may hold spaces and brackets.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn describe(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    let short = program.rsplit('/').next().unwrap_or(&program).to_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(short).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn minutes(limit: Duration) -> String {
    match limit.as_secs() {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        command
    }

    #[test]
    fn output_of_both_streams_is_returned() {
        let output = run(&mut shell("echo one; echo two >&2"), Duration::from_secs(10)).expect("succeeds");
        assert!(output.contains("one\n") && output.contains("two\n"), "{output}");
    }

    #[test]
    fn a_failing_program_keeps_its_words() {
        let failure = run(&mut shell("echo why; exit 3"), Duration::from_secs(10)).expect_err("fails");
        assert_eq!(failure.output, "why\n");
    }

    #[test]
    fn what_hangs_is_killed_with_its_children() {
        let start = Instant::now();
        let failure = run(&mut shell("echo $$; sleep 60 & wait"), Duration::from_millis(300)).expect_err("hangs");
        assert!(failure.sentence.contains("did not end within"), "{}", failure.sentence);
        assert!(start.elapsed() < Duration::from_secs(10));
        let shell_pid: u32 = failure.output.trim().parse().expect("the shell printed its id");
        assert_eq!(parent_of(shell_pid), None);
    }

    #[test]
    fn an_orphan_that_holds_the_pipe_is_not_waited_for() {
        let start = Instant::now();
        run(&mut shell("sleep 20 & echo done"), Duration::from_secs(30)).expect("succeeds");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
