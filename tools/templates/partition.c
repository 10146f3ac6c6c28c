/* The partition `@NAME@`, in C: gives heartbeats and counts its windows. */
#include "paratia.h"

#define CALL(function, ...) paratia_call(function, (const uint64_t[6]){ __VA_ARGS__ })

/* Prints a text of any length, 40 bytes a call. */
static void print(const char *text)
{
    while (*text) {
        uint64_t arguments[6] = { 0 };
        while (*text && arguments[0] < PARATIA_CONSOLE_WRITE_BYTES) {
            uint64_t at = arguments[0]++;
            arguments[1 + at / 8] |= (uint64_t)(uint8_t)*text++ << at % 8 * 8;
        }
        paratia_call(PARATIA_CONSOLE_WRITE, arguments);
    }
}

/* Whoever starts it is told by `start`; it may return, which the health monitor hears of. */
void partition(const struct paratia_passport *passport, enum paratia_start_condition start)
{
    print("hello from C, '");
    print(passport->name);
    print(start == PARATIA_NORMAL_START ? "', first start\n" : "', again\n");
    CALL(PARATIA_SET_MODE, PARATIA_MODE_NORMAL);

    for (uint64_t window = 1;; window++) {
        CALL(PARATIA_WAIT_FOR_WINDOW, 0);
        CALL(PARATIA_HEARTBEAT, window);
        if (window % 50 == 0)
            print("50 windows more\n");
    }
}
