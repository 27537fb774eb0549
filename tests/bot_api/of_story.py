"""What a story's calls and answers look like to the declarations of the Bot API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bot_api.checking import of_answer, of_call


def faults_in(calls: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every fault once, of the calls that were carried out: others may be wrong on purpose."""
    found: dict[str, None] = {}
    for call in calls:
        answer = call["answer"]
        if call["status"] != 200 or not isinstance(answer, dict) or not answer.get("ok"):
            continue
        found |= dict.fromkeys(of_call(call["method"], call["args"]))
        found |= dict.fromkeys(of_answer(call["method"], answer["result"]))
    return list(found)
