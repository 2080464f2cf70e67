// A process with some of the simulated hosts; started by simulated-cloud.js, which tells it what and asks it for its counts.
import { Answers } from './answers.js';
import { HostNames } from './host-names.js';
import { readRecording } from './recording.js';
import { SshServers } from './ssh-servers.js';

/** @typedef {{ hostKey: string, port: number, numbers: number[] }} HostsOrder */

const recording = readRecording();
const answers = new Answers(recording.commands, new HostNames(recording));
/** @type {SshServers | undefined} */
let servers;

process.on('message', (/** @type {HostsOrder | 'counts'} */ message) => {
  if (message === 'counts') {
    const { user, system } = process.cpuUsage();
    process.send?.({ counts: servers?.counts, cpuSeconds: (user + system) / 1e6 });
  } else void listen(message);
});
process.on('disconnect', () => process.exit(0));

/** @param {HostsOrder} order */
async function listen({ hostKey, port, numbers }) {
  servers = new SshServers(hostKey, (number, argv) => Promise.resolve(answers.answer(number, argv)));
  for (const number of numbers) await servers.listen(number, port);
  process.send?.({ ready: true });
}
