/* The partition `@NAME@`, in C: gives heartbeats and counts its windows. */
#include "partition.h"

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
