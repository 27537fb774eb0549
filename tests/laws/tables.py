"""Which room may name which table of bot/storage/schema: its owner, and the remaining exceptions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.source import Module, known, product

SCHEMA = "bot.storage.schema"
HOME = "storage"  # the tables are defined there
# A table belongs to one room: the others go through the owner's functions.
OWNERS: dict[str, set[str]] = {
    "storage": {"facts", "audit"},
    "telegram": {"inbox", "outbox", "posts", "chats"},
    "timers": {"timers"},
    "people": {"people", "strangers", "awaited"},
    "accounts": {"invites", "consents"},
    "scenarios": {"runs", "run_events", "scenario_versions"},
    "knowledge": {"searches", "readings", "learnt_phrases", "sayings", "unlearnt"},
    "tickets": {"tickets", "links", "terms", "history", "relays", "clocks", "segments", "approvals"}
    | {"prompts"},
    "selfservice": {"utterances", "teaching", "lessons"},
    "escalation": {"alerts", "gaps", "desk_versions"},
    "reports": {"imports", "past_events", "past_tickets", "advices", "findings"},
    "problems": {"extents", "outages", "outage_people", "outage_tickets", "outage_history"}
    | {"signals", "signal_keys", "tallies", "candidates", "problems", "problem_tickets", "known_errors"},
}
# Modules that name a table of another room. This list only gets shorter.
INTRUDERS: dict[str, set[str]] = {
    "bot/escalation/audit.py": {"clocks", "timers"},
    "bot/escalation/levels.py": {"timers"},
    "bot/escalation/migration.py": {"tickets"},
    "bot/escalation/replay.py": {"clocks", "people", "tickets"},
    "bot/escalation/telling.py": {"clocks", "outbox", "tickets"},
    "bot/escalation/why.py": {"history", "timers"},
    "bot/reports/gaps.py": {"gaps"},
    "bot/reports/period.py": {"clocks", "runs", "tickets"},
    "bot/reports/scenario_stats.py": {"run_events", "runs", "tickets"},
    "bot/telegram/chats.py": {"people"},
    "bot/tickets/clocks/operations.py": {"timers"},
    "bot/conversation/edits.py": {"utterances"},
    "bot/conversation/twins.py": {"posts", "prompts", "relays"},
    "bot/knowledge/masking.py": {"people"},
    "bot/selfservice/kb_beside.py": {"runs"},
    "bot/tickets/clocks/clock_rows.py": {"alerts", "timers"},
    "bot/tickets/backlog_digest.py": {"outbox", "posts"},
}


def a_table_is_named_by_its_owner() -> Iterator[str]:
    owner = {table: room for room, tables in OWNERS.items() for table in tables}
    tables = _tables()
    yield from (f"bot/storage/schema: the table {table} has no owner" for table in tables - set(owner))
    for module in product():
        if module.room == HOME:
            continue
        named = dict(_named(module, tables))
        allowed = INTRUDERS.get(module.path, set())
        for table, node in named.items():
            if owner.get(table, module.room) != module.room and table not in allowed:
                yield f"{module.at(node)}: {module.room} names {table}, which belongs to {owner[table]}"


def the_list_of_intruders_is_true() -> Iterator[str]:
    """Fixed modules leave the list, so that the fault cannot come back."""
    tables, every = _tables(), {module.path: module for module in product()}
    for path, allowed in INTRUDERS.items():
        named = {table for table, _ in _named(every[path], tables)} if path in every else set()
        yield from (f"{path} no longer names {table}: take it off INTRUDERS" for table in allowed - named)


def _tables() -> set[str]:
    """Every name in the schema that is given a Table(...)."""
    schema = (module for name, module in known().items() if name.startswith(SCHEMA))
    return {
        target.id
        for module in schema
        for node in module.tree.body
        if isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "Table"
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _named(module: Module, tables: set[str]) -> Iterator[tuple[str, ast.AST]]:
    """Tables imported from the schema by name, or used through it: `schema.tickets`."""
    package, _, schema = SCHEMA.rpartition(".")
    aliases = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == SCHEMA:
            yield from ((alias.name, node) for alias in node.names if alias.name in tables)
        elif isinstance(node, ast.ImportFrom) and node.module == package:
            aliases |= {alias.asname or alias.name for alias in node.names if alias.name == schema}
    for node in ast.walk(module.tree):
        through = isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in aliases
        if isinstance(node, ast.Attribute) and through and node.attr in tables:
            yield node.attr, node
