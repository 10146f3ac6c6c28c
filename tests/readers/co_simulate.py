"""Steps a unit as an importer does, with FMPy, and says what it sees: `co_simulate.py WHAT UNIT FOLDER [...]`, one
value of JSON a line. FOLDER is for what it needs and makes."""
import json
import os
import subprocess
import sys
import time
import zipfile

import fmpy
from fmpy.fmi1 import FMICallException
from fmpy.fmi3 import FMU3Slave
from fmpy.validation import validate_fmu

STEP = 0.01


class Unit:
    """An instance of a unit; its variables by name."""

    def __init__(self, folder, name="ecu", logging=False, start=True, **strings):
        self.description = fmpy.read_model_description(folder, validate=False)
        self.variables = {it.name: it for it in self.description.modelVariables}
        self.said = []
        model = self.description.coSimulation.modelIdentifier
        self.fmu = FMU3Slave(guid=self.description.guid, unzipDirectory=folder, modelIdentifier=model, instanceName=name)
        self.fmu.instantiate(loggingOn=logging, logMessage=self.log)
        self.set(strings)
        if start:
            self.start()

    def start(self, **times):
        self.fmu.enterInitializationMode(**times)
        self.fmu.exitInitializationMode()

    def log(self, environment, status, category, message):
        self.said.append([status, category.decode(), message.decode()])

    def set(self, values):
        for name, value in values.items():
            variable = self.variables[name]
            getattr(self.fmu, "set" + variable.type)([variable.valueReference], [value])

    def get(self, *names):
        seen = {}
        for name in names:
            variable = self.variables[name]
            seen[name] = getattr(self.fmu, "get" + variable.type)([variable.valueReference])[0]
        return seen

    def outputs(self):
        return self.get(*(name for name, it in self.variables.items() if it.causality == "output"))

    def step(self, number, size=STEP):
        self.fmu.doStep(number * size, (number + 1) * size - number * size)

    def refused(self, call, *arguments, **named):
        """What is said when a call is refused."""
        before = len(self.said)
        try:
            call(*arguments, **named)
        except Exception as refusal:
            return [getattr(refusal, "status", None), *(text for _, _, text in self.said[before:])]
        return None

    def end(self):
        self.fmu.terminate()
        self.fmu.freeInstance()


def car(folder):
    """A car of ours, as a unit of its own."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "car")
    binaries = os.path.join(folder, "binaries", fmpy.platform_tuple)
    os.makedirs(binaries, exist_ok=True)
    library = os.path.join(binaries, "car.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, os.path.join(source, "car.c")], check=True)
    unit = os.path.join(folder, "car.fmu")
    with zipfile.ZipFile(unit, "w") as file:
        file.write(os.path.join(source, "modelDescription.xml"), "modelDescription.xml")
        file.write(library, f"binaries/{fmpy.platform_tuple}/car.so")
    return fmpy.extract(unit, os.path.join(folder, "car"))


def pedal(now):
    """Full throttle, then gas, then brakes."""
    return 1.0 if now < 3.0 else 0.3 if now < 5.0 else -0.5


def say(value):
    print(json.dumps(value), flush=True)


def qemus():
    """The QEMUs that this process has started."""
    path = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    with open(path) as file:
        return [int(it) for it in file.read().split()]


def validate(unit, folder):
    say(validate_fmu(unit))


def drive(unit, folder, seconds="8"):
    """The car drives the cluster."""
    ecu = Unit(fmpy.extract(unit, os.path.join(folder, "ecu")), event_log=os.path.join(folder, "events.jsonl"))
    model = Unit(car(folder), name="car")
    for number in range(round(float(seconds) / STEP)):
        now = number * STEP
        model.set({"pedal": pedal(now)})
        model.step(number)
        speed = model.get("speed")["speed"]
        ecu.set({"vehicle.speed": speed, "vehicle.turn_left": now >= 2, "infotainment.attack": int(now >= 2.5)})
        try:
            ecu.step(number)
        except FMICallException:
            print(f"step {number}:", *ecu.said[-5:], sep="\n", file=sys.stderr)
            raise
        say({"time": round((number + 1) * STEP, 3), "pedal": pedal(now), "speed": speed, **ecu.outputs()})
    with open(os.path.join(folder, "picture.png"), "wb") as file:
        file.write(ecu.get("display.picture")["display.picture"])
    ecu.end()
    model.end()
    say({"left": qemus()})


def refusals(unit, folder):
    """What a unit says to what it can't do, and that it goes on."""
    ecu = Unit(fmpy.extract(unit, os.path.join(folder, "ecu")), start=False)
    fmu, speed = ecu.fmu, ecu.variables["vehicle.speed"].valueReference
    attack = ecu.variables["infotainment.attack"].valueReference
    say(["step too early", ecu.refused(fmu.doStep, 0.0, STEP)])
    ecu.start(stopTime=1.0)
    say(["too fast", ecu.refused(fmu.setFloat64, [speed], [100.5])])
    say(["not a number", ecu.refused(fmu.setFloat64, [speed], [float("nan")])])
    say(["no such attack", ecu.refused(fmu.setInt32, [attack], [16])])
    say(["another type", ecu.refused(fmu.setInt32, [speed], [1])])
    say(["no such variable", ecu.refused(fmu.getFloat64, [4000])])
    say(["an output", ecu.refused(fmu.setBoolean, [ecu.variables["dashboard.speed_valid"].valueReference], [True])])
    say(["a log too late", ecu.refused(ecu.set, {"event_log": "x"})])
    say(["no step", ecu.refused(fmu.doStep, 0.0, 0.0)])
    say(["from elsewhere", ecu.refused(fmu.doStep, 0.5, STEP)])
    say(["beyond the stop", ecu.refused(fmu.doStep, 0.0, 1.5)])
    say(["state", ecu.refused(fmu.getFMUState)])
    ecu.step(0)
    say(["goes on", ecu.get("time", "board_time_ns", "vehicle.speed")])
    fmu.reset()
    say(["reset", ecu.get("time", "board_time_ns", "vehicle.ignition"), qemus()])
    ecu.start()
    running = qemus()
    os.kill(running[0], 9)
    say(["gone", ecu.refused(ecu.step, 0)])
    say(["still gone", ecu.refused(ecu.step, 0)])
    fmu.reset()
    ecu.start(startTime=100.0)
    fmu.doStep(100.0, 0.25)
    say(["later start", ecu.get("time", "board_time_ns")])
    fmu.freeInstance()
    say(["left", qemus()])


