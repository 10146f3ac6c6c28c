#!/bin/sh
# A co-simulation unit that wants steps of one size is given eight (FMPy 0.3.32)
#
# Expected: a unit with canHandleVariableCommunicationStepSize="false" gets one and the same step size in
#   every call of fmi2DoStep (FMI 2.0, 4.3.1: it has to be constant then), the one named by step_size.
# Seen: simulate_fmu(stop_time=1, step_size=0.1) makes 500 steps: step_size, which is for the solvers of
#   model exchange, isn't looked at. Nor are they equal: they have eight sizes, which differ in the last
#   bits, about 0.002.
# Why: fmpy/simulation.py, simulateCS: the interval is output_interval or a 500th of the whole; each size
#   is the difference of the next communication point and the time so far, which rounds.
# Matters: a virtual controller that counts ns and truncates makes 1,999,999 ns of some steps and 2,000,000
#   of others, and one that compares sizes refuses the second step. Round to ticks from absolute times.
set -eu
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check fmpy==0.3.32
cd "$room"
cat > modelDescription.xml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="2.0" modelName="clock" guid="{1}">
  <CoSimulation modelIdentifier="clock" canHandleVariableCommunicationStepSize="false"/>
  <ModelVariables>
    <ScalarVariable name="step" valueReference="0" causality="output"><Real/></ScalarVariable>
  </ModelVariables>
  <ModelStructure><Outputs><Unknown index="1"/></Outputs></ModelStructure>
</fmiModelDescription>
XML
# The unit gives the size of its last step.
cat > clock.c <<'C'
#include <stddef.h>

static double last;

const char *fmi2GetTypesPlatform(void) { return "default"; }
const char *fmi2GetVersion(void) { return "2.0"; }
void *fmi2Instantiate(void) { return &last; }
void fmi2FreeInstance(void *unit) { (void)unit; }
int fmi2GetReal(void *unit, const unsigned *which, size_t count, double *values)
{
    (void)unit, (void)which;
    for (size_t i = 0; i < count; i++)
        values[i] = last;
    return 0;
}
int fmi2DoStep(void *unit, double time, double size, int keep)
{
    (void)unit, (void)time, (void)keep;
    last = size;
    return 0;
}
#define NOTHING(name) int fmi2##name(void) { return 0; }
#define UNKNOWN(name) int fmi2##name(void) { return 3; }
NOTHING(SetDebugLogging) NOTHING(SetupExperiment) NOTHING(EnterInitializationMode)
NOTHING(ExitInitializationMode) NOTHING(Terminate) NOTHING(Reset) NOTHING(SetReal)
UNKNOWN(GetInteger) UNKNOWN(SetInteger) UNKNOWN(GetBoolean) UNKNOWN(SetBoolean) UNKNOWN(GetString)
UNKNOWN(SetString) UNKNOWN(GetFMUstate) UNKNOWN(SetFMUstate) UNKNOWN(FreeFMUstate)
UNKNOWN(SerializedFMUstateSize) UNKNOWN(SerializeFMUstate) UNKNOWN(DeSerializeFMUstate)
UNKNOWN(GetDirectionalDerivative) UNKNOWN(SetRealInputDerivatives) UNKNOWN(GetRealOutputDerivatives)
UNKNOWN(CancelStep) UNKNOWN(GetStatus) UNKNOWN(GetRealStatus) UNKNOWN(GetIntegerStatus)
UNKNOWN(GetBooleanStatus) UNKNOWN(GetStringStatus)
C
platform=$(venv/bin/python -c 'import fmpy; print(fmpy.platform)')
mkdir -p "binaries/$platform"
gcc -shared -fPIC -o "binaries/$platform/clock.so" clock.c
venv/bin/python - <<'PY'
import zipfile
import fmpy

with zipfile.ZipFile("clock.fmu", "w") as unit:
    unit.write("modelDescription.xml")
    unit.write(f"binaries/{fmpy.platform}/clock.so")
result = fmpy.simulate_fmu("clock.fmu", stop_time=1.0, step_size=0.1)
sizes = [float(size) for size in result["step"][1:]]
nanoseconds = sorted({int(size * 1e9) for size in sizes})
print(f"{len(sizes)} steps of {len(set(sizes))} sizes, from {min(sizes)!r} to {max(sizes)!r}")
print(f"truncated to ns: {nanoseconds}")
assert len(sizes) == 500 and len(set(sizes)) == 8 and nanoseconds == [1999999, 2000000], (len(sizes), len(set(sizes)))
PY
