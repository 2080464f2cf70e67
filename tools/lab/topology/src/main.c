/*
 * lab-topology COMMAND [ARGUMENT...]: runs the command, and all that it starts, on the machine that CONFIGURATION describes. A
 * host's first process is started by it. Without a description it only runs the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "filter.h"
#include "machine.h"
#include "shared.h"
#include "supervisor.h"

static int send_descriptor(int socket, int descriptor)
{
    char byte = 0, control[CMSG_SPACE(sizeof descriptor)] = { 0 };
    struct iovec data = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int receive_descriptor(int socket)
{
    int descriptor;
    char byte, control[CMSG_SPACE(sizeof descriptor)];
    struct iovec data = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&message))
        return -1;
    memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof descriptor);
    return descriptor;
}

/* The supervisor: started before the filter is there, so that it is not its own charge. */
static void run_supervisor(int socket, char *name)
{
    int listener = receive_descriptor(socket);
    if (listener < 0)
        _exit(1);
    setsid();
    prctl(PR_SET_NAME, "lab-topology");
    /* systemd leaves processes with such a name alone while it shuts down: others still need an answer then. */
    name[0] = '@';
    if (chdir("/") || write(socket, "", 1) != 1)
        _exit(1);
    close(socket);
    supervise(listener);
    _exit(0);
}

static int start_supervisor(char *name)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
        return -1;
    pid_t child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        /* Once more, so that whoever we become has no child that it does not know of. */
        close(sockets[0]);
        if (fork() != 0)
            _exit(0);
        run_supervisor(sockets[1], name);
    }
    close(sockets[1]);
    waitpid(child, NULL, 0);
    return sockets[0];
}

/* From here on every filtered call waits for the supervisor, so it gets the listener before anything else is done. */
static int install(char *name)
{
    char ready;
    int socket = start_supervisor(name);
    if (socket < 0)
        return -errno;
    int listener = filter_install();
    if (listener < 0)
        return listener;
    if (send_descriptor(socket, listener) || read(socket, &ready, 1) != 1)
        return -EPIPE;
    close(listener);
    close(socket);
    return 0;
}

int main(int count, char **arguments)
{
    if (count < 2) {
        fprintf(stderr, "usage: lab-topology COMMAND [ARGUMENT...]\n");
        return 2;
    }
    if (access(CONFIGURATION, F_OK) == 0) {
        if (!machine_load(CONFIGURATION) || shared_create()) {
            fprintf(stderr, "lab-topology: " CONFIGURATION " makes no sense.\n");
            return 1;
        }
        int error = install(arguments[0]);
        /* EBUSY: we are in an emulated machine already. */
        if (error && error != -EBUSY) {
            fprintf(stderr, "lab-topology: cannot install the filter: %s\n", strerror(-error));
            return 1;
        }
    }
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 127;
}
