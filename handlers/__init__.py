"""The doors: the only place that reads an Update. Their order is explicit, the fallback is last."""

from bot.telegram.lean_aiogram import Router
from handlers import admin, commands, employee, engineer, fallback, problems, refusals


def build_router() -> Router:
    """All doors in the order in which they are tried."""
    root = Router(name="doors")
    for door in (commands, admin, engineer, problems, employee, fallback):
        root.include_router(door.build())
    refusals.register(root)
    return root
