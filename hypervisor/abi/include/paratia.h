/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The interface between Paratia and its partitions, version 1, for C11.
 *
 * Written by `cargo paratia header` from the tables of hypervisor/abi; a test compares them. Within
 * version 1 calls, codes and fields are added at the end, never changed or taken away.
 *
 * At the entry point, in EL1 with MMU and caches off and interrupts masked, x0 is the address of the
 * partition's passport, x1 an enum paratia_start_condition, x2 the number of restarts so far, x3 the
 * run argument. A call is HVC #0 with its number in w0, arguments in x1 to x6, results in x0 to x3;
 * no argument is a pointer: messages lie in their port's window.
 */
#ifndef PARATIA_H
#define PARATIA_H

#include <stddef.h>
#include <stdint.h>

#define PARATIA_ABI_VERSION UINT32_C(0x00010003)

/* Answers of calls, in x0. */
#define PARATIA_SUCCESS INT64_C(0)
#define PARATIA_NOT_SUPPORTED INT64_C(-1)
#define PARATIA_INVALID_PARAMETERS INT64_C(-2)
#define PARATIA_NOT_FOUND INT64_C(-3)
#define PARATIA_EMPTY INT64_C(-4)
#define PARATIA_BUSY INT64_C(-5)

/* Bits of the version call's feature word. */
#define PARATIA_FEATURE_SAMPLING_PORTS UINT64_C(1)
#define PARATIA_FEATURE_HEARTBEAT UINT64_C(2)
#define PARATIA_FEATURE_CYCLIC_SCHEDULE UINT64_C(4)
#define PARATIA_FEATURE_QUEUING_PORTS UINT64_C(8)
#define PARATIA_FEATURE_CHANNEL_MEMORY UINT64_C(16)
#define PARATIA_FEATURE_EVENTS UINT64_C(32)

/* The UID of the calls' range, as four words. */
#define PARATIA_UID { UINT32_C(0x6a5e9d41), UINT32_C(0xb7c04f1e), UINT32_C(0x8d2f93a6), UINT32_C(0x41c80b57) }

/* Limits. */
#define PARATIA_CONSOLE_WRITE_BYTES 40
#define PARATIA_MAX_NAME_BYTES 24
#define PARATIA_MAX_ARGUMENTS_BYTES 256
#define PARATIA_MAX_REGIONS 12
#define PARATIA_MAX_PORTS 8
#define PARATIA_MAX_WINDOWS 16
#define PARATIA_MAX_INTERRUPTS 16
#define PARATIA_SAMPLING_SLOTS 4
#define PARATIA_HEADER_BYTES 4096
#define PARATIA_COUNT_BITS 48

/* Kinds in the passport. */
#define PARATIA_PASSPORT_MAGIC UINT64_C(0x3141495441524150)
#define PARATIA_REGION_RAM 1
#define PARATIA_REGION_FRAME_BUFFER 2
#define PARATIA_REGION_DEVICE 3
#define PARATIA_PORT_SOURCE 1
#define PARATIA_PORT_DESTINATION 2
#define PARATIA_MEMORY_SAMPLING 1
#define PARATIA_MEMORY_QUEUING 2
#define PARATIA_MEMORY_SHARED 3
#define PARATIA_FORMAT_XRGB8888 1
#define PARATIA_FORMAT_XBGR8888 2

/* Why the partition starts. */
enum paratia_start_condition {
    PARATIA_NORMAL_START = 0,
    PARATIA_PARTITION_RESTART = 1,
    PARATIA_HEALTH_MONITOR_RESTART = 2,
};

/* Arguments of PARATIA_SET_MODE. */
enum paratia_operating_mode {
    PARATIA_MODE_IDLE = 0,
    PARATIA_MODE_STARTING = 1,
    PARATIA_MODE_NORMAL = 2,
};

