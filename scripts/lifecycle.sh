# lifecycle.sh, to be sourced: what a script starts here ends with the script, whatever ends it: its own end, an error,
# Ctrl-C, TERM. Sets `root` (the repository) and `work` (a scratch folder that goes away as well).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/troupe-XXXXXX")
self=${0##*/}
servers=$work # where the servers live: in another folder their data outlive the script
leave=        # not empty: the servers go on when the script ends well
services=() # leaders of process groups that run beside the script
running=    # the leader of the group that the script waits for
starting=   # a server that is being started

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '%s: error: %s\n' "$self" "$*" >&2; exit 1; }

# Every command gets a process group of its own. Ctrl-C then reaches this script alone, which ends the others in order;
# otherwise a worker would get its signal twice, and the second means "at once".
launch() { # COMMAND...: sets `launched`
  set -m
  "$@" </dev/null &
  set +m
  launched=$!
}

run() { # COMMAND...: runs it and waits
  launch "$@"
  running=$launched
  local code=0
  wait "$running" || code=$?
  running=
  return $code
}

serve() { # LOG COMMAND...: runs it beside the script; its leader is told to stop when the script ends
  local log=$1
  shift
  launch "$@" >"$log" 2>&1
  services+=("$launched")
}

group_alive() { kill -0 -- "-$1" 2>/dev/null; }

stop() { # LEADER [SECONDS]: TERM to the leader, KILL to what is left of its group; the exit code of the leader
  local leader=$1 tries=$((${2:-40} * 10)) code=0
  kill -TERM "$leader" 2>/dev/null || true
  while group_alive "$leader" && [ $tries -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
  kill -KILL -- "-$leader" 2>/dev/null || true
  wait "$leader" 2>/dev/null || code=$?
  return $code
}

stop_service() { # LEADER
  local leader=$1 code=0 rest=() other
  stop "$leader" || code=$?
  for other in ${services[@]+"${services[@]}"}; do
    [ "$other" = "$leader" ] || rest+=("$other")
  done
  services=(${rest[@]+"${rest[@]}"})
  return $code
}

free_port() {
  local port
  for port in $(shuf -i 20000-29999 -n 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  die "no free port on 127.0.0.1"
}

start_server() { # TOOL OPTIONS...: starts a server on a spare port, or again on the one it had; sets `url`
  local tool=$1 port code=0
  shift
  [ -s "$servers/$tool.port" ] || free_port >"$servers/$tool.port"
  port=$(cat "$servers/$tool.port")
  launch "$root/scripts/$tool" start --dir "$servers/$tool" --port "$port" "$@" >"$work/$tool.url" 2>"$work/$tool.log"
  starting=$launched
  wait "$starting" || code=$?
  starting=
  if [ $code != 0 ]; then
    cat "$work/$tool.log" >&2
    die "$tool did not start"
  fi
  url=$(cat "$work/$tool.url")
}

# Starts a private RabbitMQ node; sets `broker_url`.
start_broker() {
  start_server rabbitmq
  broker_url=$url
}

# Starts a private graph server; sets `graph_url` and what `graphdb env` says.
start_graph() { # OPTIONS...
  # A download may take its time and may be interrupted at any moment; a start is waited for.
  run "$root/scripts/graphdb" install
  start_server graphdb "$@"
  graph_url=$url
  eval "$("$root/scripts/graphdb" env --dir "$servers/graphdb")"
}

stop_server() { # TOOL OPTIONS...: when it was started
  local tool=$1 purge=
  shift
  [ -d "$servers/$tool" ] || return 0
  [ "$servers" != "$work" ] || purge=--purge
  "$root/scripts/$tool" stop $purge --dir "$servers/$tool" "$@" >/dev/null 2>&1 ||
    "$root/scripts/$tool" kill --dir "$servers/$tool" "$@" >/dev/null 2>&1
}

finish() {
  local code=$? leader
  trap '' INT TERM HUP
  trap - EXIT
  set +e
  if [ -n "$running" ]; then
    kill -INT -- "-$running" 2>/dev/null
    stop "$running" 10
  fi
  for leader in ${services[@]+"${services[@]}"}; do stop "$leader"; done
  # A server that is half started is not recorded yet: let the start come to its end before the stop.
  [ -z "$starting" ] || wait "$starting"
  if [ -z "$leave" ] || [ $code != 0 ]; then
    stop_server rabbitmq --all
    stop_server graphdb
    [ "$servers" = "$work" ] || say "the servers are stopped; their data are in $servers"
  fi
  rm -rf "$work"
  exit $code
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
