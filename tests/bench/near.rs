//! `cargo bench -- near CLONE… [--pairs FILE]`: which near-copies are found among pairs of which it is known, and what
//! that costs. `--pairs` writes them as JSON lines, which `near.py` puts to other tools.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use git_trainset::Print;

use crate::pairs::{Draw, Function, Sort, functions, pairs};
use crate::{Fault, git, timed};

/// The default threshold of the settings.
const TELL: f64 = 0.8;
/// Functions that are taken of one repository, evenly.
const MOST: usize = 1_500;

pub(crate) fn run(args: &[String]) -> Result<(), Fault> {
    let at = args.iter().position(|arg| arg == "--pairs");
    let file = at.and_then(|at| args.get(at + 1));
    let mut written = String::new();
    for clone in args.iter().filter(|arg| !arg.starts_with("--") && Some(*arg) != file) {
        let mut all: Vec<Function> = Vec::new();
        for path in git(Path::new(clone), &["ls-tree", "-r", "--name-only", "HEAD"])?.lines().filter(|path| path.ends_with(".py")) {
            all.extend(functions(path, &git(Path::new(clone), &["cat-file", "blob", &format!("HEAD:{path}")])?));
        }
        let step = all.len().div_ceil(MOST).max(1);
        let all: Vec<Function> = all.into_iter().step_by(step).collect();
        let known = pairs(&all, &mut Draw::new(7));
        let (mut read, mut banded, mut compared) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let mut counts: BTreeMap<Sort, [usize; 2]> = BTreeMap::new();
        for pair in &known {
            let (time, prints) = timed(|| [&pair.one, &pair.other].map(|code| Print::of("a.py", code)));
            read += time;
            let count = counts.entry(pair.sort).or_default();
            count[1] += 1;
            if let [Some(one), Some(other)] = prints {
                let (time, met) = timed(|| {
                    let bands = other.bands();
                    one.bands().iter().any(|band| bands.contains(band))
                });
                banded += time;
                let (time, share) = timed(|| one.share(&other));
                compared += time;
                count[0] += usize::from(met && share >= TELL);
            }
            let row = serde_json::json!({"sort": pair.sort.name(), "one": pair.one, "other": pair.other});
            written += &(row.to_string() + "\n");
        }
        println!("{clone}: {} functions, every {step}.", all.len());
        for sort in Sort::ALL {
            let [found, of] = counts.get(&sort).copied().unwrap_or_default();
            println!("  {:<16}{found:>6} of {of:>6}  {:5.1} %", sort.name(), 100.0 * found as f64 / of.max(1) as f64);
        }
        let [wrong, _] = counts.get(&Sort::Unrelated).copied().unwrap_or_default();
        let right: usize = counts.values().map(|[found, _]| found).sum::<usize>() - wrong;
        println!("  precision       {:.2} %", 100.0 * right as f64 / (right + wrong).max(1) as f64);
        let each = |time: Duration, of: usize| time.as_secs_f64() * 1e6 / of.max(1) as f64;
        println!(
            "  a function: {:.0} us to parse and sketch, {:.1} us for its bands; {:.1} us to compare two",
            each(read, 2 * known.len()),
            each(banded, 2 * known.len()),
            each(compared, known.len())
        );
    }
    if let Some(file) = file {
        std::fs::write(file, written)?;
    }
    Ok(())
}
