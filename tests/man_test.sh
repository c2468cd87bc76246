#!/bin/sh
# man_test.sh FOLDER: the manual pages in FOLDER are sound. Exit 77: skipped.
set -eu
folder=${1:?usage: man_test.sh FOLDER}
if ! command -v mandoc >/dev/null; then
  echo "skipped: mandoc is not installed (package mandoc)"
  exit 77
fi
# `style` would also ask for OpenBSD's and NetBSD's own customs.
mandoc -T lint -W warning "$folder/rollcall.1" "$folder/rollcall-sandbox.1"

# Every option and every command of the programs stands in its page.
failures=0
covers() { # PAGE SOURCE
  for option in $(grep -E 'add_(option|flag)\(' "$2" | grep -Eo -- '[",]--[a-z-]*[a-z]' | tr -d '",' | sort -u); do
    grep -Eq "Fl -${option#--}( |\$)" "$1" || { echo "FAILED: $1 lacks $option"; failures=1; }
  done
}
source=$folder/../src
covers "$folder/rollcall.1" "$source/app/options.cpp"
covers "$folder/rollcall-sandbox.1" "$source/sandbox/command_line.cpp"
for command in $(grep -Eo 'Command::[a-z_]+, "[a-z-]+"' "$source/app/options.cpp" | cut -d '"' -f 2); do
  grep -Eq "^\.It Cm ([a-z]+ )?$command" "$folder/rollcall.1" || { echo "FAILED: rollcall.1 lacks the command $command"; failures=1; }
done
[ "$failures" -eq 0 ] || exit 1
echo "ok: the manual pages are sound"
