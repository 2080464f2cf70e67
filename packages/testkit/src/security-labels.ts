import { runText } from '@whitebox/host';
import { readProcess } from '@whitebox/kernel';
import type { SecLabel } from '@whitebox/libvirt-xml';
import type { Cloud } from './cloud.js';
import type { TestServer } from './test-server.js';
import { expect } from './vitest-adapter.js';

export type SecurityModel = 'selinux' | 'apparmor' | 'dac';

/** What says how a guest is confined by one security driver of libvirt. */
export interface LabelEvidence {
  readonly model: SecurityModel;
  /** All `<seclabel>` of the live XML. */
  readonly labels: readonly SecLabel[];
  /** Of the QEMU process, as its kernel has it: a context, a profile, or "+uid:+gid". */
  readonly process: string;
  /** Path -> label of each file that the guest alone writes to: a context, or "+uid:+gid". Not looked at for AppArmor. */
  readonly files: ReadonlyMap<string, string>;
  /** What configuration says must be part of the label, and of the label of images. */
  readonly expected: { readonly label?: string | undefined; readonly imageLabel?: string | undefined };
}

/** That the process of a running guest and its disks have the labels that its XML says. */
export async function expectLabels(cloud: Cloud, server: TestServer, model: SecurityModel): Promise<void> {
  const { machine } = server.host;
  const { signal } = cloud;
  const { secLabels, devices } = await server.xml();
  const { pid } = await readProcess(machine, { domain: server.domain }, { signal });
  const status = await runText(machine, ['cat', `/proc/${pid}/status`], { signal });
  const owner = (field: string): string => new RegExp(`^${field}:\\t(\\d+)`, 'm').exec(status)?.[1] ?? '?';
  const process =
    model === 'dac'
      ? `+${owner('Uid')}:+${owner('Gid')}`
      : (await runText(machine, ['cat', `/proc/${pid}/attr/current`], { signal })).replace(/[\0\n]+$/, '');
  const files = new Map<string, string>();
  for (const { source, readonly } of devices.disks) {
    if (source?.path === undefined || readonly || model === 'apparmor') continue;
    const format = model === 'dac' ? '+%u:+%g' : '%C';
    const label = await runText(machine, ['stat', '-L', '--format', format, source.path], { signal });
    files.set(source.path, label.trim());
  }
  const expected = {
    label: await cloud.option('whitebox', 'selinux_label'),
    imageLabel: await cloud.option('whitebox', 'selinux_imagelabel'),
  };
  const differences = labelDifferences({ model, labels: secLabels, process, files, expected });
  expect(differences, `${model} labels of ${server.name}:\n  ${differences.join('\n  ')}`).toEqual([]);
}

/** Types that Nova's guests get from the policy where nobody says another: container-selinux and selinux-policy, virt.te. */
const ofGuests = { label: /:svirt(_tcg)?_t:/, imageLabel: /:svirt_image_t:/ };

/** Where kernel, files or configuration say something else than the XML; one line each. */
export function labelDifferences({ model, labels, process, files, expected }: LabelEvidence): string[] {
  const found = labels.filter((label) => label.model === model);
  const [own] = found;
  if (own === undefined || found.length > 1) {
    return [
      `the XML has ${found.length} labels of ${model}, of ${labels.map((one) => one.model).join(', ')}`,
    ];
  }
  const { label = '', imageLabel = '' } = own;
  const differences: string[] = [];
  if (label === '') differences.push('the XML has no label for the process');
  // The kernel tells the mode of a profile of AppArmor too.
  const inForce = model === 'apparmor' ? process.replace(/ \(enforce\)$/, '') : process;
  if (inForce !== label) differences.push(`the process has ${process}, the XML ${label}`);
  if (model === 'apparmor') return differences;
  if (files.size === 0) differences.push('no file of a disk was looked at');
  for (const [path, has] of files) {
    const wanted = imageLabel === '' ? label : imageLabel;
    if (has !== wanted) differences.push(`${path} has ${has}, the XML ${wanted}`);
  }
  if (model !== 'selinux') return differences;
  const parts = [
    ['label', label, expected.label ?? ofGuests.label],
    ['image label', imageLabel, expected.imageLabel ?? ofGuests.imageLabel],
  ] as const;
  for (const [what, text, part] of parts) {
    const fits = typeof part === 'string' ? text.includes(part) : part.test(text);
    if (!fits) differences.push(`the ${what} of the XML is ${text}, expected with ${String(part)}`);
  }
  return differences;
}
