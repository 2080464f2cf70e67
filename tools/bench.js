// npm run bench: Whitebox against what people use instead, as ratios.
import './support/require-node.js';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './bootstrap.js';
import { buildNative } from './stages/native.js';
import { runningLab } from './support/lab-control.js';
import { forwardInterrupts, nx, run } from './support/processes.js';
import { Progress } from './support/progress.js';
import { cache } from './support/repository.js';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});

const progress = new Progress(options.json === true ? process.stderr : process.stdout);
forwardInterrupts((text) => {
  progress.line(text);
});
if (!(await bootstrap(progress))) process.exit(1);

const build = progress.start('build');
const { code, tail } = await nx([
  'run-many',
  '-t',
  'build',
  '--projects',
  ['ini', 'libvirt-xml', 'ssh', 'services', 'openstack', 'lab'].map((name) => `@whitebox/${name}`).join(','),
]);
build.end(code === 0 ? 'ok' : 'failed');
if (code !== 0) {
  console.error(tail.join('\n'));
  process.exit(1);
}

// What it is compared with. Where it cannot be installed, the comparisons that want it are left out and named.
if (process.platform === 'linux' && process.getuid?.() === 0) {
  const tools = ['crudini', 'python3-iniparse', 'python3-lxml'];
  const missing = [];
  for (const name of tools) if ((await run('dpkg-query', ['-s', name])).code !== 0) missing.push(name);
  if (missing.length > 0) {
    const task = progress.start(`apt-get install ${missing.join(' ')}`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const arguments_ = ['install', '-y', '--no-install-recommends', ...missing];
    let apt = await run('apt-get', arguments_, { env });
    if (apt.code !== 0) {
      await run('apt-get', ['update'], { env });
      apt = await run('apt-get', arguments_, { env });
    }
    task.end(apt.code === 0 ? 'ok' : 'failed');
  }
}

const { Bench } = await import('./bench/bench.js');
const bench = new Bench(progress);
progress.line('Ratios above 1: Whitebox is faster. Median (smallest .. largest of a round).');

/** @type {Record<string, () => Promise<void>>} */
const anywhere = {
  xml: async () => {
    const compile = progress.start('compile libxmljs2');
    const reason = await buildNative(
      process.execPath,
      process.versions.node,
      join(cache, 'bench-native.log'),
    );
    compile.end(reason === undefined ? 'ok' : 'skipped', reason);
    await (await import('./bench/domain-xml.js')).benchDomainXml(bench);
  },
  ini: async () => (await import('./bench/ini-edit.js')).benchIniEdit(bench),
};
/** @type {Record<string, (lab: import('./support/lab-control.js').LabDescription) => Promise<void>>} */
const onTheLab = {
  exec: async (lab) => (await import('./bench/exec.js')).benchExec(bench, lab),
  restart: async (lab) => (await import('./bench/restart.js')).benchRestart(bench, lab),
};

/** @param {string} name */
const wanted = (name) => options.only?.includes(name) ?? true;
for (const [name, work] of Object.entries(anywhere)) if (wanted(name)) await work();
const lab = await runningLab();
for (const [name, work] of Object.entries(onTheLab)) {
  if (!wanted(name)) continue;
  if (lab === undefined) bench.leaveOut(name, 'it needs the lab: npm run lab -- up');
  else await work(lab);
}
progress.stop();
if (options.json === true)
  console.log(JSON.stringify({ results: bench.results, leftOut: bench.leftOut }, undefined, 2));
