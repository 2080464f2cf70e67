import { expect, it } from 'vitest';
import { readSubunitText } from './subunit-text.js';

const text = `tags: worker-0
time: 2026-11-23 09:56:20.500000Z
test: setUpClass (m.test_a.A)
time: 2026-11-23 09:56:21.000000Z
skip: setUpClass (m.test_a.A) [ multipart
Content-Type: text/plain;charset=utf8
reason
1D\r
DifferentHostFilter required.0\r
]
time: 2026-11-23 09:56:22.000000Z
test: m.test_b.B.test_c
time: 2026-11-23 09:56:28.250000Z
successful: m.test_b.B.test_c [ multipart
Content-Type: text/x-log;charset=utf8
pythonlogging:''
2F\r
2026-11-23 [a] success: not an outcome of a test
0\r
]
test: m.test_b.B.test_d
time: 2026-11-23 09:56:30.250000Z
failure: m.test_b.B.test_d [ multipart
Content-Type: text/x-log;charset=utf8
pythonlogging:''
A\r
ValueError: in the log0\r
Content-Type: text/x-traceback;charset="utf8";language="python"
traceback
5F\r
Traceback (most recent call last):
  File "test_b.py", line 3, in test_d
AssertionError: 5 != 7
0\r
]
successful: m.test_b.B.test_e
test: m.test_b.B.test_f
failure: m.test_b.B.test_f [ multipart
Content-Type: text/x-log;charset=utf8
`;

it('has verdict, time and reason of each test that ended', () => {
  const at = Date.parse('2026-11-23T09:56:00Z') / 1000;
  expect(readSubunitText(text)).toEqual([
    {
      id: 'setUpClass (m.test_a.A)',
      verdict: 'skipped',
      reason: 'DifferentHostFilter required.',
      start: at + 20.5,
      end: at + 21,
    },
    { id: 'm.test_b.B.test_c', verdict: 'passed', reason: '', start: at + 22, end: at + 28.25 },
    {
      id: 'm.test_b.B.test_d',
      verdict: 'failed',
      reason: 'AssertionError: 5 != 7',
      start: at + 28.25,
      end: at + 30.25,
    },
    { id: 'm.test_b.B.test_e', verdict: 'passed', reason: '', start: at + 30.25, end: at + 30.25 },
  ]);
});

it('is empty for a run of which nothing came', () => {
  expect(readSubunitText('')).toEqual([]);
});
