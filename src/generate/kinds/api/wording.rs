//! How entry points are asked about.

use crate::facts::{Entry, verbs};
use crate::generate::phrase::{fill, path, pick, symbol};
use crate::generate::tongue::Tongue;
use crate::model::{Brief, Chunk};

const ROUTE: &[&str] = &[
    "What does {v} `{r}` expect, and what does it answer?",
    "What happens when a client sends {v} `{r}`?",
    "How does the endpoint `{r}` handle {v}?",
    "Which input does {v} `{r}` take, and what can go wrong?",
    "I want to call {v} `{r}`. What do I send and what do I get back?",
    "Document the endpoint {v} `{r}`: input, work, response.",
    "Which code answers {v} `{r}`, and how does it go about it?",
    "As a client of `{r}`, what should I know about {v}?",
];

const ROUTE_ZH: &[&str] = &[
    "接口 {v} `{r}` 需要什么输入，返回什么？",
    "客户端请求 {v} `{r}` 时会发生什么？",
    "`{r}` 这个接口如何处理 {v} 请求？",
    "调用 {v} `{r}` 需要传什么？可能出现哪些错误？",
    "请说明接口 {v} `{r}` 的输入、处理过程和响应。",
    "由哪段代码响应 {v} `{r}`？它是怎么做的？",
    "我要对接 {v} `{r}`，需要注意什么？",
    "{v} `{r}` 的请求是怎样被处理的？",
];

const HANDLER: &[&str] = &[
    "What happens when a {v} request reaches `{c}` ({p})?",
    "How does the view `{c}` in {p} answer {v}?",
    "Which steps does `{c}` ({p}) take on {v}, and what does the user get?",
    "A {v} arrives at `{c}`. What does {s} do with it?",
    "What does {s} ({p}) respond with, and in which cases?",
    "Who sends a {v} to `{c}` ({p}): what comes back, and what is done before?",
    "Trace a {v} through the view `{c}` in {p}.",
];

const HANDLER_ZH: &[&str] = &[
    "{v} 请求到达 `{c}`（{p}）后会发生什么？",
    "{p} 中的视图 `{c}` 如何响应 {v} 请求？",
    "`{c}` 收到 {v} 请求时，{s}（{p}）会怎么处理？",
    "{s}（{p}）在不同情况下会返回什么？",
    "向 {p} 里的 `{c}` 发一个 {v} 请求，会经过哪些处理？",
    "用户的 {v} 请求由 `{c}`（{p}）处理时，最后看到的是什么？",
];

/// Where every verb comes in.
const ANY: &[&str] = &[
    "What does {s} ({p}) respond with, and in which cases?",
    "Which requests get through {s} in {p}, and which do not?",
    "Before any handler of `{c}` ({p}) runs: what is checked?",
    "What has to be true for a request to get past {s} ({p})?",
    "Whom does {s} in {p} turn away, and where to?",
];

const ANY_ZH: &[&str] = &[
    "{s}（{p}）在不同情况下会返回什么？",
    "哪些请求能通过 {p} 中的 {s}，哪些不能？",
    "请求要通过 {s}（{p}）需要满足什么？",
    "`{c}`（{p}）的处理函数执行之前，会先检查什么？",
];

const FORM: &[&str] = &[
    "What happens in `{c}` ({p}) once the submitted form is {v}?",
    "A user submits the form of `{c}` and it is {v}. What does {s} do?",
    "How does the view `{c}` in {p} go on with {v} input?",
    "Where does the user end up when the form of `{c}` ({p}) is {v}?",
    "After the form of `{c}` ({p}) was found {v}, which steps follow?",
];

const FORM_ZH: &[&str] = &[
    "`{c}`（{p}）的表单校验{v}时会发生什么？",
    "用户提交 `{c}`（{p}）的表单，校验{v}，接下来怎么处理？",
    "表单校验{v}后，视图 `{c}`（{p}）会做什么？",
    "`{c}` 的表单{v}校验，{s}（{p}）会把用户带到哪里？",
];

const COMMAND: &[&str] = &[
    "What does the command `{c}` do, and which options does it take?",
    "How do I run `{c}`, and what will it do?",
    "What happens when somebody runs the command `{c}` ({p})?",
    "Explain the command `{c}` from {p}: input, work, outcome.",
    "When I run `{c}`, what is read, what is done, what can fail?",
    "I am about to run `{c}` on production. What does it change?",
    "What do I pass to the command `{c}` ({p}), and what comes out?",
];

