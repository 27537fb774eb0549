"""Commands of a table as groups of typer: the module of a command is imported when the command runs, not when it is listed.

This module knows the insides of typer (`typer._*`), so pyproject.toml allows one minor version of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import typer
from typer._click import Command, Context, Parameter
from typer._coercion import RuntimeParam
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

Function = Callable[..., Any]


def whole_number(written: str | int) -> int:
    """A number of at most 64 bits, as the databases hold it."""
    try:
        number = int(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is not a whole number.") from None
    if number.bit_length() > 63:
        raise typer.BadParameter("the number is too large.")
    return number


# What is converted here: typer would import pydantic for it, which takes as long as all the rest of `firstline due`.
PLAIN: dict[Any, Function] = {bool: bool, str: str, list[str]: list, Path: Path, int: whole_number}


class Later(TyperCommand):
    """A command of which only the name and the text of the table are known until it is run, completed or asked for help."""

    def __init__(self, name: str, text: str, place: str) -> None:
        super().__init__(name, help=text, short_help=text)
        self._place = place

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        # A group's number is negative (-100...), and a number is never an option.
        if any(word.startswith("-") and word[1:].isdecimal() for word in args):
            extra["ignore_unknown_options"] = True
        return _imported(self._place).make_context(info_name, args, parent, **extra)


class Quick(TyperCommand):
    """A command whose plain words are converted without pydantic."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        return _eased(super().get_params(ctx))


class Group(TyperGroup):
    """Commands and groups; answers a name it does not know with the nearest one that exists."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        return _eased(super().get_params(ctx))

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args[0] not in self.commands and not ctx.resilient_parsing:
            meant = self._nearest(args[0], cast(Group, ctx.find_root().command))
            ctx.fail(f"there is no command {args[0]!r}" + (f"; did you mean `{meant}`?" if meant else "."))
        return super().resolve_command(ctx, args)

    def _nearest(self, written: str, root: Group) -> str | None:
        here = get_close_matches(written, self.commands, 1)
        elsewhere = {" ".join(path[at:]): path for path in root.paths() for at in range(len(path))}
        found = get_close_matches(written, elsewhere, 1)
        if here and (not found or _likeness(written, here[0]) >= _likeness(written, found[0])):
            return here[0]
        return " ".join([str(root.name), *elsewhere[found[0]]]) if found else None

    def paths(self) -> list[list[str]]:
        """The words of every command below this group."""
        below: list[list[str]] = []
        for name, command in self.commands.items():
            more = command.paths() if isinstance(command, Group) else [[]]
            below += [[name, *rest] for rest in more]
        return below


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, other, one).ratio()


def group(name: str, entrance: Function, **settings: Any) -> Group:
    """A group without commands; `entrance` runs before each of them and alone when none is named. `settings` are typer's."""
    made = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None, **settings)
    made.callback()(entrance)
    found = get_command(made)
    assert isinstance(found, Group)
    found.name, found.short_help = name, found.help
    return found


def fill(root: Group, groups: Mapping[str, str], commands: Mapping[str, tuple[str, str]]) -> None:
    """Put the commands into `root` in the order of the table: "sla check" goes into the group "sla"."""
    for words, (place, text) in commands.items():
        first, _, second = words.partition(" ")
        if second and first not in root.commands:
            root.add_command(group(first, _listed, help=groups[first], add_completion=False))
        into = cast(Group, root.commands[first]) if second else root
        into.add_command(Later(second or first, text, place))


def _listed(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def _imported(place: str) -> Command:
    first, *then = place.split(" then ")
    made = typer.Typer(rich_markup_mode=None, add_completion=False)
    made.command(cls=Quick)(_chain(function(first), then))
    return get_command(made)


def function(place: str) -> Function:
    module, _, name = place.partition(":")
    found: Function = getattr(import_module(module), name)
    return found


def _chain(first: Function, then: list[str]) -> Function:
    @wraps(first)
    def whole(*arguments: Any, **options: Any) -> None:
        result = first(*arguments, **options)
        for place in then:
            result = function(place)(result)

    return whole


class _Plain(RuntimeParam):
    def _coerce_value(self, value: Any, param: Any, ctx: Context) -> Any:
        return PLAIN[self.annotation](value)


def _eased(params: list[Parameter]) -> list[Parameter]:
    for param in params:
        if isinstance(param, TyperArgument | TyperOption):
            kind, asked = param.type_descriptor.annotation, param.type_descriptor.parameter_info
            if kind in PLAIN and not asked.exists and asked.min is None and asked.max is None:
                param._runtime_param = _Plain(asked, kind)
    return params
