//! Hands the inputs that libFuzzer finds to the target that this binary is named after.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let target = convene_fuzz::target(env!("CARGO_BIN_NAME")).expect("each binary is named after a target");
    (target.run)(data);
});