/* Arguments of PARATIA_REPORT_ERROR. */
enum paratia_reported_error {
    PARATIA_ERROR_APPLICATION = 0,
    PARATIA_ERROR_UNHANDLED_EXCEPTION = 1,
};

/* Arguments of PARATIA_EXIT_STATISTICS. */
enum paratia_exit_cause {
    PARATIA_EXIT_INTERRUPT = 0,
    PARATIA_EXIT_CALL = 1,
    PARATIA_EXIT_WAIT = 2,
    PARATIA_EXIT_DEVICE = 3,
    PARATIA_EXIT_REGISTER = 4,
};

/* Does nothing. Results: `x0` = PARATIA_SUCCESS, `x1` = PARATIA_ABI_VERSION,
 * `x2` = feature word (PARATIA_FEATURE_...).
 */
#define PARATIA_VERSION UINT32_C(0xc6000000)

/* Appends up to PARATIA_CONSOLE_WRITE_BYTES bytes to the partition's console.
 *
 * `x1` = number of bytes, 0 to PARATIA_CONSOLE_WRITE_BYTES; `x2`-`x6` = the bytes, little-endian.
 * Results: `x0` = success, PARATIA_INVALID_PARAMETERS for a count out of range, or
 * PARATIA_BUSY when the console's buffer is full: nothing was taken, and the bytes count
 * as dropped.
 */
#define PARATIA_CONSOLE_WRITE UINT32_C(0xc6000001)

/* Writes the message that lies in a source port's message window to its channel.
 *
 * `x1` = port index (as in the passport), `x2` = length in bytes, 1 to the port's message size.
 * Results: `x0` = success, PARATIA_INVALID_PARAMETERS for a bad length or
 * PARATIA_NOT_FOUND for a port that the partition doesn't have or may not write.
 */
#define PARATIA_SAMPLING_PORT_WRITE UINT32_C(0xc6000002)

/* Reads a destination port's newest message into its message window.
 *
 * `x1` = port index. Results: `x0` = success; `x1` = length in bytes; `x2` = 1 if the message is
 * no older than the channel's refresh period, else 0 (ARINC 653 validity); `x3` = its age in
 * counter ticks. PARATIA_EMPTY if no message was ever written,
 * PARATIA_NOT_FOUND for a port that the partition doesn't have or may not read.
 *
 * Where the port has an interrupt (`port_interrupts` in the passport), the first message that comes
 * after this call interrupts the partition; those after it don't, until it reads again.
 */
#define PARATIA_SAMPLING_PORT_READ UINT32_C(0xc6000003)

/* Reports a sign of life, typically one finished frame. `x1` = a sequence number for the log.
 *
 * Results: `x0` = success, or PARATIA_NOT_FOUND if the partition's configuration
 * expects none.
 */
#define PARATIA_HEARTBEAT UINT32_C(0xc6000004)

/* Enters an operating mode: `x1` = an enum paratia_operating_mode.
 *
 * Idle stops the partition for good and doesn't return. Results: `x0` = success, or
 * PARATIA_INVALID_PARAMETERS.
 */
#define PARATIA_SET_MODE UINT32_C(0xc6000005)

/* Reports an error of the partition's own to the health monitor.
 *
 * `x1` = an enum paratia_reported_error; `x2`-`x4` go into the fault report (for an unhandled exception
 * `ESR_EL1`, `FAR_EL1`, `ELR_EL1`). Returns only if the health policy ignores it.
 */
#define PARATIA_REPORT_ERROR UINT32_C(0xc6000006)

/* Gives the rest of the current window back (ARINC 653 `PERIODIC_WAIT` of a partition with one
 * process): returns at the start of the partition's next window. Results: `x0` = success, `x1` =
 * that window's start in ticks of `CNTVCT_EL0`.
 */
#define PARATIA_WAIT_FOR_WINDOW UINT32_C(0xc6000007)

/* Restarts the partition: memory scrubbed, pristine image. `x1` = reserved, 0. Returns only if that is
 * another value: PARATIA_INVALID_PARAMETERS.
 */
