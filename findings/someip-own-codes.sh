#!/bin/sh
# A service's own return codes, end-to-end codes and long messages aren't SOME/IP (someip 0.3.0)
#
# Expected: the header parses with every return code and message type of the protocol.
# Seen: ParseError for the codes of end-to-end protection (0x0b to 0x0f), for a service's own ones (0x20 to
#   0x5e) and for the message types with the TP flag (0x20), by which messages longer than a datagram
#   come in segments. The error's text isn't filled in: it ends in "{rc_b:#x}".
# Why: someip/header.py: SOMEIPReturnCode ends at 0x0a and SOMEIPMessageType has no TP types, so the
#   conversion fails; the text is a plain string and not an f-string. AUTOSAR's SOME/IP Protocol
#   Specification has them in its tables of message types and of return codes.
# Matters: a monitor on this package loses exactly the answers that report lost, repeated or late data, and
#   all large ones. Read the two bytes yourself, and take unknown values as numbers.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check someip==0.3.0
cd "$room"
venv/bin/python - <<'PY'
import struct
from someip.header import ParseError, SOMEIPHeader

def verdict(kind, code):
    message = struct.pack(">HHIHHBBBB", 0x1234, 0x0001, 12, 1, 2, 1, 1, kind, code) + b"data"
    try:
        header, rest = SOMEIPHeader.parse(message)
    except ParseError as error:
        return str(error)
    assert (header.payload, rest) == (b"data", b"")
    return "parsed"

seen = {}
for name, kind, code in [
    ("response, E_OK", 0x80, 0x00),
    ("error, E_WRONG_MESSAGE_TYPE", 0x81, 0x0A),
    ("error, E_E2E_REPEATED", 0x81, 0x0B),
    ("error, E_E2E_NO_NEW_DATA", 0x81, 0x0F),
    ("error, the service's first", 0x81, 0x20),
    ("notification", 0x02, 0x00),
    ("notification, in segments", 0x22, 0x00),
]:
    seen[name] = verdict(kind, code)
    print(f"{name:28} {seen[name]}")
refused = [name for name, answer in seen.items() if answer != "parsed"]
assert refused == ["error, E_E2E_REPEATED", "error, E_E2E_NO_NEW_DATA", "error, the service's first",
                   "notification, in segments"], refused
assert seen["error, E_E2E_REPEATED"] == "bad someip return code {rc_b:#x}", seen
PY
