//! What a project says that it depends on, in the files of four build tools.

use serde::Serialize;
use serde_json::Value;

/// Names by build tool, as the files give them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Dependencies {
    maven: Vec<String>,
    gradle: Vec<String>,
    npm: Vec<String>,
    pip: Vec<String>,
}

impl Dependencies {
    /// The files that are looked at, at the top of the repository.
    pub(crate) const FILES: [&'static str; 4] = ["pom.xml", "build.gradle", "package.json", "requirements.txt"];

    /// Reads one of them.
    pub(crate) fn read(&mut self, file: &str, text: &str) {
        match file {
            "pom.xml" => self.maven = maven(text),
            "build.gradle" => self.gradle = gradle(text),
            "package.json" => self.npm = npm(text),
            _ => {
                self.pip =
                    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
            }
        }
    }
}

fn maven(text: &str) -> Vec<String> {
    let inner = |block: &str, tag: &str| {
        let (_, rest) = block.split_once(&format!("<{tag}>"))?;
        rest.split_once("</").map(|(name, _)| name.trim().to_owned())
    };
    let blocks = text.split("<dependency>").skip(1).filter_map(|rest| rest.split_once("</dependency>"));
    blocks.filter_map(|(block, _)| Some(format!("{}:{}", inner(block, "groupId")?, inner(block, "artifactId")?))).collect()
}

fn gradle(text: &str) -> Vec<String> {
    let sorts = ["implementation", "api", "compileOnly", "runtimeOnly"];
    let named = |line: &str| {
        let rest = sorts.iter().find_map(|sort| line.trim().strip_prefix(sort))?.trim_start_matches([' ', '(']);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split_once(quote).map(|(name, _)| name.to_owned())
    };
    text.lines().filter_map(named).collect()
}

fn npm(text: &str) -> Vec<String> {
    let package: Value = serde_json::from_str(text).unwrap_or_default();
    let of = |key: &str| package[key].as_object().cloned().unwrap_or_default();
    let all = of("dependencies").into_iter().chain(of("devDependencies"));
    all.map(|(name, version)| format!("{name}@{}", version.as_str().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::Dependencies;

    #[test]
    fn each_build_tool_is_read() {
        let mut found = Dependencies::default();
        found.read("pom.xml", "<dependency><groupId>g</groupId>\n<artifactId>a</artifactId></dependency><dependency>");
        found.read("build.gradle", "dependencies {\n  implementation 'x:y:1'\n  api(\"z\")\n}");
        found.read("package.json", r#"{"dependencies": {"left": "^1"}, "devDependencies": {"right": "2"}}"#);
        found.read("requirements.txt", "# none\nflask>=3\n\n");
        let want = Dependencies {
            maven: vec!["g:a".into()],
            gradle: vec!["x:y:1".into(), "z".into()],
            npm: vec!["left@^1".into(), "right@2".into()],
            pip: vec!["flask>=3".into()],
        };
        assert_eq!(found, want);
        found.read("package.json", "{broken");
        assert_eq!(found.npm, Vec::<String>::new());
    }
}
