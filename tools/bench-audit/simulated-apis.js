// A process with the simulated APIs; started by simulated-cloud.js, which asks it for its counts.
import { ApiServer } from './api-server.js';
import { HostNames } from './host-names.js';
import { readRecording } from './recording.js';

/** What a request takes where nothing else is asked at the same time. The lab's own times are those of a busy machine. */
const requestMs = 10;

const recording = readRecording();
const names = new HostNames(recording);
const known = new Map(
  recording.requests.map((recorded) => [
    recorded.request,
    { ...recorded, template: names.template(recorded.body) },
  ]),
);
const server = new ApiServer((method, path, headers) => {
  const { text, number = 1 } = names.back(`${method} ${path}`);
  const recorded = known.get(text);
  if (recorded === undefined) return Promise.resolve(undefined);
  const { status, headers: own, template } = recorded;
  const body = template(number);
  const isLogin = text.startsWith('POST ');
  return Promise.resolve({
    status,
    headers: isLogin ? { ...own, 'x-subject-token': 'simulated' } : own,
    body: isLogin ? loggedIn(body, `http://${headers['host'] ?? ''}`) : body,
    milliseconds: requestMs,
  });
});

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ counts: server.counts, cpuSeconds: (user + system) / 1e6 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true, address: await server.listen() });

/** The recorded answer, with a catalogue that leads here and a token that is good for a while. @param {string} body @param {string} address */
function loggedIn(body, address) {
  const answer = JSON.parse(body.replaceAll(/"http:\/\/127\.0\.0\.1:\d+\//g, `"${address}/`));
  const now = Date.now();
  answer.token.issued_at = new Date(now).toISOString();
  answer.token.expires_at = new Date(now + 3_600_000).toISOString();
  return JSON.stringify(answer);
}
