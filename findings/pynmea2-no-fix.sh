#!/bin/sh
# A receiver without a fix is at 0 degrees north, 0 degrees east (pynmea2 1.19.0)
#
# Expected: a sentence whose position is empty, as each receiver sends it until it has a fix (RMC with V, GGA with
#   quality 0), has no position: None, as its empty speed has; the second 60, which NMEA 0183 has for leap
#   seconds, is a time like any other, or an error.
# Seen: latitude and longitude are 0.0, the speed beside them None. The time of 235960 is the text "235960", and one
#   of 235959 a datetime.time. pynmeagps 1.1.8 gives an empty text for such a position.
# Why: pynmea2/nmea_utils.py: dm_to_sd() returns 0. for an empty field; pynmea2/nmea.py keeps the text of a field
#   whose conversion fails.
# Matters: the track of a drive begins with a line from the Gulf of Guinea, and a distance with 5,000 km; a logger
#   that runs over a leap second ends with a TypeError. Look at is_valid or the quality first.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pynmea2==1.19.0 pynmeagps==1.1.8
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
import functools
import operator

import pynmea2
from pynmeagps import NMEAReader

def sentence(body):
    return f"${body}*{functools.reduce(operator.xor, body.encode()):02X}"

fix = sentence("GPRMC,123519.00,A,4807.038,N,01131.000,E,022.4,084.4,230394,,,A")
none = sentence("GPRMC,123519.00,V,,,,,,,230394,,,N")
gga = sentence("GPGGA,123519.00,,,,,0,00,,,M,,M,,")
leap = [sentence(f"GPRMC,{time}.00,A,4807.038,N,01131.000,E,022.4,084.4,311216,,,A") for time in ("235959", "235960")]

seen = {}
for name, text in (("fix", fix), ("RMC without", none), ("GGA without", gga)):
    parsed, other = pynmea2.parse(text, check=True), NMEAReader.parse(text)
    seen[name] = (parsed.latitude, parsed.longitude, getattr(parsed, "spd_over_grnd", None), other.lat)
    print(f"{name}: latitude {seen[name][0]}, longitude {seen[name][1]}, speed {seen[name][2]}; pynmeagps: latitude {seen[name][3]!r}")
kinds = [type(pynmea2.parse(text, check=True).timestamp).__name__ for text in leap]
print("type of the times 235959 and 235960:", kinds)
assert round(seen["fix"][0], 4) == 48.1173 and seen["fix"][2] == 22.4, seen
assert seen["RMC without"] == (0.0, 0.0, None, ""), seen
assert seen["GGA without"] == (0.0, 0.0, None, ""), seen
assert kinds == ["time", "str"], kinds
PY
