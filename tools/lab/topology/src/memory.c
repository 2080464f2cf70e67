#include "memory.h"
#include <stdio.h>
#include <stdlib.h>
#include "machine.h"
#include "pools.h"
#include "text.h"

static uint64_t used_kib(void)
{
    struct text text = text_of_file("/proc/meminfo");
    unsigned long total = 0, available = 0;
    char *next = text.start, *line;
    while (!text.failed && (line = next_line(&next))) {
        sscanf(line, "MemTotal: %lu", &total);
        sscanf(line, "MemAvailable: %lu", &available);
    }
    text_free(&text);
    return total > available ? total - available : 0;
}

struct memory memory_of_cell(int cell)
{
    struct memory memory = { .total_kib = machine.memory_kib[cell], .hugepages_kib = pools_kib(cell) };
    uint64_t gone = memory.hugepages_kib + used_kib() / machine.cell_count;
    /* A small emulated cell on a machine that is busy: something is always left. */
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
