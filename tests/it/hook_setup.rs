//! Putting hooks in and taking them out: chained with what is there, and every byte as before in the end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::hooks::{Hooked, files_below};
use crate::sandbox::{Files, Sandbox};

/// Bytes and modes of all that an installation may touch.
fn state(sandbox: &Sandbox) -> (Files, Vec<(String, u32)>) {
    let mut files = files_below(&sandbox.root());
    files.retain(|path, _| !path.starts_with(".git/trainset/") && !path.starts_with(".git/objects/") && !path.starts_with(".git/logs/"));
    let mode = |path: &String| fs::symlink_metadata(sandbox.root().join(path)).unwrap().permissions().mode();
    let modes = files.keys().map(|path| (path.clone(), mode(path))).collect();
    (files, modes)
}

fn hook(sandbox: &Sandbox, path: &str, text: &str, mode: u32) {
    let path = sandbox.root().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Installs twice, uninstalls twice; the second time nothing happens, and at the end all is as it was.
#[track_caller]
fn there_and_back(sandbox: &Sandbox, flags: &[&str]) {
    let before = state(sandbox);
    let dry = sandbox.trainset(&[&["hook", "install", "--dry-run"], flags].concat());
    assert_eq!(state(sandbox), before, "a dry run wrote");
    let install = sandbox.trainset(&[&["hook", "install"], flags].concat());
    assert_eq!(install.code, 0, "{install:#?}");
    assert_eq!(dry.stdout.replace("nothing was done: a dry run\n", ""), install.stdout);
    let installed = state(sandbox);
    assert_ne!(installed, before);
    let again = sandbox.trainset(&[&["hook", "install"], flags].concat());
    assert!(again.stdout.starts_with("nothing to do\n"), "{again:#?}");
    assert_eq!(state(sandbox), installed);
    let status = sandbox.trainset(&["hook", "status", "--json"]).json();
    assert!(status["events"].as_array().unwrap().iter().all(|event| event["by"] != ""), "{status:#}");
    assert_eq!(sandbox.trainset(&["hook", "uninstall", "--dry-run"]).code, 0);
    assert_eq!(state(sandbox), installed, "a dry run wrote");
    let uninstall = sandbox.trainset(&["hook", "uninstall"]);
    assert_eq!(uninstall.code, 0, "{uninstall:#?}");
    assert_eq!(state(sandbox), before);
    assert!(sandbox.trainset(&["hook", "uninstall"]).stdout.starts_with("nothing to do\n"));
}

#[test]
fn every_byte_is_as_it_was() {
    let sandbox = Sandbox::new();
    there_and_back(&sandbox, &[]);
    hook(&sandbox, ".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n", 0o755);
    hook(&sandbox, ".git/hooks/post-commit", "not executable, \u{0}so git leaves it alone", 0o640);
    std::os::unix::fs::symlink("../elsewhere", sandbox.root().join(".git/hooks/post-merge")).unwrap();
    there_and_back(&sandbox, &[]);
}

#[test]
fn the_folder_that_git_uses() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", "my hooks"]);
    hook(&sandbox, "my hooks/pre-commit", "#!/bin/sh\nexit 0\n", 0o755);
    there_and_back(&sandbox, &[]);

    let shared = sandbox.root().with_file_name("shared");
    fs::create_dir(&shared).unwrap();
    sandbox.git(&["config", "core.hooksPath", shared.to_str().unwrap()]);
    let refused = sandbox.trainset(&["hook", "install"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("lie outside of it") && refused.stderr.contains("mend: "), "{refused:#?}");
    assert_eq!(files_below(&shared), Files::new());
    let told = sandbox.trainset(&["hook", "install", "--anyway"]);
    assert_eq!(told.code, 0, "{told:#?}");
    assert_eq!(files_below(&shared).len(), 5);
    sandbox.trainset(&["hook", "uninstall"]);
    assert_eq!(files_below(&shared), Files::new());
}

#[test]
fn what_was_there_runs_first_and_may_refuse() {
    let hooked = Hooked::new();
    hooked.sandbox.trainset(&["hook", "uninstall"]);
    hook(&hooked.sandbox, ".git/hooks/pre-commit", "#!/bin/sh\necho before \"$#\"; ! grep -q 666 app/orders.py\n", 0o755);
    hook(&hooked.sandbox, ".git/hooks/post-rewrite", "#!/bin/sh\necho \"$1\" >>../rewritten; cat >>../rewritten\n", 0o755);
    assert_eq!(hooked.sandbox.trainset(&["hook", "install"]).code, 0);
    let ran = hooked.plays("edit orders 2; git commit -qam two");
    let places = ["before 0\n", "trainset 1 function changes"].map(|words| ran.stderr.find(words));
    assert!(places[0] < places[1] && places[0].is_some(), "{ran:#?}");
    let refused = hooked.play("edit orders 666; git commit -qam three");
    assert!(refused.code == 1 && !refused.stderr.contains("trainset 1 function"), "{refused:#?}");
    hooked.plays("edit orders 4; git commit -qa --amend --no-edit");
    let rewritten = fs::read_to_string(hooked.sandbox.root().join("../rewritten")).unwrap();
    assert_eq!((rewritten.lines().next(), rewritten.lines().count()), (Some("amend"), 2), "{rewritten}");
    hooked.settle();
    hooked.follows(&hooked.sandbox.root());
}

#[test]
fn a_program_that_manages_hooks_is_left_alone() {
    for (file, name, words) in [
        (".pre-commit-config.yaml", "pre-commit", "entry: git-trainset hook run pre-commit"),
        ("lefthook.yml", "lefthook", "run: git-trainset hook run post-merge"),
        (".husky/pre-commit", "husky", ".husky/post-commit    git-trainset hook run post-commit"),
    ] {
        let sandbox = Sandbox::new();
        hook(&sandbox, file, "repos: []\n", 0o644);
        let before = state(&sandbox);
        let told = sandbox.trainset(&["hook", "install"]);
        assert_eq!(told.code, 1, "{told:#?}");
        assert!(told.stdout.starts_with(&format!("{name} manages the hooks")) && told.stdout.contains(words), "{told:#?}");
        assert_eq!(state(&sandbox), before);
        there_and_back(&sandbox, &["--anyway"]);
        // Once the person did as was said, it counts as installed.
        let told = &told.stdout[told.stdout.find("\n\n").unwrap()..];
        hook(&sandbox, file, told, 0o644);
        let status = sandbox.trainset(&["hook", "status", "--json"]).json();
        assert_eq!(status["events"][0]["by"], name, "{status:#}");
    }
}

#[test]
fn a_hook_that_another_program_put_aside_goes_too() {
    let sandbox = Sandbox::new();
    hook(&sandbox, ".git/hooks/pre-commit", "#!/bin/sh\necho mine\n", 0o755);
    sandbox.trainset(&["hook", "install"]);
    let hooks = sandbox.git_dir().join("hooks");
    fs::rename(hooks.join("pre-commit"), hooks.join("pre-commit.legacy")).unwrap();
    fs::write(hooks.join("pre-commit"), "#!/bin/sh\n# of another program\n").unwrap();
    let ran = sandbox.trainset(&["hook", "uninstall"]);
    assert!(ran.code == 0 && ran.stdout.contains("stays: another program's hook took its place"), "{ran:#?}");
    let left: Vec<String> =
        files_below(&hooks).into_keys().filter(|name| name.starts_with("pre-commit") && !name.ends_with("sample")).collect();
    assert_eq!(left, ["pre-commit", "pre-commit.before-trainset"]);
}

/// A git that says it is of a version with hooks in its config, and is the one of this machine else.
fn newer_git(sandbox: &Sandbox) -> String {
    let folder = sandbox.root().with_file_name("bin");
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|dir| dir.join("git")).find(|git| git.is_file()).unwrap();
    let script = format!("#!/bin/sh\n[ \"$1\" = --version ] && echo git version 2.54.1 && exit\nexec '{}' \"$@\"\n", real.display());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("git"), script).unwrap();
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_newer_git_takes_hooks_from_its_config() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "user.name", "Ada"]);
    hook(&sandbox, ".pre-commit-config.yaml", "repos: []\n", 0o644);
    let path = newer_git(&sandbox);
    let run = |args: &[&str]| -> crate::sandbox::Ran { sandbox.trainset_command(args).env("PATH", &path).output().unwrap().into() };
    let before = state(&sandbox);
    let ran = run(&["hook", "install"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(!sandbox.git_dir().join("hooks/pre-commit").exists());
    for (event, arguments) in
        [("pre-commit", ""), ("post-commit", ""), ("post-merge", "0"), ("post-rewrite", "amend"), ("post-checkout", "a b 1")]
    {
        let get = |key: &str| sandbox.git(&["config", &format!("hook.trainset-{event}.{key}")]).stdout.trim().to_owned();
        assert_eq!(get("event"), event);
        // The way in which git calls it: the arguments behind the command.
        let called = format!("{}{}", get("command"), if arguments.is_empty() { "" } else { " \"$@\"" });
        let without = sandbox.clean("sh").args(["-c", &called, "hook"]).args(arguments.split_whitespace()).env("PATH", "/nowhere").output();
        assert!(without.is_err() || without.unwrap().status.success(), "{called}");
        let tools = sandbox.root().with_file_name("tools");
        fs::create_dir_all(&tools).unwrap();
        fs::write(tools.join("git-trainset"), "#!/bin/sh\necho \"$@\"\n").unwrap();
        fs::set_permissions(tools.join("git-trainset"), fs::Permissions::from_mode(0o755)).unwrap();
        let with = format!("{}:{path}", tools.display());
        let said = sandbox.clean("sh").args(["-c", &called, "hook"]).args(arguments.split_whitespace()).env("PATH", with).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), format!("hook run {event} {arguments}").trim());
    }
    assert_eq!(run(&["hook", "install"]).stdout, "nothing to do\n");
    assert_eq!(run(&["hook", "uninstall"]).code, 0);
    assert_eq!(state(&sandbox), before);
}

#[test]
fn a_linked_work_tree_installs_where_all_look() {
    let hooked = Hooked::new();
    hooked.sandbox.trainset(&["hook", "uninstall"]);
    hooked.plays("git worktree add -q -b side ../side");
    let side = hooked.sandbox.root().with_file_name("side");
    let mut command = hooked.sandbox.clean(env!("CARGO_BIN_EXE_git-trainset"));
    let ran: crate::sandbox::Ran = command.arg("-C").arg(&side).args(["hook", "install"]).output().unwrap().into();
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(Path::new(&hooked.sandbox.git_dir().join("hooks/post-commit")).exists());
    hooked.plays("cd ../side; edit orders 2; git commit -qam two");
    hooked.settle();
    hooked.follows(&side);
}
