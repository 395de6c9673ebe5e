//! `git trainset`: the program.

fn main() -> std::process::ExitCode {
    git_trainset::run()
}
