"""Hand-over by instruction: checks the articles and teams that a category names."""

from collections.abc import Mapping

from bot.sla.deskfile import CategorySpec, DeskFile
from bot.sla.faults import DeskFaults
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Path
from bot.yamlfiles.reading import nearest

ENGINEER = "engineer"


def check_instructions(
    document: Document, file: DeskFile, articles: Mapping[str, str] | None
) -> list[Complaint]:
    """Complaints about the instructions of categories; `articles`: id -> audience, None = not known."""
    faults = DeskFaults(document)
    for name, category in file.categories.items():
        path: Path = ("categories", name)
        if articles is not None:
            _articles(faults, path, category, articles)
        _teams(faults, path, category, file)
    return faults.in_order()


def _articles(faults: DeskFaults, path: Path, category: CategorySpec, articles: Mapping[str, str]) -> None:
    for key, written in (("solve_by", category.solve_by), ("hand_over_by", category.hand_over_by)):
        if written is None:
            continue
        if written not in articles:
            faults.add("E350", (*path, key), "value", nearest(written, articles), written=written)
        elif articles[written] != ENGINEER:
            faults.add("E351", (*path, key), written=written)


def _teams(faults: DeskFaults, path: Path, category: CategorySpec, file: DeskFile) -> None:
    home = file.teams.get(category.team)
    if home is not None and home.chat == "none":
        faults.add("E352", (*path, "team"), written=category.team)
    for place, team in enumerate(category.to or ()):
        if team not in file.teams:
            hint = nearest(team, file.teams)
            faults.add(
                "E330",
                (*path, "to", place),
                "value",
                hint,
                what="teams",
                written=team,
                known=list(file.teams),
            )
        elif team == category.team:
            faults.add("E353", (*path, "to", place), written=team)
    if category.to and category.hand_over_by is None:
        faults.add("W350", (*path, "to"), "key")
