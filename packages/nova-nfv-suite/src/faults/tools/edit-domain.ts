import type { CpuSet } from '@whitebox/core';
import { run } from '@whitebox/host';
import type { TestServer } from '@whitebox/testkit';
import type { Break } from '../fault.js';
import { firstOf, serverOf } from './server-of.js';

/** The definition from which the next reboot starts: a vCPU would be pinned elsewhere. */
export function pinVcpuInInactiveXml(vcpu: number, to: (server: TestServer) => CpuSet): Break {
  return async (step, session) => {
    const cpu = String(firstOf(to(serverOf(step))));
    await editInactiveXml(`(<vcpupin vcpu=.${vcpu}. cpuset=.)[^'"]*`, cpu)(step, session);
  };
}

/**
 * The definition from which the next reboot starts, and nothing else.
 *
 * @param pattern of Python, with one group that stays; what follows it in the match is replaced. It must match once.
 */
export function editInactiveXml(pattern: string, value: string): Break {
  return async (step) => {
    const { host, domain } = serverOf(step);
    const script = [
      'import sys, re, subprocess',
      'xml = subprocess.check_output(["virsh", "dumpxml", "--inactive", "--security-info", sys.argv[1]], text=True)',
      'changed, times = re.subn(sys.argv[2], r"\\g<1>" + sys.argv[3], xml)',
      'assert times == 1, f"{sys.argv[2]} is there {times} times"',
      'subprocess.run(["virsh", "define", "/dev/stdin"], input=changed, text=True, check=True)',
    ].join('\n');
    await run(host.machine, ['python3', '-c', script, domain, pattern, value]);
  };
}
