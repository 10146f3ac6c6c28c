/* A partition's first instructions: a stack, and a word to the health monitor whatever goes wrong.
 *
 * In:  x0 = passport, x1 = start condition, x2 = restarts so far, x3 = run argument; EL1, MMU and
 *      caches off, interrupts masked (the guest interface, paratia.h).
 * Out: to `partition` with the same.
 *
 * With the MMU off all memory is Device memory to the CPU: accesses must be aligned, which the
 * compiler is told (-mstrict-align), and exclusive ones aren't possible.
 */
    .section .text.start, "ax"
    .global _start
_start:
    adrp    x4, stack_end
    add     sp, x4, :lo12:stack_end
    adrp    x4, vectors
    add     x4, x4, :lo12:vectors
    msr     vbar_el1, x4
    isb
    mov     x29, xzr
    mov     x30, xzr
    bl      partition
    mov     w0, #0                      /* it returned: PARATIA_REPORT_ERROR of the application */
    b       report

    .balign 2048
vectors:
    .rept 16
    mov     w0, #1                      /* an exception that nobody handles */
    b       report
    .balign 128
    .endr

/* Reports the error in w0 with the exception's syndrome, address and place, and restarts if that is
 * ignored. */
report:
    mov     w1, w0
    mrs     x2, esr_el1
    mrs     x3, far_el1
    mrs     x4, elr_el1
    movz    w0, #0xc600, lsl #16
    movk    w0, #6
    hvc     #0
    movz    w0, #0xc600, lsl #16
    movk    w0, #8
    mov     x1, xzr
    hvc     #0
    b       .
