/*
 * Real-time scheduling is remembered and shown, not done: a guest that is emulated would starve a small machine. Everything
 * that is not real-time goes on to the kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "call.h"
#include "thread-state.h"

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif
/* Of struct sched_attr. */
#define ATTR_RESET_ON_FORK 1
#define ATTR_SMALLEST 48

/* The beginning of struct sched_attr (linux/sched/types.h), the same in all its versions. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

/* The thread that a call speaks of and its state. 0, or the answer. */
static long find_thread(const struct call *call, pid_t *thread, struct state *state)
{
    struct credentials caller;
    *thread = (pid_t)call->argument[0];
    if (*thread < 0)
        return -EINVAL;
    if (*thread == 0)
        *thread = call->thread;
    else if (credentials_of(call->thread, &caller) || caller.pid_namespaces != 1)
        return GO_ON;
    return thread_state(*thread, state);
}

static int is_realtime(int scheduler)
{
    return scheduler == SCHED_FIFO || scheduler == SCHED_RR;
}

/* CAP_SYS_NICE, or the limit RLIMIT_RTPRIO of a thread of the same user. */
static int may_be_realtime(const struct call *call, pid_t thread, int priority)
{
    struct credentials caller, target;
    struct rlimit limit;
    if (credentials_of(call->thread, &caller) || credentials_of(thread, &target))
        return 0;
    if (has_capability(&caller, CAP_SYS_NICE))
        return 1;
    return may_schedule(&caller, &target) && prlimit(target.process, RLIMIT_RTPRIO, NULL, &limit) == 0 &&
           (rlim_t)priority <= limit.rlim_cur;
}

static long make_realtime(const struct call *call, pid_t thread, struct state *state, int scheduler,
                          int priority, int reset_on_fork)
{
    struct process process;
    if (priority < 1 || priority > 99)
        return -EINVAL;
    if (!may_be_realtime(call, thread, priority))
        return -EPERM;
    if (process_find(thread, &process))
        return -ESRCH;
    state->scheduler = scheduler;
    state->priority = priority;
    state->reset_on_fork = reset_on_fork;
    state->owner = reset_on_fork ? thread : 0;
    state->owner_start_time = reset_on_fork ? process.start_time : 0;
    return thread_set_state(thread, state);
}

/* What is asked for is not real-time: forget that it was, and let the kernel do it. */
static long make_usual(const struct call *call, pid_t thread, struct state *state)
{
    struct credentials caller, target;
    if (state->scheduler == 0 || credentials_of(call->thread, &caller) || credentials_of(thread, &target) ||
        !may_schedule(&caller, &target))
        return GO_ON;
    state->scheduler = state->priority = state->reset_on_fork = 0;
    state->owner = 0;
    state->owner_start_time = 0;
    thread_set_state(thread, state);
    return GO_ON;
}

long answer_sched_setscheduler(const struct call *call)
{
    pid_t thread;
    struct state state;
    int scheduler = (int)call->argument[1], priority;
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (!is_realtime(scheduler & ~SCHED_RESET_ON_FORK))
        return make_usual(call, thread, &state);
    if (caller_read(call, call->argument[2], &priority, sizeof priority))
        return -EFAULT;
    return make_realtime(call, thread, &state, scheduler & ~SCHED_RESET_ON_FORK, priority,
                         (scheduler & SCHED_RESET_ON_FORK) != 0);
}

long answer_sched_setparam(const struct call *call)
{
    pid_t thread;
    struct state state;
    int priority;
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (state.scheduler == 0)
        return GO_ON;
    if (caller_read(call, call->argument[1], &priority, sizeof priority))
        return -EFAULT;
    return make_realtime(call, thread, &state, state.scheduler, priority, state.reset_on_fork);
}

long answer_sched_setattr(const struct call *call)
{
    pid_t thread;
    struct state state;
    struct attributes attributes;
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (caller_read(call, call->argument[1], &attributes, sizeof attributes))
        return -EFAULT;
    if (!is_realtime((int)attributes.policy))
        return make_usual(call, thread, &state);
    if (attributes.flags & ~(uint64_t)ATTR_RESET_ON_FORK)
        return GO_ON;
    return make_realtime(call, thread, &state, (int)attributes.policy, (int)attributes.priority,
                         (int)attributes.flags);
}

long answer_sched_getscheduler(const struct call *call)
{
    pid_t thread;
    struct state state;
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (state.scheduler == 0)
        return GO_ON;
    return state.scheduler | (state.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

long answer_sched_getparam(const struct call *call)
{
    pid_t thread;
    struct state state;
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (state.scheduler == 0)
        return GO_ON;
    return caller_write(call, call->argument[1], &state.priority, sizeof state.priority);
}

long answer_sched_getattr(const struct call *call)
{
    pid_t thread;
    struct state state;
    struct attributes attributes = { .size = ATTR_SMALLEST };
    long answer = find_thread(call, &thread, &state);
    if (answer)
        return answer;
    if (state.scheduler == 0)
        return GO_ON;
    if (call->argument[2] < ATTR_SMALLEST || call->argument[3] != 0)
        return -EINVAL;
    attributes.policy = state.scheduler;
    attributes.priority = state.priority;
    attributes.flags = state.reset_on_fork ? ATTR_RESET_ON_FORK : 0;
    return caller_write(call, call->argument[1], &attributes, sizeof attributes);
}
