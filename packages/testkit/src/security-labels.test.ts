import { describe, expect, it } from 'vitest';
import { labelDifferences, type LabelEvidence } from './security-labels.js';

const context = 'system_u:system_r:svirt_t:s0:c107,c434';
const image = 'system_u:object_r:svirt_image_t:s0:c107,c434';
const seLabel = {
  type: 'dynamic',
  model: 'selinux',
  relabel: true,
  label: context,
  imageLabel: image,
};
const dacLabel = { ...seLabel, model: 'dac', label: '+107:+107', imageLabel: '+107:+107' };
const disk = '/var/lib/nova/instances/a/disk';

const selinux: LabelEvidence = {
  model: 'selinux',
  labels: [seLabel, dacLabel],
  process: context,
  files: new Map([[disk, image]]),
  expected: {},
};
const dac: LabelEvidence = {
  ...selinux,
  model: 'dac',
  process: '+107:+107',
  files: new Map([[disk, '+107:+107']]),
};
const profile = 'libvirt-5a990e60-2ce9-4f76-8e82-9cbe36c245aa';
const apparmor: LabelEvidence = {
  ...selinux,
  model: 'apparmor',
  labels: [{ ...seLabel, model: 'apparmor', label: profile, imageLabel: profile }],
  process: `${profile} (enforce)`,
  files: new Map(),
};

describe('labelDifferences', () => {
  it.each<[string, LabelEvidence]>([
    ['SELinux', selinux],
    [
      'SELinux for guests without KVM',
      {
        ...selinux,
        labels: [{ ...seLabel, label: context.replace('svirt_t', 'svirt_tcg_t') }],
        process: context.replace('svirt_t', 'svirt_tcg_t'),
      },
    ],
    [
      'the labels that configuration says',
      { ...selinux, expected: { label: 'svirt_t', imageLabel: 'c107' } },
    ],
    ['owners', dac],
    ['AppArmor', apparmor],
  ])('finds nothing with %s as it should be', (_, evidence) => {
    expect(labelDifferences(evidence)).toEqual([]);
  });

  it.each<[string, LabelEvidence, RegExp]>([
    ['no label', { ...selinux, labels: [dacLabel] }, /the XML has 0 labels of selinux, of dac/],
    ['two labels', { ...selinux, labels: [seLabel, seLabel] }, /the XML has 2 labels/],
    ['an empty label', { ...dac, labels: [{ ...dacLabel, label: undefined }] }, /no label for the process/],
    [
      'a process that is not confined',
      { ...selinux, process: 'system_u:system_r:unconfined_t:s0' },
      /the process has system_u:system_r:unconfined_t:s0, the XML/,
    ],
    [
      'a disk of another guest',
      { ...selinux, files: new Map([[disk, image.replace('c434', 'c435')]]) },
      /disk has .*c435, the XML .*c434/,
    ],
    ['no disk', { ...selinux, files: new Map() }, /no file of a disk/],
    [
      'another type of process',
      {
        ...selinux,
        labels: [{ ...seLabel, label: context.replace('svirt_t', 'spc_t') }],
        process: context.replace('svirt_t', 'spc_t'),
      },
      /label of the XML is .*spc_t.*, expected with/,
    ],
    [
      'another label than is said',
      { ...selinux, expected: { imageLabel: 'virt_content_t' } },
      /the image label/,
    ],
    [
      'a disk of root',
      { ...dac, files: new Map([[disk, '+0:+0']]) },
      /disk has \+0:\+0, the XML \+107:\+107/,
    ],
    ['a profile that only complains', { ...apparmor, process: `${profile} (complain)` }, /the process has/],
  ])('finds %s', (_, evidence, expected) => {
    expect(labelDifferences(evidence)).toContainEqual(expect.stringMatching(expected));
  });
});
