import type { FakeServer } from './fake-state.suite.js';

export function later<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}

export function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The made-up cloud has no such thing.');
  return value;
}

/** A server as Nova tells of it. */
export function shown({ id, name, status, host, fault }: FakeServer) {
  return { id, name, status, host, instanceName: name, fault: fault ?? null };
}

/** Id of the provider of a compute. */
export function rpOf(host: string): string {
  return `root-${host}`;
}
