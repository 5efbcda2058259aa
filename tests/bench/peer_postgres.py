"""PostgreSQL: logical replication to a subscriber that was away while the rows were written."""
import os
import subprocess

import peers
from meter import acked_bytes
from places import node

NAME = "PostgreSQL logical replication"
BINARIES = "/usr/lib/postgresql/15/bin"
DURABILITY = {
    "on": "fsync at every commit, both ends; confirmed as flushed",
    "off": "fsync, subscriber joins commits; confirmed as flushed",
}
ROWS_A_COMMIT = 1024
POOL_BYTES = 65536
FILL = f"""
create procedure fill(pool bytea, rows int) language plpgsql as $$
begin
    for i in 0 .. (rows - 1) / {ROWS_A_COMMIT} loop
        insert into rows select lpad(n::text, 24, '0'), substr(pool, n * 37 % {POOL_BYTES}, 176)
            from generate_series(i * {ROWS_A_COMMIT}, least((i + 1) * {ROWS_A_COMMIT}, rows) - 1) n;
        commit;
    end loop;
end $$;
"""


def installed():
    return peers.program(f"{BINARIES}/postgres", "postgres") is not None


def version():
    return peers.version("postgresql-15")


class Cluster:
    """One server, and one psql that stays connected."""

    def __init__(self, site, name):
        self.site, self.name, self.port = site, name, node.free_port()
        data = site.path(name)
        site.run(f"{BINARIES}/initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8",
                 "--locale=C", "--no-instructions")
        site.start(name, f"{BINARIES}/postgres", "-D", data, "-p", str(self.port),
                   "-k", site.folder, "-c", "listen_addresses=127.0.0.1", "-c", "wal_level=logical",
                   "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_wal_size=4GB")
        where = ("-h", site.folder, "-p", str(self.port), "-U", "bench")
        peers.until(lambda: subprocess.run([f"{BINARIES}/pg_isready", "-q", *where], check=False)
                    .returncode == 0, 30, f"{name} takes connections")
        self.psql = subprocess.Popen(  # pylint: disable=consider-using-with
            [f"{BINARIES}/psql", "-XqAt", *where, "postgres"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)

    def close(self):
        self.psql.stdin.close()
        self.psql.wait(20)
        self.psql.stdout.close()

    def ask(self, statement):
        self.psql.stdin.write(f"{statement};\n\\echo --\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "--\n":
                return "\n".join(lines)
            lines.append(line.strip())
        raise AssertionError(f"psql ended at: {statement}")


def measure_once(sender, receiver, rows):
    """Both have an empty table and a subscription that sleeps."""
    sender.ask(f"call fill(decode('{os.urandom(POOL_BYTES + 256).hex()}', 'hex'), {rows})")
    end = sender.ask("select pg_current_wal_lsn()")
    receiver.ask("alter subscription up enable")
    begin = peers.until(lambda: sender.ask("select count(*) from pg_stat_replication") == "1", 60,
                        "the subscriber is connected", 0.001)
    confirmed = f"select confirmed_flush_lsn >= '{end}' from pg_replication_slots"
    took = peers.until(lambda: sender.ask(confirmed) == "t", 300, "all is confirmed") - begin
    wire = acked_bytes(sender.port, "sport")
    held = int(receiver.ask("select count(*) from rows"))
    assert held == rows, (held, rows)
    receiver.ask("alter subscription up disable")
    peers.until(lambda: sender.ask("select count(*) from pg_stat_replication") == "0", 60,
                "the subscriber is gone")
    for one in (sender, receiver):
        one.ask("truncate rows")
        one.ask("checkpoint")
    return {"rows": rows, "s": took, "wire": wire}


def measure(parent, rows, runs):
    """{durability: [{"rows", "s", "wire"}]}"""
    with peers.Site(parent, "postgres") as site:
        sender, receiver = Cluster(site, "publisher"), Cluster(site, "subscriber")
        for one in (sender, receiver):
            one.ask("create table rows (key text primary key, value bytea not null)")
        sender.ask(FILL)
        sender.ask("create publication up for table rows with (publish = 'insert')")
        receiver.ask(f"create subscription up connection 'host=127.0.0.1 port={sender.port} "
                     "user=bench dbname=postgres' publication up with (copy_data = false)")
        receiver.ask("alter subscription up disable")
        done = {}
        for mode, durability in DURABILITY.items():
            receiver.ask(f"alter subscription up set (synchronous_commit = {mode})")
            done[durability] = [measure_once(sender, receiver, rows) for _ in range(runs)]
        for one in (sender, receiver):
            one.close()
    return done
