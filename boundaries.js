// Who may use whom. A package depends on the narrowest interface that serves it, never on a sibling's implementation;
// only testkit and runner know everybody. ESLint enforces this table, and a test holds it against each package.json.

/** Package -> siblings that it may import (outside of its tests). */
export const siblings = {
  core: [],
  host: ['core'],
  ssh: ['core', 'host'],
  ini: [],
  'libvirt-xml': ['core', 'host'],
  kernel: ['core', 'host'],
  db: ['core', 'host'],
  services: ['core', 'host', 'ini'],
  openstack: ['core'],
  config: ['core', 'ini'],
  invariants: ['core', 'libvirt-xml', 'kernel', 'db'],
  testkit: [
    'core',
    'host',
    'ssh',
    'ini',
    'libvirt-xml',
    'kernel',
    'db',
    'services',
    'openstack',
    'config',
    'invariants',
  ],
  'nova-nfv-suite': ['testkit'],
  devstack: ['core', 'ini'],
  report: ['core'],
  runner: ['core', 'config', 'testkit', 'report'],
  lab: ['core'],
};

/** Package -> third-party library -> the one file below src/ that may import it, or one for each process. */
export const adapters = {
  ssh: { ssh2: 'ssh2-connection.ts', 'ssh-config': 'ssh-config-file.ts' },
  ini: { ini: 'plain-dialect.ts' },
  'libvirt-xml': { libxmljs2: 'libxmljs2-engine.ts', 'libxml2-wasm': 'libxml2-wasm-engine.ts' },
  db: { mysql2: 'mysql2-connection.ts' },
  openstack: { undici: 'http-transport.ts', yaml: 'clouds-yaml.ts' },
  config: { yaml: 'yaml-file.ts', zod: 'schema.ts' },
  testkit: { vitest: 'vitest-adapter.ts' },
  runner: {
    commander: 'main.ts',
    'prom-client': 'audit-metrics.ts',
    vitest: ['vitest-engine.ts', 'together.ts', 'case-runner.ts'],
  },
  lab: { commander: 'main.ts', yaml: 'yaml-file.ts', zod: 'profile-schema.ts' },
};
