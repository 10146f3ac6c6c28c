#!/bin/sh
# A default that lies outside of its own limits, and one that is gone (canopen 2.4.1)
#
# Expected: in an EDS file, 0xFFFF as the default of an INTEGER16 is -1, as 0x8000 as its lower limit is -32768;
#   010 is 8, since octal numbers begin with a 0 (CiA 306, "entry value interpretation"); an INTEGER24 has the limits that
#   the file states.
# Seen: the default is 65535, with limits of -32768 to 32767, and reading the object from a LocalNode raises ValueError,
#   where another node would get an abort. The octal default is None, and so are the INTEGER24's limits.
# Why: canopen/objectdictionary/eds.py: limits go through _signed_int_from_hex() and defaults through int(), which
#   refuses 010 (Python's octal is 0o10); _calc_bit_length() knows 8, 16, 32 and 64 bits. Each ValueError
#   is caught and passed over.
# Matters: a simulated device starts with other values than the real one, or can't be read; a value out of range
#   isn't noticed. Compare default_raw with the file, and write negative defaults in decimal.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check canopen==2.4.1
cd "$room"
cat > drive.eds <<'EDS'
[FileInfo]
FileName=drive.eds
[DeviceInfo]
VendorName=nobody
[ManufacturerObjects]
SupportedObjects=3
1=0x2000
2=0x2001
3=0x2002
[2000]
ParameterName=Offset
ObjectType=0x7
DataType=0x0003
AccessType=rw
LowLimit=0x8000
HighLimit=0x7FFF
DefaultValue=0xFFFF
[2001]
ParameterName=Mode
ObjectType=0x7
DataType=0x0006
AccessType=rw
DefaultValue=010
[2002]
ParameterName=Position
ObjectType=0x7
DataType=0x0010
AccessType=rw
LowLimit=-1000
HighLimit=1000
DefaultValue=0
EDS
venv/bin/python - <<'PY'
import logging
import canopen

logging.disable(logging.CRITICAL)
dictionary = canopen.import_od("drive.eds", node_id=5)
offset, mode, position = (dictionary[index] for index in (0x2000, 0x2001, 0x2002))
print(f"offset: default {offset.default}, limits {offset.min} to {offset.max}")
print(f"mode: default {mode.default}, in the file {mode.default_raw}")
print(f"position: limits {position.min} to {position.max}")
node = canopen.LocalNode(5, dictionary)
try:
    answer = node.get_data(0x2000, 0)
except ValueError as error:
    answer = str(error)
print("reading the offset:", answer)
assert (offset.default, offset.min, offset.max) == (65535, -32768, 32767)
assert (mode.default, mode.default_raw) == (None, "010")
assert (position.min, position.max) == (None, None)
assert isinstance(answer, str), answer
PY
