// A process that changes three options on two hosts, restarts what reads them, and gives all back; for tests that end it
// on the way. Its argument is JSON:
//   sshConfig, hosts, unit      where, and which service is restarted
//   journal                     folder of its journal
//   kill?: { step, moment }     dies of SIGKILL during or after a step, counted from 1
//   pause?: { host, step }      says "paused" before the first step on the host whose text matches, goes on at a line on
//                               standard input
// It prints "steps N" when it has got through.
import { once } from 'node:events';
import { asRoot } from '@whitebox/host';
import { changeOptions, JournalDirectory, SystemdService } from '@whitebox/services';
import { SshHost } from '@whitebox/ssh';

const { sshConfig, hosts: names, unit, journal: folder, kill, pause } = JSON.parse(process.argv[2]);
let steps = 0;
let paused = false;

const die = () => process.kill(process.pid, 'SIGKILL');

async function step(place, text, work) {
  if (pause !== undefined && !paused && pause.host === place && new RegExp(pause.step).test(text)) {
    paused = true;
    process.stdout.write('paused\n');
    await once(process.stdin, 'data');
  }
  steps += 1;
  const last = kill !== undefined && steps === kill.step;
  // The request is on its way, and how far it gets is up to chance.
  if (last && kill.moment === 'during') setTimeout(die, 3);
  const result = await work();
  if (last) die();
  return result;
}

function counted(place, host) {
  return {
    name: host.name,
    exec: (argv, options) => step(place, argv.join(' '), () => host.exec(argv, options)),
    readFile: (path, options) => step(place, `read ${path}`, () => host.readFile(path, options)),
    replaceFile: (path, bytes, options) =>
      step(place, `replace ${path}`, () => host.replaceFile(path, bytes, options)),
    dial: (endpoint, options) => host.dial(endpoint, options),
  };
}

const connections = await Promise.all(
  // Short: a host that is cut off is told within seconds.
  names.map((name) =>
    SshHost.connect(name, { configFile: sshConfig, keepaliveIntervalMs: 1000, keepaliveCountMax: 3 }),
  ),
);
const hosts = connections.map((connection, index) => counted(names[index], asRoot(connection)));
const directory = new JournalDirectory(folder);
const journal = {
  owner: directory.owner,
  write: (entry) => step('journal', 'write', () => directory.write(entry)),
  remove: (id) => step('journal', 'remove', () => directory.remove(id)),
  entries: () => step('journal', 'read', () => directory.entries()),
};

try {
  const change = await changeOptions(
    hosts.map((host) => ({
      service: new SystemdService(host, unit),
      changes: [
        { section: 'compute', option: 'cpu_shared_set', value: '0' },
        { section: 'pci', option: 'alias', value: ['{"name": "a1"}', '{"name": "a2"}'] },
        { section: 'libvirt', option: 'virt_type', value: 'kvm' },
      ],
      ready: () => Promise.resolve({ done: true, value: undefined }),
    })),
    { journal },
  );
  process.stdout.write('changed\n');
  await change.giveBack();
  process.stdout.write(`steps ${steps}\n`);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