#define PARATIA_RESTART UINT32_C(0xc6000008)

/* How often and for how long the calling vCPU was at EL2, for one cause: `x1` = an
 * enum paratia_exit_cause.
 *
 * Results: `x0` = success; `x1` = exits since boot; `x2` = counter ticks that these took; `x3` =
 * ticks of the longest. PARATIA_INVALID_PARAMETERS for another number.
 */
#define PARATIA_EXIT_STATISTICS UINT32_C(0xc6000009)

/* Sends the message that lies in a queuing source port's message window. Never waits.
 *
 * `x1` = port index, `x2` = length in bytes, 1 to the port's message size; `x3` = reserved, 0.
 * Results: `x0` = success, or PARATIA_BUSY when the queue is full: the message isn't
 * taken, and counts as refused; `x1` = messages that wait now; `x2` = messages refused since boot.
 * PARATIA_INVALID_PARAMETERS for a bad length or a reserved bit,
 * PARATIA_NOT_FOUND for a queuing port that the partition doesn't have or may not write.
 */
#define PARATIA_SEND_QUEUING_MESSAGE UINT32_C(0xc600000a)

/* Takes the oldest message that waits at a queuing destination port, into its message window. Never
 * waits.
 *
 * `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or PARATIA_EMPTY when
 * none waits; `x1` = length in bytes, 0 if none; `x2` = messages refused, because the queue was full,
 * since this was asked last (ARINC 653's overflow); `x3` = messages that wait still.
 * PARATIA_INVALID_PARAMETERS for a reserved bit, PARATIA_NOT_FOUND for a queuing
 * port that the partition doesn't have or may not read.
 *
 * Where the port has an interrupt, it comes with the first message sent after this call: a reader
 * goes on until none waits.
 */
#define PARATIA_RECEIVE_QUEUING_MESSAGE UINT32_C(0xc600000b)

/* How a queuing port stands, at either end.
 *
 * `x1` = port index, `x2` = reserved, 0. Results: `x0` = success; `x1` = messages that wait; `x2` =
 * messages refused since boot; `x3` = messages sent since boot.
 * PARATIA_INVALID_PARAMETERS for a reserved bit, PARATIA_NOT_FOUND for a queuing
 * port that the partition doesn't have.
 */
#define PARATIA_QUEUING_PORT_STATUS UINT32_C(0xc600000c)

/* Drops all messages that wait at a queuing destination port.
 *
 * `x1` = port index, `x2` = reserved, 0. Results: `x0` = success; `x1` = messages dropped.
 * PARATIA_INVALID_PARAMETERS for a reserved bit, PARATIA_NOT_FOUND for a queuing
 * port that the partition doesn't have or may not read.
 */
#define PARATIA_CLEAR_QUEUING_PORT UINT32_C(0xc600000d)

/* Signals the event at a source port: it is pending at each destination until that has taken it. Never
 * waits.
 *
 * `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or PARATIA_BUSY when the
 * partition has signalled it in this window as often as the configuration allows (`port_signals` in the
 * passport): nobody is interrupted, and the signal counts as refused; `x1` = signals that are left in this
 * window; `x2` = signals refused since boot. Of a partition with several vCPUs each window of any begins
 * the count anew.
 * PARATIA_INVALID_PARAMETERS for a reserved bit, PARATIA_NOT_FOUND for an event's
 * port that the partition doesn't have or may not signal.
 */
#define PARATIA_SIGNAL_EVENT UINT32_C(0xc600000e)

/* Takes the event at a destination port, so that the next signal interrupts anew. Never waits.
 *
 * `x1` = port index, `x2` = reserved, 0. Results: `x0` = success, or PARATIA_EMPTY when it
 * wasn't signalled since this was asked last; `x1` = how often it was; `x2` = signals refused since boot.
 * PARATIA_INVALID_PARAMETERS for a reserved bit, PARATIA_NOT_FOUND for an event's
 * port that the partition doesn't have or may not take.
 */
