//! One request over HTTP, and what came of it.
//!
//! Nothing is tried again here, no redirect is followed, and no text of the server leaves this file
//! with the key in it.

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};
use serde_json::Value;

use crate::generate::llm::budget::Bound;
use crate::generate::llm::embed::Embedding;
use crate::generate::llm::secret::Secret;
use crate::generate::llm::settings::{Settings, Timeouts};
use crate::generate::llm::wire::{Answered, completion, error_words};

/// No sample is this long; a longer reply is a server gone wild.
const MAX_REPLY: usize = 2 << 20;

/// What came of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    Answered(Answered),
    /// The server refuses this request, in its words, and would do so again.
    Refused {
        says: String,
        form: bool,
    },
    /// Not now. Was the request taken on, so that it may cost something?
    Busy {
        says: String,
        wait: Option<Duration>,
        taken: bool,
        full: bool,
    },
    /// The server broke over this request.
    Broken {
        says: String,
    },
    /// No request can succeed.
    Hopeless {
        says: String,
    },
}

#[derive(Clone)]
pub(super) struct Client {
    inner: reqwest::Client,
    url: Url,
    secrets: Vec<Secret>,
    timeouts: Timeouts,
}

impl Client {
    /// For drafts.
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let url = address(&settings.base_url, "/chat/completions")?;
        Self::at(url, &settings.key, &settings.headers, settings.timeouts, settings.concurrency)
    }

    /// For vectors.
    pub(super) fn of_vectors(settings: &Embedding) -> anyhow::Result<Self> {
        Self::at(address(&settings.base_url, "/embeddings")?, &settings.key, &settings.headers, settings.timeouts, 1)
    }

    fn at(url: Url, key: &Secret, headers: &[(String, Secret)], timeouts: Timeouts, concurrency: usize) -> anyhow::Result<Self> {
        // The second time it is there already, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let mut sent = HeaderMap::new();
        sent.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !key.is_empty() {
            sent.insert(AUTHORIZATION, header(&format!("Bearer {}", key.reveal())).context("the key cannot be sent")?);
        }
        for (name, value) in headers {
            let name = HeaderName::try_from(name.as_str()).with_context(|| format!("`{name}` is not the name of a header"))?;
            let value = header(value.reveal()).with_context(|| format!("the header `{name}` cannot be sent"))?;
            sent.insert(name, value);
        }
        let mut builder = reqwest::Client::builder()
            .default_headers(sent)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(timeouts.connect)
            .pool_max_idle_per_host(concurrency)
            .http1_only()
            .user_agent(concat!("git-trainset/", env!("CARGO_PKG_VERSION")));
        if is_loopback(&url) {
            builder = builder.no_proxy();
        }
        let inner = builder.build().map_err(without_url).context("could not set up HTTP")?;
        let secrets = std::iter::once(key).chain(headers.iter().map(|(_, value)| value)).cloned().collect();
        Ok(Self { inner, url, secrets, timeouts })
    }

    /// Sends a body and reads the reply whole.
    pub(super) async fn send(&self, body: &Value, bound: Bound) -> Outcome {
        let whole = self.timeouts.whole;
        match tokio::time::timeout(whole, self.exchange(body, bound)).await {
            Ok(outcome) => outcome,
            Err(_) => busy(format!("no whole reply in {}", told(whole))),
        }
    }

    async fn exchange(&self, body: &Value, bound: Bound) -> Outcome {
        match self.post(body).await {
            Err(outcome) => outcome,
            Ok(None) => {
                let fault = format!("the reply is longer than {} MiB", MAX_REPLY >> 20);
                Outcome::Answered(Answered { fault, tokens_in: bound.tokens_in, tokens_out: bound.tokens_out, ..Answered::default() })
            }
            Ok(Some(body)) => match completion(&body, bound) {
                Ok(answered) => Outcome::Answered(Answered { text: self.redact(&answered.text), ..answered }),
                // A proxy's page, or a reply that ended early with a good face.
                Err(says) => Outcome::Broken { says },
            },
        }
    }

    /// The body of a reply that succeeded, None when it is too long; else what came instead of it.
    pub(super) async fn post(&self, body: &Value) -> Result<Option<Vec<u8>>, Outcome> {
        let sent = self.inner.post(self.url.clone()).body(body.to_string()).send();
        let response = match tokio::time::timeout(self.timeouts.first_byte, sent).await {
            Err(_) => return Err(busy(format!("no reply in {}", told(self.timeouts.first_byte)))),
            Ok(Err(error)) => return Err(self.unsent(error)),
            Ok(Ok(response)) => response,
        };
        let status = response.status();
        let wait = retry_after(response.headers());
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).map(|to| self.redact(to));
        let body = self.read(response).await.map_err(busy)?;
        if status.is_success() {
            return Ok(body);
        }
        let says = format!("{status}: {}", self.redact(&error_words(&body.unwrap_or_default())));
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Outcome::Busy { says, wait, taken: false, full: true },
            StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::CONFLICT
            | StatusCode::TOO_EARLY => Outcome::Busy { says, wait, taken: true, full: false },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Outcome::Hopeless { says: format!("{says}\nmend: set TRAINSET_API_KEY to a key that this server knows") }
            }
            StatusCode::PAYMENT_REQUIRED => Outcome::Hopeless { says },
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                Outcome::Hopeless { says: format!("{says}\nmend: check the model and the address, which ends in `/v1` for most servers") }
            }
            _ if status.is_redirection() => {
                let to = to.unwrap_or_default();
                Outcome::Hopeless {
                    says: format!(
                        "{status}: it sends us to `{to}`, where we do not follow with a key\nmend: set the address that is meant"
                    ),
                }
            }
            _ if status.is_client_error() => {
                let form = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
                Outcome::Refused { says, form }
            }
            _ => Outcome::Broken { says },
        })
    }

    /// The body; None when it is too long.
    async fn read(&self, mut response: Response) -> Result<Option<Vec<u8>>, String> {
        let mut body = Vec::new();
        loop {
            match tokio::time::timeout(self.timeouts.idle, response.chunk()).await {
                Err(_) => return Err(format!("the reply stopped for {}", told(self.timeouts.idle))),
                Ok(Err(error)) => return Err(format!("the reply broke off: {}", causes(&without_url(error)))),
                Ok(Ok(None)) => return Ok(Some(body)),
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > MAX_REPLY => return Ok(None),
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
            }
        }
    }

    fn unsent(&self, error: reqwest::Error) -> Outcome {
        let connect = error.is_connect();
        let says = self.redact(&causes(&without_url(error)));
        if connect {
            return Outcome::Busy { says: format!("no connection: {says}"), wait: None, taken: false, full: false };
        }
        busy(says)
    }

    fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}

