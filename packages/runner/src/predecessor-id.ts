/** Where all tests of whitebox-tempest-plugin live. */
const folder = 'whitebox_tempest_plugin.api.compute';

/** Classes that have the tests of another one once more: Tempest lists these under both names. */
const heirs: Readonly<Record<string, readonly string[]>> = {
  'test_vdpa.VDPASmokeTests': ['VDPAColdMigration', 'VDPAResizeInstance', 'VDPAEvacuateInstance'],
  'test_cpu_pinning.MixedCPUPolicyTest': ['MixedCPUPolicyTestMultiNuma'],
};

/**
 * Every id under which Tempest lists a test of the predecessor.
 *
 * @param replaced see {@link predecessorId}
 */
export function predecessorIds(replaced: string): readonly string[] {
  const [module = '', testClass = '', ...test] = replaced.split('.');
  const classes = heirs[`${module}.${testClass}`] ?? [];
  return [replaced, ...classes.map((heir) => [module, heir, ...test].join('.'))].map(predecessorId);
}

/**
 * A test of the predecessor as Tempest names it.
 *
 * @param replaced as cases say it: "test_vpmu.VPMUTest.test_rebuild_on_to_off", "test_x.Y.test_z[reset,pc]" for one of a ddt table
 * @returns "whitebox_tempest_plugin.api.compute.test_vpmu.VPMUTest.test_rebuild_on_to_off"
 */
export function predecessorId(replaced: string): string {
  return `${folder}.${replaced}`;
}

/**
 * Whether an entry of a list of tests means this test of the predecessor: its id with or without what Tempest puts in brackets
 * ([id-<uuid>,slow], [volume]), the name that ddt makes of a row of a table (test_z_06___reset____pc__, see mk_test_name in ddt.py), or a
 * test of a table with none of its rows named, which means all of them.
 */
export function meansPredecessor(entry: string, replaced: string): boolean {
  const asked = entry.replace(/\[id-[^\]]*\]$/, '');
  if (predecessorIds(replaced).includes(asked)) return true;
  // Also [volume] and [slow], which do not look different from the parameters of a row.
  const plain = entry.replace(/\[[^\]]*\]$/, '');
  const id = predecessorId(replaced);
  const row = /^(.*)\[([^\]]*)\]$/.exec(id);
  if (row === null) return predecessorIds(replaced).includes(plain);
  const [, test = '', parameters = ''] = row;
  if (asked === test) return true;
  if (!plain.startsWith(`${test}_`)) return false;
  const words = parameters.split(/\W+/).filter((word) => word !== '');
  return new RegExp(`^_\\d+_+${words.join('_+')}_*$`).test(plain.slice(test.length));
}
