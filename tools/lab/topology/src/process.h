/* What /proc tells of processes and threads. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/* One program in one process: another number after a reuse of the pid, and another stack after an exec. */
struct process {
    pid_t pid;
    uint64_t start_time, stack;
};

/* 0 or -ESRCH. */
int process_find(pid_t pid, struct process *process);
int same_start(const struct process *a, const struct process *b);
int same_program(const struct process *a, const struct process *b);

struct credentials {
    pid_t process; /* the thread group */
    uid_t user, effective_user;
    uint64_t capabilities;
    int pid_namespaces; /* how deep in nested pid namespaces, seen from here: 1 is ours */
};

/* 0 or -ESRCH. */
int credentials_of(pid_t thread, struct credentials *credentials);
int has_capability(const struct credentials *credentials, int capability);
/* The rule of sched_setaffinity(2), sched_setscheduler(2): the same user, or CAP_SYS_NICE. */
int may_schedule(const struct credentials *caller, const struct credentials *target);
/* About the rule of ptrace(2), which guards memory maps. */
int may_look_into(const struct credentials *caller, const struct credentials *target);

#endif
