#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "call.h"
#include "files.h"
#include "text.h"

/* Nothing that is answered for has a longer path. */
#define PATH_SIZE 512

/* Makes a path absolute. 0, or -1 if it cannot be told what it is relative to. */
static int make_absolute(const struct call *call, int folder, char *path)
{
    char link[48], whole[PATH_SIZE];
    if (path[0] == '/')
        return 0;
    if (folder == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/%d/cwd", call->thread);
    else
        snprintf(link, sizeof link, "/proc/%d/fd/%d", call->thread, folder);
    ssize_t length = readlink(link, whole, sizeof whole - 1);
    if (length <= 0 || length + 1 + strlen(path) >= sizeof whole)
        return -1;
    whole[length] = '/';
    strcpy(whole + length + 1, path);
    strcpy(path, whole);
    return 0;
}

/* Takes out empty parts, "." and "..". */
static void simplify(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        from += strspn(from, "/");
        size_t length = strcspn(from, "/");
        if (length == 2 && from[0] == '.' && from[1] == '.') {
            while (to > path && *--to != '/')
                ;
        } else if (length > 0 && !(length == 1 && from[0] == '.')) {
            *to++ = '/';
            memmove(to, from, length);
            to += length;
        }
        from += length;
    }
    *to = 0;
}

static long open_file(const struct call *call, int folder, uint64_t address, int flags)
{
    char path[PATH_SIZE];
    struct text text = { 0 };
    if (caller_read_string(call, address, path, sizeof path))
        return GO_ON;
    const char *slash = strrchr(path, '/');
    if (!is_interesting_name(slash ? slash + 1 : path) || make_absolute(call, folder, path))
        return GO_ON;
    simplify(path);
    int shown = 0;
    if (starts_with(path, "/proc/"))
        shown = show_proc_file(&text, path + 6) || show_process_file(&text, path + 6, call);
    else if (starts_with(path, "/sys/"))
        shown = show_sys_file(&text, path + 5);
    if (shown <= 0) {
        text_free(&text);
        return shown < 0 ? shown : GO_ON;
    }
    return answer_with_file(call, &text, flags & O_CLOEXEC);
}

long answer_open(const struct call *call)
{
    return open_file(call, AT_FDCWD, call->argument[0], (int)call->argument[1]);
}

long answer_openat(const struct call *call)
{
    return open_file(call, (int)call->argument[0], call->argument[1], (int)call->argument[2]);
}
