#include "memory.h"
#include <dirent.h>
#include <stdio.h>
#include "machine.h"
#include "pools.h"
#include "text.h"

/* What the host's own processes have for themselves; the rest of the machine is none of its business. */
static uint64_t used_kib(void)
{
    DIR *processes = opendir("/proc");
    uint64_t pages = 0;
    if (!processes)
        return 0;
    for (struct dirent *entry; (entry = readdir(processes));) {
        char path[300], statm[128];
        unsigned long resident, shared;
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        snprintf(path, sizeof path, "/proc/%s/statm", entry->d_name);
        if (read_file(path, statm, sizeof statm) > 0 &&
            sscanf(statm, "%*u %lu %lu", &resident, &shared) == 2 && resident > shared)
            pages += resident - shared;
    }
    closedir(processes);
    return pages * 4;
}

struct memory memory_of_cell(int cell)
{
    struct memory memory = { .total_kib = machine.memory_kib[cell], .hugepages_kib = pools_kib(cell) };
    uint64_t gone = memory.hugepages_kib + used_kib() / machine.cell_count;
    /* A small cell of a busy host: something is always left. */
    uint64_t least = memory.total_kib / 64;
    memory.free_kib = memory.total_kib > gone + least ? memory.total_kib - gone : least;
    memory.available_kib = memory.free_kib;
    return memory;
}

struct memory memory_of_machine(void)
{
    struct memory sum = { 0 };
    for (int cell = 0; cell < machine.cell_count; cell++) {
        struct memory memory = memory_of_cell(cell);
        sum.total_kib += memory.total_kib;
        sum.free_kib += memory.free_kib;
        sum.available_kib += memory.available_kib;
        sum.hugepages_kib += memory.hugepages_kib;
    }
    return sum;
}
