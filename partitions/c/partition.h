/* What partitions in C share beside the interface: their entry, calls, printing. */
#ifndef PARTITION_H
#define PARTITION_H

#include "paratia.h"

/* Calls Paratia with up to six arguments. */
#define CALL(function, ...) paratia_call(function, (const uint64_t[6]){ __VA_ARGS__ })

/* Prints a text of any length, 40 bytes a call. */
static inline void print(const char *text)
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

/* The program; start.S enters it. If it returns, the health monitor hears of it. */
void partition(const struct paratia_passport *passport, enum paratia_start_condition start);

#endif
