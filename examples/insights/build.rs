//! Takes in the graphs where `cargo xtask web` has built them. Without them the pages have their tables, and say
//! that they lack the rest.

use std::path::Path;
use std::{env, fs, io};

/// The graphs and their style.
const FILES: [&str; 2] = ["graph.js", "graph.css"];

fn main() -> io::Result<()> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=texts");
    println!("cargo:rerun-if-changed={}", built.display());
    let out = env::var_os("OUT_DIR").expect("cargo sets it for build scripts");
    let files: Vec<_> = FILES
        .iter()
        .map(|name| fs::read(built.join(name)))
        .collect();
    let is_whole = files.iter().all(Result::is_ok);
    for (name, file) in FILES.iter().zip(files) {
        let bytes = file.ok().filter(|_| is_whole).unwrap_or_default();
        fs::write(Path::new(&out).join(name), bytes)?;
    }
    if !is_whole {
        println!(
            "cargo:warning=pages of Insights lack their graphs: `cargo xtask web` builds them"
        );
    }
    Ok(())
}
