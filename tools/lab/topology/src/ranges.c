#include "ranges.h"
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include "machine.h"

static int overlaps(uint64_t start, uint64_t end, uint64_t other_start, uint64_t other_end)
{
    return start < other_end && other_start < end;
}

static int has_ended(const struct process *process)
{
    struct process now;
    return process_find(process->pid, &now) || !same_program(process, &now);
}

/* Forgets pages of a process that its memory map has no more. */
static void sweep_unmapped(const struct process *process)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/maps", process->pid);
    struct text maps = text_of_file(path);
    static unsigned char mapped[MAX_RANGES];
    memset(mapped, 0, sizeof mapped);
    char *next = maps.start, *line;
    while ((line = next_line(&next))) {
        uint64_t start, end;
        int at = 0;
        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &start, &end, &at) < 2 || at == 0 ||
            page_size_of_path(line + at) < 0)
            continue;
        for (int i = 0; i < MAX_RANGES; i++)
            mapped[i] |= overlaps(shared->pages[i].start, shared->pages[i].end, start, end);
    }
    if (!maps.failed)
        for (int i = 0; i < MAX_RANGES; i++)
            if (!mapped[i] && same_program(&shared->pages[i].process, process))
                shared->pages[i].process.pid = 0;
    text_free(&maps);
}

void ranges_sweep(void)
{
    struct process checked = { 0 };
    for (int i = 0; i < MAX_RANGES; i++) {
        struct page_range *range = &shared->pages[i];
        if (range->process.pid == 0 || same_program(&range->process, &checked))
            continue;
        if (has_ended(&range->process)) {
            range->process.pid = 0;
            continue;
        }
        checked = range->process;
        sweep_unmapped(&checked);
    }
}

static struct policy_range *vacant_policy(void)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MAX_RANGES; i++)
            if (shared->policies[i].process.pid == 0)
                return &shared->policies[i];
        for (int i = 0; i < MAX_RANGES; i++)
            if (has_ended(&shared->policies[i].process))
                shared->policies[i].process.pid = 0;
    }
    return NULL;
}

/* Cuts [start, end) out of a range; what lies behind it becomes a range of its own. */
static int cut_policy(struct policy_range *range, uint64_t start, uint64_t end)
{
    struct policy_range behind = *range;
    if (range->start < start && end < range->end) {
        struct policy_range *place = vacant_policy();
        if (!place)
            return -ENOMEM;
        behind.start = end;
        *place = behind;
        range->end = start;
    } else if (range->start < start) {
        range->end = start;
    } else if (end < range->end) {
        range->start = end;
    } else {
        range->process.pid = 0;
    }
    return 0;
}

int policy_set(const struct process *process, uint64_t start, uint64_t end, int policy, uint64_t cells)
{
    for (int i = 0; i < MAX_RANGES; i++) {
        struct policy_range *range = &shared->policies[i];
        if (range->process.pid == process->pid && !same_program(&range->process, process))
            range->process.pid = 0;
        if (range->process.pid == process->pid && overlaps(range->start, range->end, start, end) &&
            cut_policy(range, start, end))
            return -ENOMEM;
    }
    if ((policy & 0xff) == MPOL_DEFAULT)
        return 0;
    struct policy_range *place = vacant_policy();
    if (!place)
        return -ENOMEM;
    *place = (struct policy_range){ *process, start, end, cells, policy };
    return 0;
}

const struct policy_range *policy_find(const struct process *process, uint64_t start, uint64_t end)
{
    for (int i = 0; i < MAX_RANGES; i++) {
        const struct policy_range *range = &shared->policies[i];
        if (range->process.pid == process->pid && same_program(&range->process, process) &&
            overlaps(range->start, range->end, start, end))
            return range;
    }
    return NULL;
}

const struct page_range *pages_find(const struct process *process, uint64_t start, uint64_t end)
{
    const struct page_range *first = NULL;
    for (int i = 0; i < MAX_RANGES; i++) {
        const struct page_range *range = &shared->pages[i];
        if (range->process.pid == process->pid && same_program(&range->process, process) &&
            overlaps(range->start, range->end, start, end) && (!first || range->start < first->start))
            first = range;
    }
    return first;
}

int pages_add(const struct process *process, uint64_t start, uint64_t end, int cell, int page_size)
{
    for (int i = 0; i < MAX_RANGES; i++) {
        if (shared->pages[i].process.pid != 0)
            continue;
        shared->pages[i] = (struct page_range){ *process, start, end, cell, page_size };
        return 0;
    }
    return -ENOMEM;
}

void pages_remove(const struct process *process, uint64_t start, uint64_t end)
{
    for (int i = 0; i < MAX_RANGES; i++) {
        struct page_range *range = &shared->pages[i];
        if (same_program(&range->process, process) && range->start >= start && range->end <= end)
            range->process.pid = 0;
    }
}

long pages_used(int cell, int page_size)
{
    uint64_t bytes = 0;
    for (int i = 0; i < MAX_RANGES; i++) {
        const struct page_range *range = &shared->pages[i];
        if (range->process.pid != 0 && range->cell == cell && range->page_size == page_size)
            bytes += range->end - range->start;
    }
    return bytes / (machine.page_size[page_size].kib * 1024);
}

uint64_t pages_kib_of(const struct process *process)
{
    uint64_t bytes = 0;
    for (int i = 0; i < MAX_RANGES; i++)
        if (same_program(&shared->pages[i].process, process))
            bytes += shared->pages[i].end - shared->pages[i].start;
    return bytes / 1024;
}

struct lock *lock_of(const struct process *process, int create)
{
    for (int i = 0; i < MAX_LOCKS; i++) {
        struct lock *lock = &shared->locks[i];
        if (lock->process.pid != process->pid || !same_start(&lock->process, process))
            continue;
        /* The limit outlives an exec, locked memory does not. */
        if (lock->process.stack != process->stack)
            lock->all_memory = 0;
        lock->process.stack = process->stack;
        return lock;
    }
    for (int round = 0; create && round < 2; round++) {
        for (int i = 0; i < MAX_LOCKS; i++) {
            struct lock *lock = &shared->locks[i];
            struct process now;
            int vacant = lock->process.pid == 0;
            if (!vacant && round == 1)
                vacant = process_find(lock->process.pid, &now) || !same_start(&lock->process, &now);
            if (!vacant)
                continue;
            *lock = (struct lock){ .process = *process };
            return lock;
        }
    }
    return NULL;
}
