//! Writes the generated types to where the SDK keeps them; run from the repository's root.

fn main() -> std::io::Result<()> {
    let target = std::path::Path::new(convene_typescript::TARGET);
    std::fs::create_dir_all(target.parent().expect("the target lies in a folder"))?;
    std::fs::write(target, convene_typescript::typescript())?;
    println!("wrote {}", target.display());
    Ok(())
}
