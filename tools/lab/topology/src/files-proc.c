/* /proc/cpuinfo, meminfo, stat, mounts and sys/vm/nr_hugepages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "files.h"
#include "machine.h"
#include "memory.h"
#include "pools.h"

/* Online CPUs of the socket, or only one of each core. */
static int count_in_socket(int socket, const struct cpu_set *online, int cores)
{
    int count = 0, last_core = -1;
    for (int core = 0; core < MAX_CPUS; core++)
        for (int cpu = 0; cpu < machine.cpu_count; cpu++) {
            if (machine.cpu[cpu].socket != socket || machine.cpu[cpu].core != core || !set_has(online, cpu))
                continue;
            count += !cores || core != last_core;
            last_core = core;
        }
    return count;
}

/* "key\t: value" */
static int has_key(const char *line, const char *key)
{
    size_t length = strlen(key);
    return starts_with(line, key) && (line[length] == '\t' || line[length] == ' ' || line[length] == ':');
}

static void add_cpu(struct text *text, int cpu, const char *real, const struct cpu_set *online)
{
    char *copy = strdup(real), *next = copy, *line;
    int socket = machine.cpu[cpu].socket;
    if (!copy) {
        text->failed = 1;
        return;
    }
    while ((line = next_line(&next)) && *line) {
        int value = -1;
        if (has_key(line, "processor") || has_key(line, "apicid") || has_key(line, "initial apicid"))
            value = cpu;
        else if (has_key(line, "physical id"))
            value = socket;
        else if (has_key(line, "siblings"))
            value = count_in_socket(socket, online, 0);
        else if (has_key(line, "core id"))
            value = machine.cpu[cpu].core;
        else if (has_key(line, "cpu cores"))
            value = count_in_socket(socket, online, 1);
        if (value < 0)
            text_add_bytes(text, line, strlen(line));
        else
            text_add(text, "%.*s: %d", (int)strcspn(line, ":"), line, value);
        text_add(text, "\n");
    }
    text_add(text, "\n");
    free(copy);
}

/* Each CPU is described as the machine's first one. */
static void show_cpuinfo(struct text *text, char *real)
{
    struct cpu_set online = online_cpus();
    char *end = strstr(real, "\n\n");
    if (end)
        end[1] = 0;
    for (int cpu = 0; cpu < machine.cpu_count; cpu++)
        if (set_has(&online, cpu))
            add_cpu(text, cpu, real, &online);
}

/* Every emulated CPU shows the counters of a real one. */
static void show_stat(struct text *text, char *real)
{
    char *next = real, *line, *counters[MAX_CPUS];
    int count = 0, number, at;
    struct cpu_set online = online_cpus();
    while ((line = next_line(&next))) {
        at = 0;
        if (sscanf(line, "cpu%d%n", &number, &at) == 1) {
            if (count < MAX_CPUS)
                counters[count++] = line + at;
            continue;
        }
        for (int cpu = 0; cpu < machine.cpu_count && count > 0; cpu++)
            if (set_has(&online, cpu))
                text_add(text, "cpu%d%s\n", cpu, counters[cpu % count]);
        count = 0;
        text_add_bytes(text, line, strlen(line));
        text_add(text, "\n");
    }
}

static void show_meminfo(struct text *text, char *real)
{
    char *next = real, *line;
    pools_update();
    struct memory memory = memory_of_machine();
    int page_size = page_size_of_kib(2048);
    long total = 0, vacant = 0, surplus = 0;
    for (int cell = 0; page_size >= 0 && cell < machine.cell_count; cell++) {
        total += pool_total(cell, page_size);
        vacant += pool_free(cell, page_size);
        surplus += pool_surplus(cell, page_size);
    }
    const struct {
        const char *key;
        long value;
        const char *unit;
    } values[] = {
        { "MemTotal", memory.total_kib, " kB" },
        { "MemFree", memory.free_kib, " kB" },
        { "MemAvailable", memory.available_kib, " kB" },
        /* Counted as free above. */
        { "Buffers", 0, " kB" },
        { "Cached", 0, " kB" },
        { "SReclaimable", 0, " kB" },
        { "HugePages_Total", total, "" },
        { "HugePages_Free", vacant, "" },
        { "HugePages_Rsvd", 0, "" },
        { "HugePages_Surp", surplus, "" },
        { "Hugetlb", memory.hugepages_kib, " kB" },
    };
    while ((line = next_line(&next))) {
        size_t i = 0, count = sizeof values / sizeof *values;
        while (i < count && !has_key(line, values[i].key))
            i++;
        if (i < count)
            text_add(text, "%s:%*ld%s\n", values[i].key, (int)(24 - strlen(values[i].key) - 1), values[i].value,
                     values[i].unit);
        else
            text_add(text, "%s\n", line);
    }
}

/* The tmpfs that stand for hugetlbfs are named as what they stand for. */
static void show_mounts(struct text *text, char *real)
{
    char *next = real, *line;
    while ((line = next_line(&next))) {
        char mount[256], type[64];
        int page_size = -1;
        if (sscanf(line, "%*s %255s %63s", mount, type) == 2 && strcmp(type, "tmpfs") == 0)
            for (int i = 0; i < machine.page_size_count; i++)
                if (strcmp(mount, machine.page_size[i].mount) == 0)
                    page_size = i;
        if (page_size >= 0)
            text_add(text, "hugetlbfs %s hugetlbfs rw,relatime,pagesize=%ldM 0 0\n", mount,
                     machine.page_size[page_size].kib / 1024);
        else {
            text_add_bytes(text, line, strlen(line));
            text_add(text, "\n");
        }
    }
}

static void show_nr_hugepages(struct text *text, char *real)
{
    int page_size = page_size_of_kib(2048);
    long sum = 0;
    (void)real;
    pools_update();
    for (int cell = 0; page_size >= 0 && cell < machine.cell_count; cell++)
        sum += pool_total(cell, page_size);
    text_add(text, "%ld\n", sum);
}

static const struct {
    const char *name, *real;
    void (*show)(struct text *text, char *real);
} files[] = {
    { "cpuinfo", "/proc/cpuinfo", show_cpuinfo },    { "meminfo", "/proc/meminfo", show_meminfo },
    { "stat", "/proc/stat", show_stat },             { "mounts", "/proc/self/mounts", show_mounts },
    { "self/mounts", "/proc/self/mounts", show_mounts },
    { "sys/vm/nr_hugepages", TREE "/vm/nr_hugepages", show_nr_hugepages },
};

int show_proc_file(struct text *text, const char *path)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strcmp(path, files[i].name) != 0)
            continue;
        struct text real = text_of_file(files[i].real);
        if (real.failed || real.length == 0)
            text->failed = 1;
        else
            files[i].show(text, real.start);
        text_free(&real);
        return 1;
    }
    return 0;
}
