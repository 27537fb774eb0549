"""Fitting a document to models: each fault is reported at the author's key or value."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator
from pydantic_core import PydanticCustomError

from bot.yamlfiles import read
from bot.yamlfiles.fitting import Authored, fit


class Say(Authored):
    say: str
    next: str | None = None


class Ask(Authored):
    ask: str
    size: Literal["small", "large"] = "small"
    least: int = Field(default=0, ge=0, le=9)
    optional: bool = False


def verb(step: Any) -> str | None:
    if isinstance(step, dict):
        return next((f"<{name}>" for name in ("say", "ask") if name in step), None)
    return "<say>"


class Flow(Authored):
    title: str
    when: str | None = Field(default=None, alias="from")
    steps: tuple[
        Annotated[Annotated[Say, Tag("<say>")] | Annotated[Ask, Tag("<ask>")], Discriminator(verb)], ...
    ]

    @field_validator("title")
    @classmethod
    def no_shouting(cls, title: str) -> str:
        if title.isupper():
            raise PydanticCustomError("E135", "{problem}", {"problem": "do not shout"})
        return title


def faults(text: str) -> list[tuple[str, int, int, str | None]]:
    document = read("f.yaml", text).document
    assert document is not None
    model, complaints = fit(Flow, document)
    assert (model is None) == bool(complaints)
    return [(c.code, c.mark.line, c.mark.column, c.hint) for c in complaints]


GOOD = "title: x\nsteps:\n  - say: hello\n"


def test_a_good_file_becomes_a_frozen_model_with_tuples():
    document = read("f.yaml", GOOD).document
    assert document is not None
    model, complaints = fit(Flow, document)
    assert complaints == []
    assert model is not None
    assert model.steps == (Say(say="hello"),)


def test_a_part_of_a_document_can_be_fitted_alone():
    document = read("f.yaml", "other: 1\nflow:\n  title: 7\n  steps: []\n").document
    assert document is not None
    _, complaints = fit(Flow, document, at=("flow",))
    assert [(c.code, c.mark) for c in complaints] == [("E137", (3, 10))]


def test_an_unknown_key_is_told_at_the_key_with_the_word_meant():
    assert faults(GOOD + "    nxt: end\n") == [("E104", 4, 5, "next")]
    assert faults(GOOD + "frm: x\n") == [("E104", 4, 1, "from")]


def test_a_misspelled_required_key_is_one_complaint_not_two():
    assert faults("titel: x\nsteps: []\n") == [("E104", 1, 1, "title")]


def test_a_missing_key_is_told_at_its_block():
    assert faults("steps:\n  - say: x\n") == [("E120", 1, 1, None)]


def test_a_field_inside_the_right_member_of_a_union_is_found():
    text = "title: x\nsteps:\n  - say: a\n  - {ask: b, size: smal, least: 12, optional: yes}\n"
    assert faults(text) == [("E127", 4, 20, "small"), ("E134", 4, 33, None), ("E124", 4, 47, None)]


def test_the_value_of_the_verb_itself_can_be_wrong():
    assert faults("title: x\nsteps:\n  - say: [a]\n") == [("E121", 3, 10, None)]


def test_an_empty_value_is_called_empty():
    assert faults("title:\nsteps:\n  - say: a\n")[0][:3] == ("E136", 1, 7)


def test_a_plain_value_for_a_list_or_a_block_is_told():
    assert faults("title: x\nsteps: 5\n") == [("E125", 2, 8, None)]
    assert faults("title: x\nsteps: [5]\n") == [("E126", 2, 9, None)]


def test_a_models_own_code_comes_through():
    assert faults("title: LOUD\nsteps: []\n") == [("E135", 1, 8, None)]


def test_what_was_already_complained_about_is_not_told_twice():
    reading = read("f.yaml", "title: {{ x }}\nsteps: []\n")
    assert reading.document is not None
    assert [c.code for c in reading.complaints] == ["E118"]
    assert fit(Flow, reading.document)[1] == []
