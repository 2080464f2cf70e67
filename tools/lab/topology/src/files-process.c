/* /proc/PID/status, stat, limits and numa_maps, of processes and of single threads. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "files.h"
#include "machine.h"
#include "policy.h"
#include "ranges.h"
#include "thread-state.h"

/* Fields of /proc/PID/stat, see proc(5). */
enum { PRIORITY = 18, PROCESSOR = 39, REALTIME_PRIORITY = 40, SCHEDULER = 41 };

struct subject {
    char path[96]; /* as seen from here */
    pid_t thread;
    struct process process;
    struct state state;
    int may_be_looked_into;
};

static void show_status(struct text *text, const struct subject *subject, char *real)
{
    char *next = real, *line;
    unsigned long size_kib = 0;
    const struct lock *lock = lock_of(&subject->process, 0);
    struct cpu_set cpus = state_cpus(&subject->state, NULL), cells = { { all_cells() } };
    while ((line = next_line(&next))) {
        sscanf(line, "VmSize: %lu", &size_kib);
        if (starts_with(line, "VmLck:") && lock && lock->all_memory) {
            text_add(text, "VmLck:\t%8lu kB", size_kib);
        } else if (starts_with(line, "HugetlbPages:")) {
            text_add(text, "HugetlbPages:\t%8lu kB", pages_kib_of(&subject->process));
        } else if (starts_with(line, "Cpus_allowed:")) {
            text_add(text, "Cpus_allowed:\t");
            text_add_map(text, &cpus, machine.cpu_count);
        } else if (starts_with(line, "Cpus_allowed_list:")) {
            text_add(text, "Cpus_allowed_list:\t");
            text_add_list(text, &cpus);
        } else if (starts_with(line, "Mems_allowed:")) {
            text_add(text, "Mems_allowed:\t");
            /* Two words at least: from their number libnuma learns how long masks are. */
            text_add_map(text, &cells, 64);
        } else if (starts_with(line, "Mems_allowed_list:")) {
            text_add(text, "Mems_allowed_list:\t");
            text_add_list(text, &cells);
        } else {
            text_add_bytes(text, line, strlen(line));
        }
        text_add(text, "\n");
    }
}

/* Addresses that the kernel tells only to those who may trace the process. */
static int is_secret_field(int number)
{
    return (number >= 26 && number <= 30) || number == 35 || (number >= 45 && number <= 52);
}

static void show_stat(struct text *text, const struct subject *subject, char *real)
{
    struct cpu_set online = online_cpus(), cpus = state_cpus(&subject->state, &online);
    char *rest = strrchr(real, ')'), *save, *field;
    if (!rest) {
        text->failed = 1;
        return;
    }
    text_add_bytes(text, real, rest + 1 - real);
    int number = 3;
    for (field = strtok_r(rest + 1, " \n", &save); field; field = strtok_r(NULL, " \n", &save), number++) {
        int realtime = subject->state.scheduler != 0;
        if (number == PROCESSOR)
            text_add(text, " %d", set_nth(&cpus, atoi(field) % set_count(&cpus)));
        else if (number == PRIORITY && realtime)
            text_add(text, " %d", -1 - subject->state.priority);
        else if (number == REALTIME_PRIORITY && realtime)
            text_add(text, " %d", subject->state.priority);
        else if (number == SCHEDULER && realtime)
            text_add(text, " %d", subject->state.scheduler);
        else if (is_secret_field(number) && !subject->may_be_looked_into)
            text_add(text, " 0");
        else
            text_add(text, " %s", field);
    }
    text_add(text, "\n");
}

static void add_limit(struct text *text, rlim_t limit)
{
    if (limit == RLIM_INFINITY)
        text_add(text, "%-20s ", "unlimited");
    else
        text_add(text, "%-20lu ", (unsigned long)limit);
}

static void show_limits(struct text *text, const struct subject *subject, char *real)
{
    const struct lock *lock = lock_of(&subject->process, 0);
    char *next = real, *line;
    while ((line = next_line(&next))) {
        if (starts_with(line, "Max locked memory") && lock && lock->has_limit) {
            text_add(text, "%-25s ", "Max locked memory");
            add_limit(text, lock->limit.rlim_cur);
            add_limit(text, lock->limit.rlim_max);
            text_add(text, "bytes     \n");
        } else {
            text_add_bytes(text, line, strlen(line));
            text_add(text, "\n");
        }
    }
}

/* " huge anon=4 dirty=4 N1=4 kernelpagesize_kB=2048": what the range holds, cell by cell. */
static void add_hugepages(struct text *text, const struct subject *subject, uint64_t start, uint64_t end)
{
    long pages[MAX_CELLS] = { 0 }, kib = 0, sum = 0;
    const struct page_range *range;
    for (uint64_t at = start; (range = pages_find(&subject->process, at, end)); at = range->end) {
        kib = machine.page_size[range->page_size].kib;
        pages[range->cell] += (long)((range->end - range->start) / 1024) / kib;
    }
    for (int cell = 0; cell < machine.cell_count; cell++)
        sum += pages[cell];
    text_add(text, " huge dirty=%ld", sum);
    for (int cell = 0; cell < machine.cell_count; cell++)
        if (pages[cell])
            text_add(text, " N%d=%ld", cell, pages[cell]);
    text_add(text, " kernelpagesize_kB=%ld", kib);
}

