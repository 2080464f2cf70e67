/** Of sriov-numa-affinity.ts: what the flavor, image or port asks for, what becomes of a second guest, and the bug. */
const affinities: readonly (readonly [affinity: string, next: string, bug: string])[] = [
  ...['by the flavor', 'by the image', 'by the ports'].flatMap((by) => [
    [`preferred ${by}`, 'goes elsewhere on its host', 'a preferred cell is required'] as const,
    [`required ${by}`, 'does not start', 'a required cell is only preferred'] as const,
  ]),
  [
    'required by one port and preferred by the other',
    'goes elsewhere on its host',
    'a preferred cell is required',
  ],
  ...['flavor', 'image'].map(
    (by) =>
      [
        `required by the ${by}, and preferred by the ports`,
        'goes elsewhere on its host',
        'the policy of the port does not count',
      ] as const,
  ),
  [
    'to the socket asked for by the flavor',
    'goes to another cell of the same socket',
    'a guest is on another socket than its card',
  ],
];

/**
 * Cases that no lab can run, and the bug of Nova that turns each red on the made-up cloud of the unit test. What such a bug leaves in
 * each layer is in packages/testkit/src/devices/device-placement.test.ts.
 */
export const provenByUnitTests: readonly ProvenCase[] = [
  [
    'a guest whose flavor asks for a PCI device has exactly that one in every layer, over a hard reboot, until it is deleted',
    ['F48 no device', 'F52 the row is free'],
  ],
  [
    'a cold migration takes a PCI device of the new host; confirmed it frees that of the old one, reverted its own',
    ['F37 F38 the old host keeps a device'],
  ],
  [
    'a resize gives a guest the PCI devices of its new flavor, and takes those of the old one',
    ['F49 the devices of the old flavor'],
  ],
  ...(['direct', 'macvtap'] as const).map((kind): Named => [
    `a live migration there and back gives a ${kind} port a virtual function of its new host, with its VLAN`,
    ['F39 the port keeps its old slot', 'F41 no VLAN'],
  ]),
  [
    'a cold migration gives a direct port a device of its new host and frees the old one, and so does its revert',
    ['F52 after a move'],
  ],
  [
    'a cold migration gives a direct-physical port a device of its new host and frees the old one, and so does its revert',
    ['F40 the port keeps the MAC of the old card'],
  ],
  ...(['direct', 'macvtap'] as const).map((kind): Named => [
    `a ${kind} port can be attached to a running guest and detached again, and then attached to another one`,
    ['F42 several queues'],
  ]),
  [
    'a direct-physical port can be attached to a running guest and detached again, and then attached to another one',
    ['F43 a device of another type'],
  ],
  ...affinities.map(([affinity, next, bug]): Named => [
    `NUMA affinity ${affinity}: a guest has the CPUs beside its virtual function, and the next one ${next}`,
    ['a guest runs far from its card', bug],
  ]),
  [
    'a guest with a vDPA port has its device in every layer, with the receive queue that Nova is told',
    ['F52 of a vDPA port'],
  ],
  [
    'a cold migration gives a vDPA port a device of its new host, and a revert one of the old host again',
    ['F52 after a move'],
  ],
  ['a guest with a vDPA port still has exactly one device after a resize', ['F52 after a move']],
  [
    'a guest with a virtual GPU has the one that Placement allocates, and keeps it over a suspension and reboots',
    [
      'F54 no virtual GPU after a suspension',
      'F55 another one after a hard reboot',
      'F56 a GPU that is gone',
    ],
  ],
  [
    'a cold migration gives a guest a virtual GPU of its new host, and a revert one of the old host again',
    ['F53 no virtual GPU'],
  ],
  [
    'a guest that asks for a trait of a GPU gets a mediated device of the type that the trait stands for',
    ['a mediated device of another type'],
  ],
  [
    'an image that Glance keeps in Ceph is copied from there, not over HTTP, and becomes a file of its host',
    ['the image comes over HTTP after all', 'nothing is copied out of Ceph', 'the root disk stays in Ceph'],
  ],
  ['a resize gives a guest a virtual GPU, and another one takes it away', ['F53 no virtual GPU']],
  [
    'an evacuated guest with a vDPA port has a device of its new host, and its old one keeps none for it',
    [
      'F52 while the old host is down',
      'F52 of an evacuated guest',
      'the old host keeps a device of an evacuated guest',
    ],
  ],
  [
    'an evacuated guest has a virtual GPU of its new host',
    ['F53 an evacuated guest without its GPU', 'the old host still runs an evacuated guest'],
  ],
].flatMap(([testName, bugs]) =>
  (bugs as string[]).map((bug) => ({ testName: testName as string, bug, by: 'device-cases.test.ts' })),
);

/** Cases of which nothing has shown yet that they can fail, and why. */
export const notProvenYet: readonly ProvenCase[] = [];

export interface ProvenCase {
  readonly testName: string;
  /** The number of the bug, and what it does. */
  readonly bug: string;
  /** The file of the unit test; of a case that is not proven, what is in the way. */
  readonly by: string;
  /** Not proven yet. */
  readonly open?: boolean | undefined;
}

type Named = readonly [testName: string, bugs: readonly string[]];
