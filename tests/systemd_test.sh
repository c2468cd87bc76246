#!/bin/sh
# systemd_test.sh FOLDER: the units in FOLDER are valid, closed enough, and say what contract.md section 7 promises.
# Exit 77: skipped.
set -eu
units=${1:?usage: systemd_test.sh FOLDER}
here=$(cd "$(dirname "$0")/.." && pwd)

if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: systemd-analyze is not installed (package systemd)"
  exit 77
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# The program need not be installed where the units look for it: another that exists stands in.
for unit in rollcall.service rollcall-apply.service rollcall-apply.timer; do
  sed -E 's#^(Exec[A-Za-z]+=-?)/[^ ]*/rollcall#\1/bin/true#' "$units/$unit" >"$work/$unit"
done

verify() {
  if ! (cd "$work" && systemd-analyze verify --man=no --recursive-errors=no "./$1") >"$work/out" 2>&1 || [ -s "$work/out" ]; then
    fail "systemd-analyze verify $1:"
    cat "$work/out"
  fi
}
verify rollcall.service
verify rollcall-apply.service
verify rollcall-apply.timer

# Tenths of the exposure level: 0 closed, 100 open. A service that talks to the network cannot be 0.
for unit in rollcall.service rollcall-apply.service; do
  if ! (cd "$work" && systemd-analyze security --offline=yes --threshold=15 --no-pager "./$unit") >"$work/out" 2>&1; then
    fail "systemd-analyze security $unit: more open than 1.5:"
    cat "$work/out"
  else
    tail -n 1 "$work/out"
  fi
done

says() { grep -Eq -- "$2" "$units/$1" || fail "$1 lacks $2"; }
says rollcall.service '^Type=notify$'
says rollcall.service '^WatchdogSec=[0-9]+'
says rollcall.service '^ExecStartPre=-?/[^ ]*/rollcall check$'
says rollcall.service '^ExecStart=/[^ ]*/rollcall run$'
says rollcall.service '^ExecReload=.*-HUP \$MAINPID$'
says rollcall.service '^LoadCredential='
says rollcall.service '^StateDirectory=rollcall$'
says rollcall.service '^RuntimeDirectory=rollcall$'
says rollcall.service '^RestartPreventExitStatus=64 78$'
says rollcall-apply.service '^Type=oneshot$'
says rollcall-apply.service '^SuccessExitStatus=3$'
says rollcall-apply.service '^ExecStart=/[^ ]*/rollcall apply --yes$'

# What closes one unit closes the other. Only the daemon owns /run/rollcall: it goes when its unit stops.
closing() { sed -n '/^User=/,/^\[Install\]/p' "$1" | grep -Ev '^(#.*|\[Install\]|RuntimeDirectory.*|)$'; }
if grep -q '^RuntimeDirectory' "$units/rollcall-apply.service"; then
  fail "rollcall-apply.service would remove the daemon's control socket with its RuntimeDirectory"
fi
closing "$units/rollcall.service" >"$work/daemon"
closing "$units/rollcall-apply.service" >"$work/once"
diff "$work/daemon" "$work/once" || fail "the two services run under different conditions"

if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers --dry-run "$here/systemd/rollcall.sysusers" >"$work/out" 2>&1 || { fail "systemd-sysusers:"; cat "$work/out"; }
fi
if command -v systemd-tmpfiles >/dev/null; then
  # Only reads the file: --clean of a root without these folders has nothing to do.
  mkdir "$work/root"
  systemd-tmpfiles --clean --root="$work/root" "$here/systemd/rollcall.tmpfiles" >"$work/out" 2>&1 || :
  grep -i 'rollcall.tmpfiles:' "$work/out" | grep -vi 'unknown\|resolve' && fail "systemd-tmpfiles"
fi

[ "$failures" -eq 0 ] || exit 1
echo "ok: the units are valid"
