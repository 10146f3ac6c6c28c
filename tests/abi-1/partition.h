/* What partitions in C share beside the interface: their entry, calls, printing. */
#ifndef PARTITION_H
#define PARTITION_H

#include "paratia.h"

/* Calls Paratia with up to six arguments. */
#define CALL(function, ...) paratia_call(function, (const uint64_t[6]){ __VA_ARGS__ })

/* What is to be printed: it is kept until all calls are made, so that their order doesn't hang on when the
 * console has room. */
static char said[16384];
static unsigned said_bytes;

static inline void print(const char *text)
{
    while (*text && said_bytes < sizeof said)
        said[said_bytes++] = *text++;
}

/* Prints all that was said, 40 bytes a call, and waits for room as long as need be. */
static inline void say_all(void)
{
    for (unsigned at = 0; at < said_bytes;) {
        uint64_t arguments[6] = { 0 };
        for (unsigned byte = 0; byte < PARATIA_CONSOLE_WRITE_BYTES && at + byte < said_bytes; byte++) {
            arguments[0]++;
            arguments[1 + byte / 8] |= (uint64_t)(uint8_t)said[at + byte] << byte % 8 * 8;
        }
        if (paratia_call(PARATIA_CONSOLE_WRITE, arguments).status == PARATIA_SUCCESS)
            at += (unsigned)arguments[0];
        else
            CALL(PARATIA_WAIT_FOR_WINDOW, 0);
    }
    said_bytes = 0;
}

/* The program; start.S enters it. If it returns, the health monitor hears of it. */
void partition(const struct paratia_passport *passport, enum paratia_start_condition start,
               uint64_t restarts, uint64_t argument);

#endif
