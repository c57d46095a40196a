#!/usr/bin/env bash
# Fuzzes one target guided by coverage, on the stable toolchain: tests/fuzz/guided.sh TARGET [SECONDS]
# What it finds on the way stays in target/fuzz/corpus; an input that breaks something is written to target/fuzz-broken.
set -eu
cd "$(dirname "$0")/../.."
target=${1:?which target? They are the folders of tests/fuzz/corpus.}
seconds=${2:-60}
host=$(rustc -vV | sed -n 's/^host: //p')
# As cargo-fuzz sets them, without the address sanitizer, which needs a nightly toolchain.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
 -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
cargo build --release --manifest-path tests/fuzz/libfuzzer/Cargo.toml --target-dir target/fuzz --target "$host" --bin "$target"
mkdir -p "target/fuzz/corpus/$target" "target/fuzz-broken/$target"
"target/fuzz/$host/release/$target" "target/fuzz/corpus/$target" "tests/fuzz/corpus/$target" \
  -max_total_time="$seconds" -artifact_prefix="target/fuzz-broken/$target/" -print_final_stats=1