#define PARATIA_TAKE_EVENT UINT32_C(0xc600000f)

/* Call count query of the vendor-hypervisor range (DEN0028, 6.2).
 */
#define PARATIA_HYPERVISOR_CALL_COUNT UINT32_C(0x8600ff00)

/* Call UID query of the vendor-hypervisor range; answers PARATIA_UID.
 */
#define PARATIA_HYPERVISOR_CALL_UID UINT32_C(0x8600ff01)

/* Revision query of the vendor-hypervisor range; answers major in `x0`, minor in `x1`.
 */
#define PARATIA_HYPERVISOR_REVISION UINT32_C(0x8600ff03)

/* `SMCCC_VERSION` (DEN0028, 7.2).
 */
#define PARATIA_SMCCC_VERSION UINT32_C(0x80000000)

/* `SMCCC_ARCH_FEATURES` (DEN0028, 7.3).
 */
#define PARATIA_SMCCC_ARCH_FEATURES UINT32_C(0x80000001)

/* `PV_TIME_FEATURES` (DEN0057, 3.1).
 */
#define PARATIA_PV_TIME_FEATURES UINT32_C(0xc5000020)

/* `PV_TIME_ST` (DEN0057, 3.2): where the caller finds its vCPU's stolen time.
 */
#define PARATIA_PV_TIME_ST UINT32_C(0xc5000021)

/* `TRNG_VERSION` (DEN0098, 2.1): 1.0. This and those after it are answered where the partition's machine
 * was given random numbers; elsewhere there is no such call.
 */
#define PARATIA_TRNG_VERSION UINT32_C(0x84000050)

/* `TRNG_FEATURES` (DEN0098, 2.2): whether the call in `w1` is one of these.
 */
#define PARATIA_TRNG_FEATURES UINT32_C(0x84000051)

/* `TRNG_GET_UUID` (DEN0098, 2.3): who gives the numbers, in `w0`-`w3`.
 */
#define PARATIA_TRNG_GET_UUID UINT32_C(0x84000052)

/* `TRNG_RND32` (DEN0098, 2.4): `w1` = bits, 1 to 96; the answer has the last of them in `w3`.
 */
#define PARATIA_TRNG_RND32 UINT32_C(0x84000053)

/* `TRNG_RND64` (DEN0098, 2.4): `x1` = bits, 1 to 192; the answer has the last of them in `x3`.
 */
#define PARATIA_TRNG_RND64 UINT32_C(0xc4000053)

/* `PSCI_VERSION` (DEN0022, 5.3).
 */
#define PARATIA_PSCI_VERSION UINT32_C(0x84000000)

/* `CPU_SUSPEND` (DEN0022, 5.4), also in the 64-bit form.
 */
#define PARATIA_PSCI_CPU_SUSPEND UINT32_C(0x84000001)

/* `CPU_OFF` (DEN0022, 5.5).
 */
#define PARATIA_PSCI_CPU_OFF UINT32_C(0x84000002)

/* `CPU_ON` (DEN0022, 5.6), also in the 64-bit form.
 */
#define PARATIA_PSCI_CPU_ON UINT32_C(0x84000003)

/* `AFFINITY_INFO` (DEN0022, 5.7), also in the 64-bit form.
 */
#define PARATIA_PSCI_AFFINITY_INFO UINT32_C(0x84000004)

/* `MIGRATE_INFO_TYPE` (DEN0022, 5.9): there is no Trusted OS.
 */
#define PARATIA_PSCI_MIGRATE_INFO_TYPE UINT32_C(0x84000006)

/* `SYSTEM_OFF` (DEN0022, 5.10): a health event of the partition's own policy.
 */
#define PARATIA_PSCI_SYSTEM_OFF UINT32_C(0x84000008)

/* `SYSTEM_RESET` (DEN0022, 5.11): a health event of the partition's own policy.
 */
