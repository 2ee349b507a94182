# What run and check have in common: the packages and modules that the build stands on. Sourced from the top of the tree.

node_is_enough() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null
}

# The packages of tools/packages.txt for the purposes given ("run", "check") that this machine lacks, on one line.
missing_packages() {
    local wanted package
    wanted=$(awk -v purposes=" $* " '!/^#/ && NF == 2 && index(purposes, " " $2 " ") { print $1 }' tools/packages.txt)
    if node_is_enough; then
        wanted=$(grep -vxE 'nodejs|npm' <<<"$wanted")
    fi
    for package in $wanted; do
        dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || printf '%s ' "$package"
    done
}

install_packages() {
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    # shellcheck disable=SC2068 # one argument a package
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $@
}

need_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    echo "Missing Debian packages: $missing"
    install_packages $missing
}

# Styles, fonts and test tools from npm, as package-lock.json pins them.
need_modules() {
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
}

# Makes the build directory $1 unless it is there; the rest goes to meson. The list of sources is read when it is made, so it
# is made again when a file came or went.
need_build() {
    local directory=$1
    shift
    if [ ! -f "$directory/build.ninja" ]; then
        meson setup "$directory" "$@"
    elif [ -n "$(find src tests/fuzz locale -type d -newer "$directory/build.ninja" -print -quit 2>/dev/null)" ]; then
        meson setup --reconfigure "$directory"
    fi
}
