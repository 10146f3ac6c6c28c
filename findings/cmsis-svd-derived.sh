#!/bin/sh
# A register derived from another has none of its fields (cmsis-svd 0.6)
#
# Expected: <register derivedFrom="CONTROL0"> with a name and an offset of its own has all the rest from
#   CONTROL0 (CMSIS-SVD 1.3, registers: what isn't stated is taken from there), and
#   <enumeratedValues derivedFrom="..."> has that list's names and values.
# Seen: the register has no fields, and the device's size and access in place of CONTROL0's; with a
#   description added it has all of them. The derived list of values is empty.
# Why: cmsis_svd/parser.py, _derived_from_register: nothing is taken over if one of name, description and
#   addressOffset is missing, though a description is optional and would be inherited itself.
#   _derived_from_enumerated_values copies what is inside of each value, and not the value.
# Matters: drivers and emulators that are generated from such a file lack bits of every second channel,
#   without an error. Expand the file first, or compare the number of fields with the manual's.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check cmsis-svd==0.6
cd "$room"
cat > timer.svd <<'SVD'
<?xml version="1.0" encoding="utf-8"?>
<device schemaVersion="1.3">
  <vendor>Acme</vendor><name>Board</name><version>1</version><description>An example</description>
  <addressUnitBits>8</addressUnitBits><width>32</width><size>16</size><access>read-only</access>
  <peripherals><peripheral>
    <name>TIMER</name><description>Two channels</description><baseAddress>0x9000000</baseAddress>
    <addressBlock><offset>0</offset><size>0x1000</size><usage>registers</usage></addressBlock>
    <registers>
      <register>
        <name>CONTROL0</name><description>Channel 0</description><addressOffset>0</addressOffset>
        <size>32</size><access>read-write</access>
        <fields>
          <field><name>MODE</name><bitRange>[1:0]</bitRange><enumeratedValues>
            <name>Modes</name>
            <enumeratedValue><name>once</name><value>0</value></enumeratedValue>
            <enumeratedValue><name>repeated</name><value>1</value></enumeratedValue>
          </enumeratedValues></field>
          <field><name>NEXT</name><bitRange>[3:2]</bitRange><enumeratedValues derivedFrom="Modes"/></field>
        </fields>
      </register>
      <register derivedFrom="CONTROL0"><name>CONTROL1</name><addressOffset>4</addressOffset></register>
      <register derivedFrom="CONTROL0">
        <name>CONTROL2</name><description>Channel 2</description><addressOffset>8</addressOffset>
      </register>
    </registers>
  </peripheral></peripherals>
</device>
SVD
venv/bin/python - <<'PY'
from cmsis_svd.parser import SVDParser

(timer,) = SVDParser.for_xml_file("timer.svd").get_device().peripherals
seen = []
for register in timer.get_registers():
    fields = {field.name: [value.name for values in field.enumerated_values or []
                           for value in values.enumerated_values or []]
              for field in register.fields or []}
    print(f"{register.name}: {register.size} bits, {register.access.value}, fields with their values: {fields}")
    seen.append((register.size, register.access.value, fields))
whole = (32, "read-write", {"MODE": ["once", "repeated"], "NEXT": []})
assert seen == [whole, (16, "read-only", {}), whole], seen
PY
