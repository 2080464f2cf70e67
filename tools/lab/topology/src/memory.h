/* How much memory the emulated machine shows as free. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

struct memory {
    uint64_t total_kib, free_kib, available_kib, hugepages_kib;
};

/* Of the whole machine. Call pools_update() first. */
struct memory memory_of_machine(void);
/* Of one cell; what the host's processes use is shared out evenly. */
struct memory memory_of_cell(int cell);

#endif
