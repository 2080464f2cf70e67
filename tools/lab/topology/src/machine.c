#define _GNU_SOURCE
#include "machine.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "text.h"

struct machine machine;

static int take_line(const char *line)
{
    int cpu, cell, socket, core;
    long kib;
    unsigned long memory;
    char mount[64];
    if (*line == 0 || *line == '#')
        return 1;
    if (sscanf(line, "cpu %d cell %d socket %d core %d", &cpu, &cell, &socket, &core) == 4) {
        if (cpu != machine.cpu_count || cpu >= MAX_CPUS || cell < 0 || cell >= MAX_CELLS)
            return 0;
        machine.cpu[cpu].cell = cell;
        machine.cpu[cpu].socket = socket;
        machine.cpu[cpu].core = core;
        machine.cpu_count++;
        return 1;
    }
    if (sscanf(line, "cell %d memory-kib %lu", &cell, &memory) == 2) {
        if (cell != machine.cell_count || cell >= MAX_CELLS)
            return 0;
        machine.memory_kib[machine.cell_count++] = memory;
        return 1;
    }
    if (sscanf(line, "hugepages-kib %ld mount %63s", &kib, mount) == 2) {
        if (machine.page_size_count >= MAX_PAGE_SIZES || kib < 4)
            return 0;
        machine.page_size[machine.page_size_count].kib = kib;
        strcpy(machine.page_size[machine.page_size_count++].mount, mount);
        return 1;
    }
    return 0;
}

int machine_load(const char *path)
{
    struct text text = text_of_file(path);
    int good = !text.failed;
    char *next = text.start, *line;
    while (good && (line = next_line(&next)))
        good = take_line(line);
    text_free(&text);
    for (int cpu = 0; cpu < machine.cpu_count; cpu++)
        if (machine.cpu[cpu].cell >= machine.cell_count)
            good = 0;
    return good && machine.cpu_count > 0 && machine.cell_count > 0;
}

uint64_t machine_memory_kib(void)
{
    uint64_t sum = 0;
    for (int cell = 0; cell < machine.cell_count; cell++)
        sum += machine.memory_kib[cell];
    return sum;
}

uint64_t all_cells(void)
{
    return (UINT64_C(1) << machine.cell_count) - 1;
}

struct cpu_set all_cpus(void)
{
    struct cpu_set set = { { 0 } };
    for (int cpu = 0; cpu < machine.cpu_count; cpu++)
        set_add(&set, cpu);
    return set;
}

/*
 * A process takes a CPU offline by writing 0 into a plain file, which is looked at when it matters. The files stay open: this
 * is asked often.
 */
static int is_online(int cpu)
{
    static struct {
        int is_open, descriptor, is_offline;
    } files[MAX_CPUS];
    char path[96], state;
    /* CPU 0 has no such file, as with Linux. */
    if (cpu == 0)
        return 1;
    if (!files[cpu].is_open) {
        snprintf(path, sizeof path, TREE "/cpu/cpu%d/online", cpu);
        files[cpu].descriptor = open(path, O_RDONLY | O_CLOEXEC);
        files[cpu].is_open = files[cpu].descriptor >= 0;
    }
    /* A file that is empty is being written just now. */
    if (files[cpu].is_open && pread(files[cpu].descriptor, &state, 1, 0) == 1)
        files[cpu].is_offline = state == '0';
    return !files[cpu].is_offline;
}

struct cpu_set online_cpus(void)
{
    struct cpu_set set = { { 0 } };
    for (int cpu = 0; cpu < machine.cpu_count; cpu++)
        if (is_online(cpu))
            set_add(&set, cpu);
    return set;
}

struct cpu_set cpus_of_cell(int cell)
{
    struct cpu_set set = { { 0 } };
    for (int cpu = 0; cpu < machine.cpu_count; cpu++)
        if (machine.cpu[cpu].cell == cell)
            set_add(&set, cpu);
    return set;
}

int page_size_of_path(const char *path)
{
    for (int i = 0; i < machine.page_size_count; i++) {
        const char *mount = machine.page_size[i].mount;
        if (starts_with(path, mount) && (path[strlen(mount)] == '/' || path[strlen(mount)] == 0))
            return i;
    }
    return -1;
}

int page_size_of_kib(long kib)
{
    for (int i = 0; i < machine.page_size_count; i++)
        if (machine.page_size[i].kib == kib)
            return i;
    return -1;
}
