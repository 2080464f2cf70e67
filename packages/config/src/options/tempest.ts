import { discovered, optional, withDefault } from '../option.js';
import { bool, int, list, matching, oneOf, secret, text } from '../schema.js';

// What Whitebox reads of the sections of Tempest itself; defaults are those of tempest/config.py.

const endpointType = oneOf('public', 'admin', 'internal', 'publicURL', 'adminURL', 'internalURL');
const url = matching('URL that begins with http:// or https://', /^https?:\/\/./i);
const microversion = matching('microversion such as 2.90, or latest', /^(?:\d+\.\d+|latest)$/);

export const auth = {
  use_dynamic_credentials: withDefault(
    bool,
    true,
    'Make projects and users for the tests with the credentials of the administrator.',
  ),
  test_accounts_file: optional(text, 'Path of a YAML file with users for the tests.'),
  tempest_roles: withDefault(list(text), [], 'Roles for the users that are made for the tests.'),
  default_credentials_domain_name: withDefault(
    text,
    'Default',
    'Domain of the users that are made for the tests.',
  ),
  admin_username: optional(text, 'Name of an administrator.'),
  admin_password: optional(secret, 'Password of the administrator.', { fileOption: 'admin_password_file' }),
  admin_password_file: optional(
    text,
    'Path of a file with the password of the administrator, so that it need not stand here. Read by Whitebox alone.',
  ),
  admin_project_name: optional(text, 'Project of the administrator.'),
  admin_domain_name: withDefault(text, 'Default', 'Domain of the administrator and the project.'),
  admin_user_domain_name: optional(text, 'Domain of the administrator, where it differs.'),
  admin_project_domain_name: optional(text, 'Domain of the project, where it differs.'),
  admin_system: optional(text, 'System scope of the administrator: all.'),
};

export const identity = {
  uri_v3: optional(url, 'URL of Keystone, version 3.'),
  uri: optional(url, 'URL of Keystone; used when uri_v3 is not set.'),
  auth_version: withDefault(text, 'v3', 'Version of the identity API; only v3 is left.'),
  region: withDefault(text, 'RegionOne', 'Region of the cloud.'),
  v3_endpoint_type: withDefault(endpointType, 'public', 'Kind of the endpoint of Keystone.'),
  disable_ssl_certificate_validation: withDefault(bool, false, 'Accept any TLS certificate.'),
  ca_certificates_file: optional(text, 'Path of the certificates of authorities to trust.'),
};

export const compute = {
  image_ref: discovered(
    text,
    'the image of the cloud, if it has only one',
    undefined,
    'Id or name of the image of servers.',
  ),
  image_ref_alt: optional(
    text,
    'Id or name of another image, for rebuilds. Without it cases rebuild with a copy of image_ref.',
  ),
  flavor_ref: optional(text, 'Id of a flavor.'),
  flavor_ref_alt: optional(text, 'Id of another flavor.'),
  min_compute_nodes: discovered(
    int(0),
    'the nova-compute services that are up',
    1,
    'Number of compute hosts that there are at least.',
  ),
  min_microversion: optional(microversion, 'Lowest microversion of the compute API to test.'),
  max_microversion: discovered(
    microversion,
    'the version document of Nova',
    undefined,
    'Highest microversion of the compute API to test.',
  ),
  build_timeout: withDefault(int(0), 300, 'Longest time for a server to reach a state, in seconds.'),
  build_interval: withDefault(int(0), 1, 'Time between two looks at a server, in seconds.'),
  fixed_network_name: optional(text, 'Name of the network of servers.'),
  endpoint_type: withDefault(endpointType, 'publicURL', 'Kind of the endpoint of Nova.'),
  catalog_type: withDefault(text, 'compute', 'Type of Nova in the catalogue.'),
  region: optional(text, 'Region of Nova, where it differs from that of Keystone.'),
  volume_device_name: withDefault(text, 'vdb', 'Device that a guest gives to its first attached volume.'),
};

export const image = {
  container_formats: withDefault(
    list(text),
    ['bare', 'ami', 'ari', 'aki', 'ovf', 'ova'],
    'Container formats that Glance accepts.',
  ),
  disk_formats: withDefault(
    list(text),
    ['qcow2', 'raw', 'ami', 'ari', 'aki', 'vhd', 'vmdk', 'vdi', 'iso', 'vhdx'],
    'Disk formats that Glance accepts.',
  ),
  build_timeout: withDefault(int(0), 300, 'Longest time for an image to become active, in seconds.'),
  build_interval: withDefault(int(0), 1, 'Time between two looks at an image, in seconds.'),
};

export const network = {
  project_network_cidr: withDefault(text, '10.100.0.0/16', 'Addresses for the subnets that cases make.'),
  project_network_mask_bits: withDefault(int(0, 32), 28, 'Length of the prefix of such a subnet.'),
  public_network_id: optional(text, 'Id of the external network.'),
  floating_network_name: optional(text, 'Name of the network of floating addresses.'),
  project_networks_reachable: withDefault(bool, false, 'Servers can be reached without a floating address.'),
  build_timeout: withDefault(int(0), 300, 'Longest time for a network to be ready, in seconds.'),
  build_interval: withDefault(int(0), 1, 'Time between two looks at a network, in seconds.'),
};

export const validation = {
  run_validation: withDefault(bool, true, 'Log in to servers by SSH.'),
  connect_method: withDefault(oneOf('floating', 'fixed'), 'floating', 'Address of servers to log in to.'),
  network_for_ssh: withDefault(text, 'public', 'Network of the address with connect_method fixed.'),
  image_ssh_user: withDefault(text, 'root', 'User of the image of servers.'),
  image_ssh_password: optional(secret, 'Password of that user.'),
  image_alt_ssh_user: withDefault(text, 'root', 'User of the other image.'),
  ping_timeout: withDefault(int(0), 120, 'Longest time for a server to answer a ping, in seconds.'),
  connect_timeout: withDefault(int(0), 60, 'Longest time for a connection to a server, in seconds.'),
  ssh_timeout: withDefault(int(0), 300, 'Longest time for SSH of a server to answer, in seconds.'),
};

export const volume = {
  build_timeout: withDefault(int(0), 300, 'Longest time for a volume to become available, in seconds.'),
  build_interval: withDefault(int(0), 1, 'Time between two looks at a volume, in seconds.'),
};

export const placement = {
  endpoint_type: withDefault(
    oneOf('public', 'admin', 'internal'),
    'public',
    'Kind of the endpoint of Placement.',
  ),
  min_microversion: optional(microversion, 'Lowest microversion of Placement to test.'),
  max_microversion: optional(microversion, 'Highest microversion of Placement to test.'),
};

const inCatalogue = 'the catalogue of Keystone';

export const serviceAvailable = {
  cinder: discovered(bool, inCatalogue, true, 'The cloud has Cinder.'),
  neutron: discovered(bool, inCatalogue, true, 'The cloud has Neutron.'),
  glance: discovered(bool, inCatalogue, true, 'The cloud has Glance.'),
  nova: discovered(bool, inCatalogue, true, 'The cloud has Nova.'),
  barbican: discovered(bool, inCatalogue, false, 'The cloud has Barbican (from its own Tempest plugin).'),
};