#define PARATIA_PSCI_SYSTEM_RESET UINT32_C(0x84000009)

/* `PSCI_FEATURES` (DEN0022, 5.15).
 */
#define PARATIA_PSCI_FEATURES UINT32_C(0x8400000a)

/* The first page of a direct sampling channel's memory (docs/guest-interface.md has the order of accesses). */
struct paratia_sampling_header {
    uint64_t newest; /* number of the newest message; 0: none */
    uint64_t reserved[7];
    uint64_t numbers[PARATIA_SAMPLING_SLOTS]; /* of each slot's message; 0 while it changes */
};
_Static_assert(offsetof(struct paratia_sampling_header, newest) == 0, "newest");
_Static_assert(offsetof(struct paratia_sampling_header, reserved) == 8, "reserved");
_Static_assert(offsetof(struct paratia_sampling_header, numbers) == 64, "numbers");
_Static_assert(sizeof(struct paratia_sampling_header) == 96, "sampling_header");

/* The first page of a direct queuing channel's memory, which its sender writes. */
struct paratia_queuing_header {
    uint64_t sent; /* number of the last message sent */
    uint64_t refused; /* messages that found no room */
};
_Static_assert(offsetof(struct paratia_queuing_header, sent) == 0, "sent");
_Static_assert(offsetof(struct paratia_queuing_header, refused) == 8, "refused");
_Static_assert(sizeof(struct paratia_queuing_header) == 16, "queuing_header");

/* The page that a direct queuing channel's reader writes. */
struct paratia_queuing_reader {
    uint64_t taken; /* number of the last message taken */
    uint64_t opened; /* not 0 once the reader looks */
};
_Static_assert(offsetof(struct paratia_queuing_reader, taken) == 0, "taken");
_Static_assert(offsetof(struct paratia_queuing_reader, opened) == 8, "opened");
_Static_assert(sizeof(struct paratia_queuing_reader) == 16, "queuing_reader");

/* What lies before a message in its slot; the first slot is PARATIA_HEADER_BYTES from the window. */
struct paratia_slot {
    uint64_t length; /* bytes */
    uint64_t written; /* ticks of CNTVCT_EL0, by its writer's word */
};
_Static_assert(offsetof(struct paratia_slot, length) == 0, "length");
_Static_assert(offsetof(struct paratia_slot, written) == 8, "written");
_Static_assert(sizeof(struct paratia_slot) == 16, "slot");

/* A channel's own memory at a port; all zero if there is none. */
struct paratia_memory {
    uint32_t kind; /* PARATIA_MEMORY_... */
    uint32_t rights; /* bit 0 read, bit 1 write */
    uint32_t flags; /* bit 0: cached for all its ends */
    uint32_t slots; /* messages for which there is room */
    uint64_t slot_bytes; /* from one slot to the next */
    uint64_t size_bytes; /* from the port's window on */
    uint64_t reader_page; /* that the reader writes; 0: none */
};
_Static_assert(offsetof(struct paratia_memory, kind) == 0, "kind");
_Static_assert(offsetof(struct paratia_memory, rights) == 4, "rights");
_Static_assert(offsetof(struct paratia_memory, flags) == 8, "flags");
_Static_assert(offsetof(struct paratia_memory, slots) == 12, "slots");
_Static_assert(offsetof(struct paratia_memory, slot_bytes) == 16, "slot_bytes");
_Static_assert(offsetof(struct paratia_memory, size_bytes) == 24, "size_bytes");
_Static_assert(offsetof(struct paratia_memory, reader_page) == 32, "reader_page");
_Static_assert(sizeof(struct paratia_memory) == 40, "memory");

