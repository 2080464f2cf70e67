import { CpuSet } from '@whitebox/core';
import { firstOf, of, fail, everyXml } from '../change-snapshot.js';
import type { BadSnapshot } from './bad-snapshot.js';

export const memory: readonly BadSnapshot[] = [
  [
    'I19',
    'memory of another cell',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => {
        const { numaTune } = xml;
        (numaTune?.memNodes.get(0) ?? fail()).nodeset = CpuSet.of(1);
      });
    },
    /memnode 0: expected 0 \(database\), found 1 \(domain XML\)/,
  ],
  [
    'I20',
    'private hugepages',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => (firstOf(xml.cpu?.numaCells ?? []).memAccess = undefined));
    },
    /memAccess of guest cell 0: expected shared, found unset/,
  ],
  [
    'I21',
    'ordinary pages in the XML',
    (s) => {
      everyXml(s, of.pinned(s), (xml) => (xml.memoryBacking.hugepages = undefined));
    },
    /pages of guest cell 0: expected 2048 KiB \(database\), found 4 KiB \(domain XML\)/,
  ],
  [
    'I22',
    'forgotten memory',
    (s) => (of.nodeCell(s).memoryUsageMiB = 0),
    /memory_usage of cell 0: expected 128 .*, found 0/,
  ],
  [
    'I23',
    'pages on another node',
    (s) => firstOf(of.pinned(s).memory ?? []).pages.set(1, 3),
    /pages of guest cell 0: expected on host cell 0, found 3 on 1 \(kernel\)/,
  ],
  [
    'I24',
    'a socket that is not known',
    (s) => (of.nodeCell(s).socket = null),
    /socket of cell 0: expected 0 \(kernel\), found null/,
  ],
];
