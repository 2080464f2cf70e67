/* Files that show the emulated machine in place of the real one. Each adds its text, or marks it as failed. */
#ifndef FILES_H
#define FILES_H

#include "call.h"
#include "text.h"

/*
 * Whether the last part of a path is a name that anything below answers for: most opens are of something else, and go on
 * after this question.
 */
int is_interesting_name(const char *name);

/*
 * Below /proc/, with the path relative to it. 1 if it is ours (or has failed), 0 if the kernel's is right.
 * files-process.c, files-proc.c
 */
int show_process_file(struct text *text, const char *path, const struct call *call);
int show_proc_file(struct text *text, const char *path);
/*
 * Below /sys/, with the path relative to it. As above, or -errno for a file that is not there now. files-sys.c
 */
int show_sys_file(struct text *text, const char *path);

#endif