/* A region of memory that the partition may touch. */
struct paratia_region {
    char name[PARATIA_MAX_NAME_BYTES]; /* UTF-8, padded with zero bytes */
    uint64_t base;
    uint64_t size_bytes;
    uint32_t kind; /* PARATIA_REGION_... */
    uint32_t rights; /* bit 0 read, bit 1 write, bit 2 execute */
};
_Static_assert(offsetof(struct paratia_region, name) == 0, "name");
_Static_assert(offsetof(struct paratia_region, base) == 24, "base");
_Static_assert(offsetof(struct paratia_region, size_bytes) == 32, "size_bytes");
_Static_assert(offsetof(struct paratia_region, kind) == 40, "kind");
_Static_assert(offsetof(struct paratia_region, rights) == 44, "rights");
_Static_assert(sizeof(struct paratia_region) == 48, "region");

/* An end of a channel; its place in the passport is its number in calls. */
struct paratia_port {
    char name[PARATIA_MAX_NAME_BYTES];
    uint64_t window; /* address of its message window */
    uint32_t message_bytes; /* largest message */
    uint32_t direction; /* PARATIA_PORT_... */
    uint64_t refresh_ns; /* refresh period of the channel */
};
_Static_assert(offsetof(struct paratia_port, name) == 0, "name");
_Static_assert(offsetof(struct paratia_port, window) == 24, "window");
_Static_assert(offsetof(struct paratia_port, message_bytes) == 32, "message_bytes");
_Static_assert(offsetof(struct paratia_port, direction) == 36, "direction");
_Static_assert(offsetof(struct paratia_port, refresh_ns) == 40, "refresh_ns");
_Static_assert(sizeof(struct paratia_port) == 48, "port");

/* A window of the partition, from the major frame's start. */
struct paratia_window {
    uint64_t start_ns;
    uint64_t length_ns; /* its guard included */
};
_Static_assert(offsetof(struct paratia_window, start_ns) == 0, "start_ns");
_Static_assert(offsetof(struct paratia_window, length_ns) == 8, "length_ns");
_Static_assert(sizeof(struct paratia_window) == 16, "window");

/* The frame buffer; all zero if there is none. */
struct paratia_display {
    uint64_t base;
    uint32_t width; /* pixels */
    uint32_t height;
    uint32_t stride_bytes; /* from one row to the next */
    uint32_t format; /* PARATIA_FORMAT_... */
};
_Static_assert(offsetof(struct paratia_display, base) == 0, "base");
_Static_assert(offsetof(struct paratia_display, width) == 8, "width");
_Static_assert(offsetof(struct paratia_display, height) == 12, "height");
_Static_assert(offsetof(struct paratia_display, stride_bytes) == 16, "stride_bytes");
_Static_assert(offsetof(struct paratia_display, format) == 20, "format");
_Static_assert(sizeof(struct paratia_display) == 24, "display");

