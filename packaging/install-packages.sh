#!/usr/bin/env bash
# Installs Debian packages (the arguments); must run as root. Debian's own nginx service stays as it was: not running if
# nginx is new here, because the project needs only the program and starts servers of its own.
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
log=$(mktemp)
own_policy=false

clean_up() {
    if $own_policy; then rm -f "$policy"; fi
    rm -f "$log"
}
trap clean_up EXIT

apt() {
    apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 "$@" >>"$log" 2>&1
}

nginx_is_new=true
if dpkg-query -W -f '${db:Status-Status}' nginx 2>/dev/null | grep -qx installed; then nginx_is_new=false; fi

if $nginx_is_new && [ ! -e "$policy" ]; then
    own_policy=true
    printf '#!/bin/sh\ncase "$1" in nginx*) exit 101 ;; esac\nexit 0\n' >"$policy"
    chmod 0755 "$policy"
fi

apt update || true # one source that fails must not stop what the others have; install tells
if ! apt install --no-install-recommends "$@"; then
    tail -n 15 "$log" >&2
    echo "setup: apt-get couldn't install the packages (its last words are above): check that this machine reaches" \
        "Debian's package servers and that /etc/apt/sources.list names Debian 12's 'main', then try again." >&2
    exit 1
fi

if $nginx_is_new; then
    if command -v deb-systemd-helper >/dev/null; then deb-systemd-helper disable nginx.service >/dev/null 2>&1 || true; fi
    if [ -d /run/systemd/system ]; then systemctl disable --now --quiet nginx.service || true; fi
    if command -v update-rc.d >/dev/null; then update-rc.d nginx disable >/dev/null 2>&1 || true; fi
fi
