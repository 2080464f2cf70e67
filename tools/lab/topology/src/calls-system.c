#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include "call.h"
#include "memory.h"
#include "pools.h"
#include "thread-state.h"

long answer_sysinfo(const struct call *call)
{
    struct sysinfo facts;
    if (sysinfo(&facts))
        return GO_ON;
    pools_update();
    struct memory memory = memory_of_machine();
    facts.mem_unit = facts.mem_unit ? facts.mem_unit : 1;
    facts.totalram = memory.total_kib * 1024 / facts.mem_unit;
    facts.freeram = memory.free_kib * 1024 / facts.mem_unit;
    return caller_write(call, call->argument[0], &facts, sizeof facts);
}

/* The timer slack carries the state of a thread (thread-state.h): nobody else sees or changes it. */
long answer_prctl(const struct call *call)
{
    switch (call->argument[0]) {
    case PR_SET_TIMERSLACK:
        return 0;
    case PR_GET_TIMERSLACK:
        return USUAL_TIMER_SLACK;
    default:
        return GO_ON;
    }
}
