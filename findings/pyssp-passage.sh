#!/bin/sh
# A parameter mapping that is opened and closed has other units and no tables (pyssp_standard 0.9.1)
#
# Expected: SSM(file, mode="a"), left without a change, writes what it read: suppressUnitConversion="false", a linear
#   transformation whose offset isn't given (it is 0 then), the entries of an integer mapping (SSP 1.0, common
#   content: IntegerMappingTransformation has MapEntry elements), descriptions and the author.
# Seen: "false" has become "true". The missing offset is "None", which is no number to the schema. The integer mapping has
#   no entries any more, but source="None" and target="None". Descriptions and the author are gone.
# Why: pyssp_standard/ssm.py takes the attribute's text, and "false" is a text that isn't empty; transformation_types.py
#   reads attributes of the transformation alone, and writes str(None).
# Matters: a bar that was converted to Pa is passed as it is, and a gear's code as the other model's; nothing is said
#   until another tool checks the schema. Compare a file after a passage without changes, first.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check pyssp_standard==0.9.1
cd "$room"
cat > mapping.ssm <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<ssm:ParameterMapping version="1.0" author="supplier"
    xmlns:ssm="http://ssp-standard.org/SSP1/SystemStructureParameterMapping"
    xmlns:ssc="http://ssp-standard.org/SSP1/SystemStructureCommon">
  <ssm:MappingEntry source="pressure" target="brake.p" suppressUnitConversion="false" description="in front">
    <ssc:LinearTransformation factor="2"/>
  </ssm:MappingEntry>
  <ssm:MappingEntry source="gear" target="gearbox.code">
    <ssc:IntegerMappingTransformation>
      <ssc:MapEntry source="0" target="78"/>
      <ssc:MapEntry source="1" target="68"/>
    </ssc:IntegerMappingTransformation>
  </ssm:MappingEntry>
</ssm:ParameterMapping>
XML
venv/bin/python - <<'PY'
import pathlib
from xml.etree import ElementTree
from pyssp_standard.ssm import SSM

with SSM("mapping.ssm", mode="a"):
    pass
print(pathlib.Path("mapping.ssm").read_text())
common = "{http://ssp-standard.org/SSP1/SystemStructureCommon}"
mapping = ElementTree.parse("mapping.ssm").getroot()
pressure, gear = mapping
assert mapping.get("author") is None
assert pressure.get("suppressUnitConversion") == "true" and pressure.get("description") is None
assert pressure[0].attrib == {"factor": "2", "offset": "None"}, pressure[0].attrib
assert gear[0].tag == common + "IntegerMappingTransformation" and len(gear[0]) == 0
assert gear[0].attrib == {"source": "None", "target": "None"}, gear[0].attrib
PY
