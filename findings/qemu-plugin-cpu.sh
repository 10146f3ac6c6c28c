#!/bin/sh
# A plugin is told the wrong CPU when one thread runs all of them (QEMU's TCG plugins, tried with 10.0.2)
#
# Expected: a callback's first argument, `vcpu_index`, is the CPU that executes the instruction.
# Seen: with -icount, or with -accel tcg,thread=single, all executions of a piece of code count for the CPU
#   that ran it first, whoever runs it: two CPUs run a function 1000 times each, and one of them is told 2000
#   times. With a thread for each CPU each is told 1000 times.
# Why: accel/tcg/plugin-gen.c, gen_cpu_index(): without CF_PARALLEL the number of the CPU that translates becomes
#   a constant in the translated code, which is taken for "there is one CPU"; but CPUs that take turns in one
#   thread share that code.
# Matters: counts by CPU of a deterministic run are wrong, and nothing says so. What a CPU is must be read from a
#   register that tells it, in the callback.
set -eu
for tool in qemu-system-aarch64:qemu-system-arm aarch64-linux-gnu-as:binutils-aarch64-linux-gnu cc:gcc; do
    command -v "${tool%%:*}" >/dev/null || { echo "missing: apt-get install ${tool##*:}" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
cat >guest.s <<'S'
        .global _start
_start: adr     x1, second              // PSCI CPU_ON of CPU 1
        mov     x0, #0x0003
        movk    x0, #0xC400, lsl #16
        mov     x2, x1
        mov     x1, #1
        mov     x3, #0
        hvc     #0
        bl      work
        adr     x5, done
1:      ldr     w6, [x5]                // until CPU 1 is ready, too
        yield
        cbz     w6, 1b
        mov     x0, #0x0008             // PSCI SYSTEM_OFF
        movk    x0, #0x8400, lsl #16
        hvc     #0
second: bl      work
        adr     x5, done
        mov     w6, #1
        str     w6, [x5]
2:      wfi
        b       2b
work:   mov     x9, #1000
3:      eor     x10, x10, x9            // the instruction that is looked at
        sub     x9, x9, #1
        cbnz    x9, 3b
        ret
        .balign 8
done:   .word   0
S
cat >look.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stddef.h>
/* The part of qemu-plugin.h that is used, in version 2 of the interface. */
int qemu_plugin_version = 2;
typedef void (*exec_cb)(unsigned, void *);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t, void (*)(uint64_t, void *));
void qemu_plugin_register_atexit_cb(uint64_t, void (*)(uint64_t, void *), void *);
size_t qemu_plugin_tb_n_insns(const void *);
void *qemu_plugin_tb_get_insn(const void *, size_t);
size_t qemu_plugin_insn_data(const void *, void *, size_t);
void qemu_plugin_register_vcpu_insn_exec_cb(void *, exec_cb, int, void *);
static unsigned told[8];
static void runs(unsigned cpu, void *data) { (void)data; told[cpu & 7]++; }
static void translated(uint64_t id, void *block) {
    (void)id;
    for (size_t at = 0; at < qemu_plugin_tb_n_insns(block); at++) {
        void *instruction = qemu_plugin_tb_get_insn(block, at);
        uint32_t word = 0;
        qemu_plugin_insn_data(instruction, &word, sizeof word);
        if (word == 0xca09014a) /* eor x10, x10, x9 */
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, runs, 0, NULL);
    }
}
static void ended(uint64_t id, void *data) { (void)id; (void)data; printf("%u %u\n", told[0], told[1]); }
int qemu_plugin_install(uint64_t id, const void *info, int count, char **arguments) {
    (void)info; (void)count; (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
C
aarch64-linux-gnu-as -o guest.o guest.s
aarch64-linux-gnu-ld -Ttext=0x40200000 -o guest.elf guest.o 2>/dev/null
cc -shared -fPIC -Wl,--unresolved-symbols=ignore-all -o look.so look.c
count() {
    timeout -k 5 60 qemu-system-aarch64 -M virt -cpu cortex-a53 -smp 2 -nodefaults -display none -serial none \
        -plugin ./look.so -kernel guest.elf "$@"
}
turns=$(count -icount shift=0,sleep=off)
one=$(count -accel tcg,thread=single)
each=$(count -accel tcg,thread=multi)
echo "told of CPU 0 and CPU 1, by instructions counted: $turns; in one thread: $one; in a thread each: $each"
[ "$each" = "1000 1000" ]
[ "$turns" = "2000 0" ] || [ "$turns" = "0 2000" ]
[ "$one" != "1000 1000" ]
