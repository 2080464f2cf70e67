import { run } from '@whitebox/host';
import type { Break } from '../fault.js';
import { editInactiveXml } from './edit-domain.js';
import { serverOf } from './server-of.js';

/**
 * Domain XML, inactive XML and QEMU: the guest is started again from a changed definition, behind Nova's back.
 *
 * @param pattern as of {@link editInactiveXml}
 */
export function startDomainWith(pattern: string, value: string): Break {
  return async (step, session) => {
    await editInactiveXml(pattern, value)(step, session);
    const { host, domain } = serverOf(step);
    await run(host.machine, ['virsh', 'destroy', domain]);
    await run(host.machine, ['virsh', 'start', domain]);
  };
}
