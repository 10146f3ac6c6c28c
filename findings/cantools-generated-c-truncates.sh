#!/bin/sh
# One package, two encoders: generated C truncates where Python rounds (cantools 45.1.0, gcc)
#
# Expected: `cantools generate_c_source` encodes a physical value to the raw value that the same
#   package's Message.encode() gives.
# Seen: with a factor of 0.1 and 16 bits, 22,937 of the 65,536 values that have one decimal come out
#   one count lower in C: 0.3 km/h is 3 in Python and 2 in C. Even decoding and encoding again in C
#   loses a count for 3,270 raw values, the first of them 43.
# Why: the generated encoders divide and convert to an integer, which cuts towards zero
#   (`value / 0.1`, and 0.3 / 0.1 is 2.9999999999999996); Python's side calls round()
#   (cantools/database/conversion.py).
# Matters: two senders of one signal differ by a count, and a gateway that decodes and encodes makes
#   values drift downwards. Compare raw values, and add half a count before such an encoder.
set -eu
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cantools==45.1.0
cd "$room"
cat > car.dbc <<'DBC'
VERSION ""
BS_:
BU_: ECU
BO_ 291 Motion: 2 ECU
 SG_ Speed : 0|16@1+ (0.1,0) [0|6553.5] "km/h" ECU
DBC
venv/bin/cantools generate_c_source --database-name car car.dbc >/dev/null
cat > main.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include "car.h"

int main(void)
{
    char text[16];
    int again = 0;

    for (int raw = 0; raw < 65536; raw++) {
        snprintf(text, sizeof text, "%d.%d", raw / 10, raw % 10);
        printf("%d\n", car_motion_speed_encode(strtod(text, NULL)));
        again += car_motion_speed_encode(car_motion_speed_decode((uint16_t)raw)) != raw;
    }
    printf("%d\n", again);
    return 0;
}
C
gcc -O1 -o encode main.c car.c
./encode > by-c
venv/bin/python - <<'PY'
import cantools

motion = cantools.database.load_file("car.dbc").get_message_by_name("Motion")
*by_c, again = map(int, open("by-c"))
by_python = [int.from_bytes(motion.encode({"Speed": float(f"{raw // 10}.{raw % 10}")}), "little")
             for raw in range(65536)]
low = [raw for raw in range(65536) if by_c[raw] == by_python[raw] - 1]
other = [raw for raw in range(65536) if by_c[raw] not in (by_python[raw], by_python[raw] - 1)]
print(f"0.3 km/h: Python {by_python[3]}, C {by_c[3]}")
print(f"one count lower in C: {len(low)} of 65536; decoded and encoded again in C: {again} differ")
assert by_python == list(range(65536))
assert (by_python[3], by_c[3], len(low), other, again) == (3, 2, 22937, [], 3270), (len(low), other, again)
PY
