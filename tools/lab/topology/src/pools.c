#include "pools.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "machine.h"
#include "ranges.h"
#include "text.h"

/* As in host-topology.ts. */
#define RESERVED_KIB (256 * 1024)

/* What /proc/sys/vm/nr_hugepages speaks of: x86-64's default size. */
#define DEFAULT_PAGE_KIB 2048

/* 1 and the number, if the file was written since `*seen`. One that is empty is being written just now. */
static int was_written(const char *path, struct timespec *seen, long *number)
{
    struct stat facts;
    if (stat(path, &facts))
        return 0;
    if (facts.st_mtim.tv_sec == seen->tv_sec && facts.st_mtim.tv_nsec == seen->tv_nsec)
        return 0;
    *number = read_number(path, -1);
    if (*number < 0)
        return 0;
    *seen = facts.st_mtim;
    return 1;
}

/* As many as fit beside the pages of other sizes, whatever was asked for. */
static long at_most(int cell, int page_size)
{
    int64_t kib = machine.memory_kib[cell] - RESERVED_KIB;
    for (int other = 0; other < machine.page_size_count; other++)
        if (other != page_size)
            kib -= pool_total(cell, other) * machine.page_size[other].kib;
    return kib < 0 ? 0 : kib / machine.page_size[page_size].kib;
}

static void set_pool(int cell, int page_size, long pages)
{
    long most = at_most(cell, page_size);
    shared->pool[cell][page_size] = pages < 0 ? 0 : pages > most ? most : pages;
}

/* A number for the whole machine is reached page by page, one cell after the other, as the kernel does it. */
static void set_all_pools(int page_size, long wanted)
{
    long pages = 0, most = 0;
    for (int cell = 0; cell < machine.cell_count; cell++) {
        pages += shared->pool[cell][page_size];
        most += at_most(cell, page_size);
    }
    if (wanted > most)
        wanted = most;
    for (int cell = 0; pages != wanted; cell = (cell + 1) % machine.cell_count) {
        long *pool = &shared->pool[cell][page_size];
        if (pages < wanted && *pool < at_most(cell, page_size)) {
            ++*pool;
            ++pages;
        } else if (pages > wanted && *pool > 0) {
            --*pool;
            --pages;
        }
    }
}

static void take_in_files(int page_size)
{
    long kib = machine.page_size[page_size].kib, number;
    char path[128];
    for (int cell = 0; cell < machine.cell_count; cell++) {
        snprintf(path, sizeof path, TREE "/node/node%d/hugepages/hugepages-%ldkB/nr_hugepages", cell, kib);
        if (was_written(path, &shared->pool_file_times[cell][page_size], &number))
            set_pool(cell, page_size, number);
    }
    /* These two are made last and say what the cells say already, so they change nothing at first. */
    snprintf(path, sizeof path, TREE "/hugepages/hugepages-%ldkB/nr_hugepages", kib);
    if (was_written(path, &shared->pool_file_times[MAX_CELLS][page_size], &number))
        set_all_pools(page_size, number);
    if (kib == DEFAULT_PAGE_KIB &&
        was_written(TREE "/vm/nr_hugepages", &shared->pool_file_times[MAX_CELLS + 1][page_size], &number))
        set_all_pools(page_size, number);
}

void pools_update(void)
{
    for (int page_size = 0; page_size < machine.page_size_count; page_size++)
        take_in_files(page_size);
    ranges_sweep();
}

long pool_total(int cell, int page_size)
{
    long used = pages_used(cell, page_size), pool = shared->pool[cell][page_size];
    return used > pool ? used : pool;
}

long pool_free(int cell, int page_size)
{
    return pool_total(cell, page_size) - pages_used(cell, page_size);
}

long pool_surplus(int cell, int page_size)
{
    return pool_total(cell, page_size) - shared->pool[cell][page_size];
}

uint64_t pools_kib(int cell)
{
    uint64_t sum = 0;
    for (int page_size = 0; page_size < machine.page_size_count; page_size++)
        sum += pool_total(cell, page_size) * machine.page_size[page_size].kib;
    return sum;
}

/* Backs a range of which nothing is backed yet. */
static int take_range(const struct process *process, uint64_t start, uint64_t end, int page_size,
                      uint64_t cells, int first)
{
    uint64_t bytes = machine.page_size[page_size].kib * 1024;
    for (int i = 0; i < machine.cell_count && start < end; i++) {
        int cell = (first + i) % machine.cell_count;
        uint64_t wanted = (end - start) / bytes;
        uint64_t available = cells >> cell & 1 ? pool_free(cell, page_size) : 0;
        uint64_t taken = wanted < available ? wanted : available;
        if (taken == 0)
            continue;
        if (pages_add(process, start, start + taken * bytes, cell, page_size))
            return -ENOMEM;
        start += taken * bytes;
    }
    return start < end ? -EFAULT : 0;
}

int pools_take(const struct process *process, uint64_t start, uint64_t end, int page_size, uint64_t cells,
               int first)
{
    uint64_t bytes = machine.page_size[page_size].kib * 1024;
    start -= start % bytes;
    end += (bytes - end % bytes) % bytes;
    for (uint64_t position = start; position < end;) {
        const struct page_range *taken = pages_find(process, position, end);
        if (taken && taken->start <= position) {
            position = taken->end;
            continue;
        }
        uint64_t until = taken ? taken->start : end;
        int error = take_range(process, position, until, page_size, cells, first);
        if (error) {
            pages_remove(process, position, until);
            return error;
        }
        position = until;
    }
    return 0;
}
