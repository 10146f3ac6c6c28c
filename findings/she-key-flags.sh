#!/bin/sh
# A key that is to be boot-protected is write-protected for ever (securehardwareextension 1.0.1)
#
# Expected: message M2 of a key update begins with a counter of 28 bits and the flags, first write protection, then
#   boot protection, debugger protection, key usage and wildcard (AUTOSAR, Secure Hardware Extensions, memory
#   update protocol); read by the package itself, both are what was given.
# Seen: each flag stands one place too far up: boot_protection is sent in the place of write protection, key_usage
#   in that of debugger protection, and so on; write_protection itself is refused as too large. Read back, a
#   counter of 16 is 0 and one of 1000 is 11. With no flags the messages are right.
# Why: secure_hardware_extension/memory_update.py, m2: six flags are shifted by 95 bits, which is the place of five;
#   _decrypt_using_messages(): "a + b >> 4" shifts the sum, not b.
# Matters: a write-protected key can't be changed any more: the control unit is. Decrypt M2 and look at the bits
#   before a key is sent, and keep the counter elsewhere.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check securehardwareextension==1.0.1 pycryptodome==4.4.0
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
from Crypto.Cipher import AES
from secure_hardware_extension.datatypes import MemoryUpdateInfo, MemoryUpdateMessages, SecurityFlags
from secure_hardware_extension.memory_update import MemoryUpdateProtocol

# The example keys of the specification.
NEW, OLD = "0f0e0d0c0b0a09080706050403020100", "000102030405060708090a0b0c0d0e0f"
PLACES = {99: "write protection", 98: "boot protection", 97: "debugger protection", 96: "key usage", 95: "wildcard"}

def update(counter, *names):
    flags = SecurityFlags()
    for name in names:
        setattr(flags, name, True)
    return MemoryUpdateProtocol(MemoryUpdateInfo(
        new_key=NEW, auth_key=OLD, new_key_id=4, auth_key_id=1, counter=counter, uid="00" * 15, flags=flags))

def sent(counter, *names):
    """The counter and the flags that a control unit finds in M2."""
    made = update(counter, *names)
    plain = AES.new(bytes(made.k1), AES.MODE_CBC, iv=bytes(16)).decrypt(bytes(made.m2))
    bits = int.from_bytes(plain[:16], "big")
    return bits >> 100, [name for place, name in PLACES.items() if bits >> place & 1]

assert update(1).m2.hex() == "2b111e2d93f486566bcbba1d7f7a9797c94643b050fc5d4d7de14cff682203c3"
flags = {name: sent(1, name)[1] for name in ("boot_protection", "debugger_protection", "key_usage", "wildcard")}
for name, found in flags.items():
    print(f"{name} is sent as {found}")
try:
    update(1, "write_protection")
    refusal = None
except ValueError as error:
    refusal = str(error)
print("write_protection:", refusal)
counters = {}
for counter in (1, 15, 16, 1000):
    made = update(counter)
    read = MemoryUpdateProtocol(MemoryUpdateMessages(OLD, made.m1, made.m2)).update_info.counter
    counters[counter] = (sent(counter)[0], read)
    print(f"counter {counter}: sent as {counters[counter][0]}, read back as {read}")
assert list(flags.values()) == [["write protection"], ["boot protection"], ["debugger protection"], ["key usage"]], flags
assert refusal and "fid" in refusal, refusal
assert counters == {1: (1, 1), 15: (15, 15), 16: (16, 0), 1000: (1000, 11)}, counters
PY
