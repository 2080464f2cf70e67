import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readLab, type LabDescription } from '@whitebox/lab';
import { beforeAll, expect, it } from 'vitest';
import { IniDocument, loadConfigChain, type ConfigReader } from './index.js';

// The files of a real cloud, and what its own oslo.config says about them.

let lab: LabDescription;
beforeAll(async () => {
  lab = await readLab();
});

/** Output of a command on a host, as root. */
async function onHost(host: string, command: string): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('ssh', ['-F', lab.ssh.configFile, host, `sudo ${command}`], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  return stdout;
}

/** Runs Python on a host, with an argument that it finds as JSON in `given`; what it prints is JSON. */
async function python(host: string, program: string, given: unknown): Promise<unknown> {
  const code = `import json, base64\ngiven = json.loads(base64.b64decode("${base64(JSON.stringify(given))}"))\n${program}`;
  const output = await onHost(host, `python3 -c 'import base64; exec(base64.b64decode("${base64(code)}"))'`);
  return JSON.parse(output.toString()) as unknown;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

it('every configuration file of the control host is read as oslo.config reads it, and written back unchanged', async () => {
  const host = lab.hosts[0]!.name;
  const listed = await onHost(
    host,
    "find /etc/nova /etc/neutron /etc/glance /etc/keystone /etc/placement -name '*.conf'",
  );
  const files = listed.toString().split('\n').filter(Boolean);
  expect(files.length).toBeGreaterThan(4);
  const theirs = (await python(
    host,
    `
from oslo_config import cfg
answers = {}
for path in given:
    sections = {}
    parser = cfg.ConfigParser(path, {})
    parser._add_normalized(sections)
    try:
        parser.parse()
        answers[path] = sections
    except cfg.iniparser.ParseError:
        answers[path] = None
print(json.dumps(answers))`,
    files,
  )) as Record<string, Record<string, Record<string, string[]>> | null>;
  for (const file of files) {
    const bytes = await onHost(host, `cat ${file}`);
    const document = IniDocument.parse(bytes, { file, tolerant: true });
    expect(Buffer.from(document.toString()).equals(bytes), file).toBe(true);
    // Such as dnsmasq's, which are no files of oslo.config.
    expect(document.problems.length > 0, file).toBe(theirs[file] === null);
    if (theirs[file] === null) continue;
    const ours = Object.fromEntries(
      document
        .sections()
        .map((section) => [
          section === 'DEFAULT' ? section : section.toLowerCase(),
          Object.fromEntries(document.options(section).map((key) => [key, document.getAll(section, key)])),
        ]),
    );
    expect(ours, file).toEqual(theirs[file]);
  }
});

it('values in force of nova-compute are those that its own oslo.config finds', async () => {
  const host = lab.hosts.find(({ roles }) => roles.includes('compute'))!.name;
  const reader: ConfigReader = {
    readFile: (path) => onHost(host, `cat ${path}`).catch(() => undefined),
    listDir: (path) =>
      onHost(host, `ls -A ${path}`).then(
        (names) => names.toString().split('\n').filter(Boolean),
        () => undefined,
      ),
  };
  const pid = (await onHost(host, 'systemctl show -P MainPID nova-compute')).toString().trim();
  const argv = (await onHost(host, `cat /proc/${pid}/cmdline`)).toString().split('\0').filter(Boolean);
  const chain = await loadConfigChain(reader, {
    argv,
    project: 'nova',
    prog: 'nova-compute',
    home: '/var/lib/nova',
  });
  const ask = chain.documents.flatMap((document) =>
    document.sections().flatMap((section) => document.options(section).map((key) => [section, key] as const)),
  );
  expect(ask.length).toBeGreaterThan(10);
  const theirs = await python(
    host,
    `
from oslo_config import cfg
conf = cfg.ConfigOpts()
for section, key in given["ask"]:
    conf.register_opt(cfg.StrOpt(key), group=None if section == "DEFAULT" else section)
import os
os.environ["HOME"] = "/var/lib/nova"
for dirname in [given["argv"]]:
    args = [a for i, a in enumerate(dirname) if a.startswith("--config-") or (i and dirname[i - 1] in ("--config-file", "--config-dir"))]
conf(args, project="nova", prog="nova-compute")
out = []
for section, key in given["ask"]:
    group = conf if section == "DEFAULT" else conf[section]
    try:
        out.append(group[key])
    except cfg.Error:
        out.append(None)
print(json.dumps(out))`,
    { ask, argv },
  );
  const ours = ask.map(([section, key]) => {
    const found = chain.effective(section, key);
    return found === undefined || found.unresolved.length > 0 ? null : found.value;
  });
  expect(ours).toEqual(theirs);
});
