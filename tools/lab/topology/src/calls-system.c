#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "call.h"
#include "memory.h"
#include "pools.h"
#include "process.h"
#include "thread-state.h"

long answer_sysinfo(const struct call *call)
{
    struct sysinfo facts;
    if (sysinfo(&facts))
        return GO_ON;
    pools_update();
    struct memory memory = memory_of_machine();
    facts.mem_unit = facts.mem_unit ? facts.mem_unit : 1;
    facts.totalram = memory.total_kib * 1024 / facts.mem_unit;
    facts.freeram = memory.free_kib * 1024 / facts.mem_unit;
    return caller_write(call, call->argument[0], &facts, sizeof facts);
}

/* The timer slack carries the state of a thread (thread-state.h): nobody else sees or changes it. */
long answer_prctl(const struct call *call)
{
    switch (call->argument[0]) {
    case PR_SET_TIMERSLACK:
        return 0;
    case PR_GET_TIMERSLACK:
        return USUAL_TIMER_SLACK;
    default:
        return GO_ON;
    }
}

/*
 * kill(-1, ...): all processes but the caller, the first one, and us. With it systemd stops everybody while it shuts down,
 * and would wait for our answer for ever.
 */
long answer_kill(const struct call *call)
{
    struct credentials caller;
    /* Who may not signal us anyway, or is in another pid namespace, does not need us for it. */
    if (credentials_of(call->thread, &caller) || !has_capability(&caller, CAP_KILL) || caller.pid_namespaces != 1)
        return GO_ON;
    DIR *processes = opendir("/proc");
    long reached = -ESRCH;
    if (!processes)
        return GO_ON;
    for (struct dirent *entry; (entry = readdir(processes));) {
        pid_t pid = atoi(entry->d_name);
        if (pid > 1 && pid != caller.process && pid != getpid() && pid != getppid() &&
            kill(pid, (int)call->argument[1]) == 0)
            reached = 0;
    }
    closedir(processes);
    return reached;
}
