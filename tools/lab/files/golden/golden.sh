#!/bin/bash
# Runs inside the root filesystem without systemd and without a network.
set -euo pipefail
password=golden
mkdir -p /run/lock
install -d -o mysql -g mysql /run/mysqld
for service in nova neutron glance placement keystone cinder barbican; do install -d -o "$service" -g "$service" "/run/lock/$service"; done

mariadbd --user=mysql > /run/mariadb.log 2>&1 &
database=$!
for _ in $(seq 150); do
  mysqladmin ping > /dev/null 2>&1 && break
  sleep 0.1
done
memcached -u memcache -l 127.0.0.1 -m 64 &
memcached=$!
{
  for name in keystone glance placement neutron cinder barbican nova_api nova_cell0 nova_cell1; do
    user=${name%%_*}
    echo "DROP DATABASE IF EXISTS $name; CREATE DATABASE $name CHARACTER SET utf8mb3;"
    echo "CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY '$password'; GRANT ALL ON $name.* TO '$user'@'%';"
  done
  # For tests: one account that can only read what Whitebox reads, and one that can do everything.
  echo "CREATE OR REPLACE USER 'whitebox'@'%' IDENTIFIED BY '$password';"
  for name in nova_api nova_cell0 nova_cell1 placement neutron glance cinder; do echo "GRANT SELECT ON $name.* TO 'whitebox'@'%';"; done
  echo "CREATE OR REPLACE USER 'root'@'%' IDENTIFIED BY '$password'; GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
  echo "DELETE FROM mysql.global_priv WHERE User = ''; FLUSH PRIVILEGES;"
} | mysql

as() {
  local user=$1
  shift
  runuser -u "$user" -- "$@"
}
# step NAME COMMAND...: with its time, and its output only if it fails
step() {
  local name=$1 start=$EPOCHREALTIME
  shift
  if ! "$@" > "/run/step-$name.log" 2>&1; then
    echo "FAILED: $name: $*"
    tail -n 40 "/run/step-$name.log"
    return 1
  fi
  awk -v name="$name" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%-12s %.1f s\n", name, b - a }'
}
connection() { echo "mysql+pymysql://nova:$password@controller/$1?charset=utf8"; }

# cell0's schema comes from the same command with another [database] connection
sed "s#^connection = .*nova_cell1.*#connection = $(connection nova_cell0)#" /etc/nova/nova.conf > /run/nova-cell0.conf
chmod 644 /run/nova-cell0.conf
install -o keystone -g keystone -m 640 /dev/null /var/log/keystone/keystone-manage.log

keystone_database() {
  step fernet keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone &
  local fernet=$!
  step credential keystone-manage credential_setup --keystone-user keystone --keystone-group keystone &
  local credential=$!
  step keystone as keystone keystone-manage db_sync
  wait "$fernet"
  wait "$credential"
  step bootstrap keystone-manage bootstrap --bootstrap-password "$password" --bootstrap-region-id RegionOne \
    --bootstrap-admin-url http://controller:5000/v3/ --bootstrap-internal-url http://controller:5000/v3/ \
    --bootstrap-public-url http://controller:5000/v3/
  # uwsgi gives up root by itself; started through runuser it would outlive the signal below
  uwsgi_python3 --http-socket 127.0.0.1:5000 --ini /etc/keystone/keystone-uwsgi.ini > /run/uwsgi.log 2>&1 &
  local keystone=$!
  step catalogue python3 /run/golden/catalogue.py
  kill -TERM "$keystone"
  wait "$keystone" || true
}
nova_databases() {
  step nova_cell1 as nova nova-manage db sync --local_cell &
  local cell1=$!
  step nova_cell0 as nova nova-manage --config-file /run/nova-cell0.conf db sync --local_cell &
  local cell0=$!
  step nova_api as nova nova-manage api_db sync
  step map_cell0 as nova nova-manage cell_v2 map_cell0 --database_connection "$(connection nova_cell0)"
  step cell1 as nova nova-manage cell_v2 create_cell --name cell1 --verbose
  wait "$cell0"
  wait "$cell1"
}
neutron_database() {
  step neutron as neutron neutron-db-manage --config-file /etc/neutron/neutron.conf \
    --config-file /etc/neutron/plugins/ml2/ml2_conf.ini upgrade head
}
other_databases() {
  step placement as placement placement-manage db sync
  step glance as glance glance-manage db_sync
  step barbican as barbican barbican-manage db upgrade
}
cinder_database() {
  step cinder as cinder cinder-manage db sync
}
jobs=()
for job in keystone_database nova_databases neutron_database other_databases cinder_database; do
  (set -e; "$job") &
  jobs+=($!)
done
result=0
for job in "${jobs[@]}"; do wait "$job" || result=1; done

kill "$memcached"
mysqladmin shutdown
wait "$database" || result=1
# Logs made here belong to root and would keep the services from starting.
find /var/log/keystone /var/log/nova /var/log/neutron /var/log/glance /var/log/placement /var/log/cinder /var/log/barbican -type f -delete
exit "$result"
