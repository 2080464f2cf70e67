import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inContainer } from './in-container.js';
import { LocalHost } from './local-host.js';
import { hostConformance } from './testing/conformance.js';
import { FakeHost } from './testing/fake-host.js';
import { localSubject } from './testing/local-subject.js';
import { runText } from './run.js';

// Takes podman's arguments as podman does, and runs the program outside of any container. A signal becomes an exit code.
const fakePodman = `#!/bin/sh
[ "$1" = exec ] && [ "$2" = -i ] || { echo "unexpected: $*" >&2; exit 125; }
shift 2
user=
if [ "$1" = -u ]; then user=$2; shift 2; fi
case $1 in
  nova_compute) ;;
  stopped) echo "Error: can only create exec sessions on running containers: container state improper" >&2; exit 255 ;;
  *) echo "Error: no container with name or ID \\"$1\\" found: no such container" >&2; exit 125 ;;
esac
shift
WB_FAKE_USER=$user "$@"
exit $?
`;

describe('inContainer', () => {
  let directory: string;
  const path = process.env['PATH'];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wb-podman-'));
    await writeFile(join(directory, 'podman'), fakePodman);
    await chmod(join(directory, 'podman'), 0o755);
    process.env['PATH'] = `${directory}:${path ?? ''}`;
  });
  afterAll(async () => {
    process.env['PATH'] = path;
    await rm(directory, { recursive: true, force: true });
  });

  hostConformance(
    { describe, it, expect },
    'inContainer(LocalHost) behind a stand-in for podman',
    () => localSubject(inContainer(new LocalHost(), { runtime: 'podman', name: 'nova_compute' })),
    { signalsAsExitCodes: true },
  );

  it('runs as the user that was asked for', async () => {
    const host = inContainer(new LocalHost('c1'), { runtime: 'podman', name: 'nova_compute', user: 'nova' });
    expect(host.name).toBe('nova_compute@c1');
    expect(await runText(host, ['sh', '-c', 'echo "$WB_FAKE_USER"'])).toBe('nova\n');
  });

  it.each(['absent', 'stopped'])('says that a container is %s', async (name) => {
    const host = inContainer(new LocalHost('c1'), { runtime: 'podman', name });
    for (const attempt of [host.exec(['true']), host.readFile('/etc/hostname')]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'WB_HOST_CONTAINER',
        observed: expect.stringContaining('Error: ') as string,
        advice: expect.stringContaining(`podman ps -a --filter name=${name}`) as string,
      });
    }
  });

  it('gives docker the same arguments', async () => {
    const host = new FakeHost().on('docker', { stderr: 'x', exitCode: 1 });
    await inContainer(host, { runtime: 'docker', name: 'c', user: '42' })
      .exec(['true'])
      .catch(() => undefined);
    expect(host.commands[0]?.slice(0, 7)).toEqual(['docker', 'exec', '-i', '-u', '42', 'c', '/bin/sh']);
  });

  it('refuses names that the runtime would take for options', () => {
    for (const options of [{ name: '-v' }, { name: 'c', user: '--privileged' }, { name: '' }]) {
      expect(() => inContainer(new FakeHost(), { runtime: 'podman', ...options })).toThrow(
        expect.objectContaining({ code: 'WB_HOST_BAD_ARGUMENT' }) as Error,
      );
    }
  });
});