/* The read-only page in which a partition finds what it was given. Counts say how many entries are used. */
struct paratia_passport {
    uint64_t magic; /* PARATIA_PASSPORT_MAGIC */
    uint32_t abi_version;
    uint32_t partition; /* its index in the system */
    char name[PARATIA_MAX_NAME_BYTES];
    char system[PARATIA_MAX_NAME_BYTES];
    char board[PARATIA_MAX_NAME_BYTES];
    uint32_t gic_version; /* 2 or 3 */
    uint32_t timer_interrupt;
    uint64_t major_frame_ns;
    uint64_t heartbeat_period_ns; /* 0: none is expected */
    uint64_t gic_bases[2]; /* distributor; CPU interface (2) or redistributor (3) */
    uint32_t region_count;
    uint32_t port_count;
    uint32_t window_count;
    uint32_t interrupt_count;
    struct paratia_region regions[PARATIA_MAX_REGIONS];
    struct paratia_port ports[PARATIA_MAX_PORTS];
    struct paratia_window windows[PARATIA_MAX_WINDOWS];
    uint32_t interrupts[PARATIA_MAX_INTERRUPTS];
    struct paratia_display display;
    char arguments[PARATIA_MAX_ARGUMENTS_BYTES];
    char device_models[PARATIA_MAX_REGIONS][PARATIA_MAX_NAME_BYTES];
    uint32_t port_interrupts[PARATIA_MAX_PORTS]; /* 0: none */
    uint32_t port_depths[PARATIA_MAX_PORTS]; /* 0: a sampling port */
    struct paratia_memory port_memories[PARATIA_MAX_PORTS]; /* a port with memory has no calls */
    uint32_t port_signals[PARATIA_MAX_PORTS]; /* of an event's port: most signals in a window of the source */
};
_Static_assert(offsetof(struct paratia_passport, magic) == 0, "magic");
_Static_assert(offsetof(struct paratia_passport, abi_version) == 8, "abi_version");
_Static_assert(offsetof(struct paratia_passport, partition) == 12, "partition");
_Static_assert(offsetof(struct paratia_passport, name) == 16, "name");
_Static_assert(offsetof(struct paratia_passport, system) == 40, "system");
_Static_assert(offsetof(struct paratia_passport, board) == 64, "board");
_Static_assert(offsetof(struct paratia_passport, gic_version) == 88, "gic_version");
_Static_assert(offsetof(struct paratia_passport, timer_interrupt) == 92, "timer_interrupt");
_Static_assert(offsetof(struct paratia_passport, major_frame_ns) == 96, "major_frame_ns");
_Static_assert(offsetof(struct paratia_passport, heartbeat_period_ns) == 104, "heartbeat_period_ns");
_Static_assert(offsetof(struct paratia_passport, gic_bases) == 112, "gic_bases");
_Static_assert(offsetof(struct paratia_passport, region_count) == 128, "region_count");
_Static_assert(offsetof(struct paratia_passport, port_count) == 132, "port_count");
_Static_assert(offsetof(struct paratia_passport, window_count) == 136, "window_count");
_Static_assert(offsetof(struct paratia_passport, interrupt_count) == 140, "interrupt_count");
_Static_assert(offsetof(struct paratia_passport, regions) == 144, "regions");
_Static_assert(offsetof(struct paratia_passport, ports) == 720, "ports");
_Static_assert(offsetof(struct paratia_passport, windows) == 1104, "windows");
_Static_assert(offsetof(struct paratia_passport, interrupts) == 1360, "interrupts");
_Static_assert(offsetof(struct paratia_passport, display) == 1424, "display");
_Static_assert(offsetof(struct paratia_passport, arguments) == 1448, "arguments");
_Static_assert(offsetof(struct paratia_passport, device_models) == 1704, "device_models");
_Static_assert(offsetof(struct paratia_passport, port_interrupts) == 1992, "port_interrupts");
_Static_assert(offsetof(struct paratia_passport, port_depths) == 2024, "port_depths");
_Static_assert(offsetof(struct paratia_passport, port_memories) == 2056, "port_memories");
_Static_assert(offsetof(struct paratia_passport, port_signals) == 2376, "port_signals");
_Static_assert(sizeof(struct paratia_passport) == 2408, "passport");

/* Results of a call. */
struct paratia_results {
    int64_t status;
    uint64_t values[3];
};

#ifdef __aarch64__
/* Calls Paratia: `function` is one of PARATIA_..., what isn't used of `arguments` is zero. */
static inline struct paratia_results paratia_call(uint32_t function, const uint64_t arguments[6])
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = arguments[0];
    register uint64_t x2 __asm__("x2") = arguments[1];
    register uint64_t x3 __asm__("x3") = arguments[2];
    register uint64_t x4 __asm__("x4") = arguments[3];
    register uint64_t x5 __asm__("x5") = arguments[4];
    register uint64_t x6 __asm__("x6") = arguments[5];
    __asm__ volatile("hvc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     : "r"(x4), "r"(x5), "r"(x6)
                     : "memory");
    return (struct paratia_results){ (int64_t)x0, { x1, x2, x3 } };
}
#endif

#endif
