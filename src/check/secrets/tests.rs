//! Sixty texts: thirty secrets of as many sorts, each put together here so that no scanner takes this
//! file for a leak, and thirty that look like one.

use super::Secrets;
use crate::check::tests::model_says;

const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ234567";
const WORD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// So many signs of an alphabet, as if drawn by chance, and the same each time.
fn drawn(alphabet: &str, count: usize) -> String {
    let signs: Vec<char> = alphabet.chars().collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64 ^ count as u64 ^ ((signs.len() as u64) << 32);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(|_| signs[(next() % signs.len() as u64) as usize]).collect()
}

/// A line of code, and the secret in it.
fn secrets() -> Vec<(String, String)> {
    let quoted = |name: &str, parts: &[&str]| (format!("{name} = \"{}\"", parts.concat()), parts.concat());
    let key_body: String = (0..6).map(|line| format!("{}\n", drawn(BASE64, 64 - line % 2))).collect();
    let pem = format!("KEY = \"\"\"-----BEGIN RSA {} KEY-----\n{key_body}-----END RSA {0} KEY-----\"\"\"", "PRIVATE");
    let password = drawn(WORD, 14);
    let [head, body] = [drawn(WORD, 24), drawn(WORD, 40)];
    vec![
        quoted("ID", &["AK", "IA", &drawn(UPPER, 16)]),
        quoted("aws_secret_access_key", &[&drawn(BASE64, 40)]),
        quoted("GH", &["gh", "p_", &drawn(WORD, 36)]),
        quoted("GH", &["github", "_pat_", &drawn(WORD, 22), "_", &drawn(WORD, 59)]),
        quoted("GL", &["gl", "pat-", &drawn(WORD, 20)]),
        quoted("bot", &["xo", "xb-", &drawn(DIGITS, 12), "-", &drawn(WORD, 24)]),
        quoted("hook", &["https://hooks.slack", ".com/services/", "T", &drawn(UPPER, 10), "/B", &drawn(UPPER, 10), "/", &drawn(WORD, 24)]),
        quoted("STRIPE", &["sk", "_live_", &drawn(WORD, 24)]),
        quoted("client", &["sk-", "proj-", &drawn(WORD, 64)]),
        quoted("client", &["sk-", "ant-", "api03-", &drawn(WORD, 93)]),
        quoted("maps", &["AI", "za", &drawn(WORD, 35)]),
        quoted("oauth", &["GOC", "SPX-", &drawn(WORD, 28)]),
        quoted("HUB", &["h", "f_", &drawn(LETTERS, 34)]),
        quoted("registry", &["np", "m_", &drawn(WORD, 36)]),
        quoted("upload", &["py", "pi-", "AgEIcHlwaS5vcmc", &drawn(WORD, 70)]),
        quoted("mail", &["S", "G.", &drawn(WORD, 22), ".", &drawn(WORD, 43)]),
        quoted("mail", &["ke", "y-", &drawn(HEX, 32)]),
        quoted("calls", &["S", "K", &drawn(HEX, 32)]),
        quoted("bot", &[&drawn(DIGITS, 9), ":A", "A", &drawn(WORD, 33)]),
        quoted("droplets", &["do", "p_v1_", &drawn(HEX, 64)]),
        quoted("shop", &["shp", "at_", &drawn(HEX, 32)]),
        quoted("lake", &["da", "pi", &drawn(HEX, 32)]),
        quoted("vault", &["hv", "s.", &drawn(WORD, 28)]),
        (pem, key_body),
        (format!("DSN = \"postgres://shop:{password}@db.internal:5432/shop\""), password.clone()),
        quoted("session", &["ey", "J", &head, ".ey", "J", &body, ".", &drawn(WORD, 43)]),
        (format!("headers = {{\"Authorization\": \"Basic {}\"}}", drawn(BASE64, 28)), drawn(BASE64, 28)),
        (format!("login(user, password='{password}')"), password),
        quoted("self.api_key", &[&drawn(HEX, 40)]),
        (format!("url = \"DefaultEndpointsProtocol=https;Account{}={}==\"", "Key", drawn(BASE64, 86)), format!("{}==", drawn(BASE64, 86))),
    ]
}

