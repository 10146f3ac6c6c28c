#!/bin/sh
# Two clusters of two cores with two threads are eight cores of one cluster (QEMU's virt, tried with 10.0.2)
#
# Expected: with -smp 8,clusters=2,cores=2,threads=2 the affinity in MPIDR_EL1, which is "reg" in the device tree and PSCI's
#   name of a CPU, has the cluster in a field above the core's, and with threads the core's in Aff1 (Arm ARM DDI 0487,
#   MPIDR_EL1: affinity levels); a node's name has the number that its "reg" has (Devicetree Specification 0.4, 2.2.1).
# Seen: cpu-map has socket 0, clusters 0 and 1 with cores and threads, and "reg" counts from 0 to 7, all in Aff0. Of 18 CPUs,
#   without a word of clusters, the last two are in another one: reg 0x100 and 0x101, in nodes named cpu@16 and cpu@17.
# Why: hw/arm/virt.c, virt_cpu_mp_affinity(), fills 16 CPUs into Aff0, as many as an SGI of GICv3 reaches; -smp is for
#   cpu-map (and ACPI's PPTT) alone.
# Matters: code that finds its cluster by MPIDR_EL1, for a cluster's cache, power domain or the target list of an SGI, sees
#   one cluster up to 16 CPUs whatever is asked for, and a scheduler that reads cpu-map sees another machine.
#   Ask for 18 CPUs to try more than one.
set -eu
for tool in qemu-system-aarch64:qemu-system-arm dtc:device-tree-compiler; do
    command -v ${tool%:*} >/dev/null || { echo "missing: apt-get install ${tool#*:}" >&2; exit 1; }
done
qemu-system-aarch64 --version | head -n 1
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
for cpus in 8,clusters=2,cores=2,threads=2 18; do
    timeout -k 5 60 qemu-system-aarch64 -M virt,gic-version=3,dumpdtb=board.dtb -cpu cortex-a53 -smp $cpus -nodefaults \
        -display none > log 2>&1 || { cat log >&2; exit 1; }
    dtc -q -I dtb -O dts -o board.dts board.dtb
    python3 - $cpus <<'PY'
import re
import sys

text = open("board.dts").read()
cpus = {int(name, 16): int(reg, 16) for name, reg in re.findall(r"cpu@([0-9a-f]+) \{.*?reg = <(\w+)>;.*?\};", text, re.DOTALL)}
clusters, threads = len(re.findall(r"\bcluster\d+ \{", text)), len(re.findall(r"\bthread\d+ \{", text))
named = re.findall(r"cpu@(\d+) \{", text)
print(f"-smp {sys.argv[1]}: cpu-map has {clusters} cluster(s) and {threads} threads; "
      f"Aff1 is one of {sorted({reg >> 8 for reg in cpus.values()})}, "
      f"the last is cpu@{max(map(int, named))} with {max(cpus.values()):#x}")
if sys.argv[1] == "18":
    assert (clusters, threads, len(cpus)) == (1, 0, 18), (clusters, threads, len(cpus))
    assert sorted(cpus.values())[-3:] == [0x0F, 0x100, 0x101] and max(map(int, named)) == 17, cpus
else:
    assert (clusters, threads) == (2, 8), (clusters, threads)
    assert sorted(cpus.values()) == list(range(8)), cpus
PY
done
