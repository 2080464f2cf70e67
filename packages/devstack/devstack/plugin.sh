#!/bin/bash
# DevStack plugin of Whitebox. DevStack sources it in stack.sh with the phase as arguments; its functions (iniset,
# is_service_enabled, echo_summary) and variables are there, and errexit is on.

# What was set, and what was there before: FILE, SECTION, OPTION, "section", "option" or "value" for what was new, old value.
_WHITEBOX_RECORD=${DATA_DIR:-/opt/stack/data}/whitebox/options-set

# Sets an option, unless the value is empty: then the defaults of the reader hold.
# _whitebox_iniset FILE SECTION OPTION VALUE
function _whitebox_iniset {
    local file=$1 section=$2 option=$3 value=$4
    if [[ -z "$value" ]]; then
        return 0
    fi
    _whitebox_remember "$file" "$section" "$option"
    _whitebox_iniset_as_it_is "$file" "$section" "$option" "$value"
}

function _whitebox_iniset_as_it_is {
    local restore
    # iniset does not quote the value, so "0: [0,1]" must not find a file named "0".
    restore=$(set +o | grep noglob)
    set -o noglob
    iniset "$@"
    $restore
}

# Writes down what an option is, once, so that unstack can give it back.
function _whitebox_remember {
    local file=$1 section=$2 option=$3 new=section old=''
    mkdir -p "$(dirname "$_WHITEBOX_RECORD")"
    if [[ -e $_WHITEBOX_RECORD ]] && grep -qF "$(printf '%s\t%s\t%s\t' "$file" "$section" "$option")" "$_WHITEBOX_RECORD"; then
        return 0
    fi
    if ini_has_option "$file" "$section" "$option"; then
        new=value
        old=$(iniget "$file" "$section" "$option")
    elif grep -qsF "[$section]" "$file"; then
        new=option
    fi
    (umask 077 && printf '%s\t%s\t%s\t%s\t%s\n' "$file" "$section" "$option" "$new" "$old" >>"$_WHITEBOX_RECORD")
}

# Gives back every option that was set, the last one first.
function _whitebox_undo {
    local file section option new old
    if [[ ! -e $_WHITEBOX_RECORD ]]; then
        return 0
    fi
    echo_summary "Removing the options of Whitebox"
    while IFS=$'\t' read -r file section option new old; do
        # DevStack may have removed the file meanwhile.
        if [[ ! -e $file ]]; then
            continue
        fi
        if [[ $new == value ]]; then
            _whitebox_iniset_as_it_is "$file" "$section" "$option" "$old"
        else
            inidelete "$file" "$section" "$option"
        fi
        if [[ $new == section ]]; then
            _whitebox_drop_empty_section "$file" "$section"
        fi
    done < <(tac "$_WHITEBOX_RECORD")
    rm -f "$_WHITEBOX_RECORD"
}

