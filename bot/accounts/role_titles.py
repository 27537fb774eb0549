"""Roles of people.csv as people call them: "engineer:helpdesk" is an engineer of the team whose title is "Helpdesk"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sla.policy import Desk
from bot.texts.speak import Voice


def listed(voice: Voice, roles: Sequence[str], desk: Desk | None) -> str:
    """The roles in words; without a desk, and for a team that it no longer has, the team's name in the file."""
    return ", ".join(_titled(voice, role, desk) for role in roles) or voice.say("roles.employee")


def _titled(voice: Voice, role: str, desk: Desk | None) -> str:
    kind, _, team = role.partition(":")
    if not voice.has(f"roles.{kind}"):
        return role
    is_known = desk is not None and team in desk.teams
    title = desk.team(team).title[voice.language] if desk is not None and is_known else team
    return voice.say(f"roles.{kind}", team=title)
