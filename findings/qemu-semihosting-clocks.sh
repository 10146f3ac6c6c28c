#!/bin/sh
# Under -icount and -rtc clock=vm a guest still reads the host's clocks, by semihosting (QEMU's AArch64, tried with 10.0.2)
#
# Expected: with time counted in instructions a guest's clocks follow it, and two runs read the same: the counter, the RTC,
#   and semihosting's SYS_ELAPSED, which is the number of the target's ticks since execution started, and SYS_TIME (Arm's
#   semihosting specification, the calls of these names).
# Seen: CNTVCT_EL0 advances by the same number in both runs and PL031 shows the base that -rtc gives, 2020. SYS_ELAPSED
#   advances by another number in each run, the ns that the host needed, and SYS_TIME is the host's date.
# Why: semihosting/arm-compat-semi.c calls time(), clock() and get_clock(), and no virtual clock.
# Matters: time() and clock() of newlib and picolibc come from there: a benchmark measures the host, a log's stamps
#   differ from run to run, and a test that is repeatable by the counter isn't. Take the counter, and the RTC.
set -eu
for tool in qemu-system-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || { echo "missing: apt-get install qemu-system-arm gcc-aarch64-linux-gnu" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat > guest.c <<'C'
typedef unsigned long u64;

static u64 semihosting(u64 call, const void *argument)
{
    register u64 x0 __asm__("x0") = call;
    register const void *x1 __asm__("x1") = argument;
    __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}

static u64 counter(void)
{
    u64 now;
    __asm__ volatile("isb\n mrs %0, cntvct_el0" : "=r"(now));
    return now;
}

static void print(u64 value)
{
    volatile unsigned *uart = (volatile unsigned *)0x09000000;
    for (int shift = 60; shift >= 0; shift -= 4)
        *uart = (unsigned)"0123456789abcdef"[value >> shift & 15];
    *uart = '\n';
}

void run(void)
{
    u64 before, after, first = counter();
    semihosting(0x30, &before);
    for (volatile int turns = 0; turns < 3000000; turns++)
        ;
    semihosting(0x30, &after);
    print(counter() - first);
    print(after - before);
    print(semihosting(0x11, 0));
    print(*(volatile unsigned *)0x09010000);
    const u64 reason[2] = { 0x20026, 0 };
    semihosting(0x18, reason);
}

__asm__(".section .text.start\n.global _start\n_start: ldr x0, =0x40200000\n mov sp, x0\n b run\n");
C
aarch64-linux-gnu-gcc -O1 -ffreestanding -fno-pic -fno-pie -nostdlib -static -mgeneral-regs-only -mstrict-align \
    -fno-stack-protector -Wl,-Ttext=0x40080000,--build-id=none -o guest guest.c
for run in first second; do
    timeout -k 5 60 qemu-system-aarch64 -M virt -cpu cortex-a53 -nodefaults -display none -serial stdio -semihosting \
        -icount shift=0,sleep=off -rtc base=2020-01-01,clock=vm -kernel guest > $run
done
python3 - <<'PY'
import datetime

runs = [[int(line, 16) for line in open(name)] for name in ("first", "second")]
for ticks, elapsed, time, rtc in runs:
    date = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    print(f"CNTVCT_EL0 {ticks} ticks; SYS_ELAPSED {elapsed}; SYS_TIME in {date.year}; RTC in "
          f"{datetime.datetime.fromtimestamp(rtc, datetime.timezone.utc).year}")
today = datetime.datetime.now(datetime.timezone.utc).timestamp()
(ticks, elapsed, time, rtc), (ticks_again, elapsed_again, time_again, rtc_again) = runs
assert ticks == ticks_again and rtc == rtc_again == 1_577_836_800, runs
assert elapsed != elapsed_again, runs
assert abs(time - today) < 86_400 and abs(time_again - today) < 86_400, runs
PY
