import type { TempestOptions } from './write-tempest-options.js';

/** What is known of a cloud that tests are to run against. */
export interface CloudFacts {
  /** Compute hosts by the names that Nova has for them, with their addresses for SSH. */
  readonly computes: readonly { readonly name: string; readonly address: string }[];
  readonly ssh: {
    readonly user: string;
    /** Path of the private key. */
    readonly identityFile: string;
    /** Path of the known_hosts file. */
    readonly knownHostsFile?: string | undefined;
  };
  readonly database?:
    | {
        readonly host: string;
        readonly user: string;
        /** Path of a file with the password, which then does not stand in tempest.conf. */
        readonly passwordFile?: string | undefined;
        readonly password?: string | undefined;
        /** Name of the first cell's database. */
        readonly cellDatabase?: string | undefined;
      }
    | undefined;
  /** Path of nodes.yaml. */
  readonly nodesYaml?: string | undefined;
  /** Unit of nova-compute in the journal. */
  readonly novaComputeUnit?: string | undefined;
  readonly hardware?:
    | {
        /** CPUs of each NUMA node. */
        readonly cpuTopology?: Readonly<Record<number, readonly number[]>> | undefined;
        readonly dedicatedCpusPerNuma?: number | undefined;
        readonly sharedCpusPerNuma?: number | undefined;
        /** KiB */
        readonly hugepageSizes?: readonly number[] | undefined;
      }
    | undefined;
}

/** The `[whitebox*]` options of tempest.conf for a cloud. What is not known is left out, to be discovered by Whitebox. */
export function tempestOptions(cloud: CloudFacts): TempestOptions {
  const { database, hardware, ssh } = cloud;
  return {
    whitebox: {
      nodes_yaml: cloud.nodesYaml,
      ctlplane_ssh_username: ssh.user,
      ctlplane_ssh_private_key_path: ssh.identityFile,
      ssh_known_hosts_path: ssh.knownHostsFile,
      ctlplane_addresses: Object.fromEntries(cloud.computes.map(({ name, address }) => [name, address])),
      max_compute_nodes: cloud.computes.length,
    },
    'whitebox-nova-compute': { journalctl_unit: cloud.novaComputeUnit },
    'whitebox-database': {
      host: database?.host,
      user: database?.user,
      password: database?.passwordFile === undefined ? database?.password : undefined,
      password_file: database?.passwordFile,
      nova_cell1_db_name: database?.cellDatabase,
    },
    'whitebox-hardware': {
      cpu_topology: hardware?.cpuTopology,
      dedicated_cpus_per_numa: hardware?.dedicatedCpusPerNuma,
      shared_cpus_per_numa: hardware?.sharedCpusPerNuma,
      configured_hugepage_sizes: hardware?.hugepageSizes,
    },
  };
}
