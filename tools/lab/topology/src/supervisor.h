#ifndef SUPERVISOR_H
#define SUPERVISOR_H

/*
 * Answers system calls until no process is left that has the filter. The listener must stay open somewhere as long as such
 * processes live: without it their filtered calls fail. So this process only watches, and a child answers; a child that
 * dies, or hangs over one call, is replaced, and that call goes on to the kernel.
 */
void supervise(int listener);

#endif
