#include "cpu-set.h"
#include <stdlib.h>
#include <string.h>

int set_has(const struct cpu_set *set, int cpu)
{
    return cpu >= 0 && cpu < MAX_CPUS && (set->word[cpu / 64] >> (cpu % 64) & 1);
}

void set_add(struct cpu_set *set, int cpu)
{
    if (cpu >= 0 && cpu < MAX_CPUS)
        set->word[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

int set_count(const struct cpu_set *set)
{
    int count = 0;
    for (int i = 0; i < MAX_CPUS / 64; i++)
        count += __builtin_popcountll(set->word[i]);
    return count;
}

int set_is_empty(const struct cpu_set *set)
{
    return set_count(set) == 0;
}

int set_nth(const struct cpu_set *set, int n)
{
    for (int cpu = 0; cpu < MAX_CPUS; cpu++)
        if (set_has(set, cpu) && n-- == 0)
            return cpu;
    return -1;
}

struct cpu_set set_and(const struct cpu_set *a, const struct cpu_set *b)
{
    struct cpu_set both;
    for (int i = 0; i < MAX_CPUS / 64; i++)
        both.word[i] = a->word[i] & b->word[i];
    return both;
}

struct cpu_set set_parse_list(const char *list)
{
    struct cpu_set set = { { 0 } };
    while (*list >= '0' && *list <= '9') {
        char *end;
        long first = strtol(list, &end, 10), last = first;
        if (*end == '-')
            last = strtol(end + 1, &end, 10);
        if (last >= MAX_CPUS)
            last = MAX_CPUS - 1;
        for (long cpu = first; cpu <= last; cpu++)
            set_add(&set, cpu);
        if (*end != ',')
            break;
        list = end + 1;
    }
    return set;
}

void text_add_list(struct text *text, const struct cpu_set *set)
{
    const char *separator = "";
    for (int first = 0; first < MAX_CPUS; first++) {
        if (!set_has(set, first))
            continue;
        int last = first;
        while (set_has(set, last + 1))
            last++;
        if (first == last)
            text_add(text, "%s%d", separator, first);
        else
            text_add(text, "%s%d-%d", separator, first, last);
        separator = ",";
        first = last;
    }
}

struct cpu_set set_parse_map(const char *map)
{
    struct cpu_set set = { { 0 } };
    size_t length = strspn(map, "0123456789abcdef,");
    int bit = 0;
    while (length-- > 0 && bit < MAX_CPUS) {
        char digit = map[length];
        if (digit == ',')
            continue;
        uint64_t value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        set.word[bit / 64] |= value << (bit % 64);
        bit += 4;
    }
    return set;
}

void text_add_map(struct text *text, const struct cpu_set *set, int bits)
{
    int words = (bits + 31) / 32, rest = bits % 32;
    for (int i = words - 1; i >= 0; i--) {
        int digits = i == words - 1 && rest != 0 ? (rest + 3) / 4 : 8;
        text_add(text, "%0*x%s", digits, (uint32_t)(set->word[i / 2] >> (32 * (i % 2))), i > 0 ? "," : "");
    }
}
