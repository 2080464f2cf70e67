/* The machine that is emulated: what it consists of, and which of its CPUs are online. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>
#include "cpu-set.h"
#include "limits.h"

struct machine {
    int cpu_count, cell_count, page_size_count;
    struct {
        int cell, socket, core;
    } cpu[MAX_CPUS];
    uint64_t memory_kib[MAX_CELLS];
    struct {
        long kib;
        char mount[64]; /* where the pages are shown as a hugetlbfs */
    } page_size[MAX_PAGE_SIZES];
};

extern struct machine machine;

/* Reads the description; 0 if there is none or it makes no sense. */
int machine_load(const char *path);

uint64_t machine_memory_kib(void);
/* A bit for each cell. */
uint64_t all_cells(void);
struct cpu_set all_cpus(void);
struct cpu_set online_cpus(void);
struct cpu_set cpus_of_cell(int cell);
/* Index of the page size whose mount the path is in, or -1. */
int page_size_of_path(const char *path);
/* Index of the page size of so many KiB, or -1. */
int page_size_of_kib(long kib);

#endif
