#!/bin/sh
# How frozen.bin was made, once: its bytes are kept, whatever becomes of compilers. Run it in this folder to
# make a further guest with another name; what is here is never made anew.
set -eu
name=${1:?a new name, such as frozen-2}
[ ! -e "$name.bin" ] || { echo "$name.bin is there, and stays" >&2; exit 1; }
aarch64-linux-gnu-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic \
    -no-pie -mgeneral-regs-only -mstrict-align -fno-stack-protector \
    -Wl,--build-id=none,-zmax-page-size=4096 -I . -T partition.ld start.S "$name.c" -o "$name.elf"
aarch64-linux-gnu-objcopy -O binary "$name.elf" "$name.bin"
rm "$name.elf"
sha256sum "$name.bin"
aarch64-linux-gnu-gcc --version | head -1
