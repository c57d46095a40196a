//! The `convene` command.

fn main() -> std::process::ExitCode {
    convene_server::cli::main()
}
