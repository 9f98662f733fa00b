# Sourced by ranks: hosts that are network namespaces of this machine, a switch between them, and what is tried there.
# shellcheck shell=bash disable=SC2154

prefix=millrace
declare -i host_count=0

# Makes so many hosts, h1 to hN, whose names are known in each and whose traffic goes through a switch.
make_hosts() {
  local count="$1" host
  [[ "$(uname)" == Linux ]] && ((EUID == 0)) || fail "Network namespaces need Linux and root."
  command -v ip > /dev/null && command -v tc > /dev/null || fail "Install iproute2: 'ip' and 'tc' are needed."
  remove_hosts
  ip netns add "$prefix-switch"
  ip -n "$prefix-switch" link add switch type bridge
  ip -n "$prefix-switch" link set switch up
  for host in $(seq "$count"); do
    local name="$prefix-h$host"
    ip netns add "$name"
    ip -n "$name" link add eth0 type veth peer name "port$host" netns "$prefix-switch"
    ip -n "$name" addr add "10.77.0.$host/24" dev eth0
    ip -n "$name" link set lo up
    ip -n "$name" link set eth0 up
    # How long mpirun waits for a daemon that does not answer is a matter of TCP: seconds instead of a quarter of an hour.
    ip netns exec "$name" sysctl -qw net.ipv4.tcp_retries2=4
    ip -n "$prefix-switch" link set "port$host" master switch
    ip -n "$prefix-switch" link set "port$host" up
    mkdir -p "/etc/netns/$name"
    { echo "127.0.0.1 localhost" && for other in $(seq "$count"); do echo "10.77.0.$other h$other"; done; } \
      > "/etc/netns/$name/hosts"
    host_count+=1
  done
  # What mpirun calls instead of ssh: the host's name, then a command for its shell.
  cat > "$folder/agent" << AGENT
#!/usr/bin/env bash
host="\$1"
shift
exec ip netns exec "$prefix-\$host" unshare --uts bash -c "hostname \$host; \$*"
AGENT
  chmod +x "$folder/agent"
}

remove_hosts() {
  local name
  for name in $(ip netns list 2> /dev/null | awk '{ print $1 }' | grep "^$prefix-" || true); do
    ip netns pids "$name" | xargs -r kill -9 2> /dev/null || true
    ip netns del "$name"
    rm -rf "/etc/netns/$name"
  done
  host_count=0
}

# Shapes what each host sends: a rate such as 1gbit, and a delay such as 1ms where the kernel has netem.
shape() {
  local rate="$1" delay="${2:-}" host
  for host in $(seq "$host_count"); do
    local tc=(tc -n "$prefix-h$host" qdisc)
    "${tc[@]}" del dev eth0 root 2> /dev/null || true
    [[ "$rate" == none ]] && continue
    if [[ -n "$delay" ]]; then
      "${tc[@]}" add dev eth0 root netem rate "$rate" delay "$delay"
    else
      "${tc[@]}" add dev eth0 root tbf rate "$rate" burst 128k latency 1s
    fi
  done
}

has_netem() {
  tc -n "$prefix-h1" qdisc add dev eth0 root netem delay 1ms 2> /dev/null || return 1
  tc -n "$prefix-h1" qdisc del dev eth0 root
}

# Runs something on one rank a host, from the first host: launch_on HOSTS COMMAND...
launch_on() {
  local hosts
  hosts="$(seq -s , "$1" | sed -E 's/([0-9]+)/h\1:1/g')"
  local count="$1"
  shift
  ip netns exec "$prefix-h1" unshare --uts bash -c 'hostname h1; exec "$@"' _ \
    mpirun --bind-to none --host "$hosts" -n "$count" \
    --mca plm_rsh_agent "$folder/agent" --mca btl self,tcp --mca btl_tcp_if_include eth0 \
    --mca oob_tcp_if_include eth0 --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 2 \
    --mca oob_tcp_keepalive_probes 3 -x PATH "$@"
}

# Seconds that some all-reduces of a size take, from the bench's rate in GB/s of a vector: seconds_of HOSTS MEGABYTES
seconds_of() {
  launch_on "$1" "$millrace" bench all-reduce --megabytes "$2" --seconds 0.5 --json \
    | python3 -c 'import json, sys; s = json.load(sys.stdin)["sizes"][0]; print(s["megabytes"] * 1e-3 / s["fixedTree"])'
}

