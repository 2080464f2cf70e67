#!/usr/bin/python3
"""Users, roles, services and endpoints through Keystone's API, in one process (the openstack command takes 2 s per call)."""
import time

from keystoneauth1 import exceptions, session
from keystoneauth1.identity import v3
from keystoneclient.v3 import client

PASSWORD = 'golden'
KEYSTONE = 'http://controller:5000/v3'
auth = v3.Password(KEYSTONE, username='admin', password=PASSWORD, project_name='admin',
                   user_domain_id='default', project_domain_id='default')
keystone = client.Client(session=session.Session(auth=auth), endpoint_override=KEYSTONE)
for attempt in range(300):
    try:
        roles = {role.name: role for role in keystone.roles.list()}
        break
    except (exceptions.ConnectFailure, exceptions.ConnectionError, exceptions.HttpError):
        if attempt == 299:
            raise
        time.sleep(.1)

# Volume attachment (and what else sends service tokens) asks for a role of this name.
service_role = roles.get('service') or keystone.roles.create('service')
services = keystone.projects.create('service', 'default')
for name in ('nova', 'glance', 'placement', 'neutron', 'cinder', 'barbican'):
    user = keystone.users.create(name, domain='default', password=PASSWORD, default_project=services)
    keystone.roles.grant(roles['admin'], user=user, project=services)
    keystone.roles.grant(service_role, user=user, project=services)
demo = keystone.projects.create('demo', 'default')
user = keystone.users.create('demo', domain='default', password=PASSWORD, default_project=demo)
keystone.roles.grant(roles['member'], user=user, project=demo)

for service_type, name, url in (
    ('compute', 'nova', 'http://controller:8774/v2.1'),
    ('image', 'glance', 'http://controller:9292'),
    ('placement', 'placement', 'http://controller:8778'),
    ('network', 'neutron', 'http://controller:9696'),
    ('volumev3', 'cinderv3', 'http://controller:8776/v3/%(project_id)s'),
    ('key-manager', 'barbican', 'http://controller:9311'),
):
    service = keystone.services.create(name, type=service_type)
    for interface in ('public', 'internal', 'admin'):
        keystone.endpoints.create(service, url, interface=interface, region='RegionOne')
