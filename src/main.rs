//! `git trainset`: the program.

/// A full run makes and drops very many small values on several threads. Put in front of a build that had glibc's, it took
/// 11.6 s of processor time where that took 14.5, once, on a busy machine; builds that are linked with it have not shown the
/// gain yet. The third version was as fast and took more memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    git_trainset::run()
}
