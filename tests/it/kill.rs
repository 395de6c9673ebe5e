//! Law 4: a kill at any instant loses nothing, and the next run completes the work.

use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::sandbox::{Sandbox, walk};

/// Instants after the start, spread over a run of the shop.
const INSTANTS: [u64; 14] = [1, 2, 4, 6, 8, 11, 14, 18, 22, 27, 33, 40, 50, 65];

#[test]
fn a_kill_loses_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Default::default();
    walk(&root.join("fixtures/repos/shop"), &root.join("fixtures/repos/shop"), &mut files);
    let mut whole = Sandbox::new();
    whole.commit("the shop", &files);
    assert!(matches!(whole.trainset(&["update"]).code, 0 | 1));
    for instant in INSTANTS {
        let mut sandbox = Sandbox::new();
        sandbox.commit("the shop", &files);
        // First from nothing, then on top of what the killed run left.
        for _ in 0..2 {
            let mut run = sandbox.trainset_command(&["update"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            sleep(Duration::from_millis(instant));
            run.kill().ok();
            run.wait().unwrap();
        }
        let ran = sandbox.trainset(&["update"]);
        assert!(matches!(ran.code, 0 | 1), "after a kill at {instant} ms: {}", ran.stderr);
        assert_eq!(sandbox.tree_id("dataset"), whole.tree_id("dataset"), "after a kill at {instant} ms");
        assert!(!sandbox.git_dir().join("refs/heads/dataset.lock").exists());
        assert_eq!(sandbox.trainset(&["verify"]).code, 0);
        sandbox.fsck();
    }
}
