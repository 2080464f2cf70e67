import { deepStrictEqual } from 'node:assert';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IniDocument } from '@whitebox/ini';
import { run } from '../support/processes.js';
import { root } from '../support/repository.js';
import { timeEach } from './measure.js';
import { PythonWorker, pythonWith } from './python.js';

const edit = ['compute', 'cpu_dedicated_set', '2-5'];

/** A nova.conf as an installer leaves it: every option with its help in comments, a few of them set. About 5000 lines. */
function novaConf() {
  const names = [
    'DEFAULT',
    'api',
    'api_database',
    'cinder',
    'compute',
    'conductor',
    'database',
    'filter_scheduler',
    'glance',
  ];
  names.push(
    'keystone_authtoken',
    'libvirt',
    'neutron',
    'notifications',
    'oslo_concurrency',
    'oslo_messaging_rabbit',
  );
  names.push('pci', 'placement', 'scheduler', 'service_user', 'vnc', 'workarounds');
  const sections = names.map((name) => {
    const options = Array.from({ length: 40 }, (_, index) =>
      [
        `# Number ${String(index)} of the options of ${name}; what it is for stands here,`,
        '# in a sentence or two, with the values that it may have.',
        '# Minimum value: 0',
        `#option_${String(index)} = <None>`,
        index % 8 === 3
          ? `used_${String(index)} = rabbit://openstack:s3cr#t@10.0.0.${String(index)}:5672/`
          : '',
        '',
      ].join('\n'),
    );
    const own = name === 'compute' ? 'cpu_shared_set = 0,1\ncpu_dedicated_set = 2-3\n' : '';
    return `[${name}]\n\n${own}${options.join('\n')}`;
  });
  return `${sections.join('\n')}\n`;
}

/**
 * One option of a nova.conf set and the file written.
 * @param {import('./bench.js').Bench} bench
 */
export async function benchIniEdit(bench) {
  const folder = mkdtempSync(join(tmpdir(), 'whitebox-bench-'));
  try {
    const text = novaConf();
    const original = join(folder, 'nova.conf');
    writeFileSync(original, text);
    await asLibrary(bench, original, text);
    await asProcess(bench, original, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} text */
function editedByUs(text) {
  const document = IniDocument.parse(text);
  document.set('compute', 'cpu_dedicated_set', '2-5');
  return document.toString();
}

/** @param {import('./bench.js').Bench} bench @param {string} file @param {string} text */
async function asLibrary(bench, file, text) {
  const title = 'set an option of nova.conf, in the process, against iniparse (the library of crudini)';
  const python = await pythonWith('iniparse');
  if (python === undefined) {
    bench.leaveOut(title, 'no Python here can import iniparse (apt-get install python3-iniparse)');
    return;
  }
  const worker = new PythonWorker(python, ['iniparse', file]);
  deepStrictEqual(editedByUs(text), await worker.value());
  await bench.compare({
    title,
    ours: { name: '@whitebox/ini', measure: () => timeEach(10, () => editedByUs(text)) },
    theirs: { name: 'iniparse', measure: () => worker.time(3) },
    rounds: 15,
  });
  worker.close();
}

/** @param {import('./bench.js').Bench} bench @param {string} original @param {string} folder */
async function asProcess(bench, original, folder) {
  const title = 'set an option of nova.conf, a process each time, against crudini';
  if ((await run('crudini', ['--version'])).code !== 0) {
    bench.leaveOut(title, 'crudini is not here (apt-get install crudini)');
    return;
  }
  /** @param {string} name @param {string} command @param {string[]} args put before file and edit */
  const side = (name, command, args) => {
    const file = join(folder, `${name.replaceAll(/\W/g, '-')}.conf`);
    return {
      name,
      measure: async () => {
        copyFileSync(original, file);
        const { code, seconds, tail } = await run(command, [...args, file, ...edit]);
        if (code !== 0) throw new Error(`${name} failed: ${tail.join('\n')}`);
        return seconds * 1000;
      },
    };
  };
  await bench.compare({
    title,
    ours: side('node with @whitebox/ini', process.execPath, [join(root, 'tools', 'bench', 'ini-set.js')]),
    theirs: side('crudini --set', 'crudini', ['--set']),
    rounds: 15,
  });
}