fn busy(says: String) -> Outcome {
    Outcome::Busy { says, wait: None, taken: true, full: false }
}

/// The address of one of the things that a server does.
fn address(base: &str, does: &str) -> anyhow::Result<Url> {
    let unfit = |why: &str| format!("the server's address is no use: {why}\nmend: give it like `http://127.0.0.1:8000/v1`");
    let mut url = match Url::parse(base.trim_end_matches('/')) {
        Ok(url) => url,
        Err(error) => bail!(unfit(&error.to_string())),
    };
    if !matches!(url.scheme(), "http" | "https") {
        bail!(unfit("it begins with neither `http://` nor `https://`"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        bail!(unfit("a key does not belong into it, but into TRAINSET_API_KEY"));
    }
    if url.scheme() == "http" && !is_near(&url) {
        bail!(unfit("`http://` would send code and key in the open; only machines nearby may be asked that way"));
    }
    let path = url.path().trim_end_matches('/');
    let path = if path.ends_with(does) { path.to_owned() } else { format!("{path}{does}") };
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.ends_with(".localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// This machine, or one in a network that is not routed.
fn is_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let private = match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
        // A bare name is resolved nearby: a container, a machine in the office.
        Err(_) => !host.contains('.') || host.ends_with(".local") || host.ends_with(".internal"),
    };
    private || is_loopback(url)
}

fn header(value: &str) -> anyhow::Result<HeaderValue> {
    let mut value = HeaderValue::try_from(value).map_err(|_| anyhow::anyhow!("it has characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The wait that a server asks for, in seconds or as a date beside its own.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let now = headers.get(reqwest::header::DATE)?.to_str().ok()?;
            (day_second(text)? - day_second(now)?) as f64
        }
    };
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(300.0)))
}

/// Seconds of `Wed, 21 Oct 2026 07:28:00 GMT` since some day: enough to tell two dates apart that
/// are near each other, and no month is.
fn day_second(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, day, _, _, time, "GMT"] = words.as_slice() else { return None };
    let parts: Option<Vec<i64>> = time.split(':').map(|part| part.parse().ok()).collect();
    let [hour, minute, second] = parts?.try_into().ok()?;
    Some(((day.parse::<i64>().ok()? * 24 + hour) * 60 + minute) * 60 + second)
}

fn without_url(error: reqwest::Error) -> reqwest::Error {
    error.without_url()
}

/// An error with what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        out = format!("{out}: {cause}");
        source = cause.source();
    }
    out
}

fn told(time: Duration) -> String {
    if time.as_secs() > 0 { format!("{} s", time.as_secs()) } else { format!("{} ms", time.as_millis()) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::{address, retry_after};

    #[test]
    fn an_address_leads_to_completions() {
        let to = |base: &str| address(base, "/chat/completions").map(|url| url.to_string()).map_err(|error| error.to_string());
        assert_eq!(to("http://127.0.0.1:8000/v1").unwrap(), "http://127.0.0.1:8000/v1/chat/completions");
        assert_eq!(to("https://api.example.org/v1/").unwrap(), "https://api.example.org/v1/chat/completions");
        assert_eq!(to("http://vllm:8000/v1/chat/completions").unwrap(), "http://vllm:8000/v1/chat/completions");
        assert_eq!(to("http://[::1]:1/v1").unwrap(), "http://[::1]:1/v1/chat/completions");
        for (base, why) in [
            ("api.example.org", "relative URL"),
            ("ftp://a/v1", "neither `http://`"),
            ("https://me:secret@a/v1", "does not belong"),
            ("https://a/v1?key=secret", "does not belong"),
            ("http://api.example.org/v1", "in the open"),
            ("http://8.8.8.8/v1", "in the open"),
        ] {
            let said = to(base).unwrap_err();
            assert!(said.contains(why) && said.contains("mend: ") && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_wait_is_read_in_both_forms() {
        let wait = |after: &'static str, date: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(after));
            headers.insert(DATE, HeaderValue::from_static(date));
            retry_after(&headers)
        };
        let now = "Wed, 21 Oct 2026 07:28:00 GMT";
        assert_eq!(wait("7", now), Some(Duration::from_secs(7)));
        assert_eq!(wait("0.25", now), Some(Duration::from_millis(250)));
        assert_eq!(wait("Wed, 21 Oct 2026 07:28:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(wait("999999", now), Some(Duration::from_secs(300)));
        assert_eq!((wait("soon", now), wait("-1", now), wait("NaN", now)), (None, None, None));
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
