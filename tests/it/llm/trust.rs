//! Law 9: a repository cannot have anything sent anywhere.

use std::fs;
use std::sync::atomic::Ordering;

use super::server::Server;
use super::small;
use crate::sandbox::{File, Ran, Sandbox};

fn lines(server: &Server) -> String {
    format!("[trainset]\n\tgenerator = llm\n\tbaseUrl = {}\n\tmodel = m\n\tapiKey = k\n", server.url())
}

/// An update in a repository in which somebody hid an address.
#[track_caller]
fn silent(hide: impl FnOnce(&Sandbox, &Server)) -> Ran {
    let sandbox = small();
    let server = Server::good();
    hide(&sandbox, &server);
    let ran = sandbox.trainset(&["update"]);
    assert_eq!(server.connections.load(Ordering::SeqCst), 0, "{ran:#?}");
    // Neither when the person asks a model of their own, with nothing else said.
    let asked = sandbox.trainset(&["update", "--generator", "llm", "--model", "m"]);
    assert_eq!((asked.code, server.connections.load(Ordering::SeqCst)), (2, 0), "{asked:#?}");
    ran
}

#[test]
fn no_place_in_a_repository_counts() {
    silent(|sandbox, server| append(&sandbox.git_dir().join("config"), &lines(server)));
    silent(|sandbox, server| {
        fs::write(sandbox.git_dir().join("config.worktree"), lines(server)).unwrap();
        append(&sandbox.git_dir().join("config"), "[extensions]\n\tworktreeConfig = true\n");
    });
    silent(|sandbox, server| {
        fs::write(sandbox.root().join("evil.config"), lines(server)).unwrap();
        append(&sandbox.git_dir().join("config"), "[include]\n\tpath = ../evil.config\n");
    });
    // Even where the person's own configuration includes a file of the repository.
    silent(|sandbox, server| {
        fs::write(sandbox.root().join("evil.config"), lines(server)).unwrap();
        let include = format!("[include]\n\tpath = {}\n", sandbox.root().join("evil.config").display());
        fs::write(home(sandbox).join(".gitconfig"), include).unwrap();
    });
    silent(|sandbox, server| {
        for name in [".env", ".envrc", "trainset.env", ".gitconfig"] {
            fs::write(sandbox.root().join(name), format!("TRAINSET_GENERATOR=llm\nTRAINSET_BASE_URL={}\n{}", server.url(), lines(server)))
                .unwrap();
        }
    });
}

#[test]
fn the_settings_of_a_repository_are_refused_with_the_mend() {
    for key in ["generator", "base_url", "api_key", "model", "price"] {
        let mut sandbox = small();
        let server = Server::good();
        let mut files = sandbox.files("HEAD");
        files.insert(".trainset.toml".to_owned(), File::plain(format!("{key} = \"{}\"\n", server.url())));
        sandbox.commit("settings", &files);
        let ran = sandbox.trainset(&["update", "--generator", "llm"]);
        assert_eq!((ran.code, server.connections.load(Ordering::SeqCst)), (2, 0), "{ran:#?}");
        assert!(
            ran.stderr.contains("which a repository may not") && ran.stderr.contains("mend: git config --global trainset."),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn what_the_person_says_counts() {
    let of_file = small();
    let server = Server::good();
    fs::write(home(&of_file).join(".gitconfig"), lines(&server)).unwrap();
    assert_eq!(of_file.trainset(&["update"]).code, 0);
    assert!(server.count() > 0 && server.asked()[0].headers["authorization"] == "Bearer k");
    assert_eq!(server.asked()[0].path, "/v1/chat/completions");

    let of_environment = small();
    let server = Server::good();
    let mut command = of_environment.trainset_command(&["update"]);
    command.env("USE_OPENAI", "true").env("OPENAI_BASE_URL", server.url()).env("OPENAI_API_KEY", "k").env("HF_MODEL_NAME", "Qwen/X");
    command.env("TRAINSET_HEADERS", "X-Team: red\nX-Other: blue");
    assert_eq!(Ran::from(command.output().unwrap()).code, 0);
    let asked = &server.asked()[0];
    assert_eq!((asked.body["model"].as_str(), asked.headers["x-team"].as_str()), (Some("Qwen/X"), "red"));

    // A key of OpenAI is for OpenAI.
    let elsewhere = small();
    let server = Server::good();
    let mut command = elsewhere.trainset_command(&["update", "--generator", "llm", "--model", "m", "--base-url", &server.url()]);
    command.env("OPENAI_API_KEY", "k").output().unwrap();
    assert!(server.count() > 0 && !server.asked()[0].headers.contains_key("authorization"));
}

#[test]
fn the_names_of_the_earlier_tools_are_understood() {
    let sandbox = small();
    let mut command = sandbox.trainset_command(&["update"]);
    let dry = Ran::from(command.env("DRY_RUN", "true").output().unwrap());
    assert!(dry.code == 0 && dry.stdout.starts_with("plan") && sandbox.tree_id("dataset").is_none(), "{dry:#?}");

    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_git-trainset"));
    let there = command.arg("status").env("TARGET_REPO_PATH", sandbox.root()).env("HOME", home(&sandbox)).output().unwrap();
    assert!(String::from_utf8_lossy(&there.stdout).contains("small"), "{there:?}");

    let named = Ran::from(sandbox.trainset_command(&["update"]).env("HF_MODEL_NAME", "Qwen/Qwen2.5-7B-Instruct").output().unwrap());
    assert!(named.code == 0 && named.stderr.contains("vllm serve Qwen/Qwen2.5-7B-Instruct"), "{named:#?}");
    let asked = sandbox.trainset_command(&["update", "--generator", "llm"]).env("HF_MODEL_NAME", "Qwen/Q").output().unwrap();
    let asked = Ran::from(asked);
    assert!(asked.code == 2 && asked.stderr.contains("mend: serve it with `vllm serve Qwen/Q`"), "{asked:#?}");
}

fn home(sandbox: &Sandbox) -> std::path::PathBuf {
    sandbox.root().parent().unwrap().join("home")
}

fn append(path: &std::path::Path, text: &str) {
    fs::write(path, fs::read_to_string(path).unwrap_or_default() + text).unwrap();
}
