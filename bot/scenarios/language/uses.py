"""What a template needs: every name it uses, and whether it fails when the name is not set."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from jinja2 import nodes

Certain = frozenset[tuple[str, str]]
_OWNER = {"labels": "answers"}  # a label is set when its answer is


class Use(NamedTuple):
    """One use of a name. `sure` says the template fails when the name is not set."""

    root: str
    name: str | None
    part: str | None
    line: int
    sure: bool

    @property
    def written(self) -> str:
        """As written in the template."""
        return ".".join(part for part in (self.root, self.name, self.part) if part)


def uses(body: Sequence[nodes.Node], known: Certain = frozenset()) -> Iterator[Use]:
    """Every name used; `known` are those already proven to be set."""
    for node in body:
        yield from _uses(node, known, True)


def _uses(node: nodes.Node, known: Certain, sure: bool) -> Iterator[Use]:
    match node:
        case nodes.Name() | nodes.Getattr():
            yield _use(node, known, sure)
        case nodes.Filter() if node.node is not None:
            yield from _uses(node.node, known, sure and node.name not in ("default", "d"))
        case nodes.Test():
            yield from _uses(node.node, known, False)
        case nodes.And() | nodes.Or():
            yield from _uses(node.left, known, sure)
            then, otherwise = proven(node.left)
            yield from _uses(node.right, known | (then if isinstance(node, nodes.And) else otherwise), sure)
        case nodes.CondExpr():
            then, otherwise = proven(node.test)
            yield from _uses(node.test, known, sure)
            yield from _uses(node.expr1, known | then, sure)
            if node.expr2 is not None:
                yield from _uses(node.expr2, known | otherwise, sure)
        case nodes.If():
            yield from _arms(node, known)
        case _:
            for child in node.iter_child_nodes():
                yield from _uses(child, known, sure)


def _arms(node: nodes.If, known: Certain) -> Iterator[Use]:
    for arm in (node, *node.elif_):
        then, otherwise = proven(arm.test)
        yield from _uses(arm.test, known, True)
        yield from uses(arm.body, known | then)
        known |= otherwise
    yield from uses(node.else_, known)


def _use(node: nodes.Node, known: Certain, sure: bool) -> Use:
    names: list[str] = []
    here: Any = node
    while isinstance(here, nodes.Getattr):
        names.insert(0, here.attr)
        here = here.node
    name = names[0] if names else None
    part = names[1] if len(names) > 1 else None
    return Use(
        here.name, name, part, node.lineno, sure and (_OWNER.get(here.name, here.name), name) not in known
    )


def proven(test: nodes.Node) -> tuple[Certain, Certain]:
    """Which names are certainly set when the test is true, and which when it is false."""
    nothing: Certain = frozenset()
    match test:
        case nodes.Test(name=name, node=nodes.Getattr() as node):
            use = _use(node, nothing, False)
            found: Certain = frozenset({(_OWNER.get(use.root, use.root), use.name or "")})
            return (found, nothing) if name == "defined" else (nothing, found)
        case nodes.Not():
            then, otherwise = proven(test.node)
            return otherwise, then
        case nodes.And():
            return proven(test.left)[0] | proven(test.right)[0], nothing
        case nodes.Or():
            return nothing, proven(test.left)[1] | proven(test.right)[1]
    return nothing, nothing
