import { discovered } from '../option.js';
import { oneOf, text } from '../schema.js';

/** `[whitebox-nova-compute]` */
export const novaCompute = {
  log_query_command: discovered(
    oneOf('journalctl', 'zgrep'),
    '[DEFAULT]log_file and log_dir of nova-compute in force',
    'journalctl',
    'How to look into the log of nova-compute.',
  ),
  journalctl_unit: discovered(
    text,
    'the unit of nova-compute on each host',
    'devstack@n-cpu',
    'Unit whose journal has the log of nova-compute.',
  ),
  state_path: discovered(
    text,
    '[DEFAULT]state_path of nova-compute in force',
    '/var/lib/nova',
    'Directory where nova-compute keeps its state.',
  ),
};

const inNodesYaml = (service: string, key: string) => `services.${service}.${key} of nodes.yaml`;

/** Options of older releases of the predecessor. */
export const novaComputeObsolete = {
  config_path: inNodesYaml('nova-compute', 'config_path'),
  start_command: inNodesYaml('nova-compute', 'start_command'),
  stop_command: inNodesYaml('nova-compute', 'stop_command'),
  restart_command: inNodesYaml('nova-compute', 'start_command and stop_command'),
};

/** `[whitebox-libvirt]` and `[whitebox-nova-libvirt]`, which are gone. */
export const libvirtObsolete = {
  start_command: inNodesYaml('libvirt', 'start_command'),
  stop_command: inNodesYaml('libvirt', 'stop_command'),
  mask_command: inNodesYaml('libvirt', 'mask_command'),
  unmask_command: inNodesYaml('libvirt', 'unmask_command'),
  restart_command: inNodesYaml('libvirt', 'start_command and stop_command'),
  libvirt_container_name: inNodesYaml('libvirt', 'container_name'),
};
