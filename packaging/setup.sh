#!/usr/bin/env bash
# All that the project needs on a Debian 12 machine: Debian packages, then .venv with hash-checked Python packages.
# What is there already is left alone, so that it costs nothing to run this before everything else.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    obs-studio obs-plugins # the studio
    xvfb xauth             # its display where there is no screen
    ffmpeg                 # pushers, recorder, checks of recordings
    nginx libnginx-mod-rtmp # the hub
    fonts-lato fonts-dejavu-core # lettering on the picture
    chromium               # the panel's tests
)
packages_of_python=(python3 python3-venv ca-certificates) # without which there is no .venv
venv=.venv
stamp=$venv/.set-up

say() { echo "setup: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

exec 9<. # two set-ups at once would spoil each other's work
flock 9

missing_of() {
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

has_programs() {
    local program
    for program in obs ffmpeg ffprobe nginx Xvfb xvfb-run; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || return 1
    done
}

can_install() {
    if ! command -v apt-get >/dev/null; then
        fail "this machine isn't a Debian one: install OBS Studio, ffmpeg, nginx with its RTMP module, Xvfb and xauth" \
            "by its own means, or use Debian 12, then try again."
    fi
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        fail "packages are missing and this user can't install them: ask the administrator for" \
            "'apt-get install --no-install-recommends $*', then try again."
}

install_packages() {
    if [ "$(id -u)" -eq 0 ]; then
        packaging/install-packages.sh "$@" || exit 1
    else
        sudo packaging/install-packages.sh "$@" || fail "the packages above are still missing."
    fi
}

usable_python() {
    local python
    for python in "${PYTHON:-}" python3 python3.11 python3.12 python3.13 /usr/bin/python3; do
        [ -n "$python" ] && command -v "$python" >/dev/null || continue
        "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        echo "$python"
        return
    done
    fail "Python 3.11 or newer with its venv module isn't here: install Debian 12's python3 and python3-venv, then try again."
}

fingerprint() {
    pwd
    sha256sum constraints.txt pyproject.toml
}

pip() {
    local log status=0
    log=$(mktemp)
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input "$@" >"$log" 2>&1 || status=$?
    # Its warnings about package sources matter only where it fails.
    if [ "$status" -ne 0 ]; then grep -v '^WARNING: Location' "$log" | tail -n 15 >&2; fi
    rm -f "$log"
    return "$status"
}

make_venv() {
    if [ -x "$venv/bin/orchestrator" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] &&
        "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "installing Python packages into $venv (a minute or two)"
    # Deleted is only what this script made and can't mend: its folder was moved (its scripts name the old place), or its
    # Python is gone. A .venv of somebody else's making is added to, since it may be in use.
    if [ -f "$stamp" ] && { [ "$(head -n 1 "$stamp")" != "$(pwd)" ] || ! "$venv/bin/python" -c '' 2>/dev/null; }; then
        rm -rf "$venv"
    elif [ -e "$venv" ] && ! "$venv/bin/python" -c '' 2>/dev/null; then
        fail "$venv is here but has no Python that runs, and this set-up didn't make it: move it away, then try again."
    fi
    local python
    python=$(usable_python)
    if [ ! -e "$venv" ]; then
        mkdir "$venv" || fail "couldn't make $venv: see that this user may write in $(pwd), then try again."
        pwd >"$stamp" # whose it is, even if the rest is interrupted
    fi
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv "$venv" ||
        fail "couldn't make $venv here: see that the disk has 1 GB free, then try again."
    pip install --require-hashes -r constraints.txt ||
        fail "pip couldn't install what constraints.txt lists (its words are above): check that this machine reaches the package index, then try again."
    pip install --no-deps --no-build-isolation --editable . ||
        fail "pip couldn't install the project itself (its words are above)."
    fingerprint >"$stamp.part"
    mv "$stamp.part" "$stamp"
    say "done: the command is $venv/bin/orchestrator"
}

if ! command -v apt-get >/dev/null && has_programs; then
    make_venv
    exit
fi
mapfile -t first < <(missing_of "${packages_of_python[@]}")
mapfile -t rest < <(missing_of "${packages[@]}")
if [ $((${#first[@]} + ${#rest[@]})) -gt 0 ]; then
    can_install "${first[@]}" "${rest[@]}"
    say "installing Debian packages (some minutes): ${first[*]} ${rest[*]}"
fi
if [ ${#first[@]} -gt 0 ]; then install_packages "${first[@]}"; fi
if [ ${#rest[@]} -eq 0 ]; then
    make_venv
    exit
fi
# Each takes as long as the other: the packages wait for the disk, pip for the network.
(
    trap - INT # so that Ctrl-C ends it, too
    make_venv
) &
status=0
(install_packages "${rest[@]}") || status=$?
wait $! || status=$?
exit $status
