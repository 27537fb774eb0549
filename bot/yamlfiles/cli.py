"""`firstline explain`: what a complaint's code means and how to put it right."""

from typing import Annotated

import typer

from bot.yamlfiles.complaint import codes, explain, frame, heading
from bot.yamlfiles.reading import nearest


def explained(
    code: Annotated[str, typer.Argument(help="A code from a complaint: E104.")],
    language: Annotated[str, typer.Option(help="ru or en.")] = "ru",
) -> None:
    """Say what a code means and how to put it right."""
    said = explain(code, language)
    if said is None:
        meant = nearest(code.upper(), codes())
        typer.echo(frame(language)["unknown"].format(code=code, known=meant or codes()[0]), err=True)
        raise typer.Exit(2)
    typer.echo(f"{code.upper()}: {heading(code, language)}\n\n{said}")
