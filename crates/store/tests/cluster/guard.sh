#!/bin/sh
# Runs a PostgreSQL of its own for tests in a folder of its own, until standard input ends: that is when the process that
# started it ends, however it ends. Then it stops the database and removes the folder.
#   guard.sh BIN    the folder with initdb and pg_ctl
set -eu
bin=$1
folder=$(mktemp -d /tmp/convene-pg-XXXXXX)
clean() {
  "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean EXIT
trap '' INT HUP
printf '%s' convene-test >"$folder/password"
"$bin/initdb" -D "$folder/data" -U convene -A scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C.UTF-8 --no-sync \
  >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
"$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
  -o "-k $folder -c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200" \
  start >"$folder/start.log" 2>&1 </dev/null || { cat "$folder/start.log" "$folder/log" >&2; exit 1; }
echo "$folder"
cat >/dev/null
