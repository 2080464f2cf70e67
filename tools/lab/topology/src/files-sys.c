/*
 * Files of /sys that change: which CPUs are online, and how many hugepages there are. All others are plain files that were
 * made when the host started (tree.ts).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "files.h"
#include "machine.h"
#include "memory.h"
#include "pools.h"

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The CPUs in a file of the tree, those that are offline left out; in the format that the file has. */
static int show_cpus_of_file(struct text *text, const char *path)
{
    char real[160], content[MAX_CPUS * 4];
    struct cpu_set online = online_cpus();
    snprintf(real, sizeof real, TREE "/%s", path);
    if (set_count(&online) == machine.cpu_count || read_file(real, content, sizeof content) <= 0)
        return 0;
    int is_list = ends_with(path, "list");
    struct cpu_set all = is_list ? set_parse_list(content) : set_parse_map(content);
    struct cpu_set cpus = set_and(&all, &online);
    if (is_list)
        text_add_list(text, &cpus);
    else
        text_add_map(text, &cpus, machine.cpu_count);
    text_add(text, "\n");
    return 1;
}

/* "cpuN/topology/..." and "cpuN/cache/...": gone while the CPU is offline. */
static int show_cpu_file(struct text *text, const char *path)
{
    int cpu;
    struct cpu_set online = online_cpus();
    if (strcmp(path, "cpu/online") == 0 || strcmp(path, "cpu/offline") == 0) {
        struct cpu_set all = all_cpus(), offline = all;
        for (int i = 0; i < MAX_CPUS / 64; i++)
            offline.word[i] &= ~online.word[i];
        text_add_list(text, ends_with(path, "online") ? &online : &offline);
        text_add(text, "\n");
        return 1;
    }
    if (sscanf(path, "cpu/cpu%d/", &cpu) != 1 || (!strstr(path, "/topology/") && !strstr(path, "/cache/")))
        return 0;
    if (!set_has(&online, cpu) && cpu < machine.cpu_count)
        return -ENOENT;
    int is_set = ends_with(path, "_list") || ends_with(path, "_siblings") || ends_with(path, "_cpus") ||
                 ends_with(path, "_map");
    return is_set ? show_cpus_of_file(text, path) : 0;
}

static void show_cell_memory(struct text *text, int cell)
{
    pools_update();
    struct memory memory = memory_of_cell(cell);
    int page_size = page_size_of_kib(2048);
    const struct {
        const char *key;
        uint64_t kib;
    } lines[] = {
        { "MemTotal", memory.total_kib },
        { "MemFree", memory.free_kib },
        { "MemUsed", memory.total_kib - memory.free_kib },
        { "SwapCached", 0 },
        { "Active", 0 },
        { "Inactive", 0 },
        { "Mlocked", 0 },
        { "Dirty", 0 },
        { "FilePages", 0 },
        { "Mapped", 0 },
        { "AnonPages", memory.total_kib - memory.free_kib - memory.hugepages_kib },
        { "Shmem", 0 },
        { "KReclaimable", 0 },
        { "Slab", 0 },
        { "SReclaimable", 0 },
        { "SUnreclaim", 0 },
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        text_add(text, "Node %d %s:%*lu kB\n", cell, lines[i].key, (int)(23 - strlen(lines[i].key)),
                 lines[i].kib);
    if (page_size < 0)
        return;
    text_add(text, "Node %d HugePages_Total: %5ld\n", cell, pool_total(cell, page_size));
    text_add(text, "Node %d HugePages_Free:  %5ld\n", cell, pool_free(cell, page_size));
    text_add(text, "Node %d HugePages_Surp:  %5ld\n", cell, pool_surplus(cell, page_size));
}

static const struct {
    const char *name;
    long (*of_cell)(int cell, int page_size);
} counts[] = {
    { "nr_hugepages", pool_total },
    { "nr_hugepages_mempolicy", pool_total },
    { "free_hugepages", pool_free },
    { "surplus_hugepages", pool_surplus },
};

/* One cell, or all if it is -1. */
static int show_count(struct text *text, int cell, int page_size, const char *name)
{
    if (page_size < 0)
        return 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (strcmp(name, counts[i].name) != 0)
            continue;
        long sum = 0;
        pools_update();
        for (int each = 0; each < machine.cell_count; each++)
            if (cell < 0 || each == cell)
                sum += counts[i].of_cell(each, page_size);
        text_add(text, "%ld\n", sum);
        return 1;
    }
    return 0;
}

static int show_node_file(struct text *text, const char *path)
{
    int cell, at = 0;
    long kib;
    if (sscanf(path, "node/node%d/%n", &cell, &at) != 1 || at == 0 || cell < 0 || cell >= machine.cell_count)
        return 0;
    const char *rest = path + at;
    if (strcmp(rest, "meminfo") == 0) {
        show_cell_memory(text, cell);
        return 1;
    }
    if (strcmp(rest, "cpulist") == 0 || strcmp(rest, "cpumap") == 0)
        return show_cpus_of_file(text, path);
    at = 0;
    if (sscanf(rest, "hugepages/hugepages-%ldkB/%n", &kib, &at) == 1 && at > 0)
        return show_count(text, cell, page_size_of_kib(kib), rest + at);
    return 0;
}

/* "cpu/cpu3/node1/x" is "node/node1/x", and the other way round. */
static const char *follow_link(const char *path)
{
    int cpu, node, at = 0;
    if (sscanf(path, "cpu/cpu%d/node%d/%n", &cpu, &node, &at) == 2 && at > 0)
        return strstr(path, "/node") + 1;
    at = 0;
    if (sscanf(path, "node/node%d/cpu%d/%n", &node, &cpu, &at) == 2 && at > 0)
        return strstr(path, "/cpu") + 1;
    return NULL;
}

int show_sys_file(struct text *text, const char *path)
{
    char followed[160];
    long kib;
    int at = 0;
    if (sscanf(path, "kernel/mm/hugepages/hugepages-%ldkB/%n", &kib, &at) == 1 && at > 0)
        return show_count(text, -1, page_size_of_kib(kib), path + at);
    if (!starts_with(path, "devices/system/"))
        return 0;
    path += strlen("devices/system/");
    const char *link = follow_link(path);
    if (link) {
        snprintf(followed, sizeof followed, "%s/%.120s", starts_with(link, "node") ? "node" : "cpu", link);
        path = followed;
    }
    if (starts_with(path, "cpu/"))
        return show_cpu_file(text, path);
    return starts_with(path, "node/") ? show_node_file(text, path) : 0;
}

int is_interesting_name(const char *name)
{
    static const char *const names[] = {
        "status", "stat",    "limits",  "numa_maps", "cpuinfo",       "meminfo",
        "mounts", "online",  "offline", "cpulist",   "cpumap",        "nr_hugepages",
        "core_id", "die_id", "cluster_id", "physical_package_id", "free_hugepages", "surplus_hugepages",
        "nr_hugepages_mempolicy",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return ends_with(name, "_list") || ends_with(name, "_siblings") || ends_with(name, "_cpus") ||
           ends_with(name, "_map");
}
