/*
 * Hugepages are files of a tmpfs that is shown as a hugetlbfs. Their memory is the machine's usual memory, taken as a guest
 * touches it; the pages are counted, cell by cell, when a program asks for all of them at once, as QEMU does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "call.h"
#include "machine.h"
#include "policy.h"
#include "pools.h"
#include "ranges.h"
#include "thread-state.h"

static long write_facts(const struct call *call, int page_size)
{
    struct statfs facts;
    /* Of the mount, not of the file: no file of the caller is looked up, so none can keep us waiting. */
    if (statfs(machine.page_size[page_size].mount, &facts))
        return GO_ON;
    pools_update();
    facts.f_type = HUGETLBFS_MAGIC;
    facts.f_bsize = facts.f_frsize = machine.page_size[page_size].kib * 1024;
    facts.f_blocks = facts.f_bfree = 0;
    for (int cell = 0; cell < machine.cell_count; cell++) {
        facts.f_blocks += pool_total(cell, page_size);
        facts.f_bfree += pool_free(cell, page_size);
    }
    facts.f_bavail = facts.f_bfree;
    return caller_write(call, call->argument[1], &facts, sizeof facts);
}

long answer_statfs(const struct call *call)
{
    char path[4096];
    if (caller_read_string(call, call->argument[0], path, sizeof path))
        return GO_ON;
    int page_size = page_size_of_path(path);
    return page_size < 0 ? GO_ON : write_facts(call, page_size);
}

long answer_fstatfs(const struct call *call)
{
    char link[48], path[4096];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", call->thread, (int)call->argument[0]);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return GO_ON;
    path[length] = 0;
    int page_size = page_size_of_path(path);
    return page_size < 0 ? GO_ON : write_facts(call, page_size);
}

/* The page size of the file that is mapped at an address, or -1. */
static int page_size_at(pid_t pid, uint64_t address)
{
    char path[32], *line;
    int page_size = -1;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    struct text maps = text_of_file(path);
    char *next = maps.start;
    while (!maps.failed && (line = next_line(&next))) {
        uint64_t start, end;
        int at = 0;
        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &start, &end, &at) < 2 || address >= end)
            continue;
        if (address >= start && at > 0)
            page_size = page_size_of_path(line + at);
        break;
    }
    text_free(&maps);
    return page_size;
}

/* Only MADV_POPULATE_WRITE; the filter lets other advice through. */
long answer_madvise(const struct call *call)
{
    struct credentials caller;
    struct process process;
    struct state state;
    uint64_t start = call->argument[0], end = start + call->argument[1];
    if (credentials_of(call->thread, &caller) || process_find(caller.process, &process) ||
        thread_state(call->thread, &state) || end <= start)
        return GO_ON;
    int page_size = page_size_at(caller.process, start);
    if (page_size < 0)
        return GO_ON;
    struct policy policy = policy_of_range(&process, &state, start, end);
    pools_update();
    return pools_take(&process, start, end, page_size, policy_allowed_cells(&policy),
                      policy_first_cell(&policy));
}