const COMMAND_ZH: &[&str] = &[
    "命令 `{c}` 有什么作用，接受哪些选项？",
    "怎样使用命令 `{c}`？它会做什么？",
    "运行 {p} 中的命令 `{c}` 时会发生什么？",
    "请说明命令 `{c}`（{p}）的输入、过程和结果。",
    "在线上执行 `{c}` 之前要知道：它会改动什么？",
    "命令 `{c}`（{p}）可能在哪里出错？",
];

const TASK: &[&str] = &[
    "What does the background task {s} ({p}) do?",
    "When the task {s} from {p} runs, what happens?",
    "What does a worker do for {s} in {p}?",
    "Which work does the task {s} ({p}) take off the request?",
    "{s} in {p} runs in the background. What does it do there?",
];

const TASK_ZH: &[&str] = &[
    "后台任务 {s}（{p}）做什么？",
    "{p} 中的任务 {s} 执行时会发生什么？",
    "worker 执行 {s}（{p}）时会经过哪些步骤？",
    "{p} 里的 {s} 放到后台执行，具体完成什么工作？",
];

const MAIN: &[&str] = &[
    "What happens when {p} is run as a program?",
    "Starting from {s} in {p}: what does the program do?",
    "What does {s} ({p}) do with its arguments, and how does it end?",
    "Which steps does the program in {p} go through?",
    "From the command line to the end: what does {s} ({p}) do?",
];

const MAIN_ZH: &[&str] = &[
    "把 {p} 作为程序运行会发生什么？",
    "程序从 {p} 的 {s} 开始，会做些什么？",
    "{s}（{p}）怎样处理命令行参数，又怎样结束？",
    "运行 {p} 时，{s} 会经过哪些步骤？",
];

pub(super) fn question(tongue: Tongue, brief: &Brief, entry: &Entry) -> String {
    let subject = &brief.subject;
    let seed = brief.slot.id();
    let (name, file) = (symbol(subject), path(subject));
    let upper = subject.name.to_uppercase();
    let class = subject.container.rsplit('.').next().unwrap_or_default().to_owned();
    let (wording, verb, route, what) = match entry {
        Entry::Route { path, .. } => {
            (pick(tongue, &seed, ROUTE, ROUTE_ZH), verbs(subject).join(tongue.say(" or ", " 或 ")), path.clone(), String::new())
        }
        Entry::Handler { .. } => match subject.name.as_str() {
            "form_valid" => (pick(tongue, &seed, FORM, FORM_ZH), tongue.say("valid", "通过").to_owned(), String::new(), class),
            "form_invalid" => (pick(tongue, &seed, FORM, FORM_ZH), tongue.say("invalid", "未通过").to_owned(), String::new(), class),
            "dispatch" => (pick(tongue, &seed, ANY, ANY_ZH), String::new(), String::new(), class),
            _ => (pick(tongue, &seed, HANDLER, HANDLER_ZH), upper, String::new(), class),
        },
        Entry::Command { .. } | Entry::CommandClass { .. } => {
            (pick(tongue, &seed, COMMAND, COMMAND_ZH), String::new(), String::new(), command(subject, entry))
        }
        Entry::Task { .. } => (pick(tongue, &seed, TASK, TASK_ZH), String::new(), String::new(), String::new()),
        Entry::Main => (pick(tongue, &seed, MAIN, MAIN_ZH), String::new(), String::new(), String::new()),
    };
    fill(wording, &[("s", &name), ("p", &file), ("v", &verb), ("r", &route), ("c", &what)])
}

/// What a person types: the stated name, else that of the function or, of a class, of its file.
pub(super) fn command(subject: &Chunk, entry: &Entry) -> String {
    match entry {
        Entry::CommandClass { .. } => {
            let file = subject.path.rsplit('/').next().unwrap_or_default();
            file.split('.').next().unwrap_or_default().to_owned()
        }
        Entry::Command { decorator } => {
            let stated = decorator.split_once('(').map_or("", |(_, arguments)| arguments);
            let first = stated.split(',').next().unwrap_or_default().trim().trim_end_matches(')');
            let quoted = first.starts_with(['"', '\'']) && first.len() > 2;
            if quoted { first.trim_matches(['"', '\'']).to_owned() } else { subject.name.clone() }
        }
        _ => subject.name.clone(),
    }
}
