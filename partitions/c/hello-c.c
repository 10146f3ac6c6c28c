/* A partition in C: gives heartbeats, and says once a second which speed its port tells. */
#include "partition.h"

static void print_number(uint64_t number)
{
    char digits[21], *first = digits + 20;
    for (*first = 0; number || !*first; number /= 10)
        *--first = (char)('0' + number % 10);
    print(first);
}

/* The speed of a message: four bytes, big-endian, behind the header of its protection. */
static uint32_t speed_of(const volatile uint8_t *message)
{
    return (uint32_t)message[12] << 24 | message[13] << 16 | message[14] << 8 | message[15];
}

void partition(const struct paratia_passport *passport, enum paratia_start_condition start)
{
    const struct paratia_port *port = &passport->ports[0];
    print("hello from C, '");
    print(passport->name);
    print(start == PARATIA_NORMAL_START ? "', first start\n" : "', again\n");
    CALL(PARATIA_SET_MODE, PARATIA_MODE_NORMAL);

    for (uint64_t window = 1;; window++) {
        CALL(PARATIA_WAIT_FOR_WINDOW, 0);
        CALL(PARATIA_HEARTBEAT, window);
        if (window % 50)
            continue;
        struct paratia_results read = CALL(PARATIA_SAMPLING_PORT_READ, 0);
        print_number(window);
        print(" windows; speed ");
        if (read.status == PARATIA_SUCCESS && read.values[1])
            print_number(speed_of((const volatile uint8_t *)port->window));
        else
            print("unknown");
        print(" mm/s\n");
    }
}
