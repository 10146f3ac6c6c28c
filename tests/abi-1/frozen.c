/* A guest that was built once, against version 1 of the interface: says all that it finds at its entry and
 * in its passport, what every call answers that has an answer without time in it, and what comes from its
 * other end. Two partitions run it, 'left' and 'right'; their arguments say which is which. */
#include "partition.h"

static void number(const char *name, uint64_t value)
{
    char digits[17], *first = digits + 16;
    *first = 0;
    do
        *--first = "0123456789abcdef"[value & 15];
    while (value >>= 4);
    print(name);
    print("=");
    print(first);
    print(" ");
}

static void text(const char *name, const char *value)
{
    print(name);
    print("=");
    print(value);
    print(" ");
}

/* A name fills its field, perhaps without a zero behind it. */
static void name_of(const char *name, const char *field)
{
    char value[PARATIA_MAX_NAME_BYTES + 1];
    for (unsigned at = 0; at < PARATIA_MAX_NAME_BYTES; at++)
        value[at] = field[at];
    value[PARATIA_MAX_NAME_BYTES] = 0;
    text(name, value);
}

/* Makes a call, and says its status and as many of its results. */
static struct paratia_results say(const char *name, unsigned results, uint32_t function, uint64_t x1,
                                  uint64_t x2, uint64_t x3)
{
    struct paratia_results answer = CALL(function, x1, x2, x3);
    print(name);
    print(": ");
    if (answer.status < 0) {
        print("-");
        number("status", (uint64_t)-answer.status);
    } else
        number("status", (uint64_t)answer.status);
    for (unsigned at = 0; at < results; at++)
        number("result", answer.values[at]);
    print("\n");
    return answer;
}

#define READ(name) ({ uint64_t value; __asm__ volatile("mrs %0, " name : "=r"(value)); value; })

static void entry(uint64_t start, uint64_t restarts, uint64_t argument)
{
    print("entry: ");
    number("start", start);
    number("restarts", restarts);
    number("argument", argument);
    number("el", READ("CurrentEL") >> 2);
    number("masked", READ("DAIF") >> 6);
    number("mmu", READ("sctlr_el1") & 0x1005);
    print("\n");
}

static void passport_of(const struct paratia_passport *it)
{
    print("passport: ");
    number("magic", it->magic);
    number("major", it->abi_version >> 16);
    number("partition", it->partition);
    name_of("name", it->name);
    name_of("system", it->system);
    name_of("board", it->board);
    number("gic", it->gic_version);
    number("bases", it->gic_bases[0]);
    number("", it->gic_bases[1]);
    number("timer", it->timer_interrupt);
    number("frame", it->major_frame_ns);
    number("heartbeat", it->heartbeat_period_ns);
    text("arguments", it->arguments);
    print("\n");
    for (uint32_t at = 0; at < it->region_count; at++) {
        const struct paratia_region *region = &it->regions[at];
        print("region: ");
        name_of("name", region->name);
        number("base", region->base);
        number("size", region->size_bytes);
        number("kind", region->kind);
        number("rights", region->rights);
        name_of("model", it->device_models[at]);
        print("\n");
    }
    for (uint32_t at = 0; at < it->port_count; at++) {
        const struct paratia_port *port = &it->ports[at];
        print("port: ");
        name_of("name", port->name);
        number("window", port->window);
        number("bytes", port->message_bytes);
        number("direction", port->direction);
        number("refresh", port->refresh_ns);
        number("interrupt", it->port_interrupts[at]);
        number("depth", it->port_depths[at]);
        print("\n");
    }
    for (uint32_t at = 0; at < it->window_count; at++) {
        print("window: ");
        number("start", it->windows[at].start_ns);
        number("length", it->windows[at].length_ns);
        print("\n");
    }
    print("rest: ");
    number("interrupts", it->interrupt_count);
    number("display", it->display.base);
    number("width", it->display.width);
    number("height", it->display.height);
    number("stride", it->display.stride_bytes);
    number("format", it->display.format);
    print("\n");
}

/* The ports by their index: those of 'right' are the other ends, in the order of the channels. */
enum { SAMPLED_OUT, QUEUED_OUT, SAMPLED_IN, QUEUED_IN };

static volatile uint64_t *message(const struct paratia_passport *passport, unsigned port)
{
    return (volatile uint64_t *)passport->ports[port].window;
}

