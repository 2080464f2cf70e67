#include <errno.h>
#include <string.h>
#include "call.h"
#include "machine.h"
#include "thread-state.h"

/* The thread that a call speaks of, 0 being the caller; 0 when its number is of another pid namespace. */
static pid_t meant_thread(const struct call *call, struct credentials *caller)
{
    pid_t thread = (pid_t)call->argument[0];
    if (credentials_of(call->thread, caller))
        return 0;
    if (thread == 0)
        return call->thread;
    return caller->pid_namespaces == 1 ? thread : 0;
}

long answer_sched_setaffinity(const struct call *call)
{
    struct credentials caller, target;
    struct state state;
    pid_t thread = meant_thread(call, &caller);
    if (thread == 0)
        return GO_ON;
    struct cpu_set wanted = { { 0 } }, online = online_cpus();
    size_t size = call->argument[1] < sizeof wanted ? call->argument[1] : sizeof wanted;
    if (thread < 0 || credentials_of(thread, &target) || thread_state(thread, &state))
        return -ESRCH;
    if (caller_read(call, call->argument[2], &wanted, size))
        return -EFAULT;
    if (!may_schedule(&caller, &target))
        return -EPERM;
    state.cpus = set_and(&wanted, &online);
    if (set_is_empty(&state.cpus))
        return -EINVAL;
    return thread_set_state(thread, &state);
}

long answer_sched_getaffinity(const struct call *call)
{
    struct credentials caller;
    struct state state;
    size_t size = (machine.cpu_count + 63) / 64 * 8;
    pid_t thread = meant_thread(call, &caller);
    if (thread == 0)
        return GO_ON;
    if (call->argument[1] < size || call->argument[1] % 8 != 0)
        return -EINVAL;
    if (thread < 0 || thread_state(thread, &state))
        return -ESRCH;
    struct cpu_set online = online_cpus();
    states_drop_offline(&online);
    struct cpu_set cpus = state_cpus(&state, &online);
    int error = caller_write(call, call->argument[2], &cpus, size);
    return error ? error : (long)size;
}
