#define _GNU_SOURCE
#include "call.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* The caller may have been killed, and its number may be somebody else's by now. */
static int still_waits(const struct call *call)
{
    return ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) == 0;
}

static ssize_t read_some(const struct call *call, uint64_t address, void *buffer, size_t size)
{
    struct iovec here = { buffer, size }, there = { (void *)address, size };
    return process_vm_readv(call->thread, &here, 1, &there, 1, 0);
}

int caller_read(const struct call *call, uint64_t address, void *buffer, size_t size)
{
    ssize_t count = read_some(call, address, buffer, size);
    return count == (ssize_t)size && still_waits(call) ? 0 : -EFAULT;
}

int caller_write(const struct call *call, uint64_t address, const void *buffer, size_t size)
{
    struct iovec here = { (void *)buffer, size }, there = { (void *)address, size };
    if (!still_waits(call))
        return -EFAULT;
    return process_vm_writev(call->thread, &here, 1, &there, 1, 0) == (ssize_t)size ? 0 : -EFAULT;
}

int caller_read_string(const struct call *call, uint64_t address, char *buffer, size_t size)
{
    size_t length = 0;
    while (length < size) {
        /* Not beyond the end of a page: what follows may not be there. */
        size_t part = 4096 - (address + length) % 4096;
        if (part > size - length)
            part = size - length;
        ssize_t count = read_some(call, address + length, buffer + length, part);
        if (count <= 0)
            return -EFAULT;
        if (memchr(buffer + length, 0, count))
            return still_waits(call) ? 0 : -EFAULT;
        length += count;
    }
    return -EFAULT;
}

static int file_with(const struct text *text)
{
    int fd = memfd_create("lab-topology", MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    for (size_t done = 0; done < text->length;) {
        ssize_t count = write(fd, text->start + done, text->length - done);
        if (count <= 0) {
            close(fd);
            return -1;
        }
        done += count;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

long answer_with_file(const struct call *call, struct text *text, int close_on_exec)
{
    int fd = text->failed ? -1 : file_with(text);
    text_free(text);
    if (fd < 0)
        return GO_ON;
    struct seccomp_notif_addfd file = {
        .id = call->id,
        .flags = SECCOMP_ADDFD_FLAG_SEND,
        .srcfd = fd,
        .newfd_flags = close_on_exec,
    };
    int added = ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &file);
    int error = errno;
    close(fd);
    if (added >= 0)
        return ANSWERED;
    return error == EMFILE ? -EMFILE : GO_ON;
}
