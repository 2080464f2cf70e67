/* Text that grows up to MAX_TEXT, and the reading of small files. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

struct text {
    char *start; /* NULL, or ended by a zero byte */
    size_t length, capacity;
    int failed; /* no memory, or longer than MAX_TEXT: not to be shown to anybody */
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_free(struct text *text);

/* The whole file; `failed` if it cannot be read. */
struct text text_of_file(const char *path);
/* A file that fits: its length without the zero byte that is added, or -errno. */
long read_file(const char *path, char *buffer, size_t size);
/* The number in a file, or `otherwise`. */
long read_number(const char *path, long otherwise);

/* The line that starts at *next, ended by a zero byte instead of its newline; NULL at the end. */
char *next_line(char **next);
int starts_with(const char *text, const char *start);

#endif
