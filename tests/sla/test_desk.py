"""desk.yaml as shipped, and every way to write it wrong."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.sla.check import horizon, load_desk, names_in
from bot.sla.policy import Asker, Desk
from bot.yamlfiles.complaint import explain, sentence

SHIPPED = (Path(__file__).parents[2] / "desk.yaml").read_text(encoding="utf-8")


def desk(text: str = SHIPPED) -> Desk:
    """The desk of a text without complaints."""
    found, complaints = load_desk("desk.yaml", text)
    assert complaints == []
    assert found is not None
    return found


def changed(old: str, new: str) -> str:
    """The shipped desk.yaml with one thing written differently."""
    assert SHIPPED.count(old) >= 1, old
    return SHIPPED.replace(old, new, 1)


def test_the_shipped_desk_is_understood_without_a_word() -> None:
    found = desk()
    assert found.team_ids()[:3] == ("helpdesk", "network", "admins")
    assert found.teams["network"].title["ru"] == "Сеть"
    assert found.teams["network"].title["de"] == "Сеть"  # a missing language gets the first one
    assert found.categories["software"].team == "admins"
    assert found.zone == "Europe/Moscow"


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [("one", "can_wait", "P4"), ("team", "blocked", "P2"), ("company", "degraded", "P1")],
)
def test_impact_and_urgency_make_the_priority(impact: str, urgency: str, priority: str) -> None:
    assert desk().priority(impact, urgency) == priority


def test_an_override_raises_a_priority_and_never_lowers_it() -> None:
    override = "    - {when: {category: network, type: incident}, at_least: P2}\n\nclocks:"
    found = desk(changed("\nclocks:", override))
    assert found.priority("one", "can_wait", category="network") == "P2"
    assert found.priority("company", "blocked", category="network") == "P1"
    assert found.priority("one", "can_wait", type="request", category="network") == "P4"
    assert found.priority("one", "can_wait", category="printing") == "P4"


def test_the_first_rule_that_fits_counts_and_the_last_is_for_the_rest() -> None:
    found = desk()
    assert found.rule_for("P1", "incident", "printing").id == "p1"
    assert found.rule_for("P4", "request", "other").id == "default"
    assert found.rule("gone").id == "default"


def test_targets_are_seconds_of_the_rules_own_calendar() -> None:
    found = desk()
    assert found.targets(found.rule("default")) == {
        "claim": 3600,
        "response": 7200,
        "resolution": 2 * 8 * 3600,
    }
    assert found.targets(found.rule("p1"))["update"] == 1800


def test_a_chain_takes_what_it_does_not_say_from_the_one_it_extends() -> None:
    chains = desk().chains
    assert [one.at for one in chains["critical"].thresholds] == [50, 75, 90, 100]
    assert chains["critical"].most == 8
    assert [chains["standard"].repeated_to(n) for n in (1, 2, 3, 9)] == [
        "supervisor",
        "supervisor",
        "head",
        "head",
    ]
    dropped = desk(changed("    extends: standard", "    extends: standard\n    thresholds_drop: [50]"))
    assert [one.at for one in dropped.chains["critical"].thresholds] == [75, 90, 100]


def test_half_of_a_short_target_is_no_news() -> None:
    found = desk()
    office = found.calendar("office")
    standard = found.chains["standard"]
    assert [one.at for one in standard.for_clock("claim", 3600, office)] == [75, 90, 100]
    assert [one.at for one in standard.for_clock("claim", 7200, office)] == [50, 75, 90, 100]


def test_a_tightened_target_leaves_the_smaller_of_floor_and_share() -> None:
    found = desk()
    assert found.floor(found.calendar("office"), 8 * 3600) == 1800
    assert found.floor(found.calendar("office"), 3600) == 900


def test_the_hash_follows_what_decides_a_due_time() -> None:
    same = desk(changed("Системные администраторы", "Админы"))
    other = desk(changed("response: 2h", "response: 3h"))
    assert same.policy_hash == desk().policy_hash
    assert other.policy_hash != desk().policy_hash


def test_what_has_gone_from_the_file_is_measured_by_the_default_rule() -> None:
    found = desk()
    assert found.calendar("night") is found.calendar("office")
    assert found.chain("gone") is found.chains["standard"]


FAULTS = [
    ("version: 1", "version: 2", "E127"),
    ('name: {ru: "Поддержка ИТ", en: "IT support"}\n', "", "E120"),
    ("  helpdesk: {title", "  helpdesk: {tilte", "E104"),
    ("team: admins", "team: admin", "E330"),
    ("can_wait: P4, degraded: P3, blocked: P3", "can_wait: P5, degraded: P3, blocked: P3", "E330"),
    ("one: {can_wait: P4, degraded: P3, blocked: P3}", "one: {can_wait: P4, degraded: P3}", "E331"),
    ("when: {priority: P1}", "when: {priority: P9}", "E330"),
    ("when: {priority: P1}", "when: {category: [printing, cofee]}", "E330"),
    ("- id: p2", "- id: signin", "E332"),
    ("  - id: default\n", "  - id: default\n    when: {priority: P4}\n", "E333"),
    ("    when: {priority: P2}\n", "", "E334"),
    (
        "  update: {start: human_public_reply, stop: [human_public_reply, resolved], repeating: true}\n",
        "",
        "E335",
    ),
    ("  standard:\n", "  standard:\n    extends: critical\n", "E336"),
    ("    extends: standard", "    extends: standart", "E330"),
    ("{at: 75", "{at: 50", "E337"),
    ("{at: 100, to", "{at: 99, to", "E338"),
    ("calendar: duty", "calendar: dutty", "E330"),
    ("chain: critical", "chain: critcal", "E330"),
    ("targets: {claim: 15m", "targets: {claim: 15", "E137"),
    ("targets: {claim: 15m", "targets: {claim: soon", "E316"),
    ("resolution: 2bd", "resolution: 2d", "E317"),
    ("resolution: 2bd", "resolution: 0h", "E325"),
    ("to: [assignee_or_team], loud: false", "to: [nobody], loud: false", "E127"),
    ("waiting_user:", "waiting_vendor:", "E127"),
    ('mon-fri: ["09:00-18:00"]', 'mon-fri: ["18:00-18:00"]', "E308"),
    ("covers: {from: 2025-01-01, to: 2027-12-31}", "covers: {from: 2025-01-01, to: 2028-12-31}", "E315"),
    ("pause:", "puase:", "E104"),
    ("  network: {calendar: {P1", "  netwrok: {calendar: {P1", "E330"),
    ("access: 1h, P2: 4h, default: 1bd}", "access: 1h, P2: 4h}", "E339"),
    ("reserve: {P1: 15m", "reserve: {P7: 15m", "E330"),
    ("bypass: [P1, security]}", "bypass: [P1, securty]}", "E330"),
    ("bypass: [P1, security]  ", "bypass: [P1, helpdesk]  ", "E330"),
    ("\nteams:", "\nrenamed: {teams: {frontline: helpdes}}\nteams:", "E330"),
    ("\nteams:", "\nrenamed: {urgency: {stuck: blockd}}\nteams:", "E330"),
    ("\nteams:", "\nrenamed: {categories: {printing: printing}}\nteams:", "E359"),
    ("\nteams:", "\nrenamed: {categories: {mail: post, post: email}}\nteams:", "E360"),
    ("\nteams:", "\nrenamed: {replies: {look: see}}\nteams:", "E104"),
    ("\nreplies:", '\nreplies:\n  hi: {ru: "{nmae}, смотрю", en: "{name}"} #', "E346"),
    ("\nreplies:", "\nreplies:\n  hi: {ru: " + "а" * 3501 + ", en: a} #", "E347"),
]


def test_a_chain_of_renamings_is_refused_at_its_line_with_the_name_of_today() -> None:
    text = changed("\nteams:", "\nrenamed:\n  categories:\n    mail: post\n    post: email\nteams:")
    (told,) = load_desk("desk.yaml", text)[1]
    assert text.splitlines()[told.mark.line - 1][told.mark.column - 1 :] == "post"
    assert "«email»" in sentence(told, "ru")


def test_a_wrong_renaming_is_found_beside_another_fault() -> None:
    text = changed("\nteams:", "\nrenamed: {teams: {frontline: helpdes}}\nteams:").replace("pause:", "puase:")
    assert {"E104", "E330"} <= {one.code for one in load_desk("desk.yaml", text)[1]}


def test_an_ended_ticket_is_measured_by_the_rule_for_its_names_of_today() -> None:
    found = desk(
        changed("\nteams:", "\nrenamed: {categories: {safety: security}, priorities: {A: P1}}\nteams:")
    )
    assert found.rule_for("A", "incident", "safety").id == "security"
    assert found.rule_for("A", "incident", "printing").id == "p1"


def test_a_broken_desk_names_what_it_has_renamed_too() -> None:
    text = changed("\nteams:", "\nrenamed: {categories: {safety: security}}\nteams:").replace(
        "pause:", "puase:"
    )
    teams, categories = names_in("desk.yaml", text)
    assert {"safety", "security"} <= categories
    assert "helpdesk" in teams


def test_a_renaming_is_no_other_policy() -> None:
    found = desk(changed("\nteams:", "\nrenamed: {teams: {frontline: helpdesk}}\nteams:"))
    assert found.policy_hash == desk().policy_hash
    assert found.team("frontline") is found.teams["helpdesk"]
    assert found.rate("frontline") == found.rate("helpdesk") == 900


SATURDAY = 1_795_813_500  # 2026-11-28 00:05 in Moscow


def test_the_file_says_which_categories_wake_people() -> None:
    found = desk()
    assert found.quiet_until("P2", "security", SATURDAY) is None
    assert found.quiet_until("P2", "printing", SATURDAY) is not None
    assert found.notify.goes_first("P2", "security")
    assert not found.notify.goes_first("P2", "printing")


def test_an_unknown_name_in_bypass_is_told_at_its_own_place() -> None:
    text = changed("bypass: [P1, security]}", "bypass: [P1, securty]}")
    told = next(one for one in load_desk("desk.yaml", text)[1] if one.code == "E330")
    assert (told.hint, text.splitlines()[told.mark.line - 1][told.mark.column - 1 :][:7]) == (
        "security",
        "securty",
    )


@pytest.mark.parametrize(
    ("impact", "urgency", "type_", "category", "priority"),
    [
        ("team", "blocked", "incident", "security", "P1"),
        ("one", "can_wait", "request", "security", "P4"),
        ("team", "blocked", "incident", "people", "P1"),
        ("one", "can_wait", "request", "people", "P4"),
        ("team", "blocked", "incident", "printing", "P2"),
    ],
)
def test_a_security_incident_is_the_most_urgent(
    impact: str, urgency: str, type_: str, category: str, priority: str
) -> None:
    assert desk().priority(impact, urgency, type=type_, category=category) == priority


@pytest.mark.parametrize(
    ("priority", "category", "rule"),
    [
        ("P1", "security", "security"),
        ("P1", "people", "security"),
        ("P4", "security", "default"),
        ("P1", "network", "p1"),
    ],
)
def test_a_security_incident_is_measured_round_the_clock(priority: str, category: str, rule: str) -> None:
    found = desk().rule_for(priority=priority, type="incident", category=category, team="admins")
    assert found.id == rule
    assert (found.usual_calendar == "duty") is (rule in ("security", "p1"))


@pytest.mark.parametrize(("old", "new", "code"), FAULTS)
def test_every_fault_is_refused_in_words_at_its_place(old: str, new: str, code: str) -> None:
    text = changed(old, new)
    found, complaints = load_desk("desk.yaml", text)
    assert found is None
    assert code in [complaint.code for complaint in complaints]
    told = next(complaint for complaint in complaints if complaint.code == code)
    if new:
        assert abs(told.mark.line - text[: text.index(new)].count("\n") - 1) <= 6
    for language in ("ru", "en"):
        assert not sentence(told, language).startswith(told.code)
        assert explain(told.code, language)


def test_all_faults_of_all_sections_are_told_at_once() -> None:
    text = (
        changed("tz: Europe/Moscow", "tz: Mars/Olympus")
        .replace("team: admins", "team: admin")
        .replace("2bd", "2d")
    )
    codes = {complaint.code for complaint in load_desk("desk.yaml", text)[1]}
    assert {"E304", "E317"} <= codes


@pytest.mark.parametrize("text", ["", "[]", "desk", "calendars: [", "1"])
def test_a_file_that_is_no_desk_is_refused_without_a_crash(text: str) -> None:
    found, complaints = load_desk("desk.yaml", text)
    assert found is None
    assert complaints


def test_what_works_but_is_odd_is_a_warning_and_the_desk_stands() -> None:
    found, complaints = load_desk("desk.yaml", changed("claim: 1h, response: 2h", "claim: 3h, response: 2h"))
    assert found is not None
    assert [complaint.code for complaint in complaints] == ["W311"]


def test_a_calendar_that_ends_within_ninety_days_is_warned_about_in_time() -> None:
    def told(day: date) -> list[str]:
        noon = int(datetime.combine(day, time(12), UTC).timestamp())
        return [complaint.code for complaint in horizon("desk.yaml", SHIPPED, noon)]

    assert told(date(2027, 10, 1)) == []
    assert told(date(2027, 10, 3)) == ["W313"]
    assert told(date(2028, 2, 1)) == ["W313"]
    assert horizon("desk.yaml", "calendars: [", 0) == []


def test_a_rule_may_be_for_whoever_asks() -> None:
    found = desk(
        changed(
            "  - id: default",
            "  - id: gold\n    when: {department: [бухгалтерия], office: Москва}\n    calendar: office\n"
            "    targets: {response: 30m, resolution: 2bd}\n    chain: standard\n  - id: default",
        ).replace("rules: [p2, meeting", "rules: [gold, p2, meeting")
    )
    assert found.rule_for("P3", "incident", "email", asker=Asker("бухгалтерия", "Москва")).id == "gold"
    assert found.rule_for("P3", "incident", "email", asker=Asker("бухгалтерия", "Тверь")).id == "default"
    assert found.rule_for("P3", "incident", "email").id == "default"


def test_the_class_of_a_ticket_follows_from_its_rule() -> None:
    found = desk()
    assert [found.service(rule).id for rule in ("p1", "p2", "default")] == [  # type: ignore[union-attr]
        "critical",
        "urgent",
        "standard",
    ]
    assert found.service("gone") is None
    assert (found.rate("network"), found.rate("newcomers")) == (1500, 1200)


CLASSES = [
    (
        "rules: [p2, meeting, signin], price: 1.6",
        "rules: [p3, meeting, signin], price: 1.6",
        {"E330", "W315"},
    ),
    ("rules: [p2, meeting, signin], price: 1.6", "rules: [p1, p2, meeting, signin], price: 1.6", {"E343"}),
    ("signin], price: 1.6", "signin], price: 1.0", {"W314"}),
    ("rules: [security, p1], price: 3.0", "rules: [security, p1], price: 0.5", {"W314"}),
    ("teams: {helpdesk: 900", "teams: {helpdeks: 900", {"E330"}),
    ("price: 1.6", "price: 0", {"E133"}),
    ("chat: 15/1m", "chat: 15 a minute", {"E342"}),
    ("wait: 30s", "wait: 1bd", {"E316"}),
    ("no_recipient: supervisors", "no_recipient: nobody", {"E330"}),
    ("drop_below: 75", "drop_bellow: 75", {"E104"}),
]


@pytest.mark.parametrize(("old", "new", "codes"), CLASSES)
def test_what_makes_no_sense_is_complained_about(old: str, new: str, codes: set[str]) -> None:
    _, complaints = load_desk("desk.yaml", changed(old, new))
    assert {complaint.code for complaint in complaints} == codes
    assert all(complaint.mark.line > 1 for complaint in complaints)
