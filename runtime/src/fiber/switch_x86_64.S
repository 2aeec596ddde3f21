// The context switch for x86-64 (System V ABI), where a fresh fiber begins, and how to unwind one that is not running.
// Knows registers only. Each routine carries CFI, so debuggers and unwinders walk through it to the fiber's root.
//
// A suspended fiber's stack pointer points at:
//   +0 mxcsr, x87 control word   +8 r15  +16 r14  +24 r13  +32 r12  +40 rbx  +48 rbp  +56 return address

        .text

// void* sluice_switch(void** save_sp [rdi], void* to_sp [rsi], void* value [rdx])
// Suspends the caller into *save_sp and resumes to_sp, whose own call of sluice_switch returns `value`.
        .globl  sluice_switch
        .hidden sluice_switch
        .type   sluice_switch, @function
        .p2align 4
sluice_switch:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)

        movl    (%rsp), %eax
        movzwl  4(%rsp), %ecx
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp

        // Loading control words is slow and they rarely differ. The low six bits of mxcsr are status, not control.
        xorl    (%rsp), %eax
        testl   $0xffc0, %eax
        jne     2f
        cmpw    4(%rsp), %cx
        jne     2f
1:      addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        movq    %rdx, %rax
        // Not `ret`: its predictor would expect the old stack's caller.
        popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register %rip, %rcx
        notrack jmp *%rcx
        .cfi_endproc
        .cfi_startproc
        .cfi_def_cfa %rsp, 64
        .cfi_offset %rbp, -16
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
2:      ldmxcsr (%rsp)
        fldcw   4(%rsp)
        jmp     1b
        .cfi_endproc
        .size   sluice_switch, .-sluice_switch

// Where a fresh fiber begins: rbx is its function, r12 the function's argument, rax what the switch passed.
// The undefined return address tells unwinders that the stack ends here.
        .globl  sluice_fiber_entry
        .hidden sluice_fiber_entry
        .type   sluice_fiber_entry, @function
        .p2align 4
sluice_fiber_entry:
        .cfi_startproc
        .cfi_undefined %rip
        endbr64
        movq    %r12, %rdi
        movq    %rax, %rsi
        call    *%rbx
        ud2
        .cfi_endproc
        .size   sluice_fiber_entry, .-sluice_fiber_entry

// void sluice_backtrace_fiber(void* sp [rdi], _Unwind_Trace_Fn visit [rsi], void* argument [rdx])
// Runs _Unwind_Backtrace as if the suspended fiber at `sp` had called this routine: during the call, CFI says that
// the caller's registers are those that the switch saved. The fiber's stack is only read.
        .globl  sluice_backtrace_fiber
        .hidden sluice_backtrace_fiber
        .type   sluice_backtrace_fiber, @function
        .p2align 4
sluice_backtrace_fiber:
        .cfi_startproc
        endbr64
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        movq    %rdi, %rbx
        .cfi_remember_state
        .cfi_def_cfa %rbx, 64
        .cfi_offset %rip, -8
        .cfi_offset %rbp, -16
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        movq    %rsi, %rdi
        movq    %rdx, %rsi
        call    _Unwind_Backtrace@PLT
        .cfi_restore_state
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        ret
        .cfi_endproc
        .size   sluice_backtrace_fiber, .-sluice_backtrace_fiber

        .section .note.GNU-stack, "", @progbits

        // Marks the object as compatible with indirect branch tracking.
        .section .note.gnu.property, "a"
        .p2align 3
        .long   4, 16, 5
        .asciz  "GNU"
        .long   0xc0000002, 4, 1, 0
