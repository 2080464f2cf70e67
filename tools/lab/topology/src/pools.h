/* Pools of hugepages: how many each cell has, how many are free, who takes them. */
#ifndef POOLS_H
#define POOLS_H

#include <sys/types.h>
#include "shared.h"

/*
 * Takes in what was written to the files nr_hugepages since the last time, and forgets the pages of programs that have
 * ended. Everything below looks at the state as of then.
 */
void pools_update(void);

/* All pages, those in use above what was asked for included (surplus), as in the kernel's nr_hugepages. */
long pool_total(int cell, int page_size);
long pool_free(int cell, int page_size);
long pool_surplus(int cell, int page_size);
uint64_t pools_kib(int cell);

/*
 * Backs [start, end) of a process with pages out of `cells`, those of `first` before the others. 0; -EFAULT when
 * the pools are short, as MADV_POPULATE_WRITE says it; -ENOMEM.
 */
int pools_take(const struct process *process, uint64_t start, uint64_t end, int page_size, uint64_t cells,
               int first);

#endif
