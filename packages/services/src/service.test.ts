import { expect, it } from 'vitest';
import { FakeMachine, withOldSystemd } from './fake-machine.suite.js';
import { addContainer } from './fake-containers.suite.js';
import { CommandService } from './command-service.js';
import { ContainerService } from './container-service.js';
import { openService } from './open-service.js';
import { describeService, type Specimen } from './service.suite.js';
import type { Service } from './service.js';
import { SystemdService } from './systemd-service.js';

function specimen(host: FakeMachine, open: (host: FakeMachine) => Service): Promise<Specimen> {
  let spoilt = false;
  host.unit('thing.service', {
    boot: () => {
      if (spoilt) return 'spoilt';
      host.journal.push({ unit: 'thing.service', message: 'hello', time: host.clock });
      return undefined;
    },
  });
  return Promise.resolve({
    service: open(host),
    host,
    spoil: () => {
      spoilt = true;
      return Promise.resolve();
    },
    repair: () => {
      spoilt = false;
      return Promise.resolve();
    },
    remove: () => Promise.resolve(),
  });
}

const systemd = (host: FakeMachine): Service => new SystemdService(host, 'thing');

describeService('a systemd unit', () => specimen(new FakeMachine('one'), systemd), { mask: true });

describeService(
  'a systemd unit of an older systemd',
  () => specimen(withOldSystemd(new FakeMachine('old')), systemd),
  { mask: true },
);

describeService(
  'a reference of a systemd unit that has gone through a journal',
  () =>
    specimen(new FakeMachine('one'), (host) => {
      const { reference } = systemd(host);
      return openService(host, JSON.parse(JSON.stringify(reference)) as typeof reference);
    }),
  { mask: true },
);

describeService(
  'commands of a nodes.yaml',
  () => {
    const host = new FakeMachine('one');
    host.shell({
      'systemctl start thing': ['systemctl', 'start', '--', 'thing.service'],
      'systemctl stop thing': ['systemctl', 'stop', '--', 'thing.service'],
      'systemctl mask --runtime thing': ['systemctl', 'mask', '--runtime', '--', 'thing.service'],
      'systemctl unmask --runtime thing': ['systemctl', 'unmask', '--runtime', '--', 'thing.service'],
    });
    return specimen(
      host,
      () =>
        new CommandService(host, {
          name: 'thing',
          startCommand: 'systemctl start thing',
          stopCommand: 'systemctl stop thing',
          maskCommand: 'systemctl mask --runtime thing',
          unmaskCommand: 'systemctl unmask --runtime thing',
        }),
    );
  },
  { mask: true },
);

describeService(
  'a container that docker runs',
  () => {
    const host = new FakeMachine('one');
    const container = addContainer(host, 'docker', 'thing');
    return Promise.resolve({
      service: new ContainerService(host, { runtime: 'docker', name: 'thing' }),
      host,
      spoil: () => {
        container.spoilt = true;
        return Promise.resolve();
      },
      repair: () => {
        container.spoilt = false;
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
    });
  },
  { mask: false },
);

describeService(
  'a container that a systemd unit runs with podman',
  () => {
    const host = new FakeMachine('one');
    const container = addContainer(host, 'podman', 'thing');
    const unit = host.unit('tripleo_thing.service', {
      boot: () => {
        container.start();
        return container.spoilt ? 'spoilt' : undefined;
      },
    });
    host.on(
      (argv) => argv[0] === 'systemctl' && argv[1] === 'stop',
      ({ argv }) => {
        container.stop();
        return host.systemctl(argv);
      },
    );
    return Promise.resolve({
      service: new ContainerService(host, { runtime: 'podman', name: 'thing', unit: unit.name }),
      host,
      spoil: () => {
        container.spoilt = true;
        return Promise.resolve();
      },
      repair: () => {
        container.spoilt = false;
        return Promise.resolve();
      },
      remove: () => Promise.resolve(),
    });
  },
  { mask: true },
);

it('a service that ends soon after it was started has not been started', async () => {
  const host = new FakeMachine('one');
  const unit = host.unit('thing.service', {});
  const service = new SystemdService(host, 'thing');
  await service.stop();
  // systemd calls it running as soon as the program is there.
  unit.diesAfterLooks = 1;
  await expect(service.start()).rejects.toMatchObject({
    code: 'WB_SERVICES_START_FAILED',
    action: 'start thing',
    observed: expect.stringMatching(/does not stay up.*giving up/s) as string,
  });
});
