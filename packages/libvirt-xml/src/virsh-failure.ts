import type { ErrorCode } from '@whitebox/core';
import type { Completed } from '@whitebox/host';
import { VirshError } from './errors.js';

const noDomainAdvice = 'It may be on another host, or gone: list the domains of the hosts.';

// The first that matches counts: a lost connection can also make a domain not be found.
const kinds: readonly { readonly said: RegExp; readonly code: ErrorCode; readonly advice: string }[] = [
  {
    said: /failed to connect to the hypervisor|failed to connect socket|cannot recv data|end of file while reading data|authentication (?:failed|unavailable)/i,
    code: 'WB_VIRSH_NO_CONNECTION',
    advice:
      'See whether libvirtd (or virtqemud) runs on that host and whether this user may use it; root may.',
  },
  {
    said: /failed to get domain|domain not found|no domain with matching/i,
    code: 'WB_VIRSH_NO_DOMAIN',
    advice: noDomainAdvice,
  },
  {
    said: /failed to get secret|secret not found|no secret with matching/i,
    code: 'WB_VIRSH_NO_SECRET',
    advice: 'List the secrets of that host; ephemeral ones are gone when libvirt is restarted.',
  },
];

/** What virsh said, with the code of what that means. */
export function virshFailure(host: string, args: readonly string[], completed: Completed): VirshError {
  const said = (completed.stderr.trim() || completed.stdout.trim()).slice(-2000);
  const how =
    completed.signal === null ? `exit code ${String(completed.exitCode)}` : `ended by ${completed.signal}`;
  const kind = kinds.find(({ said: pattern }) => pattern.test(said));
  return new VirshError({
    code: kind?.code ?? 'WB_VIRSH_FAILED',
    action: `run virsh ${args.join(' ')}`,
    host,
    observed: said === '' ? `${how}, and it printed nothing` : `${how}: ${said}`,
    advice: kind?.advice ?? 'Run the same command on that host by hand to see more.',
  });
}

export function noDomainNamed(host: string, domain: string): VirshError {
  return new VirshError({
    code: 'WB_VIRSH_NO_DOMAIN',
    action: `find the domain named ${domain}`,
    host,
    observed: 'virsh lists none of that name',
    advice: noDomainAdvice,
  });
}
