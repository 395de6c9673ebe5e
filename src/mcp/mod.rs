//! The front door for agents: the Model Context Protocol on standard input and output. The only room that knows rmcp.
//!
//! It reads, and writes nothing but answers: no tool changes the repository, and what there is to log goes to standard
//! error. Each answer names the source commit that it is true for, and keeps to a budget of tokens.

mod clients;
mod tool;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use rmcp::ServiceExt;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams, GetPromptResponse, GetPromptResult,
    Implementation, ListPromptsResult, ListToolsResult, PaginatedRequestParams, Prompt, PromptArgument, PromptMessage, Role,
    ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use crate::commands::Options;
use crate::commands::desk::Desk;

pub(crate) use clients::config;

const PROMPT: &str = "write_requirement";

/// Serves one client until it goes away.
pub(crate) fn serve(folder: PathBuf, options: Options) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("could not start")?;
    runtime.block_on(async {
        let server = Server { desk: Mutex::new(Desk::new(folder, options)) };
        match server.serve(rmcp::transport::stdio()).await {
            Ok(running) => running.waiting().await.map(drop).context("the conversation broke off"),
            // A client that goes away before it says anything is no fault.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(error).context("the client did not begin a conversation"),
        }
    })
}

struct Server {
    desk: Mutex<Desk>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_prompts().build())
            .with_server_info(Implementation::new("git-trainset", env!("CARGO_PKG_VERSION")))
            .with_instructions(include_str!("instructions.md"))
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>) -> Result<ListToolsResult, ErrorData> {
        let tool = |tool: &tool::Entry| {
            let schema = (tool.schema)().as_object().cloned().unwrap_or_default();
            Tool::new(tool.name, tool.says, schema).annotate(ToolAnnotations::new().read_only(true).open_world(false))
        };
        Ok(ListToolsResult::with_all_items(tool::TOOLS.iter().map(tool).collect()))
    }

    async fn call_tool(&self, call: CallToolRequestParams, _: RequestContext<RoleServer>) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = tool::TOOLS.iter().find(|tool| tool.name == call.name) else {
            return Err(ErrorData::invalid_params(format!("there is no tool `{}`", call.name.escape_debug()), None));
        };
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match (tool.answer)(&mut desk, serde_json::Value::Object(call.arguments.unwrap_or_default())) {
            Ok(value) => CallToolResult::success(vec![ContentBlock::text(value.to_string())]),
            // The agent reads it, and may do better.
            Err(error) => CallToolResult::error(vec![ContentBlock::text(format!("{error:#}"))]),
        };
        Ok(answer.into())
    }

    async fn list_prompts(&self, _: Option<PaginatedRequestParams>, _: RequestContext<RoleServer>) -> Result<ListPromptsResult, ErrorData> {
        let idea = PromptArgument::new("idea").with_description("What is wanted, in a sentence or two").with_required(true);
        let says = "Write a requirement that fits the code at hand";
        Ok(ListPromptsResult::with_all_items(vec![Prompt::new(PROMPT, Some(says), Some(vec![idea]))]))
    }

    async fn get_prompt(&self, asked: GetPromptRequestParams, _: RequestContext<RoleServer>) -> Result<GetPromptResponse, ErrorData> {
        if asked.name != PROMPT {
            return Err(ErrorData::invalid_params(format!("there is no prompt `{}`", asked.name.escape_debug()), None));
        }
        let idea = asked.arguments.as_ref().and_then(|arguments| arguments.get("idea")?.as_str());
        let Some(idea) = idea.filter(|idea| !idea.trim().is_empty()) else {
            return Err(ErrorData::invalid_params("the prompt takes an `idea`", None));
        };
        let text = include_str!("prompt.md").replace("{idea}", idea);
        Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).into())
    }
}
