#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "limits.h"

static int text_reserve(struct text *text, size_t more)
{
    size_t wanted = text->length + more + 1;
    if (text->failed || wanted > MAX_TEXT) {
        text->failed = 1;
        return 0;
    }
    if (wanted <= text->capacity)
        return 1;
    size_t capacity = wanted < 4096 ? 4096 : wanted * 2;
    char *start = realloc(text->start, capacity);
    if (!start) {
        text->failed = 1;
        return 0;
    }
    text->start = start;
    text->capacity = capacity;
    return 1;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!text_reserve(text, length))
        return;
    memcpy(text->start + text->length, bytes, length);
    text->length += length;
    text->start[text->length] = 0;
}

void text_add(struct text *text, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof line)
        text->failed = 1;
    else
        text_add_bytes(text, line, length);
}

void text_free(struct text *text)
{
    free(text->start);
    *text = (struct text){ 0 };
}

struct text text_of_file(const char *path)
{
    struct text text = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        text.failed = 1;
        return text;
    }
    while (text_reserve(&text, 16384)) {
        ssize_t count = read(fd, text.start + text.length, text.capacity - text.length - 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            text.failed = 1;
        if (count <= 0)
            break;
        text.length += count;
    }
    close(fd);
    if (text.start)
        text.start[text.length] = 0;
    return text;
}

long read_file(const char *path, char *buffer, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    size_t length = 0;
    ssize_t count = 0;
    while (length < size - 1 && (count = read(fd, buffer + length, size - 1 - length)) > 0)
        length += count;
    int error = count < 0 ? errno : 0;
    close(fd);
    buffer[length] = 0;
    return error ? -error : (long)length;
}

long read_number(const char *path, long otherwise)
{
    char buffer[32], *end;
    if (read_file(path, buffer, sizeof buffer) <= 0)
        return otherwise;
    long value = strtol(buffer, &end, 10);
    return end == buffer ? otherwise : value;
}

char *next_line(char **next)
{
    char *line = *next;
    if (!line || !*line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end) {
        *end = 0;
        *next = end + 1;
    } else {
        *next = line + strlen(line);
    }
    return line;
}

int starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}
