import {
  expect,
  expectToSay,
  imageFormat,
  shared,
  test,
  type Cloud,
  type TestServer,
} from '@whitebox/testkit';
import { isoGreeting, tinyIso } from '../tiny-iso.js';

const cd = { bytes: tinyIso(), diskFormat: 'iso' };

test(
  'a guest boots from the CD that its image is, also after a hard reboot',
  {
    claim: { sharedHosts: 'one' },
    needs: [imageFormat('iso')],
    replaces: ['test_iso_image.TestIsoImage.test_boot_server_from_iso_image'],
    knownBugs: [
      {
        bug: 'lp#2054446',
        fixedBy: 31,
        what: 'the guest gets the image as a disk',
        shows: /CDs of the live XML: expected \[\] to have a length of 1/,
      },
    ],
  },
  async ({ cloud }) => {
    const imageId = await cloud.image({ content: cd });
    await expectCdStays(cloud, await cloud.boot({ flavor: shared(1), imageId }));
  },
);

test(
  'a guest boots from the CD that its request asks for, also after a hard reboot',
  { claim: { sharedHosts: 'one' }, needs: [imageFormat('iso')] },
  async ({ cloud }) => {
    const imageId = await cloud.image({ content: cd });
    const device = {
      source: 'image',
      destination: 'local',
      bootIndex: 0,
      deviceType: 'cdrom',
      bus: 'sata',
    } as const;
    const blockDevices = [{ ...device, id: imageId }];
    await expectCdStays(cloud, await cloud.boot({ flavor: shared(1), imageId, blockDevices }));
  },
);

async function expectCdStays(cloud: Cloud, server: TestServer): Promise<void> {
  await expectCd(cloud, server);
  await server.hardReboot();
  await expectCd(cloud, server);
}

/** That the first disk of a guest is a CD, in both XMLs, and that the guest has booted from it, as its serial console tells. */
async function expectCd(cloud: Cloud, server: TestServer): Promise<void> {
  for (const inactive of [false, true]) {
    const { disks } = (await server.xml({ inactive })).devices;
    const cds = disks.filter(({ device }) => device === 'cdrom');
    const where = inactive ? 'inactive XML' : 'live XML';
    expect(cds, `CDs of the ${where}`).toHaveLength(1);
    expect(cds[0]?.readonly, `CD of the ${where} is read-only`).toBe(true);
    expect(cds[0]?.source?.path ?? cds[0]?.source?.name, `CD of the ${where}`).toBeDefined();
  }
  await expectToSay(cloud, server, isoGreeting);
}
