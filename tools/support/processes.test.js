import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eachOf, run } from './processes.js';
import { root } from './repository.js';

describe('run', () => {
  it('gives the exit code, each line and the log', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whitebox-run-'));
    /** @type {string[]} */
    const lines = [];
    const log = join(folder, 'deep', 'out.log');
    const result = await run('sh', ['-c', 'echo one; echo two >&2; exit 3'], {
      log,
      onLine: (line) => lines.push(line),
    });
    expect(result.code).toBe(3);
    expect(lines.sort()).toEqual(['one', 'two']);
    expect(readFileSync(log, 'utf8')).toMatch(/^\$ sh -c .*\n(one\ntwo|two\none)\n$/);
    rmSync(folder, { recursive: true });
  });

  it('says what could not be started', async () => {
    expect(await run('/no/such/program', [])).toMatchObject({
      code: 127,
      tail: [expect.stringContaining('ENOENT')],
    });
  });

  it('does not take a killed program for a success', async () => {
    expect((await run('sh', ['-c', 'kill -KILL $$'])).code).toBe(137);
  });
});

it('eachOf keeps the order of the results and the number of those that run at the same time', async () => {
  let now = 0;
  let most = 0;
  const results = await eachOf([30, 1, 20, 1, 10], 2, async (milliseconds) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    now -= 1;
    return milliseconds * 2;
  });
  expect(results).toEqual([60, 2, 40, 2, 20]);
  expect(most).toBe(2);
});

describe('forwardInterrupts', () => {
  const program = `
    import { forwardInterrupts, interrupted, run } from ${JSON.stringify(join(root, 'tools/support/processes.js'))};
    forwardInterrupts((text) => console.log(text));
    const child = 'let n = 0; process.on("SIGINT", () => { console.log("child told " + ++n); setTimeout(() => process.exit(7), 300); }); setInterval(() => {}, 1000); console.log("child ready")';
    const { code } = await run(process.execPath, ['-e', child], { onLine: (line) => console.log(line) });
    console.log('code', code, interrupted());
  `;

  it('tells what runs once, although the terminal and npm both tell us, and waits for it', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let output = '';
    parent.stdout.on('data', (/** @type {Buffer} */ data) => {
      const before = output;
      output += data.toString();
      if (output.includes('child ready') && !before.includes('child ready')) {
        parent.kill('SIGINT');
        setTimeout(() => parent.kill('SIGINT'), 20);
      }
    });
    await new Promise((resolve) => parent.once('close', resolve));
    expect(output).toMatch(/Interrupted: waiting/);
    expect(output.match(/child told/g)).toHaveLength(1);
    expect(output).toMatch(/code 7 true/);
  });
});
