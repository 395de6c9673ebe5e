//! A scripted OpenAI-compatible server on loopback: it answers as told, also badly, and remembers
//! what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// How often the same messages came before.
    pub(crate) again: usize,
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

impl Asked {
    /// All that the model is told.
    pub(crate) fn told(&self) -> String {
        let messages = self.body["messages"].as_array().cloned().unwrap_or_default();
        messages.iter().filter_map(|message| message["content"].as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Is this the one repair of a refused reply?
    pub(crate) fn is_repair(&self) -> bool {
        self.told().contains("The checker refuses this")
    }
}

/// What the server does.
pub(crate) enum Act {
    /// A completion with this text.
    Say(String),
    /// A status with further head lines and a body.
    Status(u16, String, String),
    /// The bytes as they are, then the end.
    Raw(Vec<u8>),
    /// A completion, so many bytes at a time with a pause after each.
    Drip(String, usize, Duration),
    /// The head of a reply and half of its body, then the end.
    Cut(String),
    /// No word; the connection is torn down.
    Reset,
    /// No word for so long.
    Hang(Duration),
    /// First the pause, then the other.
    After(Duration, Box<Act>),
}

type Script = dyn Fn(&Asked) -> Act + Send + Sync;

pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Connections that were opened, whatever came over them.
    pub(crate) connections: Arc<AtomicUsize>,
    /// Time during which so many requests were in work, by their number.
    pub(crate) busy: Arc<Mutex<Busy>>,
    open: Arc<AtomicBool>,
}

/// How busy the server was.
#[derive(Default)]
pub(crate) struct Busy {
    now: usize,
    pub(crate) most: usize,
    since: Option<Instant>,
    first: Option<Instant>,
    /// Seconds of work, summed up over the slots.
    work: f64,
}

impl Busy {
    fn step(&mut self, by: isize) {
        let now = Instant::now();
        if let Some(since) = self.since {
            self.work += (now - since).as_secs_f64() * self.now as f64;
        }
        self.first.get_or_insert(now);
        self.since = Some(now);
        self.now = self.now.saturating_add_signed(by);
        self.most = self.most.max(self.now);
    }

    /// Between the first request and the last reply.
    pub(crate) fn time(&self) -> Duration {
        self.since.zip(self.first).map(|(last, first)| last - first).unwrap_or_default()
    }

    /// How much of so many slots was in use.
    pub(crate) fn share(&self, slots: usize) -> f64 {
        self.work / (self.time().as_secs_f64() * slots as f64).max(1e-9)
    }
}

impl Server {
    pub(crate) fn new(script: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, busy, open) =
            (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Busy::default())), Arc::new(AtomicBool::new(true)));
        let script: Arc<Script> = Arc::new(script);
        let connections = Arc::new(AtomicUsize::new(0));
        let opened = connections.clone();
        let (all, work, is_open) = (asked.clone(), busy.clone(), open.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if !is_open.load(Ordering::SeqCst) {
                    break;
                }
                opened.fetch_add(1, Ordering::SeqCst);
                let Ok(stream) = stream else { continue };
                let (script, all, work) = (script.clone(), all.clone(), work.clone());
                let serve = move || serve(stream, &*script, &all, &work);
                std::thread::Builder::new().stack_size(256 << 10).spawn(serve).unwrap();
            }
        });
        Self { address, asked, connections, busy, open }
    }

    /// A server that words every fact that it is given as a model could.
    pub(crate) fn good() -> Self {
        Self::new(|asked| Act::Say(good(asked)))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, script: &Script, all: &Mutex<Vec<Asked>>, busy: &Mutex<Busy>) {
    _ = stream.set_nodelay(true);
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some((path, headers, body)) = request(&mut reader) {
        busy.lock().unwrap().step(1);
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let asked = {
            let mut all = all.lock().unwrap();
            let again = again(&all, &body);
            let asked = Asked { again, path, headers, body };
            all.push(asked.clone());
            asked
        };
        let act = script(&asked);
        let goes_on = play(&mut stream, act, busy);
        if !goes_on {
            _ = stream.shutdown(Shutdown::Both);
            return;
        }
    }
}

/// How often the same messages came before.
fn again(all: &[Asked], body: &Value) -> usize {
    let last = |body: &Value| body["messages"].as_array().and_then(|all| all.last()?["content"].as_str().map(str::len));
    let length = last(body);
    all.iter().filter(|known| last(&known.body) == length && known.body["messages"] == body["messages"]).count()
}

