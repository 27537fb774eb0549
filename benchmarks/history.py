"""Fills a database with tickets that ended long ago: `python -m benchmarks.history FILE HOW_MANY`."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

BEGUN = 1_700_000_000  # UTC seconds; a ticket a minute from here
# The rows of one ticket. `n` is its number; people 1..500 opened them in turn.
LEFT = (
    """INSERT INTO runs (id, person, scenario, version, status, seq, step, awaits, language, state, view, started_at, updated_at)
       SELECT n, 1 + n % 500, 'printer', 'old', 'ticket', 5, 'printer/what', 'nothing', 'en', '{}', '{}', t, t FROM old""",
    """INSERT INTO run_events (run, seq, step, kind, value, to_step, at)
       SELECT n, s, 'printer/what', 'press', 'jam', 'printer/where', t FROM old, (SELECT 1 s UNION SELECT 2 UNION SELECT 3)""",
    """INSERT INTO tickets (id, requester, run, type, category, summary, transcript, tried, impact, urgency, priority, team,
                           state, opened_at, closed_at, owner_team)
       SELECT n, 1 + n % 500, n, 'incident', 'printer', 'The printer is silent', '[]', '[]', 'low', 'low', 'P4', 'helpdesk',
              'closed', t, t + 9000, 'helpdesk' FROM old""",
    """INSERT INTO history (ticket, at, actor, action, data)
       SELECT n, t, 'bot', a, '{}' FROM old, (SELECT 'open' a UNION SELECT 'claim' UNION SELECT 'close')""",
    """INSERT INTO timers (kind, ref, key, fire_at, state)
       SELECT 'sla', 'clock:' || n, k, t, 'cancelled' FROM old, (SELECT '50' k UNION SELECT '75' UNION SELECT '100')""",
    """INSERT INTO outbox (chat, kind, about, card, state, params, created_at, done_at)
       SELECT 'person:' || (1 + n % 500), 'card', 'run:' || n, c, 'sent', '{}', t, t
       FROM old, (SELECT 'run' c UNION SELECT 'ticket_card' UNION SELECT 'menu')""",
    """INSERT INTO posts (chat, card, about, message_id, at)
       SELECT 'person:' || (1 + n % 500), c, 'run:' || n, n, t FROM old, (SELECT 'run' c UNION SELECT 'ticket_card')""",
    """INSERT INTO inbox (update_id, lane, received_at, payload, state)
       SELECT -n * 3 - u, 1 + n % 500, t, '', 'done' FROM old, (SELECT 0 u UNION SELECT 1 UNION SELECT 2)""",
)
PEOPLE = "INSERT INTO people (staff_id, name, roles, profile) SELECT 'H' || n, 'Former', '[]', '{}' FROM old WHERE n <= 500"


def main() -> None:
    """One transaction; foreign keys to people who are not there yet are checked when it ends."""
    file, how_many = sys.argv[1], int(sys.argv[2])
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "CREATE TEMP TABLE old AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT "
            f"{how_many}) SELECT n, {BEGUN} + n * 60 AS t FROM c"
        )
        for statement in (PEOPLE, *LEFT):
            database.execute(statement)


main()
