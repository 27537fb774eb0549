"""`firstline explain`: what the code of a complaint means and how to mend the file."""

from typing import Annotated

import typer

from bot.yamlfiles.complaint import codes, explain, frame, heading
from bot.yamlfiles.reading import nearest


def explained(
    code: Annotated[str, typer.Argument(help="The code in brackets after a message: E104.")],
    language: Annotated[str, typer.Option(help="Language of the output: ru or en.")] = "ru",
) -> None:
    """Explain the code of a fault, such as E104, and how to fix it."""
    said = explain(code, language)
    if said is None:
        meant = nearest(code.upper(), codes())
        typer.echo(frame(language)["unknown"].format(code=code, known=meant or codes()[0]), err=True)
        raise typer.Exit(2)
    typer.echo(f"{code.upper()}: {heading(code, language)}\n\n{said}")
