import { run } from '@whitebox/host';
import type { Break, Fault } from './fault.js';

/** QEMU lets everybody in who speaks TLS, from the next start of a guest on; given back when the case ends. */
const verifyNobody: Break = async (step, session) => {
  const path = '/etc/libvirt/qemu.conf';
  for (const { name, machine, deployment } of session.computes) {
    const original = await machine.readFile(path);
    const restart = () => deployment.service('libvirt').restart({ ready: session.serves(name, 'libvirt') });
    step.atEnd(`put ${path} back on ${machine.name}`, async () => {
      await machine.replaceFile(path, original);
      await restart();
    });
    await run(machine, ['sed', '-i', 's/^ *vnc_tls_x509_verify.*/vnc_tls_x509_verify = 0/', path]);
    await restart();
  }
};

export const consoleEncryption: readonly Fault[] = [
  {
    testName: 'the VNC console of a guest is encrypted, and QEMU asks for a certificate',
    what: 'QEMU asks nobody for a certificate',
    layer: 'configuration',
    step: 'boot',
    before: true,
    break: verifyNobody,
    expects: /VNC asks nobody for a certificate/,
  },
];
