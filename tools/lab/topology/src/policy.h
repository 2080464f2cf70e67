/* Memory policies: their names, and which cells memory comes from. */
#ifndef POLICY_H
#define POLICY_H

#include "process.h"
#include "shared.h"
#include "text.h"

/* What applies to [start, end) of a process: the range's own policy, else that of the thread. */
struct policy {
    int mode; /* MPOL_*, with its flags */
    uint64_t cells;
    int local_cell;
};

struct policy policy_of_thread(const struct state *state);
struct policy policy_of_range(const struct process *process, const struct state *state, uint64_t start,
                              uint64_t end);
/* The cell from which the first page is taken. */
int policy_first_cell(const struct policy *policy);
/* The cells from which pages may be taken. */
uint64_t policy_allowed_cells(const struct policy *policy);
/* As in /proc/PID/numa_maps: "bind:1", "default". */
void text_add_policy(struct text *text, const struct policy *policy);

#endif
