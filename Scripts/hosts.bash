# Sourced by ranks: makes hosts that are network namespaces of this machine, with a switch between them, and tries
# things on them.
# shellcheck shell=bash disable=SC2154

prefix=millrace
declare -i host_count=0
# The process of the delay line, while there is one.
delay_line=""

# make_hosts COUNT [DELAY]: makes this many hosts, h1 to hN, which know each other's names and whose traffic goes
# through a switch. A delay in milliseconds is left to shape where the kernel's tc can delay; otherwise the switch is
# Scripts/delay-line.
make_hosts() {
  local count="$1" delay="${2:-}" host
  [[ "$(uname)" == Linux ]] && ((EUID == 0)) || fail "Network namespaces need Linux and root."
  command -v ip > /dev/null && command -v tc > /dev/null || fail "Install iproute2: 'ip' and 'tc' are needed."
  remove_hosts
  ip netns add "$prefix-switch"
  ip -n "$prefix-switch" link add switch type bridge
  ip -n "$prefix-switch" link set switch up
  if [[ -n "$delay" ]] && ! has_netem; then
    : > delay-line.out
    # shellcheck disable=SC2046
    "$scripts/delay-line" "$delay" $(seq -f "$prefix%g" "$count") > delay-line.out &
    delay_line="$!"
    until grep -q ready delay-line.out; do
      kill -0 "$delay_line" 2> /dev/null || fail "The delay line does not start."
      sleep 0.05
    done
  fi
  for host in $(seq "$count"); do
    local name="$prefix-h$host"
    ip netns add "$name"
    if [[ -n "$delay_line" ]]; then
      ip link set "$prefix$host" netns "$name"
      # Frames are few and large, so that the delay line keeps up.
      ip -n "$name" link set "$prefix$host" name eth0 mtu 9000
    else
      ip -n "$name" link add eth0 type veth peer name "port$host" netns "$prefix-switch"
      ip -n "$prefix-switch" link set "port$host" master switch
      ip -n "$prefix-switch" link set "port$host" up
    fi
    ip -n "$name" addr add "10.77.0.$host/24" dev eth0
    ip -n "$name" link set lo up
    ip -n "$name" link set eth0 up
    # TCP decides how long mpirun waits for a daemon that does not answer: seconds here, instead of a quarter of an
    # hour.
    ip netns exec "$name" sysctl -qw net.ipv4.tcp_retries2=4
    mkdir -p "/etc/netns/$name"
    { echo "127.0.0.1 localhost" && for other in $(seq "$count"); do echo "10.77.0.$other h$other"; done; } \
      > "/etc/netns/$name/hosts"
    host_count+=1
  done
  # mpirun calls this instead of ssh, with the host's name and a command for its shell.
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
  if [[ -n "$delay_line" ]]; then
    kill "$delay_line" 2> /dev/null || true
    wait "$delay_line" 2> /dev/null || true
  fi
  delay_line=""
  host_count=0
}

# shape RATE [DELAY]: shapes what each host sends, with a rate such as 1gbit and the milliseconds for which the hosts
# were made.
shape() {
  local rate="$1" delay="${2:-}" host
  # A token bucket gives away little at once beside what a step sends: a millisecond or two of traffic.
  local burst=32k
  [[ "$rate" != *gbit ]] || burst=128k
  for host in $(seq "$host_count"); do
    local tc=(tc -n "$prefix-h$host" qdisc)
    "${tc[@]}" del dev eth0 root 2> /dev/null || true
    if [[ -n "$delay" && -z "$delay_line" ]]; then
      "${tc[@]}" add dev eth0 root netem rate "$rate" delay "${delay}ms" limit 10000
    else
      "${tc[@]}" add dev eth0 root tbf rate "$rate" burst "$burst" latency 1s
    fi
  done
}

# Whether tc itself can delay: this is tried on a switch without traffic.
has_netem() {
  tc -n "$prefix-switch" qdisc add dev switch root netem delay 1ms 2> /dev/null || return 1
  tc -n "$prefix-switch" qdisc del dev switch root
}

# launch_on HOSTS COMMAND...: starts one rank of a command on each host, from the first host.
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

# The latency of the link between the first two hosts in seconds, and its bytes a second, under TCP alone, without
# MPI.
link_constants() {
  ip netns exec "$prefix-h2" "$scripts/measure-link" answer &
  local answerer=$!
  ip netns exec "$prefix-h1" "$scripts/measure-link" ask 10.77.0.2
  wait "$answerer"
}

