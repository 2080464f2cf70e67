import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IniDocument } from '@whitebox/ini';
import { readLab, type LabDescription } from '@whitebox/lab';
import { checks, discoverOptions, openSite, runChecks, showValue, writeOptions } from '@whitebox/testkit';
import type { Check, CheckResult, Site } from '@whitebox/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let lab: LabDescription;
let folder: string;

beforeAll(async () => {
  lab = await readLab();
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Options = Readonly<Record<string, readonly [section: string, value: string]>>;

/** The lab's own configuration with some options changed. */
async function brokenConfig(name: string, options: Options): Promise<string> {
  const document = IniDocument.parse(await readFile(lab.files.tempestConf));
  for (const [key, [section, value]] of Object.entries(options)) document.set(section, key, value);
  const path = join(folder, `${name}.conf`);
  await writeFile(path, document.toString(), { mode: 0o600 });
  return path;
}

async function examine(
  tempestConf: string,
  { here, only }: { readonly here?: Partial<Site['here']>; readonly only?: Check['code'] } = {},
): Promise<Map<string, CheckResult>> {
  const cloud = { tempestConf, cloudsYaml: lab.files.cloudsYaml, cloud: lab.cloud };
  await using open = openSite(cloud, join(folder, 'state'), here);
  const chosen = checks.filter(({ code }) => only === undefined || code === only);
  const results = await runChecks(chosen, open.site);
  return new Map(results.map((result) => [result.code.replace('WB_DOCTOR_', ''), result]));
}

function verdictsOf(
  results: ReadonlyMap<string, CheckResult>,
  ...names: readonly string[]
): readonly unknown[] {
  return names.map((name) => results.get(name)?.verdict);
}

function codesOf(results: ReadonlyMap<string, CheckResult>, name: string): readonly unknown[] {
  return [...new Set(results.get(name)?.findings.flatMap(({ code }) => code ?? []))];
}

describe('whitebox doctor', () => {
  it('finds nothing wrong with a lab that is fine', async () => {
    const results = await examine(lab.files.tempestConf);
    for (const { code, findings } of results.values()) {
      const bad = findings.filter(({ verdict }) => verdict === 'wrong' || verdict === 'unknown');
      expect({ code, bad }).toEqual({ code, bad: [] });
    }
    expect(results.get('SSH')?.findings).toHaveLength(lab.hosts.length);
  });

  it('tells a key that no host knows', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = join(folder, 'other-key');
    await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
    const config = await brokenConfig('key', { ctlplane_ssh_private_key_path: ['whitebox', key] });
    const results = await examine(config);
    expect(codesOf(results, 'SSH')).toEqual(['WB_SSH_AUTH']);
    expect(verdictsOf(results, 'SSH', 'LOGIN', 'ENDPOINTS')).toEqual(['wrong', 'ok', 'ok']);
    expect(verdictsOf(results, 'SUDO', 'TOOLS', 'CLOCKS', 'DECLARED')).toEqual(Array(4).fill('unknown'));
  });

  it('tells a wrong password of the database, and nothing else', async () => {
    const config = await brokenConfig('database', { password: ['whitebox-database', 'not-the-password'] });
    const results = await examine(config);
    expect(codesOf(results, 'DATABASE')).toEqual(['WB_DB_ACCESS_DENIED']);
    expect(verdictsOf(results, 'CAPACITY', 'SSH', 'SUDO', 'TOOLS')).toEqual(['unknown', 'ok', 'ok', 'ok']);
    expect(JSON.stringify([...results.values()])).not.toContain('not-the-password');
  });

  it('tells clocks that are apart', async () => {
    const results = await examine(lab.files.tempestConf, {
      here: { now: () => Date.now() - 3_600_000 },
      only: 'WB_DOCTOR_CLOCKS',
    });
    expect(results.get('CLOCKS')?.verdict).toBe('wrong');
    expect(results.get('CLOCKS')?.findings[0]?.found).toMatch(/^(?:3600|3599)\.\d\d s ahead of this machine/);
  });

  it('tells a jump host that is dead, without waiting for it', async () => {
    const config = await brokenConfig('jump', { ssh_jump: ['whitebox', 'nobody@127.0.0.1:1'] });
    const started = performance.now();
    const results = await examine(config);
    expect(performance.now() - started).toBeLessThan(45_000);
    expect(codesOf(results, 'SSH')).toEqual(['WB_SSH_UNREACHABLE']);
    expect(results.get('SSH')?.findings[0]?.found).toContain('nobody@127.0.0.1:1');
    expect(verdictsOf(results, 'LOGIN', 'ENDPOINTS', 'TOOLS')).toEqual(['ok', 'ok', 'unknown']);
  });

  it('tells a mistyped option with what was meant, a line each in a pipe, and ends with 1', async () => {
    const config = await brokenConfig('typo', { flavour_ram_size: ['whitebox', '128'] });
    const program = join(import.meta.dirname, '../dist/main.js');
    const files = ['--clouds-yaml', lab.files.cloudsYaml, '--cloud', lab.cloud];
    const child = spawn(process.execPath, [program, 'doctor', '--config', config, ...files], {
      env: { ...process.env, XDG_STATE_HOME: folder },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(text).toContain('[whitebox] flavour_ram_size is no option [WB_CONFIG_UNKNOWN_OPTION]');
    expect(text).toContain('-> Did you mean flavor_ram_size?');
    expect(text).not.toContain('\u001b[');
  });
});

describe('whitebox discover --write', () => {
  it('writes into an empty file what gives the same discovery, and adds nothing to it then', async () => {
    const from = { cloudsYaml: lab.files.cloudsYaml, cloud: lab.cloud };
    const minimal = IniDocument.parse('');
    const whole = IniDocument.parse(await readFile(lab.files.tempestConf));
    const needed = ['ctlplane_ssh_username', 'ctlplane_ssh_private_key_path', 'ssh_known_hosts_path'];
    for (const key of [...needed, 'ctlplane_addresses', 'ssh_jump']) {
      const value = whole.get('whitebox', key);
      if (value !== undefined) minimal.set('whitebox', key, value);
    }
    const start = join(folder, 'minimal.conf');
    await writeFile(start, minimal.toString());
    const file = join(folder, 'written.conf');
    const first = await discoverOptions({ ...from, tempestConf: start });
    await writeOptions(file, first.options);
    const second = await discoverOptions({ ...from, tempestConf: file });
    const values = ({ options }: typeof first): readonly string[] =>
      options
        // Others make and delete volumes meanwhile.
        .filter(({ key }) => key !== 'available_cinder_storage')
        .map(({ group, key, value }) => `[${group}] ${key} = ${showValue(value)}`);
    expect(values(second)).toEqual(values(first));
    expect(second.options.filter(({ kind }) => kind === 'said').length).toBeGreaterThan(20);
    const before = await readFile(file, 'utf8');
    expect(before).not.toMatch(/^password\b/m);
    const again = second.options.filter(({ key }) => key !== 'available_cinder_storage');
    const written = await writeOptions(file, again);
    expect(written.filter(({ outcome }) => !['same', 'withheld'].includes(outcome))).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});
