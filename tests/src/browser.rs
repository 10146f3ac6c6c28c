//! A real browser without a window: Debian's Chromium, worked by its own protocol (CDP) over pipes.
//!
//! Messages are JSON objects, each ended by a zero byte. The browser's two pipes are its file descriptors 3 and 4,
//! which a shell makes of its standard input and output.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::readers;

/// The browser's package, which is its program's name as well.
const PROGRAM: &str = "chromium-headless-shell";
/// Longest life in seconds.
const LIMIT: &str = "120";
/// What the shell starts: one that ends, with pipes at 3 and 4. A test may run as root, where the browser's own
/// sandbox can't be; it opens nothing but our own pages.
const START: &str = "exec timeout -k 5 \"$1\" \"$2\" --headless --no-sandbox --disable-gpu --hide-scrollbars \
                     --remote-debugging-pipe --user-data-dir=\"$3\" about:blank 3<&0 4>&1 >/dev/null 2>&1";

/// An open page.
pub struct Browser {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    events: Vec<Value>,
    _profile: TempDir,
}

impl Browser {
    /// Opens a page from a file, as wide and as high as this in points, and waits until it is loaded.
    ///
    /// # Panics
    /// If there is no browser and none can be installed, or the page can't be opened.
    #[must_use]
    pub fn open(file: &Path, width: u32, height: u32) -> Self {
        readers::install(&[PROGRAM]);
        let profile = tempfile::tempdir().expect("a folder");
        let mut process = Command::new("sh")
            .args(["-c", START, "sh", LIMIT, PROGRAM])
            .arg(profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut browser = Self {
            process,
            input,
            output,
            session: None,
            last: 0,
            events: Vec::new(),
            _profile: profile,
        };
        browser.attach(width, height);
        let url = format!("file://{}", file.display());
        let _ = browser.ask("Page.navigate", &json!({ "url": url }));
        browser.wait_for("Page.loadEventFired");
        browser.settle();
        browser
    }

    fn attach(&mut self, width: u32, height: u32) {
        let target = self.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.ask("Target.attachToTarget", &target);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            let _ = self.ask(&format!("{domain}.enable"), &json!({}));
        }
        let is_small = width < 600;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_small,
        });
        let _ = self.ask("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// What the browser answers to a command.
    ///
    /// # Panics
    /// If it refuses, or has ended.
    pub fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let bytes = format!("{message}\0");
        let input = self.input.as_mut().expect("it is open");
        input.write_all(bytes.as_bytes()).expect("it listens");
        loop {
            let mut answer = self.message();
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn message(&mut self) -> Value {
        let mut bytes = Vec::new();
        let _ = self.output.read_until(0, &mut bytes).expect("it answers");
        assert_eq!(bytes.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&bytes).expect("a message is JSON")
    }

    fn wait_for(&mut self, event: &str) {
        while !self.events.iter().any(|it| it["method"] == event) {
            let message = self.message();
            self.events.push(message);
        }
    }

    /// Waits until the page has drawn what is due.
    fn settle(&mut self) {
        let frames =
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))";
        let parameters = json!({ "expression": frames, "awaitPromise": true });
        let _ = self.ask("Runtime.evaluate", &parameters);
    }

    /// The value of an expression on the page.
    ///
    /// # Panics
    /// If it throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let mut answer = self.ask("Runtime.evaluate", &parameters);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].take()
    }

    /// The text of the first element that a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        let value = self.value(&format!("document.querySelector({selector:?}).textContent"));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// The cells' texts of all rows of a table's body.
    pub fn table(&mut self, selector: &str) -> Vec<Vec<String>> {
        let rows = format!(
            "[...document.querySelectorAll({:?})].map(row => [...row.cells].map(it => it.textContent))",
            format!("{selector} tbody tr")
        );
        serde_json::from_value(self.value(&rows)).expect("rows of texts")
    }

    /// Turns the wheel over the middle of an element, `notches` of a hundred points each: down if positive.
    pub fn wheel(&mut self, selector: &str, notches: i32) {
        let place = self.value(&format!(
            "(box => [box.x + box.width / 2, box.y + box.height / 2])\
             (document.querySelector({selector:?}).getBoundingClientRect())"
        ));
        let parameters = json!({
            "type": "mouseWheel", "x": place[0], "y": place[1], "deltaX": 0, "deltaY": 100 * notches,
        });
        let _ = self.ask("Input.dispatchMouseEvent", &parameters);
        self.settle();
    }

    /// Presses and releases a key: a letter, or a name such as `ArrowLeft`.
    pub fn key(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let parameters = json!({ "type": kind, "key": key, "text": text });
            let _ = self.ask("Input.dispatchKeyEvent", &parameters);
        }
        self.settle();
    }

    /// How much wider the page is than its window, in points.
    pub fn overhang(&mut self) -> i64 {
        let wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.value(wider).as_i64().expect("a number")
    }

    /// What went wrong on the page so far, and what it asked of anybody but its own file.
    pub fn complaints(&mut self) -> Vec<Value> {
        self.settle();
        let is_bad = |it: &&Value| match it["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => it["params"]["type"] == "error",
            Some("Log.entryAdded") => it["params"]["entry"]["level"] == "error",
            Some("Network.requestWillBeSent") => {
                let url = it["params"]["request"]["url"].as_str().unwrap_or_default();
                !url.starts_with("file://")
            }
            _ => false,
        };
        self.events.iter().filter(is_bad).cloned().collect()
    }

    /// The page on paper, as PDF.
    ///
    /// # Panics
    /// If it can't be written.
    pub fn print(&mut self, file: &Path) {
        let answer = self.ask("Page.printToPDF", &json!({ "printBackground": false }));
        std::fs::write(file, bytes(&answer)).expect("it can be written");
    }

    /// A picture of the whole page, as PNG.
    ///
    /// # Panics
    /// If it can't be written.
    pub fn picture(&mut self, file: &Path) {
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.ask("Page.captureScreenshot", &parameters);
        std::fs::write(file, bytes(&answer)).expect("it can be written");
    }
}

/// What an answer holds in base 64.
fn bytes(answer: &Value) -> Vec<u8> {
    let text = answer["data"].as_str().expect("data");
    STANDARD.decode(text).expect("base 64")
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends when nobody talks to it any more; the shell's limit holds in any case.
        drop(self.input.take());
        let _ = self.process.wait();
    }
}
