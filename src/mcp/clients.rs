//! What the settings of the common clients need.

use std::path::Path;

use serde_json::json;

/// The lines to paste, client by client.
pub(crate) fn config(folder: &Path) -> String {
    let folder = folder.display().to_string();
    let (command, args) = ("git-trainset", ["-C", folder.as_str(), "mcp"]);
    let entry = json!({"command": command, "args": args});
    let pretty = |value: serde_json::Value| format!("{value:#}");
    [
        ("Claude Code (.mcp.json), Claude Desktop, Cursor (.cursor/mcp.json)", pretty(json!({"mcpServers": {"git-trainset": entry}}))),
        ("VS Code (.vscode/mcp.json)", pretty(json!({"servers": {"git-trainset": {"type": "stdio", "command": command, "args": args}}}))),
        ("Zed (settings.json)", pretty(json!({"context_servers": {"git-trainset": entry}}))),
        ("Codex (~/.codex/config.toml)", format!("[mcp_servers.git-trainset]\ncommand = {}\nargs = {}", json!(command), json!(args))),
    ]
    .map(|(client, lines)| format!("# {client}\n{lines}\n"))
    .join("\n")
}
