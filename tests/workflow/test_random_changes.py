"""Two short random sequences of changes; `random_changes.py` says how to run many long ones."""

import pytest

from .random_changes import run_sequence

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [11, 12])
def test_every_state_is_that_of_a_build_from_nothing(tmp_path, seed):
    run_sequence(tmp_path, seed, changes=5)
