/* A system call that waits for its answer. */
#ifndef CALL_H
#define CALL_H

#include <limits.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "text.h"

struct call {
    int listener;
    uint64_t id;
    pid_t thread;
    int number;
    uint64_t argument[6];
};

/* An answer is what the system call returns (-errno for an error), or one of these. */
#define GO_ON LONG_MIN /* the kernel does what it was asked, as if nobody had looked */
#define ANSWERED (LONG_MIN + 1)

/* Memory of the caller. 0, or -EFAULT. What was read is the caller's only if the call still waits; both look. */
int caller_read(const struct call *call, uint64_t address, void *buffer, size_t size);
int caller_write(const struct call *call, uint64_t address, const void *buffer, size_t size);
/* A string with its zero byte; -EFAULT also if it is longer than that. */
int caller_read_string(const struct call *call, uint64_t address, char *buffer, size_t size);

/* Has the call return a descriptor of a file that holds the text, and frees the text. */
long answer_with_file(const struct call *call, struct text *text, int close_on_exec);

/* calls-affinity.c */
long answer_sched_setaffinity(const struct call *call);
long answer_sched_getaffinity(const struct call *call);
/* calls-policy.c */
long answer_mbind(const struct call *call);
long answer_set_mempolicy(const struct call *call);
long answer_get_mempolicy(const struct call *call);
long answer_move_pages(const struct call *call);
/* calls-scheduler.c */
long answer_sched_setscheduler(const struct call *call);
long answer_sched_setparam(const struct call *call);
long answer_sched_setattr(const struct call *call);
long answer_sched_getscheduler(const struct call *call);
long answer_sched_getparam(const struct call *call);
long answer_sched_getattr(const struct call *call);
/* calls-locks.c */
long answer_mlockall(const struct call *call);
long answer_munlockall(const struct call *call);
long answer_prlimit(const struct call *call);
long answer_setrlimit(const struct call *call);
long answer_getrlimit(const struct call *call);
/* calls-hugepages.c */
long answer_statfs(const struct call *call);
long answer_fstatfs(const struct call *call);
long answer_madvise(const struct call *call);
/* calls-system.c */
long answer_sysinfo(const struct call *call);
long answer_prctl(const struct call *call);
long answer_kill(const struct call *call);
/* calls-open.c */
long answer_open(const struct call *call);
long answer_openat(const struct call *call);

#endif
