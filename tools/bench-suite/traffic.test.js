import { expect, it } from 'vitest';
import { captured } from './capture.suite.js';
import { readPackets } from './pcap.js';
import { countTraffic } from './traffic.js';

const packets = readPackets(
  captured([
    { time: 10, from: '10.0.0.1:50000', to: '10.0.0.2:22', flags: 0x02 },
    { time: 11, from: '10.0.0.1:50000', to: '10.0.0.2:22', flags: 0x02 },
    { time: 12, from: '10.0.0.2:22', to: '10.0.0.1:50000', flags: 0x18, payload: 'SSH-2.0', length: 700 },
    { time: 13, from: '10.0.0.1:50001', to: '10.0.0.2:8774', flags: 0x02 },
    {
      time: 14,
      from: '10.0.0.1:50001',
      to: '10.0.0.2:8774',
      flags: 0x18,
      payload: 'POST /v2.1/servers HTTP/1.1',
      length: 300,
    },
    {
      time: 15,
      from: '10.0.0.2:8774',
      to: '10.0.0.1:50001',
      flags: 0x18,
      payload: 'HTTP/1.1 202',
      length: 100,
    },
    { time: 16, from: '10.0.0.1:50001', to: '10.0.0.2:8774', flags: 0x18, payload: '{"server": "GET /"}' },
    { time: 17, from: '10.0.0.3:4000', to: '10.0.0.2:8774', flags: 0x18, payload: 'GET / HTTP/1.1' },
    { time: 18, from: '10.0.0.1:50002', to: '10.0.0.2:3306', flags: 0x18, payload: 'x', length: 40 },
    { time: 30, from: '10.0.0.1:50000', to: '10.0.0.3:22', flags: 0x02 },
  ]),
);

it('counts connections, requests and payload of one machine', () => {
  expect(countTraffic(packets, '10.0.0.1')).toEqual({
    ssh: 2,
    sshBytes: 700,
    requests: 1,
    restBytes: 419,
    otherBytes: 40,
  });
});

it('counts what was sent within a span; a connection that was opened before is none', () => {
  expect(countTraffic(packets, '10.0.0.1', { start: 11, end: 15 })).toEqual({
    ssh: 0,
    sshBytes: 700,
    requests: 1,
    restBytes: 300,
    otherBytes: 0,
  });
});
