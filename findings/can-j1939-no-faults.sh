#!/bin/sh
# "No fault" is reported as a fault, and sent as two bytes (can-j1939 2.0.12)
#
# Expected: an ECU without active faults sends DM1 as eight bytes, the trouble code all zeros and the last two 0xFF; one
#   with one fault fills up to eight with 0xFF (SAE J1939-73, 5.7.1). A receiver's list is then empty, or has one.
# Seen: Dm1 gives its subscribers one fault of SPN 0 for the first, and for the older form, a code of all ones, one of
#   SPN 524287. It sends two bytes when there is none, and six when there is one; neither is eight.
# Why: j1939/diagnostic_messages.py divides the length by four, whatever the codes are, and sends lamps and codes
#   as they are.
# Matters: a monitor that raises an alarm if the list isn't empty does so for every healthy ECU that talks; a
#   simulated ECU is taken for silent by tools that want eight bytes. Drop SPN 0 and 0x7FFFF; send padded data.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check can-j1939==2.0.12 python-can==4.6.1
cd "$room"
venv/bin/python - <<'PY'
import j1939

class Application:
    """Stands for the application of an ECU, and keeps what it is asked to send."""

    def subscribe(self, callback):
        self.receive = callback

    def send_pgn(self, page, pdu_format, pdu_specific, priority, data):
        self.sent = bytes(data)

    def add_timer(self, delta_time, callback, cookie):
        callback(cookie)

def received(data):
    application, seen = Application(), []
    j1939.Dm1(application).subscribe(lambda sender, lamps, codes, stamp: seen.extend(code["spn"] for code in codes))
    application.receive(6, 0xFECA, 0x21, 0.0, bytes.fromhex(data))
    return seen

def sent(codes):
    application = Application()
    j1939.Dm1(application).start_send(lambda: ({"mil": j1939.DtcLamp.OFF}, codes))
    return application.sent.hex()

healthy, older, one = (received(data) for data in ("00ff00000000ffff", "00ffffffffffffff", "00ff64000301ffff"))
print(f"SPNs received: healthy {healthy}, healthy of the older form {older}, one fault {one}")
frames = sent([]), sent([{"spn": 100, "fmi": 3, "oc": 1}])
print(f"sent: healthy {frames[0]}, one fault {frames[1]}")
assert (healthy, older, one) == ([0], [0x7FFFF], [100]), (healthy, older, one)
assert [len(frame) // 2 for frame in frames] == [2, 6], frames
PY
