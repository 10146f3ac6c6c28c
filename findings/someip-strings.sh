#!/bin/sh
# Two SOME/IP packages don't read each other's strings, and one can't send an umlaut (someipy 2.1.2, opensomeip 0.2.0)
#
# Expected: a string has a length in bytes, a byte order mark, its characters and a zero (AUTOSAR SOME/IP
#   protocol specification, "Strings": they start with a BOM), whatever its language.
# Seen: (1) opensomeip writes no mark, and keeps one that comes in as a character of the text, so that the
#   text equals nothing; someipy refuses a string without one. (2) someipy reads a text with letters beyond
#   ASCII, but can't send one: an assertion stops it, and with assertions off (python -O) a string of fixed
#   size is longer than its size, and what follows in the message moves: a speed of 120 is 0.
# Why: someipy/serialization.py: sizes are computed by len(text), which counts characters; opensomeip/
#   serialization.py: write_string() and read_string() know a length and a zero.
# Matters: names of streets, stations and contacts are the strings of a car. Try them with "Düse" and
#   with the other side's stack.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check someipy==2.1.2 opensomeip==0.2.0
cd "$room"
cat > strings.py <<'PY'
import struct

from opensomeip.serialization import Deserializer, Serializer
from someipy.serialization import SomeIpDynamicSizeString, SomeIpFixedSizeString, SomeIpPayload, Uint16

class Station(SomeIpPayload):
    def __init__(self):
        self.name = SomeIpFixedSizeString(8)
        self.speed = Uint16()

def by_the_book(text):
    inner = b"\xef\xbb\xbf" + text.encode() + b"\0"
    return struct.pack(">I", len(inner)) + inner

def attempt(action):
    try:
        return action()
    except (AssertionError, ValueError) as refusal:
        return f"{type(refusal).__name__} {refusal}".strip()

def sent_and_read(text):
    """Name and speed of a message that someipy makes and reads."""
    message, copy = Station(), Station()
    message.name.data, message.speed.value = text, 120
    copy.deserialize(message.serialize())
    return copy.name.data, copy.speed.value

def written(text):
    serializer = Serializer()
    serializer.write_string(text)
    return serializer.to_bytes()

ascii_text, other = "Duse", "Düse"
seen = {
    "someipy reads": [SomeIpDynamicSizeString().deserialize(by_the_book(text)).data for text in (ascii_text, other)],
    "someipy sends and reads": [attempt(lambda text=text: sent_and_read(text)) for text in (ascii_text, other)],
    "opensomeip reads": [Deserializer(by_the_book(text)).read_string() for text in (ascii_text, other)],
    "opensomeip sends": [written(ascii_text).hex(" ")],
    "someipy reads what opensomeip sends": [attempt(lambda: SomeIpDynamicSizeString().deserialize(written(ascii_text)).data)],
}
for what, values in seen.items():
    print(f"{what}: {values}")
if __debug__:
    sent = "AssertionError"
    assert list(seen.values()) == [
        [ascii_text, other], [(ascii_text, 120), sent], ["\ufeffDuse", "\ufeffDüse"], ["00 00 00 05 44 75 73 65 00"],
        ["ValueError Unknown encoding"]], seen
elif seen["someipy sends and reads"] != [(ascii_text, 120), (other, 0)]:
    raise SystemExit(f"with assertions off: {seen}")
PY
timeout -k 5 60 venv/bin/python strings.py
echo "with assertions off:"
timeout -k 5 60 venv/bin/python -O strings.py
