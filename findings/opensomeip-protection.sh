#!/bin/sh
# End-to-end protection that changes no byte, and checksums that depend on the build (opensomeip 0.2.0)
#
# Expected: E2EProtection with the profile id 4 adds profile 4's length, counter, data id and CRC, and its
#   check refuses bytes without them; crc8, crc16 and crc32 give the check values of AUTOSAR's CRC library
#   (of "123456789": 4B by SAE J1850, CBF43926 for CRC-32), as the package autosar-e2e does.
# Seen: (1) The payload comes out as it went in, and the same unprotected bytes are OK for check(), for each
#   of the eight profile ids. (2) crc8 is B4, crc32 is 0376E6E7 and "CRC-16/ITU-T X.25" is 29B1, which is
#   CRC-16/CCITT-FALSE. Where the C++ part of the same package isn't there, they are 4B, CBF43926 and 906E.
# Why: opensomeip/e2e.py: without a profile object of the caller's own, protect() returns its argument and
#   check() returns OK; what the profile id names is never asked for. The C++ functions leave out the last
#   exclusive-or of CRC-8, and of CRC-32 also the reversal of bits.
# Matters: a bench "with E2E" has none, and one with profiles of its own fails against every other ECU, or
#   works on one machine and not on the next. See a corrupted message refused before you trust a check.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check opensomeip==0.2.0 autosar-e2e==1.0.0
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
import e2e.crc
from e2e import p04
from opensomeip import e2e as protection

payload = bytes(12) + b"speed: 120.5"
by_other = bytearray(payload)
p04.e2e_p04_protect(by_other, 0x0A0B0C0D, increment_counter=False)
print("profile 4 by autosar-e2e:", by_other[:12].hex())
verdicts = {}
for profile in protection.E2EProfileId:
    unit = protection.E2EProtection(protection.E2EConfig(profile, data_id=0x0A0B0C0D, data_length=len(payload)))
    verdicts[profile.name] = (unit.protect(payload) == payload, unit.check(payload).name)
    print(f"{profile.name} by opensomeip: unchanged {verdicts[profile.name][0]}, check of it {verdicts[profile.name][1]}")
assert by_other != payload and p04.e2e_p04_check(by_other, 0x0A0B0C0D) and not p04.e2e_p04_check(payload, 0x0A0B0C0D)
assert set(verdicts.values()) == {(True, "OK")}, verdicts

def checksums():
    return [f"{function(b'123456789'):x}" for function in (protection.crc8, protection.crc16, protection.crc32)]

seen = {"opensomeip": checksums()}
protection.get_ext = lambda: None
seen["opensomeip without its C++ part"] = checksums()
library = (e2e.crc.calculate_crc8, e2e.crc.calculate_crc16, e2e.crc.calculate_crc32)
seen["autosar-e2e"] = [f"{function(b'123456789'):x}" for function in library]
for name, values in seen.items():
    print(f"CRC-8, CRC-16 and CRC-32 by {name}: {values}")
assert list(seen.values()) == [["b4", "29b1", "376e6e7"], ["4b", "906e", "cbf43926"], ["4b", "29b1", "cbf43926"]], seen
PY