def several(unit, folder):
    """Two at once, in turns and with steps of other sizes, are as each alone."""
    place = fmpy.extract(unit, os.path.join(folder, "ecu"))

    def run(*kinds):
        """Units with their speeds and step sizes in steps of 5 ms, for a second."""
        units = [Unit(place, str(index)) for index in range(len(kinds))]
        for ecu, (speed, _) in zip(units, kinds):
            ecu.set({"vehicle.speed": speed})
        for number in range(1, 201):
            for ecu, (_, steps) in zip(units, kinds):
                if number % steps == 0:
                    ecu.step(number // steps - 1, steps * 0.005)
        ends = [ecu.outputs() for ecu in units]
        for ecu in units:
            ecu.end()
        return ends

    fine, coarse = (20.0, 1), (30.0, 10)
    together, alone = run(fine, coarse), run(fine) + run(coarse)
    say([together, alone, qemus()])


def alone(unit, folder, seconds):
    """Steps of an odd size, and nothing else."""
    ecu = Unit(fmpy.extract(unit, os.path.join(folder, "ecu")), event_log=os.path.join(folder, "events.jsonl"))
    size = 0.0137
    for number in range(int(float(seconds) / size)):
        ecu.step(number, size)
    say(ecu.get("board_time_ns"))
    ecu.end()


def wait(unit, folder):
    """A step so long that whoever waits for its end has to end this process."""
    ecu = Unit(fmpy.extract(unit, os.path.join(folder, "ecu")))
    ecu.step(0)
    say(qemus())
    ecu.fmu.doStep(STEP, 10_000.0)


def drift(unit, folder, seconds="1000", size="0.001"):
    """Board time after each step against the communication point, and what a step costs."""
    ecu = Unit(fmpy.extract(unit, os.path.join(folder, "ecu")))
    if "vehicle.speed" in ecu.variables:
        ecu.set({"vehicle.speed": 25.0})
    size, worst, began = float(size), 0, time.monotonic()
    for number in range(round(float(seconds) / size)):
        ecu.step(number, size)
        wanted = round((number + 1) * size * 1e9)
        worst = max(worst, abs(ecu.get("board_time_ns")["board_time_ns"] - wanted))
    took = time.monotonic() - began
    say({"seconds": float(seconds), "worst_ns": worst, "wall": took, "outputs": ecu.outputs()})
    ecu.end()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