static void own_calls(void)
{
    struct paratia_results version = CALL(PARATIA_VERSION, 0);
    print("version: ");
    number("status", (uint64_t)version.status);
    number("major", version.values[0] >> 16);
    /* Later ones may add to these. */
    number("features", version.values[1] & 15);
    print("\n");
    say("console: too much", 0, PARATIA_CONSOLE_WRITE, PARATIA_CONSOLE_WRITE_BYTES + 1, 0, 0);
    say("heartbeat", 0, PARATIA_HEARTBEAT, 7, 0, 0);
    say("mode: starting", 0, PARATIA_SET_MODE, PARATIA_MODE_STARTING, 0, 0);
    say("mode: normal", 0, PARATIA_SET_MODE, PARATIA_MODE_NORMAL, 0, 0);
    say("mode: none", 0, PARATIA_SET_MODE, 3, 0, 0);
    say("error: ignored", 0, PARATIA_REPORT_ERROR, PARATIA_ERROR_APPLICATION, 1, 2);
    say("error: none", 0, PARATIA_REPORT_ERROR, 2, 0, 0);
    say("exits: device", 1, PARATIA_EXIT_STATISTICS, PARATIA_EXIT_DEVICE, 0, 0);
    say("exits: none", 0, PARATIA_EXIT_STATISTICS, 5, 0, 0);
    say("unknown", 0, UINT32_C(0xC600FFFF), 0, 0, 0);
    say("UID", 3, PARATIA_HYPERVISOR_CALL_UID, 0, 0, 0);
    say("revision", 0, PARATIA_HYPERVISOR_REVISION, 0, 0, 0);
    say("call is known", 0, PARATIA_SMCCC_ARCH_FEATURES, PARATIA_CLEAR_QUEUING_PORT, 0, 0);
    say("call is unknown", 0, PARATIA_SMCCC_ARCH_FEATURES, UINT32_C(0xC600FFFF), 0, 0);
    say("SMCCC version", 0, PARATIA_SMCCC_VERSION, 0, 0, 0);
    say("stolen time", 0, PARATIA_PV_TIME_FEATURES, PARATIA_PV_TIME_ST, 0, 0);
    say("PSCI version", 0, PARATIA_PSCI_VERSION, 0, 0, 0);
    say("PSCI features", 0, PARATIA_PSCI_FEATURES, PARATIA_PSCI_CPU_ON, 0, 0);
    say("PSCI affinity", 0, PARATIA_PSCI_AFFINITY_INFO, 0, 0, 0);
    say("PSCI no affinity", 0, PARATIA_PSCI_AFFINITY_INFO, 1, 0, 0);
    say("PSCI on", 0, PARATIA_PSCI_CPU_ON, 0, UINT64_C(0x40000000), 0);
    say("PSCI no vCPU", 0, PARATIA_PSCI_CPU_ON, 1, UINT64_C(0x40000000), 0);
    say("PSCI trusted OS", 0, PARATIA_PSCI_MIGRATE_INFO_TYPE, 0, 0, 0);
}

static void left(const struct paratia_passport *passport)
{
    *message(passport, SAMPLED_OUT) = UINT64_C(0x1122334455667788);
    say("write: nothing", 0, PARATIA_SAMPLING_PORT_WRITE, SAMPLED_OUT, 0, 0);
    say("write: too long", 0, PARATIA_SAMPLING_PORT_WRITE, SAMPLED_OUT, 17, 0);
    say("write: wrong end", 0, PARATIA_SAMPLING_PORT_WRITE, SAMPLED_IN, 8, 0);
    say("write: queuing port", 0, PARATIA_SAMPLING_PORT_WRITE, QUEUED_OUT, 8, 0);
    say("write: no port", 0, PARATIA_SAMPLING_PORT_WRITE, 4, 8, 0);
    say("read: nothing there", 0, PARATIA_SAMPLING_PORT_READ, SAMPLED_IN, 0, 0);
    say("write", 0, PARATIA_SAMPLING_PORT_WRITE, SAMPLED_OUT, 7, 0);
    for (uint64_t sent = 1; sent <= 3; sent++) {
        *message(passport, QUEUED_OUT) = 0x100 * sent;
        say("send", 2, PARATIA_SEND_QUEUING_MESSAGE, QUEUED_OUT, 8, 0);
    }
    say("send: nothing", 0, PARATIA_SEND_QUEUING_MESSAGE, QUEUED_OUT, 0, 0);
    say("send: too long", 0, PARATIA_SEND_QUEUING_MESSAGE, QUEUED_OUT, 9, 0);
    say("send: reserved", 0, PARATIA_SEND_QUEUING_MESSAGE, QUEUED_OUT, 8, 1);
    say("send: sampling port", 0, PARATIA_SEND_QUEUING_MESSAGE, SAMPLED_OUT, 8, 0);
    say("status", 3, PARATIA_QUEUING_PORT_STATUS, QUEUED_OUT, 0, 0);
    say("receive: nothing there", 3, PARATIA_RECEIVE_QUEUING_MESSAGE, QUEUED_IN, 0, 0);
    say("clear", 1, PARATIA_CLEAR_QUEUING_PORT, QUEUED_IN, 0, 0);
    say("wait", 0, PARATIA_WAIT_FOR_WINDOW, 0, 0, 0);
    struct paratia_results read = say("read", 2, PARATIA_SAMPLING_PORT_READ, SAMPLED_IN, 0, 0);
    number("is young", read.values[2] < READ("cntfrq_el0"));
    number("message", *message(passport, SAMPLED_IN));
    print("\n");
    say("restart: reserved", 0, PARATIA_RESTART, 1, 0, 0);
    print("restarts\n");
    say_all();
    CALL(PARATIA_RESTART, 0);
}

static void right(const struct paratia_passport *passport)
{
    /* The other ends come first where 'left' has its own: see the order of the channels. */
    enum { SAMPLED = 0, QUEUED = 1, ANSWER = 2 };
    say("read", 2, PARATIA_SAMPLING_PORT_READ, SAMPLED, 0, 0);
    number("message", *message(passport, SAMPLED));
    print("\n");
    for (unsigned taken = 0; taken < 3; taken++) {
        say("receive", 3, PARATIA_RECEIVE_QUEUING_MESSAGE, QUEUED, 0, 0);
        number("message", *message(passport, QUEUED));
        print("\n");
    }
    say("receive: reserved", 0, PARATIA_RECEIVE_QUEUING_MESSAGE, QUEUED, 1, 0);
    *message(passport, ANSWER) = 42;
    say("answer", 0, PARATIA_SAMPLING_PORT_WRITE, ANSWER, 8, 0);
}

void partition(const struct paratia_passport *passport, enum paratia_start_condition start,
               uint64_t restarts, uint64_t argument)
{
    entry(start, restarts, argument);
    if (!restarts) {
        passport_of(passport);
        own_calls();
        if (passport->arguments[0] == 'l')
            left(passport);
        else
            right(passport);
    }
    print("done\n");
    say_all();
    for (;;)
        CALL(PARATIA_WAIT_FOR_WINDOW, 0);
}
