#!/usr/bin/env bash
# Format, lints, types, and the one dependency rule.
set -eu
cd "$(dirname "$0")/.."

echo "== rustfmt"
cargo fmt --all --check
echo "== clippy"
cargo clippy --release --workspace --all-targets -- -D warnings

echo "== purity: the pure crates know no runtime, no database, no web server"
for crate in model protocol identity directory call events node audio; do
  tree=$(cargo tree -p "convene-$crate" -e normal --prefix none)
  if found=$(grep -E '^(tokio|sqlx|axum|hyper|str0m|socket2|mio) ' <<<"$tree"); then
    printf 'convene-%s must not depend on:\n%s\n' "$crate" "$found" >&2
    exit 1
  fi
done
for crate in model protocol identity directory call events node audio; do
  [ -f "crates/$crate/clippy.toml" ] || { echo "crates/$crate has no clippy.toml" >&2; exit 1; }
done

echo "== layers: a crate uses only crates on lines below its own"
layers() { # crate, allowed convene crates...
  local crate=$1 tree found; shift
  tree=$(cargo tree -p "convene-$crate" -e normal --prefix none --depth 1 | tail -n +2 | grep -oE '^convene-[a-z]+' || true)
  for found in $tree; do
    [[ " $* " == *" ${found#convene-} "* ]] || { echo "convene-$crate must not use $found" >&2; exit 1; }
  done
}
layers model
layers protocol model
layers call model protocol
layers directory model
layers events model
layers identity model
layers node model protocol call directory events identity
layers sfu model
layers media model sfu
layers audio model
layers store model
layers probe model protocol

echo "== str0m is named in few files"
named=$(grep -rlE '\bstr0m\b' crates --include='*.rs' | grep -vE '(tests?|examples)[/_.]|_tests\.rs' || true)
uses=$(grep -lE '^\s*(pub )?use str0m|str0m::' $named 2>/dev/null | grep -vxE 'crates/(sfu/src/(peer|peer/[a-z]+|convert|egress/keys)|probe/src/client)\.rs' || true)
if [ -n "$uses" ]; then
  printf 'str0m is used outside crates/sfu/src/peer.rs and what is below it, convert.rs, egress/keys.rs, and crates/probe/src/client.rs:\n%s\n' "$uses" >&2
  exit 1
fi

echo "== the probe is used by the doctor alone"
uses=$(grep -rlE '\bconvene_probe\b' crates --include='*.rs' | grep -vE '^crates/(probe|server/src/doctor)/' || true)
uses+=$(grep -rlE '\bdoctor\b' crates/server/src --include='*.rs' | grep -vE '^crates/server/src/(doctor/|cli/|lib\.rs|app\.rs)' || true)
if [ -n "$uses" ]; then
  printf 'the server itself must not use the probe or the doctor:\n%s\n' "$uses" >&2
  exit 1
fi

echo "== of the meeting client, only web/src/meeting/ui uses the UI library"
uses=$(grep -rl '@azure/communication-react' web/src --include='*.ts' --include='*.tsx' | grep -v '^web/src/meeting/ui/' || true)
if [ -n "$uses" ]; then
  printf 'only web/src/meeting/ui may import @azure/communication-react, not:\n%s\n' "$uses" >&2
  exit 1
fi

echo "== the table of trust rules names tests that exist"
node scripts/trust-table.mjs

echo "== licences"
node scripts/licences.mjs

echo "== TypeScript"
for package in sdk/calling sdk/calling-effects web samples samples/ui-library e2e; do
  npm run --silent check --workspace "$package"
done
echo "check: all is well"
