#!/bin/sh
# A kelvin begins one kelvin too high (pyssp_standard 0.9.1, with Pint 0.25.3)
#
# Expected: add_unit("K") writes a base unit of K with factor 1 and offset 0, add_unit("degC") one with offset 273.15, "mK" a
#   factor of 0.001, "degF" a factor of 5/9 and 255.37 (SSP 1.0, BaseUnit: value in the base unit = factor * value + offset).
# Seen: K has an offset of 1, and so have the temperatures of a parameter set in K. degC has 274.15; mK is a kelvin with an
#   offset of 0.001, degF one with 255.93. A candela has no base unit at all. km/h and bar are right; % and 1 raise KeyError.
# Why: pyssp_standard/unit_conversion.py converts one unit to base units and takes the number that comes out for the
#   offset, if what is behind it is "kelvin"; 1 K is 1.0 K. The candela's key is "Cd", which the writer doesn't know.
# Matters: the importing tool converts 20 degrees to 294.15 K, and 293.15 K to 294.15 K, by the file's own words. Give the
#   base unit of each unit yourself.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pyssp_standard==0.9.1 pint==0.25.3
cd "$room"
venv/bin/python - <<'PY'
from xml.etree import ElementTree
from pyssp_standard.ssv import SSV

units = ["K", "degC", "mK", "degF", "cd", "km/h", "bar"]
with SSV("values.ssv", mode="w", name="values") as values:
    values.add_parameter("coolant", "Real", value=293.15, unit="K")
    for unit in units:
        values.add_unit(unit)
seen = {}
for unit in ElementTree.parse("values.ssv").iter("{http://ssp-standard.org/SSP1/SystemStructureCommon}Unit"):
    seen[unit.get("name")] = {name: round(float(value), 3) for name, value in unit[0].attrib.items()}
    print(f"{unit.get('name'):5} {seen[unit.get('name')]}")
assert seen == {"K": {"K": 1, "offset": 1}, "degC": {"K": 1, "offset": 274.15}, "mK": {"K": 1, "offset": 0.001},
                "degF": {"K": 1, "offset": 255.928}, "cd": {"factor": 1},
                "km/h": {"m": 1, "s": -1, "factor": 0.278},
                "bar": {"kg": 1, "m": -1, "s": -2, "factor": 100000}}, seen
for unit in ("%", "1"):
    try:
        SSV("other.ssv", mode="w").add_unit(unit)
    except KeyError as error:
        print(f"{unit:5} KeyError: {error}")
    else:
        raise AssertionError(unit)
PY
