/*
 * Locked memory is remembered and shown, not locked: guests would take all of their memory from the machine. A limit of it
 * is set for real; where the container may not raise it, it is remembered for those who may on a real host (root).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "call.h"
#include "ranges.h"

static struct lock *lock_of_process(pid_t pid, int create)
{
    struct process process;
    return process_find(pid, &process) ? NULL : lock_of(&process, create);
}

/* Read from /proc: prlimit(2) wants a privilege that a container may lack, even to look. */
static int get_limit(pid_t process, struct rlimit *limit)
{
    const struct lock *lock = lock_of_process(process, 0);
    if (lock && lock->has_limit) {
        *limit = lock->limit;
        return 0;
    }
    char path[32], *line;
    snprintf(path, sizeof path, "/proc/%d/limits", process);
    struct text limits = text_of_file(path);
    char *next = limits.start;
    int found = 0;
    while (!limits.failed && !found && (line = next_line(&next))) {
        char soft[24], hard[24];
        found = sscanf(line, "Max locked memory %23s %23s", soft, hard) == 2;
        if (found) {
            limit->rlim_cur = soft[0] == 'u' ? RLIM_INFINITY : strtoul(soft, NULL, 10);
            limit->rlim_max = hard[0] == 'u' ? RLIM_INFINITY : strtoul(hard, NULL, 10);
        }
    }
    text_free(&limits);
    return found ? 0 : -ESRCH;
}

/* The rule of mlockall(2): CAP_IPC_LOCK, or a limit that all of the memory fits in. 0 or -errno. */
static int may_lock_all(const struct credentials *caller)
{
    char path[32];
    struct rlimit limit;
    snprintf(path, sizeof path, "/proc/%d/statm", caller->process);
    if (has_capability(caller, CAP_IPC_LOCK) || get_limit(caller->process, &limit))
        return 0;
    if (limit.rlim_cur == 0)
        return -EPERM;
    return (rlim_t)read_number(path, 0) * 4096 <= limit.rlim_cur ? 0 : -ENOMEM;
}

long answer_mlockall(const struct call *call)
{
    struct credentials caller;
    if (credentials_of(call->thread, &caller))
        return GO_ON;
    int error = may_lock_all(&caller);
    if (error)
        return error;
    struct lock *lock = lock_of_process(caller.process, 1);
    if (!lock)
        return -ENOMEM;
    lock->all_memory = 1;
    return 0;
}

long answer_munlockall(const struct call *call)
{
    struct credentials caller;
    if (credentials_of(call->thread, &caller) == 0) {
        struct lock *lock = lock_of_process(caller.process, 0);
        if (lock)
            lock->all_memory = 0;
    }
    return GO_ON;
}

/* For real if possible, else in our books. 0 or -errno. */
static int raise_limit(pid_t process, const struct rlimit *limit)
{
    if (prlimit(process, RLIMIT_MEMLOCK, limit, NULL) == 0)
        return 0;
    if (errno != EPERM)
        return -errno;
    struct lock *lock = lock_of_process(process, 1);
    if (!lock)
        return -ENOMEM;
    lock->has_limit = 1;
    lock->limit = *limit;
    return 0;
}

/* Limits that are in our books already, and those that only root may set, are answered; the kernel does all others. */
static long change_limit(const struct call *call, pid_t pid, uint64_t new_limit, uint64_t old_limit)
{
    struct credentials caller, target;
    struct rlimit before, after;
    if (credentials_of(call->thread, &caller) || (pid != 0 && caller.pid_namespaces != 1) || pid < 0 ||
        credentials_of(pid == 0 ? call->thread : pid, &target) || get_limit(target.process, &before))
        return GO_ON;
    if (new_limit && caller_read(call, new_limit, &after, sizeof after))
        return -EFAULT;
    struct lock *lock = lock_of_process(target.process, 0);
    int is_in_books = lock && lock->has_limit;
    int raises = new_limit && after.rlim_max > before.rlim_max;
    if (!is_in_books && !(raises && caller.effective_user == 0))
        return GO_ON;
    if (target.process != caller.process && !may_look_into(&caller, &target))
        return -EPERM;
    if (raises && caller.effective_user != 0)
        return -EPERM;
    if (new_limit && after.rlim_cur > after.rlim_max)
        return -EINVAL;
    if (is_in_books && new_limit) {
        lock->limit = after;
    } else if (new_limit) {
        int error = raise_limit(target.process, &after);
        if (error)
            return error;
    }
    return old_limit ? caller_write(call, old_limit, &before, sizeof before) : 0;
}

long answer_prlimit(const struct call *call)
{
    return change_limit(call, (pid_t)call->argument[0], call->argument[2], call->argument[3]);
}

long answer_setrlimit(const struct call *call)
{
    return change_limit(call, 0, call->argument[1], 0);
}

long answer_getrlimit(const struct call *call)
{
    return change_limit(call, 0, 0, call->argument[1]);
}
