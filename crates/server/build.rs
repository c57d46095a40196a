//! Builds the binary again when the pages that it embeds have changed.

fn main() {
    for folder in [
        "../../web/dist",
        "../../samples/dist",
        "../../samples/ui-library/dist",
        "../../sdk/calling/dist/browser",
        "../../sdk/calling-effects/dist/browser",
    ] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
