"""Every metric that an alert, a panel or a page names is served, and every one that is served is explained."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.observe import metrics

ROOT = Path(__file__).parents[2]
ALERTS = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text("utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS: list[dict[str, Any]] = json.loads((ROOT / "deploy/grafana.json").read_text("utf-8"))["panels"]
QUERIES = [rule["expr"] for rule in RULES]
QUERIES += [target["expr"] for panel in PANELS for target in panel["targets"]]
# The names of the requirement; what the library adds ("_total", "_bucket") included.
ASKED_FOR = [
    "updates_received_total",
    "updates_processed_total",
    "updates_dead_total",
    "update_processing_duration_seconds",
    "inbox_pending",
    "inbox_oldest_age_seconds",
    "outbox_pending",
    "outbox_oldest_age_seconds",
    "telegram_requests_total",
    "telegram_request_duration_seconds",
    "telegram_retry_after_seconds_total",
    "telegram_last_success_timestamp_seconds",
    "messages_sent_total",
    "messages_failed_total",
    "tickets_opened_total",
    "tickets_open",
    "ticket_first_response_seconds",
    "ticket_resolution_seconds",
    "sla_thresholds_fired_total",
    "sla_threshold_lateness_seconds",
    "sla_breaches_total",
    "scheduler_last_cycle_timestamp_seconds",
    "loop_lag_seconds",
    "auth_denied_total",
    "rate_limited_total",
    "config_reload_success_timestamp_seconds",
    "config_last_reload_successful",
    "db_busy_total",
    "db_transaction_duration_seconds",
    "backup_last_success_timestamp_seconds",
    "backup_size_bytes",
    "build_info",
]
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count", ""),
    "gauge": ("",),
    "info": ("_info",),
}


def families() -> dict[str, str]:
    """Every name that can be queried, without the prefix, and its family."""
    return {
        (family.name + suffix).removeprefix("firstline_"): family.name
        for family in metrics.REGISTRY.collect()
        for suffix in SUFFIXES[family.type]
    }


def named(text: str) -> set[str]:
    return set(re.findall(r"firstline_(\w+)", text))


def test_every_family_of_the_requirement_is_served() -> None:
    assert [name for name in ASKED_FOR if name not in families()] == []


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_names_only_what_is_served(query: str) -> None:
    assert named(query)
    assert named(query) <= set(families())
    assert query.count("(") == query.count(")")


def test_every_family_is_on_the_dashboard() -> None:
    shown = {
        families()[name] for panel in PANELS for target in panel["targets"] for name in named(target["expr"])
    }
    assert set(families().values()) - shown == set()


def test_the_page_explains_every_family_and_no_other() -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `firstline_(\w+)", page, re.MULTILINE))
    assert {families()[name] for name in rows} == set(families().values())


def test_an_alert_says_what_it_is_and_how_urgent() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("query", QUERIES)
def test_a_label_that_a_query_filters_or_groups_by_exists(query: str) -> None:
    asked = set(re.findall(r"(\w+)(?:=~?|!=)\"", query))
    asked |= {name.strip() for names in re.findall(r"by \(([\w, ]+)\)", query) for name in names.split(",")}
    wanted = {families()[name] for name in named(query)}
    known = {"le"}
    for collector in metrics.REGISTRY._collector_to_names:
        if getattr(collector, "_name", "") in wanted:
            known |= set(getattr(collector, "_labelnames", ()))
    assert asked <= known
