
# Whose an address is, and who runs.
#
# QEMU stops at an address whoever runs there: the hypervisor at EL2, or any partition, each with other
# memory behind it. So each breakpoint is given a condition: the exception level, and for a partition its
# VMID, which is its index plus one. A condition of the user's own holds beside it.

import gdb

EL = "(($cpsr >> 2) & 3)"
VMID = "($VTTBR_EL2 >> 48)"


def within(address, bounds):
    return bounds[0] <= address < bounds[1]


def whose(breakpoint):
    """The condition under which a breakpoint is meant; none if it can't be told."""
    partition = None if GUEST is None else f"{EL} < 2 && {VMID} == {GUEST + 1}"
    if breakpoint.type not in (gdb.BP_BREAKPOINT, gdb.BP_HARDWARE_BREAKPOINT):
        # What is watched is a variable of whom is looked at.
        return partition or f"{EL} == 2"
    addresses = [it.address for it in breakpoint.locations if it.address is not None]
    if not addresses:
        # Where it is will be known once there is such a symbol.
        return None
    if any(within(address, PROGRAM_CODE) for address in addresses):
        return partition
    if any(within(address, HYPERVISOR_CODE) for address in addresses):
        return f"{EL} == 2"
    return partition


GIVEN = {}


class Given(gdb.Function):
    """$given(N): the user's own condition of breakpoint N, not looked at before ours holds.

    What isn't evaluated by `&&` is still read for its type, and elsewhere there may be nothing to read.
    """

    def invoke(self, number):
        return bool(gdb.parse_and_eval(GIVEN[int(number)]))


def confine(breakpoint):
    if breakpoint.number <= 0:
        return
    condition = whose(breakpoint)
    given = breakpoint.condition
    if condition is None or given is not None and condition in given:
        return
    if given is not None:
        GIVEN[breakpoint.number] = given
        condition = f"{condition} && $given({breakpoint.number})"
    breakpoint.condition = condition


def runs():
    """Who runs on the CPU that is looked at."""
    if int(gdb.parse_and_eval(EL)) == 2:
        return "the hypervisor"
    vmid = int(gdb.parse_and_eval(VMID))
    if 1 <= vmid <= len(PARTITIONS):
        return f"partition '{PARTITIONS[vmid - 1]}'"
    return "nobody that is known"


def stopped(event):
    thread = gdb.selected_thread()
    if thread is not None:
        gdb.write(f"CPU {thread.ptid[1] - 1}, {runs()}\n")


Given("given")
for line in (
    "set pagination off",
    "set confirm off",
    "set architecture aarch64",
    "set breakpoint pending on",
    # Of an address alone can't be told whose symbol lies there.
    "set print symbol off",
    # Each CPU stops with the others, and goes on with them.
    "set schedule-multiple on",
):
    gdb.execute(line, to_string=True)
gdb.execute(f'file "{HYPERVISOR}"', to_string=True)
if PROGRAM is not None:
    gdb.execute(f'add-symbol-file "{PROGRAM}"', to_string=True)
gdb.execute(f"target remote {SOCKET}", to_string=True)
gdb.events.breakpoint_created.connect(confine)
gdb.events.breakpoint_modified.connect(confine)
gdb.events.stop.connect(stopped)
known = "the hypervisor" if GUEST is None else f"the hypervisor and of partition '{PARTITIONS[GUEST]}'"
if GUEST is not None and PROGRAM is None:
    known = "the hypervisor alone, as the partition's image has none"
gdb.write(f"The board waits, with the symbols of {known}. `continue` starts it; `quit` ends the run.\n")
