/* What the supervisor knows. In memory that its keeper shares, so that a supervisor that has to be replaced leaves it. */
#ifndef SHARED_H
#define SHARED_H

#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include "cpu-set.h"
#include "limits.h"
#include "process.h"

/* What a thread has asked for; children and threads inherit it. All zero: nothing. */
struct state {
    struct cpu_set cpus; /* empty: all */
    uint64_t policy_cells;
    int policy; /* MPOL_*, with its flags */
    int scheduler, priority; /* SCHED_FIFO or SCHED_RR, or 0 */
    /* With SCHED_RESET_ON_FORK the scheduler is of this thread alone. */
    int reset_on_fork;
    /* No padding anywhere in here: states are compared byte by byte. */
    int64_t owner;
    uint64_t owner_start_time;
};

/* A range of a process' memory that was given a policy with mbind(2). */
struct policy_range {
    struct process process;
    uint64_t start, end, cells;
    int policy;
};

/* Hugepages that a process has taken, all from one cell. */
struct page_range {
    struct process process;
    uint64_t start, end;
    int cell, page_size;
};

struct lock {
    struct process process;
    int all_memory; /* mlockall(2) */
    int has_limit;
    struct rlimit limit; /* RLIMIT_MEMLOCK, where the real one could not be raised */
};

struct shared {
    /* The call that is being answered, 0 between two; the last one that was taken; and how many there were. */
    volatile uint64_t in_work, last, served;
    struct {
        int used;
        struct state state;
    } states[MAX_STATES];
    struct policy_range policies[MAX_RANGES];
    struct page_range pages[MAX_RANGES];
    struct lock locks[MAX_LOCKS];
    long pool[MAX_CELLS][MAX_PAGE_SIZES];
    /* When the files by which pools are changed were last taken in; one more for the whole machine, one for /proc/sys. */
    struct timespec pool_file_times[MAX_CELLS + 2][MAX_PAGE_SIZES];
};

extern struct shared *shared;

/* 0 or -ENOMEM. */
int shared_create(void);

#endif
