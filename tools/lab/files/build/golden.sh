#!/bin/bash
# Databases with their schema, Keystone with its users and catalogue, Nova's cells: the slow part of a first start, done
# once. Runs in a network namespace of its own. The passwords in here are of no use to anybody: each lab replaces all of
# them before its database accepts the first connection (src/first-start.ts).
. "$FILES/build/common.sh"
mount_kernel_filesystems
ip link set lo up
mkdir -p "$ROOT/run/golden"
cp "$FILES"/golden/* "$ROOT/run/golden/"
hostname controller
in_root /bin/bash /run/golden/golden.sh
# Keys of the build must not be anybody's.
rm -rf "$ROOT"/etc/keystone/fernet-keys/* "$ROOT"/etc/keystone/credential-keys/*
