#!/bin/sh
# A connection that converts degrees to radians passes degrees (FMPy 0.3.32)
#
# Expected: a connection with <ssc:LinearTransformation factor="2" offset="10"/> gives twice the value plus ten to the
#   other component (SSP 1.0, Connection: the transformation is applied to the value that passes), or
#   the package is refused.
# Seen: simulate_ssp() passes 1 where 12 is due, without a word; the connection that read_ssd() gives has no
#   transformation, while the file is valid by the schemas that the package brings. A run with steps of 0.1 to 1.0
#   takes eleven of them, the last from 1.0 to 1.1.
# Why: fmpy/ssp/ssd.py, read_ssd, looks for the element in the namespace ssd, and it is one of ssc, where fmpy's own
#   reader of parameter mappings looks; fmpy/ssp/simulation.py copies values in any case. Time is a sum of steps.
# Matters: SSP's transformations are what makes units of different suppliers' models fit. The system runs, with
#   plausible curves. Convert inside of a component until the importer does.
set -eu
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fmpy==0.3.32
cd "$room"
cat > modelDescription.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="2.0" modelName="adder" guid="{1}">
  <CoSimulation modelIdentifier="adder" canHandleVariableCommunicationStepSize="true"/>
  <ModelVariables>
    <ScalarVariable name="y" valueReference="0" causality="output"><Real/></ScalarVariable>
    <ScalarVariable name="u" valueReference="1" causality="input"><Real start="0"/></ScalarVariable>
  </ModelVariables>
  <ModelStructure><Outputs><Unknown index="1"/></Outputs></ModelStructure>
</fmiModelDescription>
XML
# The unit gives its input plus one.
cat > adder.c <<'C'
#include <stddef.h>

static double input;

const char *fmi2GetTypesPlatform(void) { return "default"; }
const char *fmi2GetVersion(void) { return "2.0"; }
void *fmi2Instantiate(void) { return &input; }
void fmi2FreeInstance(void *unit) { (void)unit; }
int fmi2SetReal(void *unit, const unsigned *which, size_t count, const double *values)
{
    (void)unit, (void)which;
    for (size_t i = 0; i < count; i++)
        input = values[i];
    return 0;
}
int fmi2GetReal(void *unit, const unsigned *which, size_t count, double *values)
{
    (void)unit, (void)which;
    for (size_t i = 0; i < count; i++)
        values[i] = input + 1;
    return 0;
}
int fmi2DoStep(void *unit, double time, double size, int keep)
{
    (void)unit, (void)time, (void)size, (void)keep;
    return 0;
}
#define NOTHING(name) int fmi2##name(void) { return 0; }
#define UNKNOWN(name) int fmi2##name(void) { return 3; }
NOTHING(SetDebugLogging) NOTHING(SetupExperiment) NOTHING(EnterInitializationMode)
NOTHING(ExitInitializationMode) NOTHING(Terminate) NOTHING(Reset)
UNKNOWN(GetInteger) UNKNOWN(SetInteger) UNKNOWN(GetBoolean) UNKNOWN(SetBoolean) UNKNOWN(GetString)
UNKNOWN(SetString) UNKNOWN(GetFMUstate) UNKNOWN(SetFMUstate) UNKNOWN(FreeFMUstate)
UNKNOWN(SerializedFMUstateSize) UNKNOWN(SerializeFMUstate) UNKNOWN(DeSerializeFMUstate)
UNKNOWN(GetDirectionalDerivative) UNKNOWN(SetRealInputDerivatives) UNKNOWN(GetRealOutputDerivatives)
UNKNOWN(CancelStep) UNKNOWN(GetStatus) UNKNOWN(GetRealStatus) UNKNOWN(GetIntegerStatus)
UNKNOWN(GetBooleanStatus) UNKNOWN(GetStringStatus)
C
cat > SystemStructure.ssd <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<ssd:SystemStructureDescription version="1.0" name="pair"
    xmlns:ssd="http://ssp-standard.org/SSP1/SystemStructureDescription"
    xmlns:ssc="http://ssp-standard.org/SSP1/SystemStructureCommon">
  <ssd:System name="pair">
    <ssd:Elements>
      <ssd:Component name="first" type="application/x-fmu-sharedlibrary" source="resources/adder.fmu">
        <ssd:Connectors><ssd:Connector name="y" kind="output"><ssc:Real/></ssd:Connector></ssd:Connectors>
      </ssd:Component>
      <ssd:Component name="second" type="application/x-fmu-sharedlibrary" source="resources/adder.fmu">
        <ssd:Connectors><ssd:Connector name="u" kind="input"><ssc:Real/></ssd:Connector></ssd:Connectors>
      </ssd:Component>
    </ssd:Elements>
    <ssd:Connections>
      <ssd:Connection startElement="first" startConnector="y" endElement="second" endConnector="u">
        <ssc:LinearTransformation factor="2" offset="10"/>
      </ssd:Connection>
    </ssd:Connections>
  </ssd:System>
</ssd:SystemStructureDescription>
XML
platform=$(venv/bin/python -c 'import fmpy; print(fmpy.platform)')
mkdir -p "binaries/$platform"
gcc -shared -fPIC -o "binaries/$platform/adder.so" adder.c
venv/bin/python - <<'PY'
import zipfile
import fmpy
from fmpy.ssp.simulation import simulate_ssp
from fmpy.ssp.ssd import read_ssd

with zipfile.ZipFile("adder.fmu", "w") as unit:
    unit.write("modelDescription.xml")
    unit.write(f"binaries/{fmpy.platform}/adder.so")
with zipfile.ZipFile("pair.ssp", "w") as package:
    package.write("SystemStructure.ssd")
    package.write("adder.fmu", "resources/adder.fmu")
read = getattr(read_ssd("pair.ssp").system.connections[0], "linearTransformation", None)
print("the transformation, as read:", read)
result = simulate_ssp("pair.ssp", stop_time=1.0, step_size=0.1)
values = {name: float(result[name][-1]) for name in result.dtype.names if name != "time"}
print(f"{values}, {len(result)} steps, the last from {float(result['time'][-1])!r}")
assert read is None, read
assert values == {"first.y": 1.0, "second.u": 1.0}, values
assert len(result) == 11, len(result)
PY
