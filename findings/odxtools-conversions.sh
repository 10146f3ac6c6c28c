#!/bin/sh
# A value that was decoded can't be sent back, and half a degree can't be written down (odxtools 11.7.1)
#
# Expected: what a diagnostic description decodes, it encodes: a rational function with both directions given, and a table
#   with interpolation, whichever way it runs (ASAM MCD-2 D, computation methods RAT-FUNC and TAB-INTP: a falling table
#   has an inverse). The coefficients of LINEAR and RAT-FUNC are numbers of any kind, whatever the values' types are.
# Seen: with a raw whole number and a physical floating-point number, RAT-FUNC decodes 121 to 20.5 and refuses to encode
#   20.5 and 20.0; 20, without the point, is accepted. A falling TAB-INTP decodes all its values and encodes none, not
#   even its own points. A factor of 0.5 is refused when the description is loaded, if the result is a whole number: LINEAR
#   with a physical A_INT32, and the way back of RAT-FUNC to any raw whole number.
# Why: odxtools/compumethods/ratfuncsegment.py, applies(), asks for the type of the result, not that of the argument;
#   tabintpcompumethod.py looks for a value between one point and the next, the first being the smaller;
#   compuscale.py parses coefficients as the type of the result.
# Matters: thermistors are falling tables, and settings are read, changed a little and written. Give whole numbers where they
#   exist; elsewhere encode by hand, and load each description of a supplier once before it is needed.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check odxtools==11.7.1
"$room/venv/bin/python" - <<'PY'
from xml.etree import ElementTree
from odxtools.compumethods.createanycompumethod import create_any_compu_method_from_et
from odxtools.exceptions import OdxError
from odxtools.odxdoccontext import OdxDocContext
from odxtools.odxtypes import DataType
from packaging.version import Version


def scales(way, rows):
    return f"<COMPU-{way}><COMPU-SCALES>{rows}</COMPU-SCALES></COMPU-{way}>"


def line(offset, factor):
    return (f"<COMPU-SCALE><COMPU-RATIONAL-COEFFS><COMPU-NUMERATOR><V>{offset}</V><V>{factor}</V></COMPU-NUMERATOR>"
            "<COMPU-DENOMINATOR><V>1</V></COMPU-DENOMINATOR></COMPU-RATIONAL-COEFFS></COMPU-SCALE>")


def point(raw, value):
    return f"<COMPU-SCALE><LOWER-LIMIT>{raw}</LOWER-LIMIT><COMPU-CONST><V>{value}</V></COMPU-CONST></COMPU-SCALE>"


def method(category, body, physical=DataType.A_FLOAT64):
    text = f"<COMPU-METHOD><CATEGORY>{category}</CATEGORY>{body}</COMPU-METHOD>"
    return create_any_compu_method_from_et(ElementTree.fromstring(text),
                                           OdxDocContext(version=Version("2.2.0"), doc_fragments=()),
                                           internal_type=DataType.A_UINT32, physical_type=physical)


def tried(what, action):
    try:
        result = action()
    except OdxError as error:
        result = type(error).__name__
        print(f"{what}: {result}: {error}")
    else:
        print(f"{what}: {result}")
    return result


there, back = scales("INTERNAL-TO-PHYS", line(-40, 0.5)), scales("PHYS-TO-INTERNAL", line(80, 2))
rational = method("RAT-FUNC", there + back)
assert tried("RAT-FUNC, 121 decoded", lambda: rational.convert_internal_to_physical(121)) == 20.5
assert tried("20.5 encoded", lambda: rational.convert_physical_to_internal(20.5)) == "EncodeError"
assert tried("20.0 encoded", lambda: rational.convert_physical_to_internal(20.0)) == "EncodeError"
assert tried("20 encoded", lambda: rational.convert_physical_to_internal(20)) == 120
straight = method("LINEAR", there)
assert tried("LINEAR, 20.5 encoded", lambda: straight.convert_physical_to_internal(20.5)) == 121

falling = method("TAB-INTP", scales("INTERNAL-TO-PHYS", point(0, 100) + point(100, 50) + point(200, -40)))
assert tried("TAB-INTP, 50 decoded", lambda: falling.convert_internal_to_physical(50)) == 75.0
for value in (75, 50):
    assert tried(f"{value} encoded", lambda: falling.convert_physical_to_internal(value)) == "EncodeError"
rising = method("TAB-INTP", scales("INTERNAL-TO-PHYS", point(0, -40) + point(100, 50) + point(200, 100)))
assert tried("rising TAB-INTP, 75 encoded", lambda: rising.convert_physical_to_internal(75)) == 150.0

assert tried("LINEAR with 0.5, A_INT32", lambda: method("LINEAR", there, DataType.A_INT32)) == "OdxError"
tenth = scales("INTERNAL-TO-PHYS", line(-40, 10)) + scales("PHYS-TO-INTERNAL", line(4, 0.1))
assert tried("RAT-FUNC, 0.1 on the way back", lambda: method("RAT-FUNC", tenth)) == "OdxError"
PY
