#!/bin/bash
# DevStack looks for its plugins here: enable_plugin whitebox URL. The plugin itself is a part of the package
# @whitebox/devstack, so that it can also be had without this repository.

# shellcheck source=/dev/null
source "$(dirname "${BASH_SOURCE[0]}")/../packages/devstack/devstack/plugin.sh" "$@"
