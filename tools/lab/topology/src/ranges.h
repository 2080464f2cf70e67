/* Memory of processes that has a policy of its own or hugepages, and locked memory. Forgotten when the program ends. */
#ifndef RANGES_H
#define RANGES_H

#include "shared.h"

/* Removes what belongs to programs that have ended, and hugepages that were unmapped. */
void ranges_sweep(void);

/* Replaces the policy of a range; MPOL_DEFAULT only removes. 0 or -ENOMEM. */
int policy_set(const struct process *process, uint64_t start, uint64_t end, int policy, uint64_t cells);
/* A range that overlaps with [start, end), or NULL. */
const struct policy_range *policy_find(const struct process *process, uint64_t start, uint64_t end);

const struct page_range *pages_find(const struct process *process, uint64_t start, uint64_t end);
/* 0 or -ENOMEM. */
int pages_add(const struct process *process, uint64_t start, uint64_t end, int cell, int page_size);
/* Forgets the pages of a process that lie in [start, end). */
void pages_remove(const struct process *process, uint64_t start, uint64_t end);
/* Pages that are taken from a cell. Call ranges_sweep() first. */
long pages_used(int cell, int page_size);
uint64_t pages_kib_of(const struct process *process);

/* The record of a process, made if `create`; NULL if there is none. */
struct lock *lock_of(const struct process *process, int create);

#endif
