"""Metrics are served under names that dashboards rely on."""

from __future__ import annotations

from bot.observe import metrics


def test_a_counted_call_is_served_under_its_name() -> None:
    before = metrics.REGISTRY.get_sample_value(
        "firstline_telegram_requests_total", {"method": "sendMessage", "result": "ok"}
    )
    metrics.TELEGRAM_REQUESTS.labels("sendMessage", "ok").inc()
    after = f'firstline_telegram_requests_total{{method="sendMessage",result="ok"}} {(before or 0) + 1}'
    assert after in metrics.exposition().decode()


def test_no_label_can_name_a_person_or_a_ticket() -> None:
    labels = {name for family in metrics.REGISTRY.collect() for s in family.samples for name in s.labels}
    assert labels <= {
        *("type", "result", "method", "scope", "direction", "version", "python", "sqlite"),
        *("kind", "reason", "level", "priority", "state", "loop", "le"),
    }
