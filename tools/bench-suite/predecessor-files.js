import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} setupCfg text of a setup.cfg as pbr has it
 * @returns {{ name: string, entryPoints: string }} the package's name, and its entry points as entry_points.txt has them
 */
export function pluginOf(setupCfg) {
  const name = /^name\s*=\s*(\S+)\s*$/m.exec(setupCfg)?.[1];
  const section = /^\[entry_points\]\n([^]*?)(?=^\[|$(?![^]))/m.exec(setupCfg)?.[1] ?? '';
  if (name === undefined || !/^tempest\.test_plugins\s*=/m.test(section))
    throw new Error('its setup.cfg names no plugin of Tempest ([entry_points] tempest.test_plugins)');
  const entryPoints = section.replaceAll(/^(\S+)\s*=\s*$/gm, '[$1]').replaceAll(/^[ \t]+/gm, '');
  return { name, entryPoints };
}

/**
 * Makes Python see checkouts of plugins as installed, without installing anything.
 * @param {readonly string[]} checkouts
 * @param {string} folder to write to
 * @returns {string} the value of PYTHONPATH
 */
export function pythonPath(checkouts, folder) {
  for (const checkout of checkouts) {
    const { name, entryPoints } = pluginOf(readFileSync(join(checkout, 'setup.cfg'), 'utf8'));
    const place = join(folder, `${name.replaceAll('-', '_')}-0.dist-info`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 0\n`);
    writeFileSync(join(place, 'entry_points.txt'), entryPoints);
  }
  return [folder, ...checkouts].join(':');
}

/**
 * What must be said to Tempest and the predecessor of a lab beyond what its tempest.conf says for Whitebox, which finds out by
 * itself. oslo.config takes the last of several values, and sections may come again.
 * @param {{ flavor: string, otherFlavor: string, folder: string }} options ids of flavors; a folder for Tempest's locks and log
 */
export function additionalConfiguration({ flavor, otherFlavor, folder }) {
  return `
[DEFAULT]
log_file = ${folder}/tempest.log

[oslo_concurrency]
lock_path = ${folder}/locks

[compute]
flavor_ref = ${flavor}
flavor_ref_alt = ${otherFlavor}

[compute-feature-enabled]
scheduler_enabled_filters = all
virtio_rng = true
bochs_display_support = true
# Since Nova 33.
iothreads = false

[placement]
min_microversion = 1.0
max_microversion = 1.39

[whitebox]
available_cinder_storage = 24
default_video_model = virtio
file_backed_memory_size = 4096
`;
}

/** Programs that the comparison needs, and the package of Debian or Ubuntu that has each. */
const programs = {
  tempest: 'python3-tempest',
  'subunit-2to1': 'subunit',
  crudini: 'crudini',
  tcpdump: 'tcpdump',
};

/** Modules of Python that the predecessor imports. */
const modules = {
  sshtunnel: 'python3-sshtunnel',
  pymysql: 'python3-pymysql',
  ddt: 'python3-ddt',
  six: 'python3-six',
  iniparse: 'python3-iniparse',
};

/**
 * @param {object} found
 * @param {(program: string) => boolean} found.program whether it can be started
 * @param {(module: string) => boolean} found.module whether the system's Python has it
 * @param {string | undefined} found.checkout of the predecessor
 * @returns {string[]} sentences: what is missing, and how to get it; none when everything is there
 */
export function missingParts({ program, module, checkout }) {
  const packages = [
    ...Object.entries(programs).flatMap(([name, package_]) => (program(name) ? [] : [package_])),
    ...Object.entries(modules).flatMap(([name, package_]) => (module(name) ? [] : [package_])),
  ];
  return [
    ...(packages.length === 0 ? [] : [`packages of the distribution: apt-get install ${packages.join(' ')}`]),
    ...(checkout === undefined
      ? [
          'a checkout of the predecessor: git clone https://opendev.org/openstack/whitebox-tempest-plugin, then --predecessor PATH',
        ]
      : existsSync(join(checkout, 'whitebox_tempest_plugin'))
        ? []
        : [`a checkout of the predecessor: there is no whitebox_tempest_plugin in ${checkout}`]),
  ];
}
