// The context switch for aarch64 (AAPCS64), where a fresh fiber begins, and how to unwind one that is not running.
// Knows registers only. Each routine carries CFI, so debuggers and unwinders walk through it to the fiber's root.
//
// A suspended fiber's stack pointer points at:
//   +0 x29 x30  +16 x19 x20  +32 x21 x22  +48 x23 x24  +64 x25 x26  +80 x27 x28  +96 d8 d9  +112 d10 d11
//   +128 d12 d13  +144 d14 d15  +160 fpcr, unused; 176 bytes in all

        .text

// void* sluice_switch(void** save_sp [x0], void* to_sp [x1], void* value [x2])
        .globl  sluice_switch
        .hidden sluice_switch
        .type   sluice_switch, %function
        .p2align 4
sluice_switch:
        .cfi_startproc
        hint    #34                     // bti c
        stp     x29, x30, [sp, #-176]!
        .cfi_adjust_cfa_offset 176
        .cfi_offset x29, -176
        .cfi_offset x30, -168
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        .cfi_offset x19, -160
        .cfi_offset x20, -152
        .cfi_offset x21, -144
        .cfi_offset x22, -136
        .cfi_offset x23, -128
        .cfi_offset x24, -120
        .cfi_offset x25, -112
        .cfi_offset x26, -104
        .cfi_offset x27, -96
        .cfi_offset x28, -88
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        mrs     x9, fpcr
        str     x9, [sp, #160]

        mov     x10, sp
        str     x10, [x0]
        mov     sp, x1

        ldr     x10, [sp, #160]
        cmp     x9, x10                 // writing fpcr is slow, and it rarely differs
        b.eq    1f
        msr     fpcr, x10
1:      ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        ldp     x29, x30, [sp], #176
        .cfi_adjust_cfa_offset -176
        .cfi_restore x29
        .cfi_restore x30
        mov     x0, x2
        ret
        .cfi_endproc
        .size   sluice_switch, .-sluice_switch

// Where a fresh fiber begins: x19 is its function, x20 the function's argument, x0 what the switch passed.
// The undefined return address tells unwinders that the stack ends here.
        .globl  sluice_fiber_entry
        .hidden sluice_fiber_entry
        .type   sluice_fiber_entry, %function
        .p2align 4
sluice_fiber_entry:
        .cfi_startproc
        .cfi_undefined x30
        hint    #36                     // bti j: the switch's ret comes here
        mov     x1, x0
        mov     x0, x20
        mov     x29, xzr
        blr     x19
        brk     #1
        .cfi_endproc
        .size   sluice_fiber_entry, .-sluice_fiber_entry

// void sluice_backtrace_fiber(void* sp [x0], _Unwind_Trace_Fn visit [x1], void* argument [x2])
// Runs _Unwind_Backtrace as if the suspended fiber at `sp` had called this routine: during the call, CFI says that
// the caller's registers are those that the switch saved. The fiber's stack is only read.
        .globl  sluice_backtrace_fiber
        .hidden sluice_backtrace_fiber
        .type   sluice_backtrace_fiber, %function
        .p2align 4
sluice_backtrace_fiber:
        .cfi_startproc
        hint    #34
        stp     x29, x30, [sp, #-32]!
        .cfi_adjust_cfa_offset 32
        .cfi_offset x29, -32
        .cfi_offset x30, -24
        str     x19, [sp, #16]
        .cfi_offset x19, -16
        mov     x19, x0
        .cfi_remember_state
        .cfi_def_cfa x19, 176
        .cfi_offset x29, -176
        .cfi_offset x30, -168
        .cfi_offset x19, -160
        .cfi_offset x20, -152
        .cfi_offset x21, -144
        .cfi_offset x22, -136
        .cfi_offset x23, -128
        .cfi_offset x24, -120
        .cfi_offset x25, -112
        .cfi_offset x26, -104
        .cfi_offset x27, -96
        .cfi_offset x28, -88
        mov     x0, x1
        mov     x1, x2
        bl      _Unwind_Backtrace
        .cfi_restore_state
        ldr     x19, [sp, #16]
        ldp     x29, x30, [sp], #32
        .cfi_adjust_cfa_offset -32
        .cfi_restore x19
        .cfi_restore x29
        .cfi_restore x30
        ret
        .cfi_endproc
        .size   sluice_backtrace_fiber, .-sluice_backtrace_fiber

        .section .note.GNU-stack, "", %progbits