# Removes the header of a section that has nothing in it, and the blank line that iniset puts before it.
function _whitebox_drop_empty_section {
    local file=$1 section=$2 rest
    rest=$(mktemp)
    awk -v header="[$section]" '
        { line[NR] = $0 }
        END {
            for (i = 1; i <= NR; i++) {
                if (line[i] != header) continue
                for (j = i + 1; j <= NR && line[j] == ""; j++) ;
                if (j <= NR && line[j] !~ /^\[/) continue
                gone[i] = 1
                if (i > 1 && line[i - 1] == "") gone[i - 1] = 1
            }
            for (i = 1; i <= NR; i++) if (!gone[i]) print line[i]
        }' "$file" >"$rest"
    # Into the same file: its owner and mode stay.
    cat "$rest" >"$file"
    rm -f "$rest"
}

# Whether there is a Node that Whitebox runs on: 20.19 or newer.
function _whitebox_node_is_good {
    local version
    version=$("$WHITEBOX_NODE" --version 2>/dev/null) || return 1
    [[ $version =~ ^v([0-9]+)\.([0-9]+)\. ]] || return 1
    ((BASH_REMATCH[1] > 20 || (BASH_REMATCH[1] == 20 && BASH_REMATCH[2] >= 19)))
}

# Finds Node, or has the package manager install it. DevStack itself has none.
function _whitebox_ensure_node {
    local found
    if _whitebox_node_is_good; then
        echo_summary "Whitebox runs on Node $("$WHITEBOX_NODE" --version)"
        return 0
    fi
    if [[ "$WHITEBOX_INSTALL_NODE" == "True" ]]; then
        # What the distribution has may still be too old; the check behind it tells.
        install_package nodejs npm || true
        hash -r
    fi
    if ! _whitebox_node_is_good; then
        found=$("$WHITEBOX_NODE" --version 2>/dev/null) || found="not there"
        die $LINENO "Whitebox needs Node 20.19 or newer; $WHITEBOX_NODE is $found. Install one before stack.sh (a job of Zuul does it with the role ensure-nodejs), or set WHITEBOX_NODE to the path of one."
    fi
}

# nova.conf, before Nova starts. What local.conf says for post-config comes later and wins.
function _whitebox_configure_nova {
    echo_summary "Configuring Nova for Whitebox"
    # With the superconductor nova-compute cannot reach the scheduler, and DevStack turns this off for that reason: the
    # scheduler would wait for news that never comes, and its affinity filters would see no instances.
    if [[ "${CELLSV2_SETUP:-}" != "superconductor" ]]; then
        _whitebox_iniset "$NOVA_CONF" filter_scheduler track_instance_changes True
    fi
    # start_nova_compute makes nova-cpu.conf from this file.
    if is_service_enabled n-cpu; then
        _whitebox_iniset "$NOVA_CONF" compute cpu_dedicated_set "${WHITEBOX_CPU_DEDICATED_SET:-}"
        _whitebox_iniset "$NOVA_CONF" compute cpu_shared_set "${WHITEBOX_CPU_SHARED_SET:-}"
    fi
}

# Computes with their addresses for SSH: those that are given, else this host where it is one. Others are reached by their names.
function _whitebox_addresses {
    if [[ -n "${WHITEBOX_CTLPLANE_ADDRESSES:-}" ]]; then
        echo "$WHITEBOX_CTLPLANE_ADDRESSES"
    elif is_service_enabled n-cpu && [[ -n "${HOST_IP:-}" ]]; then
        # Nova knows it by this name, see [DEFAULT]host in nova/conf/netconf.py.
        echo "$(hostname):$HOST_IP"
    fi
}

# tempest.conf, after DevStack has written its own. What local.conf says for test-config comes later and wins.
function _whitebox_configure_tempest {
    echo_summary "Configuring Tempest for Whitebox"
    local conf=$TEMPEST_CONFIG

    _whitebox_iniset "$conf" whitebox deployment devstack
    _whitebox_iniset "$conf" whitebox ctlplane_ssh_username "${STACK_USER:-}"
    _whitebox_iniset "$conf" whitebox ctlplane_ssh_private_key_path "${WHITEBOX_PRIVKEY_PATH:-}"
    _whitebox_iniset "$conf" whitebox ctlplane_addresses "$(_whitebox_addresses)"
    # DevStack does not know how many nodes there are; whoever deploys them says it.
    _whitebox_iniset "$conf" whitebox max_compute_nodes "${MAX_COMPUTE_NODES:-}"
    _whitebox_iniset "$conf" whitebox available_cinder_storage "${WHITEBOX_AVAILABLE_CINDER_STORAGE:-}"
    _whitebox_iniset "$conf" whitebox file_backed_memory_size "${WHITEBOX_FILE_BACKED_MEMORY_SIZE:-}"
    _whitebox_iniset "$conf" whitebox cpu_model "${WHITEBOX_CPU_MODEL:-}"
    _whitebox_iniset "$conf" whitebox cpu_model_extra_flags "${WHITEBOX_CPU_MODEL_EXTRA_FLAGS:-}"
    _whitebox_iniset "$conf" whitebox rx_queue_size "${WHITEBOX_RX_QUEUE_SIZE:-}"
    _whitebox_iniset "$conf" whitebox default_video_model "${WHITEBOX_DEFAULT_VIDEO_MODEL:-}"
    _whitebox_iniset "$conf" whitebox max_disk_devices_to_attach "${WHITEBOX_MAX_DISK_DEVICES_TO_ATTACH:-}"
    _whitebox_iniset "$conf" whitebox hugepage_guest_ram_size "${WHITEBOX_HUGEPAGE_GUEST_RAM_SIZE:-}"
    if [[ -e "${WHITEBOX_NODES_YAML:-}" || "${WHITEBOX_NODES_YAML:-}" != "${WHITEBOX_NODES_YAML_DEFAULT:-}" ]]; then
        _whitebox_iniset "$conf" whitebox nodes_yaml "${WHITEBOX_NODES_YAML:-}"
    fi

    # functions-common, run_process: every service is a unit of that name.
    _whitebox_iniset "$conf" whitebox-nova-compute journalctl_unit devstack@n-cpu
    _whitebox_iniset "$conf" whitebox-nova-compute state_path "${DATA_DIR:+$DATA_DIR/nova}"

    _whitebox_iniset "$conf" whitebox-database host "${DATABASE_HOST:-}"
    _whitebox_iniset "$conf" whitebox-database user "${DATABASE_USER:-}"
    if [[ -n "${WHITEBOX_DATABASE_PASSWORD_FILE:-}" ]]; then
        _whitebox_iniset "$conf" whitebox-database password_file "$WHITEBOX_DATABASE_PASSWORD_FILE"
    else
        # To oslo.config a dollar sign begins the name of an option; two stand for one.
        _whitebox_iniset "$conf" whitebox-database password "${DATABASE_PASSWORD//\$/\$\$}"
    fi

    # lib/nova, init_nova_cells: cells are counted from 1.
    _whitebox_iniset "$conf" whitebox-database nova_cell1_db_name nova_cell1

    _whitebox_iniset "$conf" whitebox-hardware smt_hosts "${SMT_HOSTS:-}"
    _whitebox_iniset "$conf" whitebox-hardware cpu_topology "${WHITEBOX_CPU_TOPOLOGY:-}"
    _whitebox_iniset "$conf" whitebox-hardware dedicated_cpus_per_numa "${WHITEBOX_DEDICATED_CPUS_PER_NUMA:-}"
    _whitebox_iniset "$conf" whitebox-hardware shared_cpus_per_numa "${WHITEBOX_SHARED_CPUS_PER_NUMA:-}"
    _whitebox_iniset "$conf" whitebox-hardware realtime_mask "${WHITEBOX_REALTIME_MASK:-}"
    _whitebox_iniset "$conf" whitebox-hardware configured_hugepage_sizes "${WHITEBOX_CONFIGURED_HUGEPAGES:-}"

    local features=compute-feature-enabled
    _whitebox_iniset "$conf" $features virtio_rng "${COMPUTE_FEATURE_VIRTIO_RNG:-}"
    _whitebox_iniset "$conf" $features rbd_download "${COMPUTE_FEATURE_RBD_DOWNLOAD:-}"
    _whitebox_iniset "$conf" $features uefi_secure_boot "${COMPUTE_FEATURE_UEFI_SECURE_BOOT:-}"
    _whitebox_iniset "$conf" $features bochs_display_support "${COMPUTE_FEATURE_BOCHS_DISPLAY:-}"
    _whitebox_iniset "$conf" $features vtpm_device_supported "${COMPUTE_FEATURE_VTPM_ENABLED:-}"
    _whitebox_iniset "$conf" $features live_migrate_back_and_forth "${COMPUTE_FEATURE_LIVE_MIGRATE_BACK_AND_FORTH:-}"
}

case "${1:-}" in
stack)
    case "${2:-}" in
    install)
        # Where the cases are run.
        if is_service_enabled tempest; then
            _whitebox_ensure_node
        fi
        ;;
    post-config)
        # Also on compute nodes, where there is no Tempest.
        if is_service_enabled nova; then
            _whitebox_configure_nova
        fi
        ;;
    test-config)
        if is_service_enabled tempest; then
            _whitebox_configure_tempest
        fi
        ;;
    esac
    ;;
unstack | clean)
    _whitebox_undo
    ;;
esac
