#!/usr/bin/env bash
# Everything that must hold before a change lands. Runs every stage, then fails if one failed.
set -uo pipefail
cd "$(dirname "$0")/.."
PY=.venv/bin/python
failed=()

stage() { # stage "heading" command...
    local heading=$1 began=$SECONDS
    shift
    printf '\n=== %s\n' "$heading"
    if "$@"; then
        printf -- '--- passed in %d s\n' $((SECONDS - began))
    else
        printf -- '--- FAILED in %d s: %s\n' $((SECONDS - began)) "$heading"
        failed+=("$heading")
    fi
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

templates() {
    find . -name '*.html' -path '*templates*' -not -path './.venv/*' -print0 | sort -z >"$scratch/templates"
    xargs -0 .venv/bin/djade --target-version 5.2 --check <"$scratch/templates" &&
        xargs -0 .venv/bin/djlint --lint --quiet <"$scratch/templates"
}

embedded() { env -u DATABASE_URL -u REDIS_URL VAR_DIR="$scratch/var" "$@"; }

in_production() {
    env -u DEBUG -u SECURE VAR_DIR="$scratch/var" SECRET_KEY="$($PY -c 'import secrets; print(secrets.token_urlsafe(60))')" \
        DATABASE_URL=postgres://app@/app REDIS_URL=redis://redis/0 SITE_URL=https://adoption.example \
        "$@"
}

on_services() (
    . scripts/services.sh
    "$PY" -m pytest -q -n 2 -m "not e2e"
)

stage "Python style" .venv/bin/ruff check .
stage "Python layout" .venv/bin/ruff format --check .
stage "Templates" templates
stage "Types" .venv/bin/mypy
stage "Imports between layers" .venv/bin/lint-imports
stage "Migrations are complete" embedded $PY manage.py makemigrations --check --dry-run
stage "Production settings" in_production $PY manage.py check --deploy --fail-level WARNING
stage "Tests on SQLite" embedded $PY -m pytest -q -n 2 -m "not e2e and not services"
stage "Tests on PostgreSQL and Redis" on_services
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    stage "Tests in a browser" embedded $PY -m pytest -q -m e2e
else
    printf '\n=== Tests in a browser\n--- skipped: no Chromium found; install the package chromium to run them\n'
fi

printf '\n=== %d s in all\n' $SECONDS
if ((${#failed[@]})); then
    printf 'Failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "Every stage passed."
