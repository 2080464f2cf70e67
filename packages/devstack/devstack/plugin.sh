#!/bin/bash
# DevStack plugin of Whitebox. DevStack sources it in stack.sh with the phase as arguments; its functions (iniset,
# is_service_enabled, echo_summary) and variables are there, and errexit is on.

# Sets an option, unless the value is empty: then the defaults of the reader hold.
# _whitebox_iniset FILE SECTION OPTION VALUE
function _whitebox_iniset {
    local file=$1 section=$2 option=$3 value=$4
    local restore
    if [[ -z "$value" ]]; then
        return 0
    fi
    # iniset does not quote the value, so "0: [0,1]" must not find a file named "0".
    restore=$(set +o | grep noglob)
    set -o noglob
    iniset "$file" "$section" "$option" "$value"
    $restore
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

# tempest.conf, after DevStack has written its own. What local.conf says for test-config comes later and wins.
function _whitebox_configure_tempest {
    echo_summary "Configuring Tempest for Whitebox"
    local conf=$TEMPEST_CONFIG

    _whitebox_iniset "$conf" whitebox ctlplane_ssh_username "${STACK_USER:-}"
    _whitebox_iniset "$conf" whitebox ctlplane_ssh_private_key_path "${WHITEBOX_PRIVKEY_PATH:-}"
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

    _whitebox_iniset "$conf" whitebox-nova-compute state_path "${DATA_DIR:+$DATA_DIR/nova}"

    _whitebox_iniset "$conf" whitebox-database host "${DATABASE_HOST:-}"
    _whitebox_iniset "$conf" whitebox-database user "${DATABASE_USER:-}"
    if [[ -n "${WHITEBOX_DATABASE_PASSWORD_FILE:-}" ]]; then
        _whitebox_iniset "$conf" whitebox-database password_file "$WHITEBOX_DATABASE_PASSWORD_FILE"
    else
        # To oslo.config a dollar sign begins the name of an option; two stand for one.
        _whitebox_iniset "$conf" whitebox-database password "${DATABASE_PASSWORD//\$/\$\$}"
    fi

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

if [[ "${1:-}" == "stack" ]]; then
    case "${2:-}" in
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
fi
