/* A car as a unit by FMI 3.0: the pedal, from -1 (brakes) to 1 (full throttle), gives its speed in m/s. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { OK = 0, ERROR = 3 };

struct car {
    double pedal, speed;
};

/* 1500 kg, 6 kN of traction, 12 kN of brakes, rolling and air resistance. */
static double acceleration(const struct car *car)
{
    double force = car->pedal * (car->pedal < 0 ? 12000.0 : 6000.0);
    return (force - (car->speed > 0 ? 200.0 : 0.0) - 0.4 * car->speed * car->speed) / 1500.0;
}

const char *fmi3GetVersion(void) { return "3.0"; }
void *fmi3InstantiateCoSimulation(void) { return calloc(1, sizeof(struct car)); }
void fmi3FreeInstance(void *car) { free(car); }

int fmi3SetFloat64(struct car *car, const unsigned *which, size_t count, const double *values, size_t value_count)
{
    for (size_t i = 0; i < count && i < value_count; i++) {
        if (which[i] != 1)
            return ERROR;
        car->pedal = values[i];
    }
    return OK;
}

int fmi3GetFloat64(struct car *car, const unsigned *which, size_t count, double *values, size_t value_count)
{
    for (size_t i = 0; i < count && i < value_count; i++) {
        if (which[i] != 2)
            return ERROR;
        values[i] = car->speed;
    }
    return OK;
}

int fmi3DoStep(struct car *car, double from, double size, bool no_state, bool *event, bool *ended, bool *early, double *last)
{
    (void)no_state;
    for (int part = 0; part < 10; part++) {
        car->speed += acceleration(car) * size / 10;
        if (car->speed < 0)
            car->speed = 0;
    }
    *event = *ended = *early = false;
    *last = from + size;
    return OK;
}

#define NOTHING(name) int fmi3##name(void) { return OK; }
NOTHING(SetDebugLogging) NOTHING(EnterInitializationMode) NOTHING(ExitInitializationMode)
NOTHING(Terminate) NOTHING(Reset)

/* FMPy loads a unit only if it has each function of the standard, also those that are for other kinds of units. */
#define UNKNOWN(name) int fmi3##name(void) { return ERROR; }
UNKNOWN(SetBinary) UNKNOWN(GetClock) UNKNOWN(SetClock) UNKNOWN(GetNumberOfVariableDependencies)
UNKNOWN(GetVariableDependencies) UNKNOWN(GetFMUState) UNKNOWN(SetFMUState) UNKNOWN(FreeFMUState)
UNKNOWN(SerializedFMUStateSize) UNKNOWN(SerializeFMUState) UNKNOWN(DeserializeFMUState)
UNKNOWN(GetDirectionalDerivative) UNKNOWN(GetAdjointDerivative) UNKNOWN(EnterConfigurationMode)
UNKNOWN(ExitConfigurationMode) UNKNOWN(EnterEventMode) UNKNOWN(EnterStepMode) UNKNOWN(GetIntervalDecimal)
UNKNOWN(GetIntervalFraction) UNKNOWN(GetShiftDecimal) UNKNOWN(GetShiftFraction) UNKNOWN(SetIntervalDecimal)
UNKNOWN(SetIntervalFraction) UNKNOWN(SetShiftDecimal) UNKNOWN(SetShiftFraction) UNKNOWN(EvaluateDiscreteStates)
UNKNOWN(UpdateDiscreteStates) UNKNOWN(GetOutputDerivatives) UNKNOWN(EnterContinuousTimeMode)
UNKNOWN(CompletedIntegratorStep) UNKNOWN(SetTime) UNKNOWN(SetContinuousStates) UNKNOWN(GetContinuousStateDerivatives)
UNKNOWN(GetEventIndicators) UNKNOWN(GetContinuousStates) UNKNOWN(GetNominalsOfContinuousStates)
UNKNOWN(GetNumberOfEventIndicators) UNKNOWN(GetNumberOfContinuousStates) UNKNOWN(ActivateModelPartition)
UNKNOWN(InstantiateModelExchange) UNKNOWN(InstantiateScheduledExecution) UNKNOWN(GetFloat32) UNKNOWN(SetFloat32)
UNKNOWN(GetInt8) UNKNOWN(SetInt8) UNKNOWN(GetUInt8) UNKNOWN(SetUInt8) UNKNOWN(GetInt16) UNKNOWN(SetInt16)
UNKNOWN(GetUInt16) UNKNOWN(SetUInt16) UNKNOWN(GetInt32) UNKNOWN(SetInt32) UNKNOWN(GetUInt32) UNKNOWN(SetUInt32)
UNKNOWN(GetInt64) UNKNOWN(SetInt64) UNKNOWN(GetUInt64) UNKNOWN(SetUInt64) UNKNOWN(GetBoolean) UNKNOWN(SetBoolean)
UNKNOWN(GetString) UNKNOWN(SetString) UNKNOWN(GetBinary)