/* One line of numa_maps: "ADDRESS POLICY file=... anon=3 N0=3 kernelpagesize_kB=4". */
static void add_numa_line(struct text *text, const struct subject *subject, char *line, uint64_t end)
{
    char *save, *word = strtok_r(line, " ", &save);
    uint64_t start = word ? strtoull(word, NULL, 16) : 0;
    if (!word || !strtok_r(NULL, " ", &save)) {
        text->failed = 1;
        return;
    }
    struct policy policy = policy_of_range(&subject->process, &subject->state, start, end);
    int has_hugepages = pages_find(&subject->process, start, end) != NULL;
    text_add(text, "%08lx ", start);
    text_add_policy(text, &policy);
    long pages = 0;
    while ((word = strtok_r(NULL, " ", &save))) {
        int cell;
        long count;
        if (sscanf(word, "N%d=%ld", &cell, &count) == 2)
            pages += count;
        else if (has_hugepages && !starts_with(word, "file="))
            continue;
        else if (starts_with(word, "kernelpagesize_kB="))
            text_add(text, " N%d=%ld %s", policy_first_cell(&policy), pages, word);
        else
            text_add(text, " %s", word);
    }
    if (has_hugepages)
        add_hugepages(text, subject, start, end);
    text_add(text, "\n");
}

static void show_numa_maps(struct text *text, const struct subject *subject, char *real)
{
    char *next = real, *line;
    ranges_sweep();
    while ((line = next_line(&next))) {
        /* Where a mapping ends is not said; the next one begins there or later. */
        uint64_t end = *next ? strtoull(next, NULL, 16) : UINT64_MAX;
        add_numa_line(text, subject, line, end);
    }
}

static const struct {
    const char *name;
    void (*show)(struct text *text, const struct subject *subject, char *real);
    int is_secret;
} files[] = {
    { "status", show_status, 0 },
    { "stat", show_stat, 0 },
    { "limits", show_limits, 0 },
    { "numa_maps", show_numa_maps, 1 },
};

/* "self", "thread-self" or a number, then perhaps "/task/NUMBER"; what follows, or NULL. */
static const char *parse_subject(const char *path, const struct credentials *caller, const struct call *call,
                                 struct subject *subject)
{
    char *end;
    pid_t process;
    int whole_process = 1;
    if (starts_with(path, "self/")) {
        process = subject->thread = caller->process;
        end = (char *)path + strlen("self");
    } else if (starts_with(path, "thread-self/")) {
        process = caller->process;
        subject->thread = call->thread;
        whole_process = 0;
        end = (char *)path + strlen("thread-self");
    } else {
        if (caller->pid_namespaces != 1)
            return NULL;
        process = subject->thread = (pid_t)strtol(path, &end, 10);
    }
    if (process <= 0)
        return NULL;
    if (starts_with(end, "/task/")) {
        subject->thread = (pid_t)strtol(end + strlen("/task/"), &end, 10);
        whole_process = 0;
    }
    if (*end != '/' || subject->thread <= 0)
        return NULL;
    if (whole_process)
        snprintf(subject->path, sizeof subject->path, "/proc/%d%.20s", process, end);
    else
        snprintf(subject->path, sizeof subject->path, "/proc/%d/task/%d%.20s", process, subject->thread, end);
    return end + 1;
}

int show_process_file(struct text *text, const char *path, const struct call *call)
{
    struct subject subject = { .thread = 0 };
    struct credentials caller, target;
    if (!(path[0] >= '1' && path[0] <= '9') && !starts_with(path, "self/") &&
        !starts_with(path, "thread-self/"))
        return 0;
    if (credentials_of(call->thread, &caller))
        return 0;
    const char *name = parse_subject(path, &caller, call, &subject);
    for (size_t i = 0; name && i < sizeof files / sizeof *files; i++) {
        if (strcmp(name, files[i].name) != 0)
            continue;
        target = caller;
        if ((subject.thread != call->thread && credentials_of(subject.thread, &target)) ||
            process_find(target.process, &subject.process) || thread_state(subject.thread, &subject.state))
            return 0;
        subject.may_be_looked_into = may_look_into(&caller, &target);
        if (files[i].is_secret && !subject.may_be_looked_into)
            return 0;
        struct cpu_set online = online_cpus();
        states_drop_offline(&online);
        struct text real = text_of_file(subject.path);
        if (real.failed || real.length == 0)
            text->failed = 1;
        else
            files[i].show(text, &subject, real.start);
        text_free(&real);
        return 1;
    }
    return 0;
}
