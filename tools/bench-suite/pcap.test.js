import { describe, expect, it } from 'vitest';
import { captured } from './capture.suite.js';
import { readPackets } from './pcap.js';

describe('readPackets', () => {
  it('has the ends, the time and the size of the payload, also of what was cut off', () => {
    const file = captured([
      { time: 100.25, from: '10.0.0.1:50000', to: '10.0.0.2:22', flags: 0x02 },
      { time: 101, from: '10.0.0.2:22', to: '10.0.0.1:50000', flags: 0x12 },
      {
        time: 102,
        from: '10.0.0.1:50001',
        to: '10.0.0.2:8774',
        flags: 0x18,
        payload: 'GET /v2.1',
        length: 4000,
      },
    ]);
    expect(readPackets(file)).toEqual([
      {
        time: 100.25,
        from: '10.0.0.1',
        to: '10.0.0.2',
        fromPort: 50000,
        toPort: 22,
        opens: true,
        bytes: 0,
        head: '',
      },
      {
        time: 101,
        from: '10.0.0.2',
        to: '10.0.0.1',
        fromPort: 22,
        toPort: 50000,
        opens: false,
        bytes: 0,
        head: '',
      },
      {
        time: 102,
        from: '10.0.0.1',
        to: '10.0.0.2',
        fromPort: 50001,
        toPort: 8774,
        opens: false,
        bytes: 4000,
        head: 'GET /v2.1',
      },
    ]);
  });

  it('leaves out what is not TCP over IPv4, and a record that was cut off', () => {
    const one = { time: 1, from: '10.0.0.1:1', to: '10.0.0.2:22', flags: 0x02 };
    const udp = captured([{ ...one, protocol: 17 }]);
    expect(readPackets(udp)).toEqual([]);
    const whole = captured([one, one]);
    expect(readPackets(whole.subarray(0, whole.length - 1))).toHaveLength(1);
  });

  it('refuses what is no capture', () => {
    expect(() => readPackets(Buffer.from('x'))).toThrow('too short');
    expect(() => readPackets(Buffer.alloc(100))).toThrow('no pcap file');
  });
});
