"""Random valid programs: grown from the start so that every step can be reached and every way ends."""

import random

KINDS = ("say", "choose", "choose", "ask", "photo", "resolved", "check", "branch", "call", "article", "once")


def grow(rng: random.Random) -> str:
    """A scenarios file in which every step goes only forward, some with a guarded way back."""
    size = rng.randrange(3, 14)
    lines = [
        "version: 1",
        "defaults: {human: {team: helpdesk}, max_visits: 50}",
        "profile:",
        '  floor: {type: int, min: 0, max: 9, ask: "Floor?"}',
        '  site: {type: enum, values: [msk, spb], ask: "Site?"}',
        "scenarios:",
        "  _part:",
        "    title: Part",
        "    returns: [where]",
        "    steps:",
        "      - {ask: profile.site, save: where, once: true, next: return}",
        "  main:",
        "    title: Main",
        "    category: printing",
        "    phrases: [main]",
        "    steps:",
    ]
    asked: list[str] = []
    called = False
    for number in range(size):
        kind = rng.choice(KINDS)
        target = f"s{rng.randrange(number + 1, size + 1)}"
        below = f"s{number + 1}"
        lines.append(f"      - id: s{number}")
        lines += [f"        {line}" for line in step(rng, kind, number, target, below, asked)]
        called = called or kind == "call"
    if not called:
        lines += [f"      - {{id: s{size}, call: _part}}", "      - ticket:"]
    else:
        lines += [f"      - id: s{size}", "        ticket:"]
    lines += [
        "          category: printing",
        "          team: helpdesk",
        f'          summary: "{" ".join(hole(name) for name in asked) or "nothing"}"',
    ]
    return "\n".join(lines) + "\n"


def hole(name: str) -> str:
    return "{{ answers." + name + " | default('-') }}"


def step(rng: random.Random, kind: str, number: int, target: str, below: str, asked: list[str]) -> list[str]:
    """The lines of one step. `target` is any later step, `below` the next one."""
    name = f"a{number}"
    told = f"Step {number}: {hole(rng.choice(asked))}" if asked and rng.random() < 0.5 else f"Step {number}"
    if kind == "say":
        return [f'say: "{told}"']
    if kind == "article":
        return [f"resolved: Step {number}?", f'"no": {below}']
    if kind == "choose":
        asked.append(name)
        lines = [
            f'choose: "{told}"',
            f"save: {name}",
            "options:",
            f"  - {{label: One {number}, value: one, goto: {target}}}",
        ]
        if rng.random() < 0.5:
            lines.append(f"  - {{label: Other {number}, goto: {below}, set: {{set{number}: fixed}}}}")
            asked.append(f"set{number}")
        if number and rng.random() < 0.3:
            lines += [f"  - {{label: Again {number}, value: again, goto: s{rng.randrange(number)}}}"]
            lines.insert(0, "max_visits: 3")
        return [*lines, f"  - {{label: Last {number}, value: last}}"]
    if kind == "ask":
        asked.append(name)
        form = rng.choice(["type: int", "max: 20", 'pattern: "[a-z]{2,5}"', "type: text_or_photo"])
        return [
            f'ask: "{told}"',
            f"save: {name}",
            form,
            f"optional: {rng.choice(['true', 'false'])}",
            f"next: {below}",
        ]
    if kind == "photo":
        asked.append(name)
        return [f'photo: "{told}"', f"save: {name}", f"optional: {rng.choice(['true', 'false'])}"]
    if kind == "resolved":
        return [f'resolved: "{told}"', f'"no": {target}' if rng.random() < 0.5 else f'"no": {below}']
    if kind == "check":
        asked.append(name)
        return ["check: printer_status", "with: {printer: x}", f"save: {name}", f"on_fail: {target}"]
    if kind == "branch":
        return ["branch:", f'  - {{when: "profile.floor is defined", goto: {target}}}']
    if kind == "once":
        asked.append(name)
        return ["ask: profile.floor", f"save: {name}", "once: true"]
    asked.append("where")
    return ["call: _part"]
