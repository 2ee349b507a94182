#!/usr/bin/env bash
# A private PostgreSQL for tests and measurements, from Debian's package: unprivileged even for root, on a socket in a folder of
# its own, no port, with Latvian order by default, so that what sorts otherwise than SQLite shows.
#   tools/postgres.sh start FOLDER [SETTING=VALUE ...]   prints the URL of its database "postgres"
#   tools/postgres.sh halt FOLDER, kill FOLDER           stops it as an administrator does, or as a crash would; its data stay
#   tools/postgres.sh again FOLDER                       starts it on the data that are there
#   tools/postgres.sh stop FOLDER                        stops it and removes the folder
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo 'PostgreSQL is not installed (Debian package postgresql-15)' >&2; exit 1; }
act=$1 folder=$2
shift 2

as_server() { # as the user that the package makes, since the server refuses to run as root
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

case $act in
start)
    mkdir -p -m 700 "$folder"
    [ "$(id -u)" != 0 ] || chown postgres "$folder"
    as_server "$bin/initdb" -D "$folder/data" -U ausma -A trust -E UTF8 --locale=C --locale-provider=icu --icu-locale=lv \
        --no-sync >"/dev/null"
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$folder'"
        printf '%s\n' 'max_connections = 200' 'shared_buffers = 128MB' 'logging_collector = off' "$@"
    } | as_server tee -a "$folder/data/postgresql.conf" >/dev/null
    as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >/dev/null
    echo "postgresql:///postgres?host=$folder&user=ausma"
    ;;
halt) as_server "$bin/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null ;;
kill) as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null ;;
again) as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >/dev/null ;;
stop)
    [ ! -e "$folder/data/postmaster.pid" ] || as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null
    rm -rf "$folder"
    ;;
*)
    echo 'postgres.sh: start, halt, kill, again or stop' >&2
    exit 2
    ;;
esac
