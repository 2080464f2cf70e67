/* What there is room for. All tables have a fixed size: the supervisor's memory does not grow with what it is asked. */
#ifndef LIMITS_H
#define LIMITS_H

#define MAX_CPUS 512
#define MAX_CELLS 16
#define MAX_PAGE_SIZES 2
/* Different combinations of affinity, memory policy and real-time policy at one time. */
#define MAX_STATES 4096
/* Ranges of memory with a policy or with hugepages, over all processes. */
#define MAX_RANGES 4096
/* Processes with locked memory or a limit of it. */
#define MAX_LOCKS 512
/* The longest file that is rewritten for a reader; a longer one is read as it is. */
#define MAX_TEXT (8 << 20)

#define CONFIGURATION "/etc/lab-topology/machine.conf"
#define TREE "/run/lab-topology/tree"

#endif