/// Lines that no one has to hide.
fn look_alikes() -> Vec<String> {
    let picture = format!("LOGO_TOKEN_PNG = \"data:image/png;base64,iVBORw0KGgo{}=\"", drawn(BASE64, 120));
    vec![
        format!("commit = \"{}\"", drawn(HEX, 40)),
        format!("SHA256 = \"{}\"", drawn(HEX, 64)),
        format!("password_hash = \"{}\"", drawn(HEX, 32)),
        format!("token_digest = \"sha256:{}\"", drawn(HEX, 64)),
        "request_token = \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"".to_owned(),
        "idempotency_key = \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"".to_owned(),
        format!("key_id = \"{}EXAMPLE\"", ["AKIA", "IOSFODNN7"].concat()),
        format!("secret_key = \"{}EXAMPLEKEY\"", ["wJalrXUtnFEMI", "/K7MDENG/bPxRfiCY"].concat()),
        format!("token = \"{}{}\"", "ghp_", "x".repeat(36)),
        "api_key = \"your-api-key-goes-here-123\"".to_owned(),
        "api_key = \"<YOUR_API_KEY_2>\"".to_owned(),
        "password = \"${DB_PASSWORD_1}\"".to_owned(),
        "password = \"{{ vault.password_2 }}\"".to_owned(),
        "SECRET = os.environ[\"SHOP_SECRET_KEY_V2\"]".to_owned(),
        "token = \"test_token_is_refreshed_after_expiry_2024\"".to_owned(),
        "def test_api_key_1_is_refused_when_it_was_revoked_2_days_ago(self):".to_owned(),
        "token = \"oauth2_access_token\"".to_owned(),
        "csrf_token = \"csrfmiddlewaretoken\"".to_owned(),
        "password = \"changeme-Now-2024!\"".to_owned(),
        "SECRET_HEADER = \"X-Shop-Secret-V2\"".to_owned(),
        "dsn = \"postgres://user:password@localhost/shop\"".to_owned(),
        "url = \"https://user:pass@example.com/\"".to_owned(),
        "url = \"redis://:${REDIS_PASSWORD}@cache:6379/0\"".to_owned(),
        "if text.startswith(\"-----BEGIN RSA PRIVATE KEY-----\"):".to_owned(),
        picture,
        format!("integrity = \"sha512-{}==\"", drawn(BASE64, 86)),
        "etag = \"33a64df551425fcc55e4d42a148795d9f25f89d4\"".to_owned(),
        "ALPHABET_TOKEN = \"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\"".to_owned(),
        "from sklearn import risk_task_0123456789012345678901234567890123456789".to_owned(),
        "password_field = forms.CharField(label=\"Password 1\", widget=\"PasswordInput1\")".to_owned(),
    ]
}

#[test]
fn all_that_were_planted_are_found_and_next_to_none_besides() {
    let secrets = secrets();
    let look_alikes = look_alikes();
    assert_eq!((secrets.len(), look_alikes.len()), (30, 30));
    let finder = Secrets::default();
    for (line, secret) in &secrets {
        let (shown, lines) = finder.redact("shop/settings.py", line);
        assert!(!lines.is_empty(), "not found: {line}");
        let parts = secret.split(['\n', '.', ':']).filter(|part| part.len() > 12);
        parts.for_each(|part| assert!(!shown.contains(part), "left over: {shown}"));
        assert!(shown.contains("redacted_") && shown.lines().count() == line.lines().count(), "{shown}");
    }
    let wrong: Vec<String> =
        look_alikes.iter().filter_map(|line| Some(format!("{:?} in {line}", finder.first("shop/settings.py", line)?))).collect();
    assert!(wrong.len() <= 2, "{wrong:#?}");
}

#[test]
fn code_without_its_secrets_is_still_code() {
    let key: Vec<String> = (0..5).map(|_| format!("    \"{}\\n\"\n", drawn(BASE64, 64))).collect();
    let code = format!(
        "KEY = (\n    \"-----BEGIN {0} KEY-----\\n\"\n{1}    \"-----END {0} KEY-----\"\n)\n\ndef f(): pass\n",
        "PRIVATE",
        key.concat()
    );
    let (shown, lines) = Secrets::default().redact("a.py", &code);
    assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8]);
    let chunks = crate::parse::chunks(crate::parse::by_path("a.py").unwrap(), "a.py", &shown).unwrap();
    assert!(chunks.iter().any(|chunk| chunk.name == "f"));
    assert!(shown.contains("redacted_private_key"));
}

#[test]
fn people_are_found_where_that_is_asked_for() {
    let text =
        "# Ask maria.lopez@shop-of-hers.es or call +34 612 345 678.\n# Not user@example.com, nor @pytest.fixture, nor +1 (212) 555-0123.\n";
    assert_eq!(Secrets::default().find("a.py", text), []);
    let found = Secrets::new("", true).unwrap().find("a.py", text);
    let rules: Vec<&str> = found.iter().map(|leak| leak.rule.as_str()).collect();
    assert_eq!(rules, ["e-mail", "phone-number"]);
    assert_eq!(&text[found[1].range.clone()], "+34 612 345 678");
}

#[test]
fn the_rules_of_the_user_come_on_top() {
    let rules = "[[rules]]\nid = 'ours'\nregex = 'shop-([0-9]{6})'\nkeywords = ['shop-']\n[[rules.allowlists]]\nregexes = ['^000']\n";
    let finder = Secrets::new(rules, false).unwrap();
    let found = finder.find("a.py", "a = 'shop-123456'  # nosec, gitleaks:allow\nb = 'shop-000456'\n");
    assert_eq!(found.iter().map(|leak| (leak.rule.as_str(), leak.range.clone())).collect::<Vec<_>>(), [("ours", 10..16)]);
    // What the file allows it allows its own rules, and no others.
    let open = Secrets::new("[allowlist]\nregexes = ['.']\n[[rules]]\nid = 'x'\nregex = 'y'", false).unwrap();
    let (line, _) = &secrets()[2];
    assert!(open.first("a.py", line).is_some() && open.first("a.py", "y").is_none());
}

#[test]
fn no_answer_holds_a_secret() {
    let (line, _) = &secrets()[2];
    assert!(model_says(line, super::judge).is_err());
    assert_eq!(model_says("It takes a `token` of GitHub (`ghp_…`).", super::judge), Ok(()));
}
