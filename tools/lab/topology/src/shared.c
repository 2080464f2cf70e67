#include "shared.h"
#include <errno.h>
#include <sys/mman.h>

struct shared *shared;

int shared_create(void)
{
    void *memory =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return -ENOMEM;
    shared = memory;
    return 0;
}
