/* Sets of emulated CPUs, and their formats in the kernel's files. */
#ifndef CPU_SET_H
#define CPU_SET_H

#include <stdint.h>
#include "limits.h"
#include "text.h"

struct cpu_set {
    uint64_t word[MAX_CPUS / 64];
};

int set_has(const struct cpu_set *set, int cpu);
void set_add(struct cpu_set *set, int cpu);
int set_is_empty(const struct cpu_set *set);
int set_count(const struct cpu_set *set);
/* The n-th member counted from 0; -1 if there are fewer. */
int set_nth(const struct cpu_set *set, int n);
struct cpu_set set_and(const struct cpu_set *a, const struct cpu_set *b);

/* "0-3,8"; parsing stops at the first character that does not belong. */
struct cpu_set set_parse_list(const char *list);
void text_add_list(struct text *text, const struct cpu_set *set);
/* "000f" or "00000000,0000000f": as many digits as `bits` need. */
struct cpu_set set_parse_map(const char *map);
void text_add_map(struct text *text, const struct cpu_set *set, int bits);

#endif
