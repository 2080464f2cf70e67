#define _GNU_SOURCE
#include "supervisor.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "call.h"
#include "shared.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* Watched that often; one call may take between one and two of these. */
#define WATCH_MS 15000

static const struct {
    int number;
    long (*answer)(const struct call *call);
} answers[] = {
    { SYS_openat, answer_openat },
    { SYS_open, answer_open },
    { SYS_madvise, answer_madvise },
    { SYS_fstatfs, answer_fstatfs },
    { SYS_statfs, answer_statfs },
    { SYS_prlimit64, answer_prlimit },
    { SYS_setrlimit, answer_setrlimit },
    { SYS_getrlimit, answer_getrlimit },
    { SYS_sysinfo, answer_sysinfo },
    { SYS_sched_getaffinity, answer_sched_getaffinity },
    { SYS_sched_setaffinity, answer_sched_setaffinity },
    { SYS_sched_setscheduler, answer_sched_setscheduler },
    { SYS_sched_getscheduler, answer_sched_getscheduler },
    { SYS_sched_setparam, answer_sched_setparam },
    { SYS_sched_getparam, answer_sched_getparam },
    { SYS_sched_setattr, answer_sched_setattr },
    { SYS_sched_getattr, answer_sched_getattr },
    { SYS_mbind, answer_mbind },
    { SYS_set_mempolicy, answer_set_mempolicy },
    { SYS_get_mempolicy, answer_get_mempolicy },
    { SYS_move_pages, answer_move_pages },
    { SYS_mlockall, answer_mlockall },
    { SYS_munlockall, answer_munlockall },
    { SYS_prctl, answer_prctl },
    { SYS_kill, answer_kill },
};

static long answer(const struct call *call)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answers[i].number == call->number)
            return answers[i].answer(call);
    return GO_ON;
}

/* An error here means that the caller is gone. */
static void send_answer(int listener, uint64_t id, long value)
{
    struct seccomp_notif_resp response = { .id = id };
    if (value == GO_ON)
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (value < 0)
        response.error = (int)value;
    else
        response.val = value;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Whether any process still has the filter. */
static int is_needed(int listener, int timeout_ms)
{
    struct pollfd poll_listener = { .fd = listener };
    return poll(&poll_listener, 1, timeout_ms) <= 0 || !(poll_listener.revents & (POLLHUP | POLLERR));
}

static void answer_calls(int listener)
{
    /* Room for what a newer kernel may add. */
    union {
        struct seccomp_notif notification;
        char room[1024];
    } request;
    for (;;) {
        memset(&request, 0, sizeof request);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request)) {
            /* ENOENT: the caller was killed before we saw it, or there is none left. */
            if (errno == EINTR || (errno == ENOENT && is_needed(listener, 0)))
                continue;
            _exit(1);
        }
        struct call call = {
            .listener = listener,
            .id = request.notification.id,
            .thread = (pid_t)request.notification.pid,
            .number = request.notification.data.nr,
        };
        memcpy(call.argument, request.notification.data.args, sizeof call.argument);
        shared->in_work = shared->last = call.id;
        shared->served++;
        long value = answer(&call);
        if (value != ANSWERED)
            send_answer(listener, call.id, value);
        shared->in_work = 0;
    }
}

/*
 * Somebody waits for an answer of a process that has died, perhaps before it could say for whom it was at work. Calls have
 * consecutive numbers, and the kernel takes an answer only to one that was handed out: so all that it can be are tried.
 */
static void let_go_on(int listener)
{
    for (uint64_t distance = 0; distance < 4096; distance++)
        send_answer(listener, shared->last + distance, GO_ON);
}

static pid_t start_answering(int listener)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_NAME, "lab-topo-answer");
    answer_calls(listener);
    _exit(1);
}

/* Waits until the child has died, by itself or because it hung; 0 when nobody needs it any more. */
static int watch(int listener, pid_t child)
{
    uint64_t seen = 0;
    for (;;) {
        int needed = is_needed(listener, WATCH_MS);
        if (!needed)
            kill(child, SIGKILL);
        if (waitpid(child, NULL, needed ? WNOHANG : 0) != 0)
            return needed;
        uint64_t now = shared->in_work ? shared->served : 0;
        if (now != 0 && now == seen)
            kill(child, SIGKILL);
        seen = now;
    }
}

static void ignore_signals(void)
{
    for (int number = 1; number < SIGRTMAX; number++)
        if (number != SIGCHLD)
            signal(number, SIG_IGN);
    /* A child's fault must end it. */
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    signal(SIGFPE, SIG_DFL);
    signal(SIGILL, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
}

static void on_child(int number)
{
    (void)number; /* interrupts poll() */
}

void supervise(int listener)
{
    uint64_t flags = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
    struct sigaction action = { .sa_handler = on_child };
    /* A hint that makes answers faster; kernels before 6.6 do not know it. */
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, flags);
    ignore_signals();
    sigaction(SIGCHLD, &action, NULL);
    /* Everybody waits for us. */
    setpriority(PRIO_PROCESS, 0, -10);
    for (;;) {
        pid_t child = start_answering(listener);
        if (child > 0 && !watch(listener, child))
            return;
        if (child > 0)
            fprintf(stderr, "lab-topology: the process that answers has ended; another one takes over.\n");
        /* Not in a hurry, should this happen again and again. */
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
        shared->in_work = 0;
        let_go_on(listener);
    }
}
