#include "thread-state.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "machine.h"
#include "text.h"

static long slack_of(pid_t thread)
{
    char path[48];
    /* This path works for every thread, not only for the first one of a process. */
    snprintf(path, sizeof path, "/proc/%d/timerslack_ns", thread);
    return read_number(path, -1);
}

static int set_slack(pid_t thread, long slack)
{
    char path[48], number[24];
    snprintf(path, sizeof path, "/proc/%d/timerslack_ns", thread);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -ESRCH;
    int length = snprintf(number, sizeof number, "%ld", slack);
    int result = write(fd, number, length) == length ? 0 : -ESRCH;
    close(fd);
    return result;
}

/* The index of a state from a timer slack; -1 for the usual slack and for one that means something else. */
static int index_of_slack(long slack)
{
    long index = slack - USUAL_TIMER_SLACK - 1;
    return index >= 0 && index < MAX_STATES && shared->states[index].used ? (int)index : -1;
}

int thread_state(pid_t thread, struct state *state)
{
    long slack = slack_of(thread);
    memset(state, 0, sizeof *state);
    if (slack < 0)
        return -ESRCH;
    int index = index_of_slack(slack);
    if (index < 0)
        return 0;
    *state = shared->states[index].state;
    if (state->reset_on_fork) {
        struct process self;
        int inherited = process_find(thread, &self) || self.pid != state->owner ||
                        self.start_time != state->owner_start_time;
        if (inherited)
            state->scheduler = state->priority = state->reset_on_fork = 0;
    }
    return 0;
}

static void mark_threads(const char *process, unsigned char *marked)
{
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/task", process);
    DIR *tasks = opendir(path);
    if (!tasks)
        return;
    for (struct dirent *entry; (entry = readdir(tasks));) {
        int index = index_of_slack(slack_of(atoi(entry->d_name)));
        if (index >= 0)
            marked[index] = 1;
    }
    closedir(tasks);
}

/* Frees the states in which no thread is any more. */
static void collect_states(void)
{
    static unsigned char marked[MAX_STATES];
    memset(marked, 0, sizeof marked);
    DIR *processes = opendir("/proc");
    if (!processes)
        return;
    for (struct dirent *entry; (entry = readdir(processes));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            mark_threads(entry->d_name, marked);
    closedir(processes);
    for (int i = 0; i < MAX_STATES; i++)
        if (!marked[i])
            shared->states[i].used = 0;
}

static int find_state(const struct state *state)
{
    int vacant = -1;
    for (int i = 0; i < MAX_STATES; i++) {
        if (shared->states[i].used && memcmp(&shared->states[i].state, state, sizeof *state) == 0)
            return i;
        if (!shared->states[i].used && vacant < 0)
            vacant = i;
    }
    if (vacant >= 0) {
        shared->states[vacant].state = *state;
        shared->states[vacant].used = 1;
    }
    return vacant;
}

int thread_set_state(pid_t thread, const struct state *state)
{
    static const struct state nothing;
    if (memcmp(state, &nothing, sizeof *state) == 0)
        return set_slack(thread, USUAL_TIMER_SLACK);
    int index = find_state(state);
    if (index < 0) {
        collect_states();
        index = find_state(state);
    }
    return index < 0 ? -ENOMEM : set_slack(thread, USUAL_TIMER_SLACK + 1 + index);
}

struct cpu_set state_cpus(const struct state *state, const struct cpu_set *online)
{
    struct cpu_set cpus = set_is_empty(&state->cpus) ? all_cpus() : state->cpus;
    if (!online)
        return cpus;
    struct cpu_set left = set_and(&cpus, online);
    return set_is_empty(&left) ? *online : left;
}

int state_local_cell(const struct state *state)
{
    struct cpu_set cpus = state_cpus(state, NULL);
    return machine.cpu[set_nth(&cpus, 0)].cell;
}

void states_drop_offline(const struct cpu_set *online)
{
    for (int i = 0; i < MAX_STATES; i++) {
        struct state *state = &shared->states[i].state;
        if (!shared->states[i].used || set_is_empty(&state->cpus))
            continue;
        struct cpu_set left = set_and(&state->cpus, online);
        if (set_is_empty(&left))
            memset(&state->cpus, 0, sizeof state->cpus);
    }
}
