#!/bin/bash
# in-namespace.sh CONFIGURATION PROGRAM MOUNT SCRIPT: runs a script of the tests in the emulated machine that a folder
# describes, as a host does it, but in namespaces of this machine: what is mounted and started here ends with the script.
set -euo pipefail
configuration=$1 program=$2 mount=$3 script=$4
mount -t tmpfs tmpfs /run
mkdir -p /run/etc /run/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work /etc
mkdir -p /etc/lab-topology
cp "$configuration"/* /etc/lab-topology/
sh "$mount"
exec "$program" bash -c "$script"
