#!/bin/sh
# Runs the journeys: real binary, real Chromium and Firefox, fake devices. As root in a network namespace of its own with only
# loopback up, so that nothing can leave the machine; otherwise directly. Arguments go to Playwright.
#
#   CONVENE_BIN    the binary                 (default: ../target/release/convene)
#   CHROMIUM_PATH  Chromium or Chrome         (default: /usr/bin/chromium)
#   FIREFOX_PATH   Firefox ESR or Firefox     (default: /usr/bin/firefox-esr)
#   E2E_LANES      lanes, when all journeys run (default: 1)
set -eu
cd "$(dirname "$0")"

CONVENE_BIN=${CONVENE_BIN:-$(cd .. && pwd)/target/release/convene}
CHROMIUM_PATH=${CHROMIUM_PATH:-/usr/bin/chromium}
FIREFOX_PATH=${FIREFOX_PATH:-/usr/bin/firefox-esr}
export CONVENE_BIN CHROMIUM_PATH FIREFOX_PATH

[ -x "$CONVENE_BIN" ] || { echo "e2e: no binary at $CONVENE_BIN: run 'make build' first, or set CONVENE_BIN." >&2; exit 1; }
[ -x "$CHROMIUM_PATH" ] || { echo "e2e: no browser at $CHROMIUM_PATH: install chromium, or set CHROMIUM_PATH." >&2; exit 1; }

# The sample back end in Python needs its packages before the network is gone. Benches and pictures have no use for it.
case " $* " in
  *" --config "*) ;;
  *) node ../tests/peers/python/environment.mjs >/dev/null ;;
esac

run='../node_modules/.bin/playwright test "$@"'
if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
  export E2E_OWN_NETWORK=1
  start() { exec unshare --net sh -c "ip link set lo up && exec $run" e2e "$@"; }
else
  echo "e2e: not root, or no network namespaces here: running without one."
  start() { exec sh -c "exec $run" e2e "$@"; }
fi

# All journeys: in lanes side by side, each in a network of its own; each leaves a report. One lane is what two cores carry.
LANES=${E2E_LANES:-1}
rm -f .out/results-*.json
[ $# = 0 ] && [ "$LANES" -gt 1 ] || start "$@"
lanes=""
lane=1
while [ "$lane" -le "$LANES" ]; do
  (E2E_LANE=$lane start "--shard=$lane/$LANES") &
  lanes="$lanes $!"
  lane=$((lane + 1))
done
trap 'kill $lanes 2>/dev/null || true' INT TERM
code=0
for each in $lanes; do
  wait "$each" || code=1
done
exit $code