hosts_bits() {
  local count="$1"
  step "$count hosts: the same bits"
  "$millrace" train "$data" "${options[@]}" --name "alone-$count" > /dev/null
  make_hosts "$count"
  launch_on "$count" hostname
  shape 1gbit
  launch_on "$count" "$millrace" train "$data" "${options[@]}" --workers 1 --loaders 1 --name "hosts-$count" > /dev/null
  echo "alone    $(model "alone-$count")"
  echo "$count hosts  $(model "hosts-$count")"
  [[ "$(model "hosts-$count")" == "$(model "alone-$count")" ]] || fail "$count hosts: another model."
}

# The step time beside the cost model: what the step takes without any other rank, but beside it on this machine, and
# what the bench says of the all-reduce of as many bytes and of the small messages.
hosts_times() {
  local count=2 batch=256
  make_hosts "$count"
  local settings name=one hidden=800 setting
  settings=("100mbit " "300mbit " "1gbit ")
  if has_netem; then settings=("300mbit " "1gbit 1ms" "1gbit 5ms"); else
    echo "(this kernel has no netem, so that delays cannot be set: bandwidth alone)"
  fi
  step "Step time on $count hosts beside the cost model"
  echo "network,setting,compute ms,all-reduce ms,messages ms,predicted ms,measured ms,error %"
  {
    local common=(--image-size 28 --channels gray --hidden "$hidden" --val-fraction 0 --epochs 2 --quiet)
    # Two processes that know nothing of each other share the machine as two ranks do.
    local process processes=()
    for process in 1 2; do
      "$millrace" train "$data" "${common[@]}" --batch-size $((batch / count)) --shards 1 --workers 1 --loaders 1 \
        --name "$name-single-$process" > /dev/null &
      processes+=("$!")
    done
    wait "${processes[@]}"
    local compute
    compute="$(awk -v a="$(rate "$name-single-1")" -v b="$(rate "$name-single-2")" -v n=$((batch / count)) \
      'BEGIN { print 1000 * n / ((a + b) / 2) }')"
    local megabytes
    megabytes="$(awk -v h="$hidden" 'BEGIN { print (785 * h + (h + 1) * 10) * 4 / 1e6 }')"
    for setting in "${settings[@]}"; do
      # shellcheck disable=SC2086
      shape $setting
      local large little measured
      large="$(seconds_of "$count" "$megabytes")"
      little="$(seconds_of "$count" 0.008)"
      launch_on "$count" "$millrace" train "$data" "${common[@]}" --batch-size "$batch" --shards "$count" \
        --workers 1 --loaders 1 --name "$name-${setting// /-}" > /dev/null
      measured="$(rate "$name-${setting// /-}")"
      awk -v name="784-$hidden-10" -v setting="$setting" -v compute="$compute" -v large="$large" -v little="$little" \
        -v measured="$measured" -v batch="$batch" 'BEGIN {
          large *= 1000; little *= 1000
          # Before a minibatch, for its losses and after its update each rank tells the others a few bytes.
          messages = 3 * little / 2
          predicted = compute + large + messages
          measured = 1000 * batch / measured
          printf "%s,%s,%.2f,%.2f,%.2f,%.2f,%.2f,%.1f\n", name, setting, compute, large, messages, predicted, measured, \
            100 * (predicted / measured - 1)
          exit (predicted / measured > 1.15 || predicted / measured < 0.85)
        }' || fail "The model is off by more than 15 %."
    done
  }
}

hosts_unplug() {
  step "A host is unplugged"
  make_hosts 2
  "$millrace" train "$data" "${options[@]}" --epochs 40 --name alone-long > /dev/null
  launch_on 2 "$millrace" train "$data" "${options[@]}" --epochs 40 --workers 1 --checkpoint-interval 20 \
    --name unplugged > out 2> err &
  local launcher=$!
  until [[ -e runs/unplugged/checkpoints/last.safetensors ]]; do sleep 0.1; done
  ip -n "$prefix-switch" link set port2 down
  local began status=0
  began="$(milliseconds)"
  wait "$launcher" || status=$?
  while pgrep -f "^$millrace train $data" > /dev/null && (($(milliseconds) - began < 60000)); do sleep 0.1; done
  local seconds=$((($(milliseconds) - began) / 1000))
  grep -a "millrace: error" err || true
  echo "mpirun ended with $status; all ranks were gone after $seconds s"
  ((status != 0)) || fail "mpirun ended as if all were well."
  ((seconds <= 30)) || fail "ranks went on for $seconds seconds."
  "$millrace" train --resume runs/unplugged --quiet > /dev/null
  echo "alone    $(model alone-long)"
  echo "resumed  $(model unplugged)"
  [[ "$(model unplugged)" == "$(model alone-long)" ]] || fail "another model."
}

hosts() {
  hosts_bits 2
  hosts_bits 4
  hosts_times
  hosts_unplug
}
