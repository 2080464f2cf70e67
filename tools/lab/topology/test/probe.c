/*
 * What a process is told, for the tests (emulation.server.test.ts): each word of the command line is a step, taken in order in
 * one process. It prints what a step was answered, errors by their name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static char *area;
static size_t area_size;

static void say(const char *step, long result)
{
    printf("%s %s\n", step, result < 0 ? strerrorname_np(errno) : "ok");
}

/* The lines of a file of /proc/self or /proc/thread-self that contain a text. */
static void show(const char *path, const char *wanted)
{
    char line[4096];
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strstr(line, wanted))
            fputs(line, stdout);
    if (file)
        fclose(file);
}

static void show_affinity(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) {
        say("affinity", -1);
        return;
    }
    printf("affinity");
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            printf(" %d", cpu);
    printf("\n");
}

static void show_policy(void)
{
    int mode = -1;
    unsigned long cells = 0;
    if (syscall(SYS_get_mempolicy, &mode, &cells, 64, NULL, 0))
        say("policy", -1);
    else
        printf("policy %d %lx\n", mode, cells);
}

static void show_area_policy(void)
{
    int mode = -1, cell = -1, status = -1;
    unsigned long cells = 0;
    void *page = area;
    syscall(SYS_get_mempolicy, &mode, &cells, 64, area, MPOL_F_ADDR);
    syscall(SYS_get_mempolicy, &cell, NULL, 0, area, MPOL_F_ADDR | MPOL_F_NODE);
    syscall(SYS_move_pages, 0, 1, &page, NULL, &status, 0);
    printf("area policy %d %lx on %d moved %d\n", mode, cells, cell, status);
}

static void show_numa_line(void)
{
    char address[32];
    snprintf(address, sizeof address, "%lx ", (unsigned long)area);
    show("/proc/self/numa_maps", address);
}

