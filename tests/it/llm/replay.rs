//! Incremental: over a history, the requests are those that the plans announced, and no others.

use super::server::Server;
use super::{by_generator, made, shop, update};
use crate::sandbox::File;

#[test]
fn requests_are_the_steps_that_make() {
    let mut sandbox = shop();
    let server = Server::good();
    update(&sandbox, &server, &["--concurrency", "3"]);
    let busy = server.busy.lock().unwrap();
    assert!(busy.most <= 3 && busy.share(3) <= 1.0, "no more at once than is allowed: {} in {:?}", busy.most, busy.time());
    drop(busy);
    let mut files = sandbox.files("HEAD");
    let mut announced = server.count();
    for step in 0..24u32 {
        let paths: Vec<String> = files.keys().filter(|path| path.ends_with(".py")).cloned().collect();
        let path = &paths[step as usize * 5 % paths.len()];
        let text = String::from_utf8(files[path].bytes.clone()).unwrap();
        let text = match step % 4 {
            0 => format!(
                "{text}\n\ndef added_{step}(n: int) -> int:\n    \"\"\"Add {step}.\"\"\"\n    if n > {step}:\n        raise ValueError(n)\n    return n + {step}\n"
            ),
            1 => format!("# a comment\n{text}"),
            2 => text.replacen("return ", "return 0 or ", 1),
            _ => text.replacen("    if ", "    if True and ", 1),
        };
        files.insert(path.clone(), File::plain(text));
        if step % 6 == 5 {
            let moved = files.remove(path).unwrap();
            files.insert(path.replace(".py", "_moved.py"), moved);
        }
        sandbox.commit(&format!("step {step}"), &files);
        let outcome = update(&sandbox, &server, &["--json", "--concurrency", "3"]).json();
        let made = made(&outcome);
        assert_eq!(outcome["plan"]["full"], false, "{outcome}");
        assert_eq!(
            outcome["plan"]["model_calls"].as_u64().unwrap() + outcome["plan"]["answered"].as_u64().unwrap(),
            made as u64,
            "{outcome}"
        );
        announced += made;
        assert_eq!(server.count(), announced, "step {step}: {}", outcome["asked"]);
    }
    assert_eq!(by_generator(&sandbox, "offline"), 0);
    assert_eq!(sandbox.trainset(&["verify"]).code, 0);
}
