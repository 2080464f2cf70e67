import { CpuSet } from '@whitebox/core';
import type { CellFacts } from './host-facts.js';
import type { FactsByHost, OutputContext } from './output-context.js';

/** In the format of whitebox-tempest-plugin's nodes.yaml. */
export function nodesYaml(context: OutputContext, facts: FactsByHost): string {
  const lines = context.hosts
    .filter(({ roles }) => roles.includes('compute'))
    .flatMap(({ name, cpuSets, deployment }) => [
      `${name}:`,
      // Of other deployments the services are left to be found.
      ...(deployment === undefined ? packagedServices : []),
      ...Object.entries(cpuSets).flatMap(([kind, cpus]) =>
        cpus === '' ? [] : [`  cpu_${kind}_set: ${quoted(cpus)}`],
      ),
      ...topologyYaml(facts.get(name)?.cells ?? []),
    ]);
  return `${lines.join('\n')}\n`;
}

const packagedServices = [
  '  services:',
  '    libvirt:',
  '      start_command: systemctl start libvirtd',
  '      stop_command: systemctl stop libvirtd',
  '      mask_command: systemctl mask libvirtd',
  '      unmask_command: systemctl unmask libvirtd',
  '    nova-compute:',
  '      config_path: /etc/nova/nova.conf',
  '      start_command: systemctl start nova-compute',
  '      stop_command: systemctl stop nova-compute',
];

function topologyYaml(cells: readonly CellFacts[]): string[] {
  const sockets = [...new Set(cells.map(({ socket }) => socket))].sort((a, b) => a - b);
  return [
    '  topology:',
    ...sockets.flatMap((socket) => [
      `    socket-${socket}:`,
      ...cells
        .filter((cell) => cell.socket === socket)
        .flatMap(({ id, cores }) => [
          `      numa-${id}:`,
          `        cpus: ${quoted(CpuSet.from(cores.flat()).toString())}`,
        ]),
    ]),
  ];
}

/** A lone number would be read as one. */
function quoted(cpus: string): string {
  return /^\d+$/.test(cpus) ? `"${cpus}"` : cpus;
}
