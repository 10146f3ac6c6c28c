#!/bin/sh
# A start value of 20 degrees Celsius is set as 20 kelvin (FMPy 0.3.32)
#
# Expected: simulate_fmu(start_values={"coolant": (20, "degC")}) sets 293.15 in a variable whose unit is K: a
#   display unit's offset counts unless the quantity is declared to be relative, a difference (FMI 2.0,
#   2.2.2; FMI 3.0, 2.4.4: relativeQuantity, false by default).
# Seen: so it is where the variable itself has the unit. Where it has its unit from a declared type, as all
#   variables of Modelica's units have, 20 is set, in FMI 2.0 and 3.0, and also if the type says
#   relativeQuantity="false". The other way round, a variable's own relativeQuantity="true" is overlooked.
# Why: fmpy/simulation.py, apply_start_values(): a type's relativeQuantity counts if it "is not None", but
#   model_description.py makes it False or True for every type, and looks for a variable's own among the
#   element's children.
# Matters: a cooling circuit is started near absolute zero, and its first result looks like a model's fault.
#   Give start values in the variable's own unit.
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fmpy==0.3.32
cd "$room"
timeout -k 5 60 venv/bin/python - <<'PY'
import zipfile

from fmpy import read_model_description
from fmpy.simulation import apply_start_values

UNITS = """<UnitDefinitions><Unit name="K"><BaseUnit K="1"/><DisplayUnit name="degC" offset="-273.15"/></Unit></UnitDefinitions>"""
SECOND = """<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="2.0" modelName="car" guid="{{1}}"><CoSimulation modelIdentifier="car"/>""" + UNITS + """
<TypeDefinitions><SimpleType name="Temperature"><Real unit="K" {0}/></SimpleType></TypeDefinitions>
<ModelVariables>
<ScalarVariable name="typed" valueReference="1" causality="parameter" variability="fixed"><Real declaredType="Temperature" start="300"/></ScalarVariable>
<ScalarVariable name="own" valueReference="2" causality="parameter" variability="fixed"><Real unit="K" {0} start="300"/></ScalarVariable>
</ModelVariables><ModelStructure/></fmiModelDescription>"""
THIRD = """<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="3.0" modelName="car" instantiationToken="{{1}}"><CoSimulation modelIdentifier="car"/>""" + UNITS + """
<TypeDefinitions><Float64Type name="Temperature" unit="K" {0}/></TypeDefinitions>
<ModelVariables>
<Float64 name="t" valueReference="0" causality="independent"/>
<Float64 name="typed" valueReference="1" causality="parameter" variability="fixed" declaredType="Temperature" start="300"/>
<Float64 name="own" valueReference="2" causality="parameter" variability="fixed" unit="K" {0} start="300"/>
</ModelVariables><ModelStructure/></fmiModelDescription>"""

class Unit:
    """A model that keeps what it is given."""

    def __init__(self):
        self.values = {}

    def setReal(self, references, values):
        self.values[references[0]] = round(values[0], 2)

    setFloat64 = setReal

def started(description, attribute):
    with zipfile.ZipFile("car.fmu", "w") as archive:
        archive.writestr("modelDescription.xml", description.format(attribute))
    unit = Unit()
    apply_start_values(unit, read_model_description("car.fmu"), {"typed": (20, "degC"), "own": (20, "degC")})
    return unit.values[1], unit.values[2]

seen = {}
for version, description in ("2.0", SECOND), ("3.0", THIRD):
    for attribute in "", 'relativeQuantity="false"', 'relativeQuantity="true"':
        typed, own = seen[version, attribute] = started(description, attribute)
        print(f"FMI {version} {attribute or 'as by default'}: 20 degC are {typed} K by a declared type, {own} K by the variable's own unit")
assert set(seen.values()) == {(20, 293.15)}, seen
PY