/* "file:PATH:KIB": a new file that is mapped at once and removed. */
static void map_file(char *path)
{
    char *size = strrchr(path, ':');
    *size = 0;
    area_size = strtoul(size + 1, NULL, 10) * 1024;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct statfs facts;
    if (fd < 0 || fstatfs(fd, &facts) || ftruncate(fd, area_size)) {
        say("file", -1);
        return;
    }
    unlink(path);
    /* As a hugetlbfs does it: aligned to the page size that the file system names. */
    size_t page = facts.f_bsize;
    char *room = mmap(NULL, area_size + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    area = room + (page - (uintptr_t)room % page) % page;
    area = mmap(area, area_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0);
    printf("file %s page %ld\n", facts.f_type == 0x958458f6 ? "hugetlbfs" : "other", (long)facts.f_bsize);
    close(fd);
}

static void map_memory(char *kib)
{
    area_size = strtoul(kib, NULL, 10) * 1024;
    /* With a guard behind it, as QEMU does it: the kernel would join two areas that touch. */
    area = mmap(NULL, area_size + 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(area, area_size, PROT_READ | PROT_WRITE);
    memset(area, 1, area_size);
}

static void pin(char *cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(atoi(cpu), &set);
    say("pin", sched_setaffinity(0, sizeof set, &set));
}

static void step(char *word);

static void *in_thread(void *word)
{
    step(word);
    return NULL;
}

/* "thread:STEP": the step in a new thread. */
static void run_thread(char *word)
{
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, word);
    pthread_join(thread, NULL);
}

/* "orphan:STEP": the step in a grandchild whose parent is gone. */
static void run_orphan(char *word)
{
    int done[2];
    char byte;
    fflush(stdout);
    if (pipe(done))
        exit(1);
    pid_t child = fork();
    if (child == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                usleep(1000);
            step(word);
            fflush(stdout);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    close(done[1]);
    while (read(done[0], &byte, 1) > 0)
        ;
    close(done[0]);
}

/* Many different masks: the supervisor has room for fewer at one time. */
static void pin_often(void)
{
    for (int i = 1; i <= 20000; i++) {
        unsigned long mask[2] = { (unsigned long)i & 0xffff, 0 };
        if (mask[0] && syscall(SYS_sched_setaffinity, 0, sizeof mask, mask)) {
            say("pin-often", -1);
            return;
        }
    }
    say("pin-often", 0);
}

/* Pointers that lead nowhere, and other nonsense. */
static void bad_requests(void)
{
    void *nowhere = (void *)16;
    say("bad affinity", syscall(SYS_sched_setaffinity, 0, 64, nowhere));
    say("bad affinity", syscall(SYS_sched_getaffinity, 0, 64, nowhere));
    say("short affinity", syscall(SYS_sched_getaffinity, 0, 1, nowhere));
    say("bad policy", syscall(SYS_set_mempolicy, MPOL_BIND, nowhere, 64));
    say("bad mode", syscall(SYS_set_mempolicy, 77, NULL, 0));
    say("bad area", syscall(SYS_mbind, 1, 4096, MPOL_DEFAULT, NULL, 0, 0));
    say("bad path", syscall(SYS_openat, AT_FDCWD, nowhere, O_RDONLY));
    say("bad folder", syscall(SYS_openat, 12345, "status", O_RDONLY));
    say("bad thread", syscall(SYS_openat, AT_FDCWD, "/proc/999999/status", O_RDONLY));
    say("bad statfs", syscall(SYS_statfs, nowhere, nowhere));
    say("bad param", syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, nowhere));
    say("bad pid", syscall(SYS_sched_getaffinity, -5, 64, nowhere));
    say("bad limit", syscall(SYS_prlimit64, 0, RLIMIT_MEMLOCK, nowhere, NULL));
    say("bad sysinfo", syscall(SYS_sysinfo, nowhere));
}

static void step(char *word)
{
    struct sysinfo facts;
    unsigned long cells;
    char *value = strchr(word, ':');
    if (value)
        *value++ = 0;
    if (!strcmp(word, "affinity"))
        show_affinity();
    else if (!strcmp(word, "status"))
        show("/proc/thread-self/status", "allowed_list");
    else if (!strcmp(word, "pin"))
        pin(value);
    else if (!strcmp(word, "policy"))
        show_policy();
    else if (!strcmp(word, "bind") || !strcmp(word, "prefer")) {
        cells = strtoul(value, NULL, 16);
        int mode = word[0] == 'b' ? MPOL_BIND : MPOL_PREFERRED;
        say(word, syscall(SYS_set_mempolicy, mode, &cells, 64));
    } else if (!strcmp(word, "memory"))
        map_memory(value);
    else if (!strcmp(word, "file"))
        map_file(value);
    else if (!strcmp(word, "bind-area")) {
        cells = strtoul(value, NULL, 16);
        say("bind-area", syscall(SYS_mbind, area, area_size, MPOL_BIND, &cells, 64, 0));
    } else if (!strcmp(word, "area"))
        show_area_policy();
    else if (!strcmp(word, "numa"))
        show_numa_line();
    else if (!strcmp(word, "populate"))
        say("populate", madvise(area, area_size, MADV_POPULATE_WRITE));
    else if (!strcmp(word, "unmap"))
        say("unmap", munmap(area, area_size));
    else if (!strcmp(word, "lock"))
        say("lock", mlockall(MCL_CURRENT | MCL_FUTURE));
    else if (!strcmp(word, "slack")) {
        prctl(PR_SET_TIMERSLACK, 70000);
        printf("slack %d\n", prctl(PR_GET_TIMERSLACK));
    } else if (!strcmp(word, "ram") && sysinfo(&facts) == 0)
        printf("ram %lu MiB\n", facts.totalram / 1048576 * facts.mem_unit);
    else if (!strcmp(word, "read"))
        show(value, "");
    else if (!strcmp(word, "bad"))
        bad_requests();
    else if (!strcmp(word, "pin-often"))
        pin_often();
    else if (!strcmp(word, "thread"))
        run_thread(value);
    else if (!strcmp(word, "orphan"))
        run_orphan(value);
    else if (!strcmp(word, "exec"))
        execl("/proc/self/exe", "probe", value, NULL);
    else
        printf("%s is no step\n", word);
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        step(words[i]);
        fflush(stdout);
    }
    return 0;
}