# hosts_bits COUNT RATE [DELAY]
hosts_bits() {
  local count="$1" rate="$2" delay="${3:-}"
  local name="$count-$rate-$delay"
  step "$count hosts at $rate${delay:+, $delay ms apart}: the same bits"
  make_hosts "$count" "$delay"
  shape "$rate" "$delay"
  "$millrace" train "$data" "${options[@]}" --name "alone-$name" > /dev/null
  launch_on "$count" "$millrace" train "$data" "${options[@]}" --workers 1 --loaders 1 --name "hosts-$name" > /dev/null
  echo "alone    $(model "alone-$name")"
  echo "$count hosts  $(model "hosts-$name")"
  [[ "$(model "hosts-$name")" == "$(model "alone-$name")" ]] || fail "$count hosts: another model."
}

# Makes a folder of some thousand images by repeating those of the data.
make_many() {
  local source="$data" class copy
  if [[ -d "$data/train" ]]; then source="$data/train"; fi
  local copies=$((1 + 5000 / $(find "$source" -type f | wc -l)))
  for class in "$source"/*/; do
    mkdir -p "many/$(basename "$class")"
    for copy in $(seq "$copies"); do
      cp -r "$class" "many/$(basename "$class")/$copy"
    done
  done
}

# step_time IMAGES RUN...: the milliseconds of a step of this many images, as the median of the epochs of some runs
# without their first epochs, in which caches and windows fill.
step_time() {
  local images="$1" run
  shift
  for run in "$@"; do
    awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "images_per_second") column = i } NR > 2 { print $column }' \
      "runs/$run/metrics.csv"
  done | median | awk -v images="$images" '{ print 1000 * images / $1 }'
}

# The step time beside the cost model: the time that a process takes for its rows beside another on this machine, and
# an α-β model of what hosts that share the first layer's rows send each other, with the constants of the link under
# TCP alone.
hosts_times() {
  local count=2 batch=256 hidden=800
  step "Step time on $count hosts beside the cost model"
  make_many
  local common=(--image-size 28 --channels gray --hidden "$hidden" --batch-norm none --val-fraction 0 --epochs 7 --quiet)
  # Two processes that know nothing of each other share the machine as two ranks do.
  local process processes=()
  for process in 1 2; do
    "$millrace" train many "${common[@]}" --batch-size $((batch / count)) --shards 1 --workers 1 --loaders 1 \
      --name "single-$process" > /dev/null &
    processes+=("$!")
  done
  wait "${processes[@]}"
  local compute
  compute="$(step_time $((batch / count)) single-1 single-2)"
  echo "rate,delay ms,network,alpha ms,beta MB/s,compute ms,bytes ms,latencies ms,hidden ms,predicted ms,measured ms,error %"
  local setting shaped delay link latency bytes row name status=0
  for setting in "100mbit" "1gbit" "300mbit 5" "1gbit 1" "1gbit 5"; do
    name="hosts-${setting// /-}"
    read -r shaped delay <<< "$setting"
    make_hosts "$count" "$delay"
    shape "$shaped" "$delay"
    link="$(link_constants)"
    launch_on "$count" "$millrace" train many "${common[@]}" --batch-size "$batch" --shards "$count" \
      --workers 1 --loaders 1 --name "$name" > /dev/null
    read -r latency bytes <<< "$link"
    row="$("$scripts/cost-model" hold "784-$hidden-10" "$count" "$batch" "$compute" "$latency" "$bytes" \
      "$(step_time "$batch" "$name")")" || status=1
    echo "$shaped,${delay:-0},$row"
  done
  ((status == 0)) || fail "The model is off by more than 15 %."
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

# hosts [PART]: carries out all parts, or one of them.
hosts() {
  local part="${1:-all}"
  [[ "$part" =~ ^(all|bits|times|unplug)$ ]] || fail "hosts has no part '$part': bits, times or unplug."
  if [[ "$part" =~ all|bits ]]; then
    hosts_bits 2 1gbit
    hosts_bits 2 1gbit 5
    hosts_bits 4 300mbit 1
  fi
  if [[ "$part" =~ all|times ]]; then hosts_times; fi
  if [[ "$part" =~ all|unplug ]]; then hosts_unplug; fi
}
