//! The recipe of `training/` fits what the documents say of it.

use std::path::Path;

#[test]
fn the_recipe_is_what_the_documents_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let recipe: serde_json::Value = yaml_serde::from_str(&text("training/sft.yaml")).unwrap();
    assert!(recipe["use_peft"] == true && recipe["model_name_or_path"] == "Qwen/Qwen2.5-0.5B-Instruct");
    let longest = format!("--max-tokens {} ", recipe["max_length"]);
    let folder = format!("--out {} ", recipe["dataset_name"].as_str().unwrap());
    for document in ["README.md", "training/README.md"] {
        let text = text(document);
        assert!(text.contains(&longest), "{document} counts otherwise than the recipe: {longest}");
        assert!(text.contains(&folder), "{document} exports to another folder than {folder}");
    }
    let pinned = text("training/requirements.txt");
    for package in ["torch", "transformers", "trl", "peft", "datasets"] {
        assert!(pinned.lines().any(|line| line.starts_with(&format!("{package}=="))), "{package} is not pinned");
    }
    for script in ["smoke.py", "tiny.py", "experiment.py"] {
        assert!(text("training/README.md").contains(script) && !text(&format!("training/{script}")).is_empty());
    }
}
