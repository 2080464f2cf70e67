import { describe, expect, it } from 'vitest';
import { showStatus, statusExitCodes, type HostStatus, type LabStatus } from './status.js';

const canvas = { columns: 80, paint: (_style: string, text: string) => text };

const host: HostStatus = {
  name: 'compute1',
  address: '10.0.0.11',
  pid: 7,
  processes: 40,
  memoryMiB: 500,
  dedicatedCpus: '0',
  sharedCpus: '1',
  emulated: false,
  computes: true,
  facts: {
    online: '0-1',
    offline: '',
    cells: [{ id: 0, socket: 0, memoryMib: 900, freeMib: 300, hugepages: [], cores: [[0], [1]] }],
    guests: [],
  },
};
const lab: LabStatus = {
  state: 'up',
  directory: '/lab',
  profile: 'small',
  hosts: [host],
  faults: [],
  problem: '',
};

describe('the status of a lab', () => {
  it('is a line, and for each host one line and its picture', () => {
    expect(showStatus(lab, canvas)).toEqual([
      'up  /lab  profile small',
      '',
      'compute1  10.0.0.11  pid 7, 40 processes, 500 MiB',
      "  1 socket, 1 NUMA cell, 2 cores, 2 CPUs, the machine's own",
      '  socket 0, cell 0: 300 of 900 MiB free',
      '  ┌─────┬─────┐',
      '  │ 0 D │ 1 S │',
      '  └─────┴─────┘',
      '',
      expect.stringContaining('D dedicated'),
    ]);
  });

  it('has no picture of a host that is stopped or silent', () => {
    const hosts = [
      { ...host, facts: undefined },
      { ...host, name: 'compute2', pid: undefined, facts: undefined },
    ];
    const problem = 'Not running: compute2.';
    expect(showStatus({ ...lab, state: 'partial', hosts, problem }, canvas)).toEqual([
      'partial  /lab  profile small  Not running: compute2.',
      '',
      'compute1  10.0.0.11  pid 7, 40 processes, 500 MiB',
      '  does not tell its topology',
      '',
      'compute2  10.0.0.11  stopped',
    ]);
  });

  it('says first what is broken on purpose', () => {
    const since = '2026-01-01T12:00:00.000Z';
    const fault = { id: 'f1', kind: 'cut-network', host: 'compute1', words: {}, since, injected: true };
    expect(showStatus({ ...lab, faults: [fault] }, canvas)[1]).toBe(
      'broken on purpose: f1 cut-network on compute1, since 12:00:00 UTC',
    );
  });

  it('is one line where there is no lab', () => {
    const none: LabStatus = {
      state: 'down',
      directory: '/lab',
      hosts: [],
      faults: [],
      problem: 'There is no lab.',
    };
    expect(showStatus(none, canvas)).toEqual(['down  /lab  There is no lab.']);
  });

  it('has an exit code of its own for each state', () => {
    expect(statusExitCodes).toEqual({ up: 0, down: 3, partial: 6 });
  });
});
