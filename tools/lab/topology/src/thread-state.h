/*
 * What each thread has asked for, in emulated numbers.
 *
 * A new thread inherits all of it, and so does a new process, whose parent may be gone when it is asked. The kernel keeps
 * the account: it hands down a thread's timer slack (how late its timers may be, 50000 ns unless somebody changes it), and
 * it lets a privileged process change that of another. The states that threads are in have numbers; number N is a timer
 * slack of 50000 + N ns, at most a few microseconds more than usual. prctl(2) does not show it (calls-system.c).
 */
#ifndef THREAD_STATE_H
#define THREAD_STATE_H

#include <sys/types.h>
#include "shared.h"

#define USUAL_TIMER_SLACK 50000

/* 0, or -ESRCH when there is no such thread. */
int thread_state(pid_t thread, struct state *state);
/* 0, -ESRCH, or -ENOMEM when there are too many different states. */
int thread_set_state(pid_t thread, const struct state *state);

/* The CPUs that a thread may run on: what it asked for, or all. Those that are offline are left out if `online` is given. */
struct cpu_set state_cpus(const struct state *state, const struct cpu_set *online);
/* The cell that memory comes from when nothing else was asked for. */
int state_local_cell(const struct state *state);
/* A thread that was left without any CPU that is online may run on all, as with Linux. */
void states_drop_offline(const struct cpu_set *online);

#endif
