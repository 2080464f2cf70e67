import { hostRule } from '../rule.js';

/** `[DEFAULT] service_down_time`, as Nova has it where nothing is said, and what clocks may differ. */
const downAfterMs = 60_000;
const clocksMs = 10_000;
/** Start times are whole seconds on some hosts. */
const startMs = 1000;

export const i46 = hostRule({
  id: 'I46',
  statement:
    'nova-compute runs with the configuration on disk, in the version of the others, and its heartbeat is fresh',
  source: 'nova/servicegroup/drivers/db.py, is_up; nova/objects/service.py',
  transience: 'transient',
  confidence: 'likely',
  remedy:
    'Restart nova-compute of the host; openstack compute service list; compare the clocks of the machines',
  reads: ['database', 'configuration'],
  host: ['service'],
  check: ({ name, service, config, configFiles }, { snapshot, violated, unread }) => {
    // Of one that does not run the heartbeat can still be judged.
    if (config === undefined || configFiles === undefined)
      unread('the configuration with which its nova-compute runs');
    const startedAt = config?.startedAt;
    if (config !== undefined && startedAt === undefined) unread('when its nova-compute was started');
    for (const { path, modifiedAt } of configFiles ?? []) {
      if (startedAt === undefined) break;
      if (modifiedAt !== null && modifiedAt.getTime() <= startedAt.getTime() + startMs) continue;
      violated({
        point: `configuration ${path}`,
        expected: `not changed since nova-compute was started at ${startedAt.toISOString()}`,
        found: modifiedAt === null ? 'removed' : `changed at ${modifiedAt.toISOString()}`,
      });
    }
    if (service === null) {
      violated({ point: 'service', expected: `nova-compute of ${name} (services)`, found: 'none' });
      return;
    }
    // compute_nodes.updated_at tells nothing: Nova writes that row only when something in it has changed.
    const { lastSeenUp, version, forcedDown } = service;
    const age = lastSeenUp === null ? Infinity : snapshot.takenAt.getTime() - lastSeenUp.getTime();
    if (age > downAfterMs + clocksMs && !forcedDown)
      violated({
        point: 'heartbeat',
        expected: `within ${downAfterMs / 1000} s of ${snapshot.takenAt.toISOString()}`,
        found: lastSeenUp === null ? 'never' : `last at ${lastSeenUp.toISOString()}`,
      });
    const newest = Math.max(
      snapshot.newestServiceVersion ?? 0,
      ...snapshot.hosts.map((host) => host.service?.version ?? 0),
    );
    if (version !== null && version < newest)
      violated({
        point: 'service version',
        expected: `${newest}, as another host has`,
        found: String(version),
      });
  },
});
