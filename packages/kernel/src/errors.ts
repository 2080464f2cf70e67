import { WhiteboxError } from '@whitebox/core';

/**
 * Thrown when the kernel of a host does not say what was asked:
 *
 * - `WB_KERNEL_NO_PROCESS`: no such process or domain (any more)
 * - `WB_KERNEL_DENIED`: this user may not read it
 * - `WB_KERNEL_UNREADABLE`: a file is missing, or has a form that is not understood
 * - `WB_KERNEL_GUEST_MEMORY`: the memory of a guest was not found among the mappings of its QEMU process
 */
export class KernelError extends WhiteboxError {}

export function unreadable(action: string, host: string, observed: string, cause?: unknown): KernelError {
  return new KernelError({
    code: 'WB_KERNEL_UNREADABLE',
    action,
    host,
    observed,
    advice: 'Look at the file on that host: is /sys or /proc mounted there as on an ordinary Linux?',
    cause,
  });
}
