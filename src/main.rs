//! `git trainset`: the program.

/// Half of the work is many small texts; the system's allocator takes a fifth longer over them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    git_trainset::run()
}
