#include "process.h"
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

int process_find(pid_t pid, struct process *process)
{
    char path[32], stat[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (read_file(path, stat, sizeof stat) <= 0)
        return -ESRCH;
    /* The name, in parentheses, may hold anything; field 3 follows it. */
    char *field = strrchr(stat, ')');
    *process = (struct process){ .pid = pid };
    for (int number = 3; field && number <= 28; number++) {
        field = strchr(field + 1, ' ');
        if (field && number == 22)
            process->start_time = strtoull(field + 1, NULL, 10);
        if (field && number == 28)
            process->stack = strtoull(field + 1, NULL, 10);
    }
    return field ? 0 : -ESRCH;
}

int same_start(const struct process *a, const struct process *b)
{
    return a->pid == b->pid && a->start_time == b->start_time;
}

int same_program(const struct process *a, const struct process *b)
{
    return same_start(a, b) && a->stack == b->stack;
}

static int words(const char *line)
{
    int count = 0;
    for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
        count++;
        line += strcspn(line, " \t");
    }
    return count;
}

int credentials_of(pid_t thread, struct credentials *credentials)
{
    char path[40], status[4096];
    snprintf(path, sizeof path, "/proc/%d/status", thread);
    if (read_file(path, status, sizeof status) <= 0)
        return -ESRCH;
    *credentials = (struct credentials){ .pid_namespaces = 1 };
    char *next = status, *line;
    while ((line = next_line(&next))) {
        if (starts_with(line, "Tgid:"))
            credentials->process = atoi(line + 5);
        else if (starts_with(line, "NSpid:"))
            credentials->pid_namespaces = words(line + 6);
        else if (starts_with(line, "Uid:"))
            sscanf(line + 4, "%u %u", &credentials->user, &credentials->effective_user);
        else if (starts_with(line, "CapEff:"))
            credentials->capabilities = strtoull(line + 7, NULL, 16);
    }
    return credentials->process > 0 ? 0 : -ESRCH;
}

int has_capability(const struct credentials *credentials, int capability)
{
    return credentials->capabilities >> capability & 1;
}

int may_schedule(const struct credentials *caller, const struct credentials *target)
{
    return has_capability(caller, CAP_SYS_NICE) || caller->effective_user == target->user ||
           caller->effective_user == target->effective_user;
}

int may_look_into(const struct credentials *caller, const struct credentials *target)
{
    if (caller->process == target->process || has_capability(caller, CAP_SYS_PTRACE))
        return 1;
    return caller->effective_user == target->user && caller->effective_user == target->effective_user;
}
