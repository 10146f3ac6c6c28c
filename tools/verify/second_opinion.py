#!/usr/bin/env python3
"""Who reaches which byte by a linked image's translation tables: a second opinion.

    tools/verify/second_opinion.py IMAGE.elf

One line for physical addresses that are reached alike: first address, one past the last, then who reaches
them ("el2" or "vmid N"), with which rights and memory type, at which input address. `cargo paratia verify`
derives the same with other code in another language; tests/verify.rs demands that both say the same.

Written from the Arm ARM (DDI 0487, D8.3 and D8.5), not from that code. It finds its roots elsewhere, too: a
guest's by what a constant looks like, EL2's in the instruction before the write of the register. It judges
nothing: what is reserved is left to the other one. Standard library only.
"""

import struct
import sys

ADDRESS = 0x0000_FFFF_FFFF_F000
DEVICES = ["device-nGnRnE", "device-nGnRE", "device-nGRE", "device-GRE"]
SHARED = ["-non-shareable", "-reserved-shareability", "-outer-shareable", ""]


def sections(file):
    """The sections of a 64-bit little-endian ELF file by name: (address, bytes)."""
    if file[:6] != b"\x7fELF\x02\x01":
        sys.exit("not a 64-bit little-endian ELF file")
    (offset,) = struct.unpack_from("<Q", file, 40)
    size, count, names = struct.unpack_from("<HHH", file, 58)
    rows = [struct.unpack_from("<IIQQQQ", file, offset + size * index) for index in range(count)]
    start_of_names = rows[names][4]
    found = {}
    for name, kind, _, address, at, length in rows:
        start = start_of_names + name
        text = file[start : file.index(b"\0", start)].decode()
        found[text] = (address, b"" if kind == 8 else file[at : at + length])
    return found


def words(piece, size):
    """The little-endian words of a section: (address, word)."""
    address, data = piece
    letter = {4: "I", 8: "Q"}[size]
    whole = len(data) // size
    return zip(range(address, address + whole * size, size), struct.unpack_from(f"<{whole}{letter}", data))


def written_by_reset(text, register):
    """The constant that `ldr xN, =constant` puts into xN before the only `msr register, xN`."""
    code = dict(words(text, 4))
    places = [at for at, word in code.items() if word & ~0x1F == register]
    if len(places) != 1:
        sys.exit(f"{len(places)} instructions are {register:#x}, not one")
    number = code[places[0]] & 0x1F
    for at in range(places[0] - 4, text[0], -4):
        word = code[at]
        if word & 0xFF80001F == 0xD2800000 | number:
            # The assembler's shorter way for what fits 16 bits.
            return (word >> 5 & 0xFFFF) << 16 * (word >> 21 & 3)
        if word & 0xFF00001F == 0x58000000 | number:
            offset = word >> 5 & 0x7FFFF
            literal = at + 4 * (offset - ((offset & 0x40000) << 1))
            return code[literal] | code[literal + 4] << 32
    sys.exit(f"no constant is put into x{number} before {places[0]:#x}")


def normal(outer, inner, share):
    """Normal memory by its two caches' policies."""
    if outer == inner == "non-cacheable":
        return outer
    name = outer if outer == inner else f"outer-{outer}-inner-{inner}"
    return name + SHARED[share]


def stage_one(mair):
    """How EL2 reads an attribute word: by `MAIR_EL2`."""

    def policy(half):
        if half == 4:
            return "non-cacheable"
        return "write-back" if half & 4 else "write-through"

    def read(word):
        kind = mair >> 8 * (word >> 2 & 7) & 0xFF
        rights = "r" + "w-"[word >> 7 & 1] + "x-"[word >> 54 & 1]
        if kind < 0x10:
            return rights, DEVICES[kind >> 2]
        return rights, normal(policy(kind >> 4), policy(kind & 15), word >> 8 & 3)

    return read


def stage_two(word):
    """How a guest's attribute word is read."""
    policies = ["non-cacheable", "non-cacheable", "write-through", "write-back"]
    rights = "-r"[word >> 6 & 1] + "-w"[word >> 7 & 1] + "x-"[word >> 54 & 1]
    outer, inner = word >> 4 & 3, word >> 2 & 3
    if outer == 0:
        return rights, DEVICES[inner]
    return rights, normal(policies[outer], policies[inner], word >> 8 & 3)


def walk(tables, root, read):
    """Every block and page below a root: (input, output, bytes, rights, memory)."""
    base, data = tables
    pending = [(root, 1, 0)]
    while pending:
        table, level, start = pending.pop()
        size = 1 << 39 - 9 * level
        entries = struct.unpack_from("<512Q", data, table - base)
        for index, word in enumerate(entries):
            place = start + index * size
            if word & 1 == 0 or (level == 3 and word & 2 == 0):
                continue
            if level < 3 and word & 2:
                pending.append((word & ADDRESS, level + 1, place))
            else:
                yield place, word & ADDRESS & -size, size, *read(word)


def matrix(mappings):
    """Rows of physical addresses that are reached alike, from (who, input, output, bytes, rights, memory)."""
    edges = sorted({edge for _, _, out, size, _, _ in mappings for edge in (out, out + size)})
    starts = sorted(mappings, key=lambda one: one[2])
    active, rows, following = [], [], 0
    for begin, end in zip(edges, edges[1:]):
        active = [one for one in active if one[2] + one[3] > begin]
        while following < len(starts) and starts[following][2] <= begin:
            active.append(starts[following])
            following += 1
        here = sorted((who, start + begin - out, rights, kind) for who, start, out, _, rights, kind in active)
        if not here:
            continue
        if rows and rows[-1][1] == begin:
            first, _, before = rows[-1]
            if here == [(who, start + begin - first, rights, kind) for who, start, rights, kind in before]:
                rows[-1] = (first, end, before)
                continue
        rows.append((begin, end, here))
    return rows


def main():
    """Prints the matrix of the image that is named."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as opened:
        parts = sections(opened.read())
    base, data = tables = parts[".tables"]
    el2 = stage_one(written_by_reset(parts[".text"], 0xD51CA200))
    root = written_by_reset(parts[".text"], 0xD51C2000)
    found = [(0, *one) for one in walk(tables, root, el2)]
    roots = {
        word
        for name in (".rodata", ".data")
        for _, word in words(parts[name], 8)
        if word >> 48 and word & 0xFFF == 0 and base <= word & ADDRESS < base + len(data)
    }
    for value in sorted(roots):
        found += [(value >> 48, *one) for one in walk(tables, value & ADDRESS, stage_two)]
    for begin, end, here in matrix(found):
        accesses = [
            f"{'el2' if who == 0 else f'vmid {who}'} {rights} {kind} at {start:#x}" for who, start, rights, kind in here
        ]
        print(f"{begin:#x} {end:#x}: {', '.join(accesses)}")


main()
