"""Generated scenario files: mutations of the shipped one and random programs, hundreds at length; a few are tried with the
rules they judge, in tests/scenarios."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios.test_compiler import mutate
from tests.scenarios.test_walks import walk_at_random, walk_every_way

SHORT = 1000  # the first seed: earlier ones are used in tests/scenarios


@pytest.mark.parametrize("judge", [mutate, walk_every_way, walk_at_random], ids=lambda judge: judge.__name__)
def test_no_file_breaks_the_compiler_or_a_person_who_walks_through_it(
    judge: Callable[[int], None], at_length: bool
) -> None:
    for seed in range(SHORT, SHORT + (200 if at_length else 1)):
        judge(seed)
