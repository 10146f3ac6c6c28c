#!/bin/sh
# Macros that Rust gets with other values than C (bindgen 0.73.2, libclang 18.1.1)
#
# Expected: a macro with a constant value becomes a Rust constant of that value, whatever type is chosen for it.
# Seen: (~0u >> 4), which is 0x0FFFFFFF in C, becomes -1; (65536u * 65536u), which is 0 in C, becomes 4294967296;
#   0xFFFFFFFFFFFFFFFF becomes an i32 of -1 and 0x8000000000000000 an i64. ((unsigned char)0x1FF) and sizeof aren't
#   there at all, in silence. clang_macro_fallback() adds the last two, and leaves the others as they are.
# Why: macros are computed by the crate cexpr, in 64 bits with a sign and without C's types; what the result fits in
#   becomes the type (rust-lang/rust-bindgen#923). What cexpr can compute isn't asked of clang.
# Matters: register masks are made like this. A mask that is too wide reaches the reserved bits. Give such
#   constants a name in an enum or a `static const`, which bindgen takes from clang with value and type.
set -eu
command -v cargo >/dev/null || { echo "missing: cargo, by rustup or apt-get install cargo" >&2; exit 1; }
command -v gcc >/dev/null || { echo "missing: apt-get install gcc libc6-dev" >&2; exit 1; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check libclang==18.1.1
LIBCLANG_PATH=$("$room/venv/bin/python" -c 'import clang, os; print(os.path.join(list(clang.__path__)[0], "native"))')
export LIBCLANG_PATH
mkdir "$room/src"
cd "$room"
cat > Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[dependencies]
bindgen = { version = "=0.73.2", default-features = false, features = ["runtime"] }
[workspace]
TOML
cat > registers.h <<'C'
#define MASK (~0u >> 4)
#define PRODUCT (65536u * 65536u)
#define ALL 0xFFFFFFFFFFFFFFFF
#define TOP 0x8000000000000000
#define BYTE ((unsigned char)0x1FF)
#define SIZE sizeof(int)
static const unsigned TYPED = ~0u >> 4;
C
cat > main.c <<'C'
#include <stdio.h>
#include "registers.h"

int main(void)
{
    printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)MASK, (unsigned long long)PRODUCT,
           (unsigned long long)ALL, (unsigned long long)TOP, (unsigned long long)BYTE, (unsigned long long)SIZE);
    return 0;
}
C
cat > src/main.rs <<'RUST'
fn constants(builder: bindgen::Builder) -> Vec<String> {
    let text = builder.header("registers.h").formatter(bindgen::Formatter::None).generate().unwrap().to_string();
    text.split("pub const ").skip(1).map(|rest| rest.split(" ;").next().unwrap().replace(' ', "")).collect()
}

fn main() {
    let usual = constants(bindgen::builder());
    let with_clang = constants(bindgen::builder().clang_macro_fallback());
    println!("bindgen: {usual:#?}");
    let more: Vec<_> = with_clang.iter().filter(|one| !usual.contains(one)).collect();
    println!("more with clang_macro_fallback: {more:?}");
    let computed = ["MASK:i32=-1", "PRODUCT:u64=4294967296", "ALL:i32=-1", "TOP:i64=-9223372036854775808"];
    assert_eq!(usual[..4], computed);
    assert_eq!(usual[4..], ["TYPED:::std::os::raw::c_uint=268435455"]);
    assert_eq!(with_clang[..4], computed);
    assert_eq!(with_clang[4..], ["BYTE:u32=255", "SIZE:u32=4", "TYPED:::std::os::raw::c_uint=268435455"]);
}
RUST
gcc -w -o main main.c
./main | tee c
CARGO_TARGET_DIR="$room/target" cargo run --quiet --jobs 1
echo "268435455 0 18446744073709551615 9223372036854775808 255 4" | cmp - c