/// Does what is to be done; false when the connection is over then.
fn play(stream: &mut TcpStream, act: Act, busy: &Mutex<Busy>) -> bool {
    let done = || busy.lock().unwrap().step(-1);
    let mut write = |bytes: &[u8]| stream.write_all(bytes).and_then(|()| stream.flush()).is_ok();
    match act {
        Act::After(pause, act) => {
            std::thread::sleep(pause);
            return play(stream, *act, busy);
        }
        Act::Say(text) => {
            let reply = response(200, "", &completion(&text));
            done();
            return write(&reply);
        }
        Act::Status(status, head, body) => {
            done();
            return write(&response(status, &head, &body));
        }
        Act::Raw(bytes) => _ = write(&bytes),
        Act::Drip(text, size, pause) => {
            for part in response(200, "", &completion(&text)).chunks(size) {
                if !write(part) {
                    break;
                }
                std::thread::sleep(pause);
            }
        }
        Act::Cut(text) => {
            let reply = response(200, "", &completion(&text));
            _ = write(&reply[..reply.len() * 2 / 3]);
        }
        Act::Reset => (),
        Act::Hang(pause) => std::thread::sleep(pause),
    }
    done();
    false
}

fn response(status: u16, head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{head}\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn completion(text: &str) -> String {
    json!({
        "id": "x", "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 500, "completion_tokens": 100, "total_tokens": 600},
    })
    .to_string()
}

type Raw = (String, HashMap<String, String>, Vec<u8>);

fn request(reader: &mut BufReader<TcpStream>) -> Option<Raw> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().split_once(':') {
            Some((name, value)) => _ = headers.insert(name.to_lowercase(), value.trim().to_owned()),
            None => break,
        }
    }
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((path, headers, body))
}

/// A fact of a prompt: its number, name, arguments, citations and words.
type Fact = (String, String, Value, Vec<String>, String);

fn facts(told: &str) -> Vec<Fact> {
    let lines = told.lines().skip_while(|line| *line != "Facts:").skip(1).take_while(|line| line.starts_with('C'));
    lines
        .map(|line| {
            let (id, rest) = line.split_once(' ').unwrap();
            let (name, rest) = rest.split_once(' ').unwrap();
            let mut args = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let value = args.next().unwrap().unwrap();
            let (cites, says) = rest[args.byte_offset()..].trim().strip_prefix("cites ").unwrap().split_once(": ").unwrap();
            (id.to_owned(), name.to_owned(), value, cites.split(' ').map(str::to_owned).collect(), says.to_owned())
        })
        .collect()
}

/// The object of a good reply, to be spoiled by the tests.
pub(crate) fn good_value(asked: &Asked) -> Value {
    let told = asked.told();
    let facts = facts(&told);
    let subject = told.lines().find_map(|line| line.strip_prefix("Subject: `")).unwrap().split('`').next().unwrap().to_owned();
    let kind = told.lines().find_map(|line| line.strip_prefix("Kind: ")).unwrap().split('.').next().unwrap().to_owned();
    let name = subject.split('#').next().unwrap();
    let says = |says: &str| format!("In short, {says}.");
    let statements =
        |facts: &[Fact]| facts.iter().map(|(id, _, _, _, text)| json!({"says": says(text), "claims": [id]})).collect::<Vec<_>>();
    let first = if kind == "dialogue" { facts.len().div_ceil(2) } else { facts.len() };
    let later: Vec<Value> =
        facts[first..].chunks(4).map(|part| json!({"question": "What else does it do?", "answer": statements(part)})).collect();
    let question = match kind.as_str() {
        "where" => "Where is that done?".to_owned(),
        _ => format!("As for {kind}, what does a reader of `{name}` have to know?"),
    };
    json!({
        "question": question,
        "answer": statements(&facts[..first]),
        "followups": later,
        "trace": [
            {"op": "read", "says": format!("Look at `{name}`."), "cites": ["E1"], "claims": []},
            {"op": "conclude", "says": says(&facts[0].4), "cites": facts[0].3, "claims": [facts[0].0]},
        ],
        "claims": facts.iter().map(|(id, name, args, cites, _)| json!({"id": id, "name": name, "args": args, "cites": cites})).collect::<Vec<_>>(),
    })
}

pub(crate) fn good(asked: &Asked) -> String {
    good_value(asked).to_string()
}
