import { computes, expect, expectLabels, feature, securityModel, shared, test } from '@whitebox/testkit';

const id = 'test_validate_selinux_labels.SelinuxLabelsTest.';

for (const [model, replaces] of [
  [
    'selinux',
    [
      `${id}test_create_server_with_label_check`,
      `${id}test_resize_with_label_check`,
      `${id}test_live_migrate_with_label_check`,
    ],
  ],
  ['apparmor', []],
  ['dac', []],
] as const) {
  test(
    `the process and the disks of a guest have the ${model} labels of its XML, also after a resize and a live migration`,
    {
      claim: {},
      needs: [securityModel(model), computes(2), feature('resize'), feature('live_migration')],
      replaces,
    },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: shared(1) });
      await expectLabels(cloud, server, model);

      await server.resize({ ...shared(2), ramMib: 256 });
      await expectLabels(cloud, server, model);

      const source = server.host;
      await server.liveMigrate({ to: cloud.computeOtherThan(source) });
      expect(server.host.name).not.toBe(source.name);
      await expectLabels(cloud, server, model);
    },
  );
}
