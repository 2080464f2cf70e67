/*
 * Which system calls stop and ask the supervisor. The kernel remembers the numbers that are always let through, so only
 * these cost anything; and what can be told from the arguments is let through here.
 */
#define _GNU_SOURCE
#include "filter.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define LOAD(what) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, what))
/* The lower half is enough: these arguments are ints. (x86-64 is little-endian.) */
#define LOAD_ARGUMENT(number) LOAD(args[number])
#define LOAD_UPPER_HALF(number) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[number]) + 4)
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (then), (otherwise))
#define IF_ANY_BIT(bits, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), (then), (otherwise))
#define ASK BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)
#define LET_THROUGH BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* This call always asks. */
#define ALWAYS(number) IF_EQUAL((number), 0, 1), ASK
/* It asks if the argument has this value. */
#define IF_ARGUMENT(number, argument, value) \
    IF_EQUAL((number), 0, 4), LOAD_ARGUMENT(argument), IF_EQUAL((value), 0, 1), ASK, LET_THROUGH
#define IF_ARGUMENT_EITHER(number, argument, value, other)                                                 \
    IF_EQUAL((number), 0, 5), LOAD_ARGUMENT(argument), IF_EQUAL((value), 1, 0), IF_EQUAL((other), 0, 1),   \
        ASK, LET_THROUGH
/* It asks if the argument has none of these bits. */
#define UNLESS_BITS(number, argument, bits) \
    IF_EQUAL((number), 0, 4), LOAD_ARGUMENT(argument), IF_ANY_BIT((bits), 1, 0), ASK, LET_THROUGH
/* It asks if the pointer is NULL. */
#define IF_NULL(number, argument)                                                                          \
    IF_EQUAL((number), 0, 6), LOAD_ARGUMENT(argument), IF_EQUAL(0, 0, 3), LOAD_UPPER_HALF(argument),       \
        IF_EQUAL(0, 0, 1), ASK, LET_THROUGH

/* Only what is opened for reading alone is shown as something else. */
#define NOT_A_PLAIN_READ (O_ACCMODE | O_CREAT | O_TRUNC | O_PATH | O_DIRECTORY)

int filter_install(void)
{
    struct sock_filter instructions[] = {
        LOAD(arch),
        IF_EQUAL(AUDIT_ARCH_X86_64, 1, 0),
        LET_THROUGH,
        LOAD(nr),
        /* The most frequent first. */
        UNLESS_BITS(SYS_openat, 2, NOT_A_PLAIN_READ),
        UNLESS_BITS(SYS_open, 1, NOT_A_PLAIN_READ),
        IF_ARGUMENT(SYS_madvise, 2, MADV_POPULATE_WRITE),
        ALWAYS(SYS_fstatfs),
        ALWAYS(SYS_statfs),
        IF_ARGUMENT(SYS_prlimit64, 1, RLIMIT_MEMLOCK),
        IF_ARGUMENT(SYS_setrlimit, 0, RLIMIT_MEMLOCK),
        IF_ARGUMENT(SYS_getrlimit, 0, RLIMIT_MEMLOCK),
        ALWAYS(SYS_sysinfo),
        ALWAYS(SYS_sched_getaffinity),
        ALWAYS(SYS_sched_setaffinity),
        ALWAYS(SYS_sched_setscheduler),
        ALWAYS(SYS_sched_getscheduler),
        ALWAYS(SYS_sched_setparam),
        ALWAYS(SYS_sched_getparam),
        ALWAYS(SYS_sched_setattr),
        ALWAYS(SYS_sched_getattr),
        ALWAYS(SYS_mbind),
        ALWAYS(SYS_set_mempolicy),
        ALWAYS(SYS_get_mempolicy),
        IF_NULL(SYS_move_pages, 3),
        ALWAYS(SYS_mlockall),
        ALWAYS(SYS_munlockall),
        IF_ARGUMENT_EITHER(SYS_prctl, 0, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK),
        IF_ARGUMENT(SYS_kill, 0, (uint32_t)-1),
        LET_THROUGH,
    };
    struct sock_fprog program = { sizeof instructions / sizeof *instructions, instructions };
    /* Who waits for an answer can be killed but not interrupted; else a signal would repeat the call. */
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    /* Linux before 5.19. */
    if (listener < 0 && errno == EINVAL)
        listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return listener < 0 ? -errno : listener;
}
