import type { CpuSet } from '@whitebox/core';
import type { CloudSession, ComputeHost, Step, TestServer } from '@whitebox/testkit';

/** @throws Error when the step is about no server */
export function serverOf(step: Step): TestServer {
  if (step.server === undefined) throw new Error(`The step "${step.text}" is about no server.`);
  return step.server;
}

/** @throws Error over an empty set */
export function firstOf(cpus: CpuSet): number {
  const [cpu] = cpus;
  if (cpu === undefined) throw new Error('There is no CPU to break anything with.');
  return cpu;
}

export const sharedOf = (server: TestServer): CpuSet => server.host.shared;
export const dedicatedOf = (server: TestServer): CpuSet => server.host.dedicated;

/** Dedicated CPUs of the server's host that are not its own. */
export async function dedicatedOfOthers(server: TestServer): Promise<CpuSet> {
  return server.host.dedicated.difference((await server.cpus()).pinned);
}

/** A compute that the server is not on. @throws Error where there is none */
export function otherHost(step: Step, session: CloudSession): ComputeHost {
  const { host } = serverOf(step);
  const other = session.computes.find(({ name }) => name !== host.name);
  if (other === undefined) throw new Error('The lab has one compute only.');
  return other;
}
