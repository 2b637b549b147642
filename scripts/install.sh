#!/bin/sh
# install.sh PYTHON LOCK: put exactly what the lock file names into .venv.
set -eu
"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with make PYTHON=..." >&2; exit 1; }
echo "Installing the pinned requirements of $2 into .venv. The first time takes a minute or less."
if command -v uv >/dev/null; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$1" .venv
    exec uv pip install --quiet --python .venv/bin/python --require-hashes -r "$2"
fi
[ -x .venv/bin/pip ] || "$1" -m venv .venv
# Twice quiet: pip warns about every mirror that lacks a package which another mirror has.
exec .venv/bin/pip install -qq --disable-pip-version-check --require-hashes -r "$2"
