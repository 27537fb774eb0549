"""The compiler: all faults of a scenarios file at once, each at its line and column."""

from dataclasses import dataclass, replace

from bot.scenarios.check.context import Bench, Known
from bot.scenarios.check.rules_graph import judge_graph
from bot.scenarios.check.rules_names import judge_names
from bot.scenarios.check.rules_parts import judge_parts
from bot.scenarios.check.rules_text import judge_text
from bot.scenarios.language.cases import Case
from bot.scenarios.language.load import load
from bot.scenarios.language.program import Program
from bot.yamlfiles import Complaint, Document, nearest
from bot.yamlfiles.bundle import placed


@dataclass(frozen=True, slots=True)
class Compiled:
    """The program, if there are no errors, and every complaint in the order of the file."""

    program: Program | None
    complaints: list[Complaint]
    document: Document | None = None

    @property
    def errors(self) -> list[Complaint]:
        """The complaints that make the file unusable."""
        return [complaint for complaint in self.complaints if not complaint.is_warning]


def compile_scenarios(name: str, text: str, known: Known) -> Compiled:
    """Read, fit and check a file. A malformed scenario does not hide the faults of others."""
    loaded = load(name, text)
    complaints = list(loaded.complaints)
    if loaded.partial is not None and loaded.document is not None:
        bench = Bench(_with(loaded.partial, known), loaded.document, known, loaded.broken)
        for judge in (judge_graph, judge_text, judge_names, _judge_cases):
            judge(bench)
        if loaded.program is None:
            judge_parts(bench)
        complaints += bench.complaints
    ordered = sorted(complaints, key=lambda complaint: (complaint.mark, complaint.code))
    sound = all(complaint.is_warning for complaint in ordered)
    program = loaded.program if sound else None
    return Compiled(program and _with(program, known), placed(ordered, name, text), loaded.document)


def _with(program: Program, known: Known) -> Program:
    """The program with the company's facts."""
    return replace(program, facts=known.facts) if known.facts is not None else program


def _judge_cases(bench: Bench) -> None:
    """Tests must name existing scenarios; their expectations are checked by playing them."""
    ids = {*bench.program.scenarios, *bench.broken}
    for number, case in enumerate(bench.program.tests):
        id_ = case.scenario if isinstance(case, Case) else case.to
        if id_ is not None and id_ not in ids:
            path = ("tests", number, "scenario" if isinstance(case, Case) else "to")
            bench.complain("W212" if case.shipped else "E196", path, hint=nearest(id_, ids), name=id_)
