import { describe, expect, it } from 'vitest';
import { threadRole } from './thread-role.js';

describe('threadRole', () => {
  it.each([
    ['CPU 0/KVM', { kind: 'vcpu', index: 0 }],
    ['CPU 127/KVM', { kind: 'vcpu', index: 127 }],
    ['CPU 1/TCG', { kind: 'vcpu', index: 1 }],
    ['IO iothread1', { kind: 'iothread', index: 1 }],
    ['IO iothread12', { kind: 'iothread', index: 12 }],
    ['IO mon_iothread', { kind: 'emulator' }],
    ['qemu-kvm', { kind: 'emulator' }],
    ['call_rcu', { kind: 'emulator' }],
    ['worker', { kind: 'worker' }],
    ['pool-qemu-kvm', { kind: 'worker' }],
    ['TC tc-ram-node0', { kind: 'worker' }],
    ['vnc_worker', { kind: 'vnc' }],
    ['SPICE Worker', { kind: 'spice' }],
    ['live_migration', { kind: 'migration' }],
    ['multifdsend_0', { kind: 'migration' }],
    ['mig/src/main', { kind: 'migration' }],
    ['vhost-2435', { kind: 'vhost' }],
    ['kvm-nx-lpage-re', { kind: 'vhost' }],
    ['ALL CPUs/TCG', { kind: 'other' }],
    ['CPU x/KVM', { kind: 'other' }],
    ['IO iothread', { kind: 'other' }],
  ])('takes %j for %j', (name, role) => {
    expect(threadRole(name, 'qemu-kvm')).toEqual(role);
  });
});
