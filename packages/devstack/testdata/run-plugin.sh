#!/bin/bash
# Runs the plugin as DevStack's stack.sh does: functions and variables in one shell, settings first, then every phase.
# run-plugin.sh PLUGIN_DIR WORK_DIR: PLUGIN_DIR is the folder that has devstack/plugin.sh; WORK_DIR gets nova.conf and
# tempest.conf. The environment holds what local.conf would say, and in MODES what is run: stack, unstack, clean. With DEVSTACK_DIR its own inc/ini-config is used.
# shellcheck disable=SC1091
set -o errexit

plugin_dir=$1
work_dir=$2

# As lib/nova, lib/tempest and stackrc set them.
ENABLED_SERVICES=${ENABLED_SERVICES:-key,n-api,n-cond,n-cpu,n-sch,mysql,tempest}
NOVA_FILTERS=${NOVA_FILTERS:-ComputeFilter,ImagePropertiesFilter}
NOVA_CONF=$work_dir/nova.conf
TEMPEST_CONFIG=$work_dir/tempest.conf
STACK_USER=${STACK_USER:-stack}
DATA_DIR=${DATA_DIR:-$work_dir/data}
HOST_IP=${HOST_IP:-192.0.2.1}
DATABASE_USER=${DATABASE_USER:-root}
DATABASE_PASSWORD=${DATABASE_PASSWORD:-secret}
DATABASE_HOST=${DATABASE_HOST:-127.0.0.1}
CELLSV2_SETUP=${CELLSV2_SETUP:-superconductor}

function define_plugin {
    :
}

function echo_summary {
    echo "summary: $*"
}

function is_service_enabled {
    local service
    for service in "$@"; do
        [[ ",$ENABLED_SERVICES," == *",$service,"* ]] && return 0
        [[ $service == nova && ",$ENABLED_SERVICES" == *",n-"* ]] && return 0
    done
    return 1
}

# functions-common: die prints the line and what is wrong, and ends stack.sh.
function die {
    shift
    echo "[ERROR] $*" >&2
    exit 1
}

# What "apt-get install nodejs npm" would bring is in INSTALLABLE_NODE.
function install_package {
    echo "install_package: $*"
    [[ -n "${INSTALLABLE_NODE:-}" ]] || return 100
    cp "$INSTALLABLE_NODE" "$work_dir/bin/node"
}

function hostname {
    echo "${LOCAL_HOSTNAME:-devstack-1}"
}

if [[ -n "${DEVSTACK_DIR:-}" ]]; then
    source "$DEVSTACK_DIR/inc/ini-config"
else
    # The traits of DevStack's iniset that matter here: blanks in the value are squeezed and patterns expanded (it is not
    # quoted), backslashes and ampersands survive, a new option goes right behind the header of its section.
    function iniset {
        local file=$1 section=$2 option=$3 value line inside='' found=''
        local lines=() result=()
        # shellcheck disable=SC2086,SC2116
        value=$(echo $4)
        grep -qsF "[$section]" "$file" || printf '\n[%s]\n' "$section" >>"$file"
        mapfile -t lines <"$file"
        for line in "${lines[@]}"; do
            [[ $line == "["*"]" ]] && inside=$line
            if [[ $inside == "[$section]" && $line =~ ^"$option"[[:blank:]]*= ]]; then
                line="$option = $value"
                found=1
            fi
            result+=("$line")
        done
        : >"$file"
        for line in "${result[@]}"; do
            printf '%s\n' "$line" >>"$file"
            if [[ -z $found && $line == "[$section]" ]]; then
                printf '%s\n' "$option = $value" >>"$file"
                found=1
            fi
        done
    }

    function iniget {
        local file=$1 section=$2 option=$3 line
        line=$(sed -ne "/^\[$section\]/,/^\[.*\]/ { /^${option}[ \t]*=/ p; }" "$file")
        echo "${line#*= }"
    }

    function ini_has_option {
        [[ -n $(sed -ne "/^\[$2\]/,/^\[.*\]/ { /^${3}[ \t]*=/ p; }" "$1" 2>/dev/null) ]]
    }

    function inidelete {
        sed -i -e "/^\[$2\]/,/^\[.*\]/ { /^${3}[ \t]*=/ d; }" "$1"
    }
fi

cd "$work_dir"
source "$plugin_dir/devstack/settings"
for mode in ${MODES:-stack}; do
    if [[ $mode != stack ]]; then
        source "$plugin_dir/devstack/plugin.sh" "$mode"
        continue
    fi
    if [[ ! -e $NOVA_CONF ]]; then
        printf '[filter_scheduler]\nenabled_filters = %s\n' "$NOVA_FILTERS" >"$NOVA_CONF"
    fi
    iniset "$NOVA_CONF" filter_scheduler enabled_filters "$NOVA_FILTERS"
    if [[ $CELLSV2_SETUP == superconductor ]]; then
        iniset "$NOVA_CONF" filter_scheduler track_instance_changes False
    fi
    if [[ ! -e $TEMPEST_CONFIG ]]; then
        printf '[DEFAULT]\ndebug = True\n\n[compute-feature-enabled]\nresize = True\n' >"$TEMPEST_CONFIG"
    fi
    cp "$NOVA_CONF" nova.conf.before
    cp "$TEMPEST_CONFIG" tempest.conf.before
    for phase in pre-install install post-config; do
        source "$plugin_dir/devstack/plugin.sh" stack $phase
    done
    # nova-compute starts between post-config and extra: what is not in nova.conf by now has no effect.
    cp "$NOVA_CONF" nova-cpu.conf
    source "$plugin_dir/devstack/plugin.sh" stack extra
    source "$plugin_dir/devstack/plugin.sh" stack test-config
done
echo "shell options: $-"
