import {
  expect,
  expectBios,
  expectUefi,
  feature,
  secureBoot,
  shared,
  test,
  uefi,
  uefiVariables,
} from '@whitebox/testkit';

/** Enough for OVMF; nothing here waits for the guest to boot. */
const small = { ...shared(1), ramMib: 256 };

test(
  'a guest boots with UEFI, is rebuilt to BIOS and back, and each time has the firmware of its image',
  {
    claim: { sharedHosts: 'one' },
    needs: [feature('uefi_boot')],
    replaces: ['test_uefi.TestUEFIBoot.test_uefi_boot_and_rebuild'],
    knownBugs: [
      {
        bug: 'lp#1997352',
        fixedBy: 30,
        what: 'a rebuild to an image without UEFI undefines the domain as if it had no UEFI variables',
        shows: /cannot undefine domain with nvram/,
      },
    ],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: uefi });
    const server = await cloud.boot({ flavor: small, imageId });
    const { virsh } = server.host;
    const variables = await expectUefi(cloud, server, { secure: false });
    // Where the rebuild fails like that, Nova cannot delete the server either.
    cloud.atEnd(`undefine ${server.domain} where it is left in error`, async () => {
      if ((await server.refresh()).status !== 'ERROR') return;
      await virsh.run(['undefine', '--nvram', '--domain', server.domain]);
    });

    await server.rebuild(await cloud.defaultImage());
    await expectBios(cloud, server);
    expect(await uefiVariables(server, variables), 'UEFI variables of a guest without UEFI').toBeUndefined();

    await server.rebuild(imageId);
    await expectUefi(cloud, server, { secure: false });
  },
);

test(
  'a guest whose image requires Secure Boot has it, protected by system management mode',
  {
    claim: { sharedHosts: 'one' },
    needs: [feature('uefi_boot'), feature('uefi_secure_boot')],
    replaces: ['test_uefi.TestUEFIBoot.test_uefi_secure_boot'],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ properties: secureBoot });
    const server = await cloud.boot({ flavor: small, imageId });
    await expectUefi(cloud, server, { secure: true });
  },
);

test(
  'the UEFI variables of a guest survive suspend and resume',
  { claim: { sharedHosts: 'one' }, needs: [feature('uefi_boot')] },
  async ({ cloud }) => {
    const server = await cloud.boot({ flavor: small, imageId: await cloud.image({ properties: uefi }) });
    const nvram = await expectUefi(cloud, server, { secure: false });
    const before = await uefiVariables(server, nvram);

    await server.suspend();
    expect(await uefiVariables(server, nvram), 'UEFI variables of the suspended guest').toBe(before);
    await server.resume();

    expect(await expectUefi(cloud, server, { secure: false })).toBe(nvram);
    expect(await uefiVariables(server, nvram), 'UEFI variables').toBe(before);
  },
);

for (const [what, again] of [
  ['stop and start', 'start'],
  ['a hard reboot', 'hardReboot'],
] as const) {
  test(
    `the UEFI variables of a guest survive ${what}`,
    {
      claim: { sharedHosts: 'one' },
      needs: [feature('uefi_boot')],
      knownBugs: [
        {
          bug: 'lp#2131730',
          fixedBy: 33,
          what: 'the domain is undefined with its UEFI variables (lp#1633447)',
          shows: /UEFI variables: expected/,
        },
      ],
    },
    async ({ cloud }) => {
      const server = await cloud.boot({ flavor: small, imageId: await cloud.image({ properties: uefi }) });
      const nvram = await expectUefi(cloud, server, { secure: false });
      const before = await uefiVariables(server, nvram);

      if (again === 'start') await server.stop();
      await server[again]();

      await expectUefi(cloud, server, { secure: false });
      expect(await uefiVariables(server, nvram), 'UEFI variables').toBe(before);
    },
  );
}
