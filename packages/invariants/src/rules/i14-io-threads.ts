import { guestRule } from '../rule.js';
import { same, show } from '../said.js';
import { hasXml } from '../has-xml.js';

export const i14 = guestRule({
  id: 'I14',
  statement: 'the I/O thread of a NUMA guest, if it has one, runs where its emulator threads do',
  source: 'nova/virt/libvirt/driver.py, since Nova 33 (lp#2140537, lp#2139351)',
  transience: 'stuck',
  confidence: 'likely',
  remedy: 'openstack server reboot --hard SERVER',
  reads: ['domain XML'],
  guest: ['extra', 'live'],
  applies: (guest) => hasXml(guest) && guest.extra?.numaTopology != null,
  check: ({ live }, _, { violated }) => {
    // Guests that were started by a Nova before 33 have none (lp#2152697); one that an operator has added is bound by the same rule.
    if (live === null || live.ioThreads === 0) return;
    if (live.ioThreads !== 1)
      violated({ point: 'number of I/O threads', expected: '1', found: String(live.ioThreads) });
    for (const id of live.ioThreadIds) {
      const pin = live.cpuTune.ioThreadPins.get(id);
      if (same(pin, live.cpuTune.emulatorPin)) continue;
      violated({
        point: `iothreadpin ${id}`,
        expected: `${show(live.cpuTune.emulatorPin)} (emulatorpin)`,
        found: show(pin),
      });
    }
  },
});
