//! The native command. What it does lives in [`rectune::cli`].

fn main() -> std::process::ExitCode {
    rectune::cli::main()
}
