#!/bin/sh
# On an emulated phone no page is wider than the window (Chromium's protocol, tried with 156)
#
# Expected: with Emulation.setDeviceMetricsOverride at a width of 390, window.innerWidth is 390 on every page, so
#   that `scrollWidth > innerWidth` finds one that is too wide.
# Seen: with `mobile: true`, as tools emulate a phone, a page 1000 points wide has an innerWidth of 1008, the page's
#   own; without it 390. documentElement.clientWidth is 390 in both.
# Why: a mobile browser zooms out until a page fits, and innerWidth is the visual viewport's width in the page's
#   points (CSSOM View, 4); clientWidth is the layout viewport's.
# Matters: the check that everybody writes for "no sideways scrolling on a phone" can't fail. Compare with
#   documentElement.clientWidth (`tests/src/browser.rs`).
set -eu
command -v chromium-headless-shell >/dev/null || { echo "missing: apt-get install chromium-headless-shell" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cat >"$room/wide.html" <<'H'
<!DOCTYPE html><meta name="viewport" content="width=device-width, initial-scale=1"><div style="width:1000px">wide</div>
H
python3 - "$room" <<'PY'
import json
import subprocess
import sys

room = sys.argv[1]
shell = 'exec timeout -k 5 60 chromium-headless-shell --headless --no-sandbox --disable-gpu --remote-debugging-pipe "--user-data-dir=$0" about:blank 3<&0 4>&1 >/dev/null 2>&1'
browser = subprocess.Popen(["sh", "-c", shell, room], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
session, last = None, 0


def message():
    text = b""
    while not text.endswith(b"\0"):
        byte = browser.stdout.read(1)
        assert byte, "the browser has ended"
        text += byte
    return json.loads(text[:-1])


def ask(method, until=None, **parameters):
    global last
    last += 1
    line = {"id": last, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
    browser.stdin.write(json.dumps(line).encode() + b"\0")
    browser.stdin.flush()
    result, seen = None, until is None
    while result is None or not seen:
        answer = message()
        seen = seen or answer.get("method") == until
        if answer.get("id") == last:
            result = answer["result"]
    return result


target = ask("Target.createTarget", url="about:blank")["targetId"]
session = ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
ask("Page.enable")
widths = {}
for mobile in (False, True):
    ask("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=mobile)
    ask("Page.navigate", until="Page.loadEventFired", url=f"file://{room}/wide.html")
    expression = "[innerWidth, document.documentElement.clientWidth, document.documentElement.scrollWidth]"
    value = ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]
    widths[mobile] = value
    print(f"mobile {mobile}: innerWidth, clientWidth, scrollWidth:", value)
browser.stdin.close()
browser.wait()
assert widths == {False: [390, 390, 1008], True: [1008, 390, 1008]}, widths
PY
