#include <errno.h>
#include <linux/mempolicy.h>
#include <string.h>
#include "call.h"
#include "machine.h"
#include "policy.h"
#include "ranges.h"
#include "thread-state.h"

/* Pages that one move_pages(2) may ask about; more are not looked at. */
#define MAX_PAGES_ASKED 65536

/* A mask of nodes as in mbind(2): `count` is one more than the bits that are looked at. 0 or -errno. */
static int read_cells(const struct call *call, uint64_t address, uint64_t count, uint64_t *cells)
{
    *cells = 0;
    if (!address || count <= 1)
        return 0;
    count--;
    if (caller_read(call, address, cells, 8))
        return -EFAULT;
    if (count < 64)
        *cells &= (UINT64_C(1) << count) - 1;
    return 0;
}

/* The rules of mpol_new() and mpol_set_nodemask() in the kernel's mm/mempolicy.c. 0 or -EINVAL. */
static int check_policy(int *mode, uint64_t *cells)
{
    int wanted = *mode & ~MPOL_MODE_FLAGS;
    int had_cells = *cells != 0;
    *cells &= all_cells();
    switch (wanted) {
    case MPOL_DEFAULT:
        return had_cells ? -EINVAL : 0;
    case MPOL_LOCAL:
        return had_cells || (*mode & MPOL_MODE_FLAGS) ? -EINVAL : 0;
    case MPOL_PREFERRED:
        if (!had_cells) {
            *mode = MPOL_LOCAL;
            return 0;
        }
        /* Only the first is kept. */
        *cells &= -*cells;
        return *cells ? 0 : -EINVAL;
    case MPOL_BIND:
    case MPOL_INTERLEAVE:
    case MPOL_PREFERRED_MANY:
        return *cells ? 0 : -EINVAL;
    default:
        return -EINVAL;
    }
}

static int process_of(const struct call *call, struct process *process)
{
    struct credentials caller;
    return credentials_of(call->thread, &caller) || process_find(caller.process, process) ? -ESRCH : 0;
}

long answer_mbind(const struct call *call)
{
    struct process process;
    uint64_t cells, start = call->argument[0], length = (call->argument[1] + 4095) & ~UINT64_C(4095);
    int mode = (int)call->argument[2], error;
    if (process_of(call, &process))
        return GO_ON;
    if (start % 4096 != 0 || start + length < start)
        return -EINVAL;
    if ((error = read_cells(call, call->argument[3], call->argument[4], &cells)) ||
        (error = check_policy(&mode, &cells)))
        return error;
    return length == 0 ? 0 : policy_set(&process, start, start + length, mode, cells);
}

long answer_set_mempolicy(const struct call *call)
{
    struct state state;
    int mode = (int)call->argument[0], error;
    uint64_t cells;
    if ((error = read_cells(call, call->argument[1], call->argument[2], &cells)) ||
        (error = check_policy(&mode, &cells)))
        return error;
    if (thread_state(call->thread, &state))
        return GO_ON;
    state.policy = mode;
    state.policy_cells = cells;
    return thread_set_state(call->thread, &state);
}

static long write_policy(const struct call *call, int mode, uint64_t cells)
{
    uint64_t mask[MAX_CPUS / 64] = { cells };
    size_t size = (call->argument[2] + 63) / 64 * 8;
    if (call->argument[0] && caller_write(call, call->argument[0], &mode, sizeof mode))
        return -EFAULT;
    if (!call->argument[1])
        return 0;
    if (call->argument[2] < (uint64_t)machine.cell_count)
        return -EINVAL;
    return caller_write(call, call->argument[1], mask, size < sizeof mask ? size : sizeof mask);
}

long answer_get_mempolicy(const struct call *call)
{
    struct state state;
    struct process process;
    uint64_t address = call->argument[3];
    unsigned flags = (unsigned)call->argument[4];
    if (flags & MPOL_F_MEMS_ALLOWED)
        return flags == MPOL_F_MEMS_ALLOWED ? write_policy(call, 0, all_cells()) : -EINVAL;
    if (thread_state(call->thread, &state) || process_of(call, &process))
        return GO_ON;
    if (!(flags & MPOL_F_ADDR)) {
        struct policy own = policy_of_thread(&state);
        if (address)
            return -EINVAL;
        return write_policy(call, flags & MPOL_F_NODE ? policy_first_cell(&own) : own.mode, own.cells);
    }
    struct policy policy = policy_of_range(&process, &state, address, address + 1);
    const struct page_range *pages = pages_find(&process, address, address + 1);
    int cell = pages ? pages->cell : policy_first_cell(&policy);
    return write_policy(call, flags & MPOL_F_NODE ? cell : policy.mode, policy.cells);
}

/* Only the question where pages are (no target nodes); the filter lets others through. */
long answer_move_pages(const struct call *call)
{
    struct state state;
    struct process process;
    uint64_t count = call->argument[1];
    struct credentials caller, target;
    if (credentials_of(call->thread, &caller) || count > MAX_PAGES_ASKED)
        return GO_ON;
    pid_t pid = call->argument[0] ? (pid_t)call->argument[0] : caller.process;
    if (pid != caller.process && caller.pid_namespaces != 1)
        return GO_ON;
    if (pid < 0 || credentials_of(pid, &target) || process_find(target.process, &process) ||
        thread_state(target.process, &state))
        return -ESRCH;
    if (!may_look_into(&caller, &target))
        return -EPERM;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t page;
        if (caller_read(call, call->argument[2] + 8 * i, &page, sizeof page))
            return -EFAULT;
        struct policy policy = policy_of_range(&process, &state, page, page + 1);
        const struct page_range *pages = pages_find(&process, page, page + 1);
        int cell = pages ? pages->cell : policy_first_cell(&policy);
        if (caller_write(call, call->argument[4] + 4 * i, &cell, sizeof cell))
            return -EFAULT;
    }
    return 0;
}
