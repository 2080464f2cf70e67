#include "policy.h"
#include <linux/mempolicy.h>
#include "machine.h"
#include "ranges.h"
#include "thread-state.h"

static int mode_of(const struct policy *policy)
{
    return policy->mode & ~MPOL_MODE_FLAGS;
}

struct policy policy_of_thread(const struct state *state)
{
    return (struct policy){ state->policy, state->policy_cells, state_local_cell(state) };
}

struct policy policy_of_range(const struct process *process, const struct state *state, uint64_t start,
                              uint64_t end)
{
    const struct policy_range *range = policy_find(process, start, end);
    struct policy policy = policy_of_thread(state);
    if (range) {
        policy.mode = range->policy;
        policy.cells = range->cells;
    }
    return policy;
}

int policy_first_cell(const struct policy *policy)
{
    int has_cells = mode_of(policy) != MPOL_DEFAULT && mode_of(policy) != MPOL_LOCAL && policy->cells != 0;
    /* Of several cells that are allowed the nearest is taken: here the local one, or else the first. */
    if (!has_cells || policy->cells >> policy->local_cell & 1)
        return policy->local_cell;
    return __builtin_ctzll(policy->cells);
}

uint64_t policy_allowed_cells(const struct policy *policy)
{
    return mode_of(policy) == MPOL_BIND || mode_of(policy) == MPOL_INTERLEAVE ? policy->cells : all_cells();
}

void text_add_policy(struct text *text, const struct policy *policy)
{
    static const char *const names[] = { "default", "prefer", "bind", "interleave", "local", "prefer (many)",
                                         "weighted interleave" };
    unsigned mode = mode_of(policy);
    text_add(text, "%s", mode < sizeof names / sizeof *names ? names[mode] : "unknown");
    if (policy->mode & MPOL_F_STATIC_NODES)
        text_add(text, "=static");
    else if (policy->mode & MPOL_F_RELATIVE_NODES)
        text_add(text, "=relative");
    if (policy->cells != 0) {
        struct cpu_set cells = { { policy->cells } };
        text_add(text, ":");
        text_add_list(text, &cells);
    }
}
